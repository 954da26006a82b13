"""Preparation sheets in the API, by the id of their interaction."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.endpoints import Endpoint
from pmcrm.api.serializers import InstantField, ModelSerializer, ShareField
from pmcrm.people.models import User
from preparation.models import Sheet
from preparation.quality import MAY_BE_NONE
from preparation.services.sheets import completeness, confirm_line, sheet_of, talks_to_prepare, write_sheet


class SheetSerializer(ModelSerializer):
    """What was written on the sheet, and how complete it is. An empty one, which nobody wrote on, has version 1."""

    interaction = serializers.IntegerField(source="interaction_id", read_only=True)
    completeness = ShareField(source="counted.share", read_only=True)
    missing = serializers.SerializerMethodField()
    to_say = serializers.ListField(child=serializers.CharField(max_length=60), max_length=100, required=False)
    nothing_in = serializers.ListField(
        child=serializers.ChoiceField(choices=sorted(MAY_BE_NONE)), max_length=10, required=False
    )
    issues_note = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    people_note = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    sales_line = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    talk_share = serializers.DecimalField(
        max_digits=3,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=Decimal(1),
        required=False,
        allow_null=True,
        help_text="Fraction of 1; only who entered it reads it.",
    )
    share_at_start = ShareField(read_only=True, allow_null=True)
    line_confirmed_at = InstantField(read_only=True, allow_null=True)

    class Meta:
        model = Sheet
        fields = [
            "interaction", "completeness", "missing", "is_introduction", "listener_role", "issues_note", "people_note",
            "sales_line", "line_confirmed_at", "to_say", "nothing_in", "talk_share", "unprepared_reason",
            "share_at_start", "version",
        ]  # fmt: skip
        read_only_fields = ["unprepared_reason", "version"]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, sheet: Any) -> list[str]:
        """The keys of what is required and not there."""
        return list(sheet.counted.missing)

    def hidden_from(self, person: User, thing: Any) -> Iterable[str]:
        hides = thing.talk_share is not None and thing.talk_share_by_id != person.pk
        return ("talk_share",) if hides else ()


class PreparationSheets(Endpoint):
    """One for each call and meeting; its id is that of the interaction."""

    serializer_class = SheetSerializer
    queryset = Sheet.objects.none()
    rights = {"retrieve": "account.read", "partial_update": "interaction.log", "agree": "account.read"}

    def get_object(self) -> Any:
        talk = get_object_or_404(talks_to_prepare(self.person), pk=self.kwargs["pk"])
        return _counted(sheet_of(talk))

    def retrieve(self, request: Request, pk: int) -> Response:
        return self.answer(self.get_object())

    def partial_update(self, request: Request, pk: int) -> Response:
        """Write on it, as it was read in `version`."""
        talk = self.get_object().interaction
        values = self.checked(partial=True)
        sheet = write_sheet(actor=self.person, interaction=talk, version=self.expected_version(), values=values)
        return self.answer(_counted(sheet))

    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: int) -> Response:
        """The owner of the relationship agrees to the line with sales."""
        return self.answer(_counted(confirm_line(actor=self.person, interaction=self.get_object().interaction)))


def _counted(sheet: Any) -> Any:
    sheet.counted = completeness(sheet)
    return sheet
