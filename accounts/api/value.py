"""What accounts are worth to us in future and name, in the API: scores, and tiers set by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.models import Account, TierOverride, ValueAssessment
from accounts.models.value import Dimension
from accounts.services.tier import end_tier, set_tier
from accounts.services.value import assess_value
from pmcrm.api.serializers import ModelSerializer
from pmcrm.lists.api import Collection, Filter

OF_ACCOUNT = Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of an account.")
RIGHTS = {"list": "account.read", "retrieve": "account.read", "create": "account.write"}


class AssessmentSerializer(ModelSerializer):
    """One score of one dimension. The newest of each counts; older ones are its history and never change."""

    account = Visible(queryset=Account.objects.all())
    score = serializers.IntegerField(min_value=0, max_value=100)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=10_000)

    class Meta:
        model = ValueAssessment
        fields = ["id", "account", "dimension", "score", "evidence", "assessed_by", "assessed_at"]
        read_only_fields = ["id", "assessed_by", "assessed_at"]


class AssessmentEndpoint(Collection):
    """Scores of visible accounts. A new one is a new row, and the tier follows at once."""

    serializer_class = AssessmentSerializer
    queryset = ValueAssessment.objects.none()
    orderings = {"id": "id", "assessed_at": "assessed_at"}
    default_ordering = "-id"
    filters = {
        "account": OF_ACCOUNT,
        "dimension": Filter(forms.ChoiceField(choices=Dimension.choices)),
    }
    rights = RIGHTS

    def get_queryset(self) -> Any:
        return ValueAssessment.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        return self.created(assess_value(actor=self.person, **self.checked()))


class TierOverrideSerializer(ModelSerializer):
    """A tier set over the computed one. `holds` says whether it is the one of today."""

    account = Visible(queryset=Account.objects.all())
    reason = serializers.CharField(max_length=10_000)
    expires_on = serializers.DateField(required=False, help_text="At most 180 days away, which is the default.")
    holds = serializers.BooleanField(read_only=True)

    class Meta:
        model = TierOverride
        fields = [
            "id",
            "account",
            "tier",
            "reason",
            "expires_on",
            "computed_tier",
            "computed_score",
            "holds",
            "set_by",
            "set_at",
            "ended_at",
        ]
        read_only_fields = ["id", "computed_tier", "computed_score", "set_by", "set_at", "ended_at"]


class TierOverrideEndpoint(Collection):
    """Tiers set by hand, the newest first. A new one ends the one before; `end` gives back the computed tier."""

    serializer_class = TierOverrideSerializer
    queryset = TierOverride.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {"account": OF_ACCOUNT}
    rights = RIGHTS | {"end": "account.write"}

    def get_queryset(self) -> Any:
        return TierOverride.objects.visible_to(self.person).select_related("account")

    def create(self, request: Request) -> Response:
        return self.created(set_tier(actor=self.person, **self.checked()))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """The computed tier holds again. One that is over already stays as it is."""
        found: TierOverride = self.get_object()
        if found.ended_at is None:
            end_tier(actor=self.person, account=found.account)
            found.refresh_from_db()
        return self.answer(found)
