"""Promises in the API: made, read, settled."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Colleague, Visible
from accounts.models import Account, Promise
from accounts.models.promise import PromiseState
from accounts.services.promises import add_promise, settle_promise
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User


class PromiseSerializer(ModelSerializer):
    """What an account was told it would get. It ends through the settle operation."""

    account = Visible(queryset=Account.objects.all())
    owner = Colleague(queryset=User.objects.none())
    text = serializers.CharField(max_length=10_000)

    class Meta:
        model = Promise
        fields = [
            "id",
            "account",
            "text",
            "owner",
            "promised_on",
            "due_on",
            "source",
            "state",
            "agreed_on",
            "proof",
            "settled_at",
            "created_at",
            "version",
        ]
        read_only_fields = ["id", "state", "agreed_on", "proof", "settled_at", "created_at", "version"]


class SettleSerializer(Serializer):
    """How a promise ended. Renegotiated and released need the day on which the customer agreed."""

    state = serializers.ChoiceField(choices=[choice for choice in PromiseState.choices if choice[0] != "open"])
    agreed_on = serializers.DateField(required=False, allow_null=True)
    new_due_on = serializers.DateField(required=False, allow_null=True)
    proof = serializers.CharField(required=False, allow_blank=True, max_length=10_000)


class PromiseEndpoint(Collection):
    """Promises to visible accounts, the first due first."""

    serializer_class = PromiseSerializer
    queryset = Promise.objects.none()
    orderings = {"due_on": "due_on", "created": "created_at", "id": "id"}
    filters = {
        "account": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of an account."),
        "owner": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of a person."),
        "state": Filter(forms.ChoiceField(choices=PromiseState.choices)),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "promise.write",
        "settle": "promise.write",
    }

    def get_queryset(self) -> Any:
        return Promise.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        return self.created(add_promise(actor=self.person, **self.checked()))

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: int) -> Response:
        """End an open promise. A renegotiated one is followed by a new promise."""
        found, values = self.get_object(), self.checked(serializer_class=SettleSerializer)
        version = self.expected_version()
        return self.answer(settle_promise(actor=self.person, promise=found, version=version, **values))
