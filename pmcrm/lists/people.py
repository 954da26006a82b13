"""Colleagues in the API, to choose from: name and part, and for administrators how they sign in and what they may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from rest_framework import serializers

from pmcrm.api.serializers import ModelSerializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import Office, User

OF_ADMINISTRATORS: Final = ("email", "roles", "is_active")


class PersonSerializer(ModelSerializer):
    """A colleague. E-mail, roles and whether they are active are there for administrators only."""

    department = serializers.CharField(source="department.name", read_only=True, default=None)

    class Meta:
        model = User
        fields = ["id", "name", "job_title", "department", "office", *OF_ADMINISTRATORS]
        read_only_fields = fields

    def hidden_from(self, person: User, thing: Any) -> Iterable[str]:  # noqa: ARG002  the base's signature
        return () if person.may("people.write") else OF_ADMINISTRATORS


class PersonEndpoint(Collection):
    """Active colleagues; administrators see those who left as well. `search=` looks into names and addresses."""

    serializer_class = PersonSerializer
    queryset = User.objects.none()
    orderings = {"name": "name", "id": "id"}
    is_searchable = True
    filters = {
        "office": Filter(forms.ChoiceField(choices=Office.choices)),
        "department": Filter(forms.CharField(max_length=100), "department__name", meaning="Its name."),
    }
    rights = {"list": "people.read", "retrieve": "people.read"}

    def get_queryset(self) -> Any:
        everybody = User.objects.select_related("department")
        return everybody if self.person.may("people.write") else everybody.active()
