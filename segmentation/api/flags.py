"""Flags over the API: read and dismiss. Nothing here does anything to a customer."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import HoursField, ModelSerializer, MoneyField, Serializer, ShareField
from pmcrm.lists.api import Collection, Filter
from pmcrm.trail.services import record_view
from segmentation.models import Flag, Level
from segmentation.services.flags import dismiss_flag


class FlagSerializer(ModelSerializer):
    """A verdict with every number, and what the caller may do about it now."""

    name = serializers.CharField(source="account.name", read_only=True)
    ref = serializers.CharField(source="account.ref", read_only=True)
    contribution = MoneyField()
    attention_ratio = ShareField(allow_null=True)
    freed_hours = HoursField()
    actions = serializers.SerializerMethodField()

    class Meta:
        model = Flag
        fields = [
            "id",
            "run",
            "account",
            "ref",
            "name",
            "level",
            "is_guarded",
            "is_silenced",
            "contribution",
            "attention_ratio",
            "freed_hours",
            "verdict",
            "actions",
        ]

    def get_actions(self, flag: Flag) -> list[str]:
        may_dismiss = self.person.may("flag.dismiss") and not flag.is_silenced and flag.level != Level.NONE
        return ["dismiss"] if may_dismiss else []


class DismissalSerializer(Serializer):
    """Why a flag can rest."""

    reason = serializers.CharField()


class FlagEndpoint(Collection):
    rights = {"list": "flag.read", "retrieve": "flag.read", "dismiss": "flag.dismiss"}
    queryset = Flag.objects.none()
    serializer_class = FlagSerializer
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {
        "run": Filter(forms.IntegerField(min_value=1), "run_id"),
        "account": Filter(forms.IntegerField(min_value=1), "account_id"),
        "level": Filter(forms.ChoiceField(choices=Level.choices)),
    }

    def get_queryset(self) -> Any:
        return Flag.objects.visible_to(self.person).select_related("account")

    def retrieve(self, request: Request, pk: int) -> Response:
        flag = self.get_object()
        record_view(actor=self.person, subject=flag, through="api")
        return self.answer(flag)

    @extend_schema(request=DismissalSerializer)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: int) -> Response:
        """Silence the flag with a reason, until the numbers worsen by a fifth or 180 days pass."""
        flag = self.get_object()
        reason = self.checked(serializer_class=DismissalSerializer)["reason"]
        dismiss_flag(actor=self.person, flag=flag, reason=reason)
        flag.refresh_from_db()
        return self.answer(flag)
