"""Changing many accounts over the API: asked for once, done at once or by a job, row by row with its own rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.forms import AccountFilters
from accounts.models import Account
from accounts.models.bulk import BulkChange, BulkField, Outcome
from accounts.services.bulk import AT_ONCE, MOST_ROWS, cancel_change, request_change, work
from accounts.tasks import change_in_bulk
from pmcrm.api.serializers import InstantField, ModelSerializer, Serializer
from pmcrm.lists.api import Collection
from pmcrm.lists.saved_views import clean_query

MOST_NAMED = 5000
MOST_REFUSED = 1000


class BulkRowSerializer(Serializer):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class AskSerializer(Serializer):
    """`value` is a state, the id of a person (empty for nobody) or the name of a tag; for the trash there is none.

    Either `accounts`, each with the version that you read, or `query`: all that match the list at this address.
    """

    field = serializers.ChoiceField(choices=BulkField.choices)
    value = serializers.CharField(required=False, allow_blank=True, default="", max_length=100)
    accounts = BulkRowSerializer(many=True, required=False)
    query = serializers.CharField(required=False, allow_blank=True, max_length=2000)

    def validate_accounts(self, rows: list[dict[str, int]]) -> list[dict[str, int]]:
        if len(rows) > MOST_NAMED:
            raise serializers.ValidationError(_("Name at most %(most)d accounts, or a query.") % {"most": MOST_NAMED})
        return rows

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("accounts" in attrs) == ("query" in attrs):
            raise serializers.ValidationError({"accounts": _("Name the accounts, or give a query; one of both.")})
        return attrs


class RefusedSerializer(Serializer):
    """An account that was left alone, and why."""

    account = serializers.IntegerField(source="account_id")
    version = serializers.IntegerField()
    reason = serializers.CharField()


class BulkChangeSerializer(ModelSerializer):
    """A change of many accounts, and how far it is."""

    value = serializers.SerializerMethodField(method_name="asked_for")
    rows = serializers.IntegerField(source="all_units")
    done = serializers.IntegerField(source="done_units")
    refused = serializers.SerializerMethodField()
    finished_at = InstantField(allow_null=True)

    class Meta:
        model = BulkChange
        fields = ["id", "field", "value", "state", "rows", "done", "refused", "failure", "created_at", "finished_at"]
        read_only_fields = fields

    def asked_for(self, change: BulkChange) -> str:
        return change.to_state or change.to_tag or str(change.to_person_id or "")

    def get_refused(self, change: BulkChange) -> int:
        return change.rows.filter(outcome=Outcome.REFUSED).count()


class BulkChangeEndpoint(Collection):
    """Your own changes of many accounts, the newest first."""

    serializer_class = BulkChangeSerializer
    queryset = BulkChange.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    rights = {
        "list": "account.write",
        "retrieve": "account.write",
        "create": "account.write",
        "cancel": "account.write",
        "refused": "account.write",
    }

    def get_queryset(self) -> Any:
        return BulkChange.objects.visible_to(self.person)

    @extend_schema(request=AskSerializer, responses={201: BulkChangeSerializer, 202: BulkChangeSerializer})
    def create(self, request: Request) -> Response:
        """Up to 100 accounts are changed at once (201); more are a job's work (202)."""
        asked = self.checked(serializer_class=AskSerializer)
        query = clean_query(asked.get("query", ""))
        rows = self._named(asked["accounts"]) if "accounts" in asked else self._matching(query)
        change = request_change(actor=self.person, field=asked["field"], value=asked["value"], rows=rows, query=query)
        if (change.all_units or 0) > AT_ONCE:
            change_in_bulk.delay_on_commit(change.pk)  # type: ignore[attr-defined]  # DjangoTask has it
            return self.created(change, status=202)
        return self.created(work(change.pk) or change)

    @extend_schema(request=None, responses=BulkChangeSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop after the part that is under way; what is changed stays changed."""
        change: BulkChange = self.get_object()
        return self.answer(cancel_change(actor=self.person, change=change))

    @extend_schema(responses=RefusedSerializer(many=True))
    @action(detail=True, methods=["get"])
    def refused(self, request: Request, pk: int) -> Response:
        """The first accounts that were left alone, each with the reason."""
        change: BulkChange = self.get_object()
        rows = change.rows.filter(outcome=Outcome.REFUSED).order_by("pk")[:MOST_REFUSED]
        return Response(RefusedSerializer(rows, many=True, context=self.get_serializer_context()).data)

    def _named(self, accounts: list[dict[str, int]]) -> list[tuple[int, int]]:
        rows = [(row["id"], row["version"]) for row in accounts]
        keys = {key for key, _version in rows}
        if unknown := keys - set(
            Account.objects.visible_to(self.person).filter(pk__in=keys).values_list("pk", flat=True)
        ):
            sentence = _("There is no account with the id %(keys)s.")
            first = ", ".join(map(str, sorted(unknown)[:10]))
            raise serializers.ValidationError({"accounts": sentence % {"keys": first}})
        return rows

    def _matching(self, query: str) -> Iterable[tuple[int, int]]:
        filters = AccountFilters(QueryDict(query), person=self.person)
        if not filters.is_valid():
            sentences = [f"{name}: {errors[0]}" for name, errors in filters.errors.items()]
            raise serializers.ValidationError({"query": sentences})
        rows = filters.narrowed(filters.visible()).order_by("pk").values_list("pk", "version")
        found: Iterable[tuple[int, int]] = rows[: MOST_ROWS + 1].iterator(chunk_size=2000)
        return found
