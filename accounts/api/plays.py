"""Plays in the API: the work under way with accounts, by its aim."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Colleague, Visible
from accounts.api.value import OF_ACCOUNT
from accounts.models import Account, Play
from accounts.models.play import Aim
from accounts.services.plays import change_play, end_play, open_play
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User


class PlaySerializer(ModelSerializer):
    """Work with one account towards one aim; `ended_on` is null while it runs."""

    account = Visible(queryset=Account.objects.all())
    owner = Colleague(queryset=User.objects.none())
    started_on = serializers.DateField(required=False, help_text="Today, where it is not said.")

    class Meta:
        model = Play
        fields = ["id", "account", "aim", "goal", "owner", "started_on", "ended_on", "outcome", "version"]
        read_only_fields = ["id", "ended_on", "outcome", "version"]


class PlayEndSerializer(Serializer):
    outcome = serializers.CharField(max_length=10_000)
    ended_on = serializers.DateField(required=False, help_text="Today, where it is not said.")


class PlayEndpoint(Collection):
    """Plays with visible accounts. One that ended stays with its account."""

    serializer_class = PlaySerializer
    queryset = Play.objects.none()
    orderings = {"id": "id", "started_on": "started_on"}
    default_ordering = "-id"
    filters = {
        "account": OF_ACCOUNT,
        "aim": Filter(forms.ChoiceField(choices=Aim.choices)),
        "owner": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of a person."),
        "running": Filter(
            forms.TypedChoiceField(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true"),
            "ended_on__isnull",
        ),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "account.write",
        "partial_update": "account.read",
        "end": "account.read",
    }

    def get_queryset(self) -> Any:
        return Play.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        return self.created(open_play(actor=self.person, **self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it; its owner and the account's people may."""
        play, values, version = self.get_object(), self.checked(partial=True), self.expected_version()
        if values.pop("account", play.account) != play.account:
            raise serializers.ValidationError({"account": _("A play stays with its account; open another one.")})
        return self.answer(change_play(actor=self.person, play=play, version=version, **values))

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: int) -> Response:
        """It is over: say what came of it."""
        play, values = self.get_object(), self.checked(serializer_class=PlayEndSerializer)
        return self.answer(end_play(actor=self.person, play=play, version=self.expected_version(), **values))
