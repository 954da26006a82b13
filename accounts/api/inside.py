"""Internal customers in the API: programmes that they take part in, and whom they serve."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.models import Account, Enrolment
from accounts.models.inside import ProgrammeRole
from accounts.services.inside import end_enrolment, enrol
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter

_AN_ACCOUNT = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class EnrolmentSerializer(ModelSerializer):
    """An internal account in a programme. A hand-holder is paired with an external account; nobody else is."""

    account = Visible(queryset=Account.objects.all())
    paired_with = Visible(queryset=Account.objects.all(), required=False, allow_null=True)
    since = serializers.DateField(required=False)

    class Meta:
        model = Enrolment
        fields = ["id", "account", "programme", "role", "paired_with", "since", "until", "end_note", "enrolled_by"]
        read_only_fields = ["id", "until", "end_note", "enrolled_by"]
        validators: list[Any] = []


class EndSerializer(Serializer):
    """When it ended, and what came of it."""

    until = serializers.DateField(required=False, help_text="Today, where it is not said.")
    end_note = serializers.CharField(required=False, allow_blank=True, max_length=10_000)


class EnrolmentEndpoint(Collection):
    """Enrolments of visible accounts, the newest first. `end` stores the day; the row stays."""

    serializer_class = EnrolmentSerializer
    queryset = Enrolment.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {
        "account": Filter(_AN_ACCOUNT, meaning="Id of an internal account."),
        "paired_with": Filter(_AN_ACCOUNT, meaning="Id of an external account."),
        "role": Filter(forms.ChoiceField(choices=ProgrammeRole.choices)),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "account.write",
        "end": "account.write",
    }

    def get_queryset(self) -> Any:
        return Enrolment.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        return self.created(enrol(actor=self.person, **self.checked()))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """End it."""
        found, values = self.get_object(), self.checked(serializer_class=EndSerializer)
        return self.answer(end_enrolment(actor=self.person, enrolment=found, **values))
