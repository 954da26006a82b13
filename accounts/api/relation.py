"""Contribution marks, rivals and uses as a reference in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.api.value import OF_ACCOUNT
from accounts.models import Account, Contact, ContributionMark, ReferenceUse, RivalOutcome
from accounts.models.relation import Contribution, Occasion, Outcome
from accounts.services.relation import log_reference_use, mark_contribution, note_rival_outcome, take_back
from accounts.services.relation_report import rivals
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter

RIGHTS = {"list": "account.read", "retrieve": "account.read", "create": "account.write", "destroy": "account.write"}
# Accounts with at least one dated proof of a contribution.
PROVEN_CONTRIBUTION = Filter(
    forms.TypedChoiceField(
        choices=Contribution.choices,
        coerce=lambda text: ContributionMark.objects.proven().filter(contribution=text).order_by().values("account"),
    ),
    "pk__in",
    "With at least one mark of it that has its day and its proof.",
)


class _Removable(Collection):
    """Rows of visible accounts, the newest first. They never change; one entered by mistake is removed."""

    orderings = {"id": "id", "on": "on"}
    default_ordering = "-id"

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.model.objects.visible_to(self.person).select_related("account")

    def destroy(self, request: Request, pk: int) -> Response:
        take_back(actor=self.person, row=self.get_object())
        return Response(status=204)


class ContributionMarkSerializer(ModelSerializer):
    """What an account gives beside its payment. `is_proven`: it has its day and a link to its proof."""

    account = Visible(queryset=Account.objects.all())
    contact = Visible(queryset=Contact.objects.all(), required=False, allow_null=True)
    is_proven = serializers.BooleanField(read_only=True)

    class Meta:
        model = ContributionMark
        fields = ["id", "account", "contact", "contribution", "on", "proof_url", "note", "is_proven", "marked_by"]
        read_only_fields = ["id", "marked_by"]


class ContributionMarkEndpoint(_Removable):
    """Contribution marks of visible accounts, the newest first. One entered by mistake is removed."""

    serializer_class = ContributionMarkSerializer
    queryset = ContributionMark.objects.none()
    filters = {"account": OF_ACCOUNT, "contribution": Filter(forms.ChoiceField(choices=Contribution.choices))}
    rights = RIGHTS

    def create(self, request: Request) -> Response:
        return self.created(mark_contribution(actor=self.person, **self.checked()))


class RivalOutcomeSerializer(ModelSerializer):
    """An account that came from a rival, or went to one."""

    account = Visible(queryset=Account.objects.all())
    on = serializers.DateField(required=False, help_text="Today, where it is not said.")

    class Meta:
        model = RivalOutcome
        fields = ["id", "account", "outcome", "rival", "on", "reason", "noted_by"]
        read_only_fields = ["id", "noted_by"]


class RivalSerializer(Serializer):
    """How many accounts were won from a rival, and lost to it."""

    rival = serializers.CharField()
    won = serializers.IntegerField()
    lost = serializers.IntegerField()
    newest = serializers.DateField()


class RivalOutcomeEndpoint(_Removable):
    """Wins and losses against rivals, the newest first. One entered by mistake is removed."""

    serializer_class = RivalOutcomeSerializer
    queryset = RivalOutcome.objects.none()
    filters = {
        "account": OF_ACCOUNT,
        "outcome": Filter(forms.ChoiceField(choices=Outcome.choices)),
        "rival": Filter(forms.CharField(max_length=200), "rival__iexact"),
    }
    rights = RIGHTS | {"by_rival": "account.read"}

    def create(self, request: Request) -> Response:
        return self.created(note_rival_outcome(actor=self.person, **self.checked()))

    @extend_schema(responses=RivalSerializer(many=True))
    @action(detail=False, methods=["get"], url_path="by-rival", pagination_class=None)
    def by_rival(self, request: Request) -> Response:
        """Of each rival, the most contested first."""
        return Response(RivalSerializer(rivals(user=self.person), many=True).data)


class ReferenceUseSerializer(ModelSerializer):
    """Once that an account spoke for us."""

    account = Visible(queryset=Account.objects.all())
    contact = Visible(queryset=Contact.objects.all(), required=False, allow_null=True)
    on = serializers.DateField(required=False, help_text="Today, where it is not said.")

    class Meta:
        model = ReferenceUse
        fields = ["id", "account", "contact", "occasion", "what_for", "on", "logged_by"]
        read_only_fields = ["id", "logged_by"]


class ReferenceUseEndpoint(_Removable):
    """When visible accounts spoke for us, the newest first. One entered by mistake is removed."""

    serializer_class = ReferenceUseSerializer
    queryset = ReferenceUse.objects.none()
    filters = {"account": OF_ACCOUNT, "occasion": Filter(forms.ChoiceField(choices=Occasion.choices))}
    rights = RIGHTS

    def create(self, request: Request) -> Response:
        return self.created(log_reference_use(actor=self.person, **self.checked()))
