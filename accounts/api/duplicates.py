"""Duplicates in the API: pairs to decide, dismissing, merging, and the way back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AccountMerge, AccountPair, ContactMerge, ContactPair
from accounts.models.duplicates import PairState
from accounts.services.duplicates import dismiss_pair, reopen_pair
from accounts.services.merging import BOTH, OTHER, merge, undo_merge
from pmcrm.api.serializers import InstantField, ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter


class PartSerializer(Serializer):
    """One thing compared: how alike, and the factor by which it changes the odds."""

    what = serializers.CharField()
    likeness = serializers.FloatField()
    factor = serializers.FloatField()


class PairSerializer(ModelSerializer):
    """Two records that may be the same; `certainty` is a probability from 0 to 1."""

    left_name = serializers.CharField(source="left.name", read_only=True)
    right_name = serializers.CharField(source="right.name", read_only=True)
    certainty = serializers.DecimalField(source="score", max_digits=6, decimal_places=5, read_only=True)
    parts = serializers.SerializerMethodField()
    found_at = InstantField(read_only=True)
    settled_at = InstantField(read_only=True, allow_null=True)

    class Meta:
        fields = [
            "id",
            "left",
            "left_name",
            "right",
            "right_name",
            "certainty",
            "parts",
            "state",
            "found_at",
            "settled_at",
            "settled_by",
        ]
        read_only_fields = fields

    @extend_schema_field(PartSerializer(many=True))
    def get_parts(self, pair: Any) -> Any:
        return pair.parts


class AccountPairSerializer(PairSerializer):
    class Meta(PairSerializer.Meta):
        model = AccountPair


class ContactPairSerializer(PairSerializer):
    class Meta(PairSerializer.Meta):
        model = ContactPair


class MergeSerializer(ModelSerializer):
    """One record went up in another. `undo_until` says how long both can come back."""

    merged_at = InstantField(read_only=True)
    undone_at = InstantField(read_only=True, allow_null=True)
    undo_until = InstantField(read_only=True)

    class Meta:
        fields = ["id", "winner", "loser", "merged_at", "merged_by", "undo_until", "undone_at", "undone_by"]
        read_only_fields = fields


class AccountMergeSerializer(MergeSerializer):
    class Meta(MergeSerializer.Meta):
        model = AccountMerge


class ContactMergeSerializer(MergeSerializer):
    class Meta(MergeSerializer.Meta):
        model = ContactMerge


class MergeRequestSerializer(Serializer):
    """Which of the two stays, both versions as they were read, and by field what is taken from the other."""

    winner = serializers.IntegerField(help_text="Id of the record that stays: one of the pair.")
    version = serializers.IntegerField(min_value=1, help_text="Version of the one that stays.")
    other_version = serializers.IntegerField(min_value=1, help_text="Version of the other.")
    take = serializers.DictField(
        child=serializers.ChoiceField(choices=["", OTHER, BOTH]),
        required=False,
        help_text="By field: `other` takes the other's value, `both` joins two long texts; left out, the value stays.",
    )


class PairEndpoint(Collection):
    """Pairs of records that may be the same, most certain first."""

    orderings = {"certainty": "score", "id": "id"}
    default_ordering = "-certainty"
    filters = {"state": Filter(forms.ChoiceField(choices=PairState.choices))}
    pairs: Any
    merges: Any

    def get_queryset(self) -> Any:
        return self.pairs.objects.visible_to(self.person).select_related("left", "right")

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: int) -> Response:
        """These two are not the same; no search proposes them again."""
        dismiss_pair(actor=self.person, pair=self.get_object())
        return self.answer(self.get_object())

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Take back that they are not the same."""
        reopen_pair(actor=self.person, pair=self.get_object())
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """Let one of the pair go up in the other, with everything that hangs on it."""
        pair = self.get_object()
        asked = self.checked(serializer_class=MergeRequestSerializer)
        sides: dict[int, Any] = {pair.left_id: pair.left, pair.right_id: pair.right}
        if asked["winner"] not in sides:
            raise serializers.ValidationError({"winner": _("Name the id of one of the two.")})
        winner = sides.pop(asked["winner"])
        (loser,) = sides.values()
        versions = {name: asked[name] for name in ("version", "other_version")}
        made = merge(actor=self.person, winner=winner, loser=loser, take=asked.get("take", {}), **versions)
        return Response(self.merges(made).data, status=201)


class AccountPairEndpoint(PairEndpoint):
    queryset = AccountPair.objects.none()
    serializer_class = AccountPairSerializer
    pairs = AccountPair
    merges = AccountMergeSerializer
    rights = {
        "list": "duplicate.read",
        "retrieve": "duplicate.read",
        "dismiss": "duplicate.read",
        "reopen": "duplicate.read",
        "merge": "account.merge",
    }


class ContactPairEndpoint(PairEndpoint):
    queryset = ContactPair.objects.none()
    serializer_class = ContactPairSerializer
    pairs = ContactPair
    merges = ContactMergeSerializer
    rights = {**AccountPairEndpoint.rights, "merge": "contact.merge"}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("left__account", "right__account")


class MergeEndpoint(Collection):
    """Merges, the newest first."""

    orderings = {"merged": "merged_at", "id": "id"}
    default_ordering = "-merged"
    merges: Any

    def get_queryset(self) -> Any:
        return self.merges.objects.visible_to(self.person)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: int) -> Response:
        """Make two of one again, as they were; what came after the merge stays with the one that stayed."""
        made = self.get_queryset().select_related("winner", "loser").filter(pk=pk).first()
        if made is None:
            raise Http404
        undo_merge(actor=self.person, made=made)
        return self.answer(self.get_object())


class AccountMergeEndpoint(MergeEndpoint):
    queryset = AccountMerge.objects.none()
    serializer_class = AccountMergeSerializer
    merges = AccountMerge
    rights = {"list": "duplicate.read", "retrieve": "duplicate.read", "undo": "account.merge"}


class ContactMergeEndpoint(MergeEndpoint):
    queryset = ContactMerge.objects.none()
    serializer_class = ContactMergeSerializer
    merges = ContactMerge
    rights = {"list": "duplicate.read", "retrieve": "duplicate.read", "undo": "contact.merge"}
