"""The strategic list in the API: ranked accounts, each with a reason, a sponsor and a review day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Colleague, Visible
from accounts.models import Account, StrategicEntry
from accounts.services.strategic import add_to_strategic_list, edit_strategic_entry, remove_from_strategic_list
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User


class EntrySerializer(ModelSerializer):
    """An account on the list. Beyond the cap, `over_cap_reason` says why one more is right."""

    account = Visible(queryset=Account.objects.all())
    sponsor = Colleague(queryset=User.objects.none())
    reason = serializers.CharField(max_length=10_000)
    rank = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    over_cap_reason = serializers.CharField(required=False, allow_blank=True, write_only=True, max_length=10_000)

    class Meta:
        model = StrategicEntry
        fields = ["id", "account", "rank", "reason", "sponsor", "review_by", "added_at", "over_cap_reason"]
        read_only_fields = ["id", "added_at"]


class ReasonSerializer(Serializer):
    reason = serializers.CharField(max_length=10_000)


class StrategicEntryEndpoint(Collection):
    """The strategic list, by rank."""

    serializer_class = EntrySerializer
    queryset = StrategicEntry.objects.none()
    orderings = {"rank": "rank", "review_by": "review_by", "id": "id"}
    filters = {"account": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of an account.")}
    rights = {
        "list": "strategic_list.read",
        "retrieve": "strategic_list.read",
        "create": "strategic_list.write",
        "partial_update": "strategic_list.write",
        "remove": "strategic_list.write",
    }

    def get_queryset(self) -> Any:
        return StrategicEntry.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        return self.created(add_to_strategic_list(actor=self.person, **self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Renew reason, sponsor and review day, or move it to another rank."""
        entry: StrategicEntry = self.get_object()
        values = self.checked(partial=True)
        if values.pop("account", entry.account) != entry.account:
            raise serializers.ValidationError({"account": _("An entry stays with its account; add another one.")})
        values.pop("over_cap_reason", None)
        kept: dict[str, Any] = {"reason": entry.reason, "sponsor": entry.sponsor, "review_by": entry.review_by}
        return self.answer(edit_strategic_entry(actor=self.person, entry=entry, **(kept | values)))

    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: int) -> Response:
        """Take it off the list, for a reason; the ranks close up."""
        entry, values = self.get_object(), self.checked(serializer_class=ReasonSerializer)
        remove_from_strategic_list(actor=self.person, entry=entry, **values)
        return Response(status=204)
