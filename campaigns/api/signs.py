"""Signs from calls in the API: what asks somebody to look, and the word that somebody did."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import SignKind, UsageSign
from campaigns.services.signs import settle_sign
from pmcrm.api.serializers import ModelSerializer
from pmcrm.lists.api import Collection, Filter

_AN_ID = forms.IntegerField(min_value=1, max_value=2**63 - 1)


def _yes_no() -> forms.Field:
    return forms.TypedChoiceField(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true")


class UsageSignSerializer(ModelSerializer):
    kind = serializers.ChoiceField(choices=SignKind.choices, read_only=True)

    class Meta:
        model = UsageSign
        fields = ["id", "account", "product", "kind", "raised_at", "settled_at", "settled_by"]
        read_only_fields = fields


class UsageSigns(Collection):
    """A product is used otherwise than meant, or not at all: once for an account and a product. Calls raise them."""

    serializer_class = UsageSignSerializer
    queryset = UsageSign.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {
        "account": Filter(_AN_ID),
        "product": Filter(_AN_ID),
        "kind": Filter(forms.ChoiceField(choices=SignKind.choices)),
        "is_open": Filter(_yes_no(), "settled_at__isnull"),
    }
    rights = {"list": "campaign.read", "retrieve": "campaign.read", "settle": "campaign.read"}

    def get_queryset(self) -> Any:
        return UsageSign.objects.visible_to(self.person)

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: int) -> Response:
        """Somebody looked. A second time changes nothing."""
        return self.answer(settle_sign(actor=self.person, sign=self.get_object()))
