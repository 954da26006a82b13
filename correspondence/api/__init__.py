"""Correspondence in the API: mails that came in, and the secret address of the own calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.models import Account
from correspondence.models import Letter, LetterState
from correspondence.services.feed import feed_url, renew_feed, revoke_feed
from correspondence.services.letters import log_letter, put_aside, upload
from pmcrm.api.endpoints import Endpoint
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter


class MailSerializer(ModelSerializer):
    class Meta:
        model = Letter
        fields = [
            "id", "state", "why", "subject", "sender_name", "sender_email", "people", "sent_at", "is_incoming",
            "text", "remarks", "interaction", "source", "size", "received_at",
        ]  # fmt: skip
        read_only_fields = fields


class MailUploadSerializer(Serializer):
    """The mail as its program saves it (.eml)."""

    file = serializers.FileField(max_length=1000)


class MailLogSerializer(Serializer):
    """Where it belongs. `add` are addresses in it whose people become contacts of the account."""

    account = Visible(queryset=Account.objects.all(), required=False)
    add = serializers.ListField(child=serializers.EmailField(), required=False, max_length=100)
    is_private = serializers.BooleanField(default=True)


class Mails(Collection):
    """One's own mails that came in: logged ones, and those that wait for a word on where they belong."""

    serializer_class = MailSerializer
    queryset = Letter.objects.none()
    orderings = {"received_at": "received_at", "id": "id"}
    default_ordering = "-received_at"
    filters = {"state": Filter(forms.ChoiceField(choices=LetterState.choices))}
    rights = {
        "list": "mail_in.read",
        "retrieve": "mail_in.read",
        "create": "interaction.log",
        "log": "interaction.log",
        "aside": "interaction.log",
    }

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser(), *super().get_parsers()]

    def get_queryset(self) -> Any:
        return Letter.objects.visible_to(self.person)

    @extend_schema(request={"multipart/form-data": MailUploadSerializer}, responses={201: MailSerializer})
    def create(self, request: Request) -> Response:
        given = self.checked(serializer_class=MailUploadSerializer)
        content = given["file"].read(settings.LETTER_MAX_BYTES + 1)
        return self.created(upload(actor=self.person, content=content))

    @extend_schema(request=MailLogSerializer, responses={200: MailSerializer})
    @action(detail=True, methods=["post"])
    def log(self, request: Request, pk: int) -> Response:
        """Log a mail that waits."""
        found: Letter = self.get_object()
        given = self.checked(serializer_class=MailLogSerializer)
        account = given.get("account")
        log_letter(
            actor=self.person,
            letter=found,
            accounts=[account] if account else [],
            add=given.get("add", ()),
            is_private=given["is_private"],
        )
        return self.answer(self.get_object())

    @extend_schema(request=None, responses={200: MailSerializer})
    @action(detail=True, methods=["post"])
    def aside(self, request: Request, pk: int) -> Response:
        """It is no contact with a customer."""
        return self.answer(put_aside(actor=self.person, letter=self.get_object()))


class FeedSerializer(Serializer):
    """The secret address of the own calendar, told this once."""

    url = serializers.URLField(read_only=True)


class CalendarFeed(Endpoint):
    """The own calendar for calendar programs, under a secret address."""

    serializer_class = FeedSerializer
    rights = {"renew": "account.read", "revoke": "account.read"}

    @extend_schema(request=None, responses={201: FeedSerializer})
    @action(detail=False, methods=["post"])
    def renew(self, request: Request) -> Response:
        """A new address; the old one opens nothing from now on."""
        return Response({"url": feed_url(renew_feed(actor=self.person))}, status=201)

    @extend_schema(request=None, responses={204: None})
    @action(detail=False, methods=["post"])
    def revoke(self, request: Request) -> Response:
        """Nobody reads the calendar from outside any more."""
        revoke_feed(actor=self.person)
        return Response(status=204)
