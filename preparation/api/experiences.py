"""The library of stories in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import ModelSerializer
from pmcrm.lists.api import Collection, Filter
from preparation.models import Experience
from preparation.services.experiences import add_experience, edit_experience


class ExperienceSerializer(ModelSerializer):
    story = serializers.CharField(max_length=4000)

    class Meta:
        model = Experience
        fields = ["id", "owner", "industry", "problem", "story", "is_retired", "created_at", "version"]
        read_only_fields = ["id", "owner", "created_at", "version"]


class Experiences(Collection):
    """What product managers have seen elsewhere and may tell. Everybody in product reads them, their owner tells."""

    serializer_class = ExperienceSerializer
    queryset = Experience.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {
        "owner": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1)),
        "industry": Filter(forms.CharField(max_length=100), "industry__iexact"),
        "word": Filter(forms.CharField(max_length=100), "story__icontains", "A word of the story."),
    }
    rights = {
        "list": "experience.read",
        "retrieve": "experience.read",
        "create": "experience.write",
        "partial_update": "experience.write",
    }

    def get_queryset(self) -> Any:
        return Experience.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        body = self.checked()
        body.pop("is_retired", None)
        return self.created(add_experience(actor=self.person, **body))

    def partial_update(self, request: Request, pk: int) -> Response:
        found: Experience = self.get_object()
        body = self.checked(partial=True)
        version = self.expected_version()
        return self.answer(edit_experience(actor=self.person, experience=found, version=version, **body))
