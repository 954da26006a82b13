"""Who took which account over, and whether they read what came before, in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import ModelSerializer
from pmcrm.lists.api import Collection, Filter
from preparation.models import Handover
from preparation.services.handovers import confirm_read

_AN_ID = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class HandoverSerializer(ModelSerializer):
    class Meta:
        model = Handover
        fields = ["id", "account", "person", "former", "created_at", "read_at"]
        read_only_fields = fields


class Handovers(Collection):
    """One for each time that an account went to another product manager."""

    serializer_class = HandoverSerializer
    queryset = Handover.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {"account": Filter(_AN_ID), "person": Filter(_AN_ID)}
    rights = {"list": "account.read", "retrieve": "account.read", "confirm": "account.read"}

    def get_queryset(self) -> Any:
        return Handover.objects.visible_to(self.person)

    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: int) -> Response:
        """I read what came before."""
        return self.answer(confirm_read(actor=self.person, handover=self.get_object()))
