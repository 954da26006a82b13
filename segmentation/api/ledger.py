"""Ledger lines over the API: read, add, reverse. A line never changes."""

from __future__ import annotations

from typing import Any

from django import forms
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account
from pmcrm.api.serializers import ModelSerializer, MoneyField
from pmcrm.lists.api import Collection, Filter
from segmentation.models import LedgerLine
from segmentation.services.ledger import add_line, reverse_line


class LedgerLineSerializer(ModelSerializer):
    """One line of the ledger, in its own currency."""

    account = serializers.PrimaryKeyRelatedField(queryset=Account.objects.all())
    revenue = MoneyField(default="0")
    cost = MoneyField(default="0")
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    reverses = serializers.IntegerField(source="reverses_id", read_only=True)

    class Meta:
        model = LedgerLine
        fields = [
            "id",
            "account",
            "date",
            "month",
            "revenue",
            "cost",
            "currency",
            "category",
            "product",
            "region",
            "source",
            "line_ref",
            "reverses",
            "created_at",
        ]
        read_only_fields = ["month", "created_at"]
        validators: list[Any] = []


class LedgerLineEndpoint(Collection):
    rights = {
        "list": "ledger.read",
        "retrieve": "ledger.read",
        "create": "ledger.write",
        "reverse": "ledger.write",
    }
    queryset = LedgerLine.objects.none()
    serializer_class = LedgerLineSerializer
    orderings = {"id": "id", "date": "date"}
    default_ordering = "-id"
    filters = {
        "account": Filter(forms.IntegerField(min_value=1), "account_id", "The account's id."),
        "category": Filter(forms.CharField()),
        "from": Filter(forms.DateField(), "date__gte", "First day."),
        "to": Filter(forms.DateField(), "date__lte", "Last day."),
    }

    def get_queryset(self) -> Any:
        return LedgerLine.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        """Add one line. `source` and `line_ref` together are unique: the same again with other content is refused."""
        line = add_line(actor=self.person, **self.checked())
        return self.created(line)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: int) -> Response:
        """Add the line that takes this one back."""
        return self.created(reverse_line(actor=self.person, line=self.get_object()))
