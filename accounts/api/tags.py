"""Tags in the API: which there are, and putting them in order. An account's own are part of the account."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Tag
from accounts.models.tag import LONGEST_TAG
from accounts.services.tags import delete_tag, merge_tags, rename_tag
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection


class TagSerializer(ModelSerializer):
    """A word that accounts carry. It is made where an account first gets it."""

    name = serializers.CharField(max_length=LONGEST_TAG)

    class Meta:
        model = Tag
        fields = ["id", "name", "created_at", "version"]
        read_only_fields = ["id", "created_at", "version"]


class IntoSerializer(Serializer):
    into = serializers.PrimaryKeyRelatedField(queryset=Tag.objects.all(), help_text="Id of the tag that stays.")
    version = serializers.IntegerField(min_value=1)


class TagEndpoint(Collection):
    """The tags by name."""

    serializer_class = TagSerializer
    queryset = Tag.objects.all()
    orderings = {"name": "folded", "id": "id"}
    is_searchable = True
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "partial_update": "tag.write",
        "destroy": "tag.write",
        "merge": "tag.write",
    }

    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename it; every account that carries it shows the new name."""
        tag: Tag = self.get_object()
        name = self.checked(partial=True).get("name", tag.name)
        return self.answer(rename_tag(actor=self.person, tag=tag, version=self.expected_version(), name=name))

    def destroy(self, request: Request, pk: int) -> Response:
        """Take it off every account."""
        tag: Tag = self.get_object()
        delete_tag(actor=self.person, tag=tag, version=tag.version)
        return Response(status=204)

    @extend_schema(request=IntoSerializer, responses=TagSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: int) -> Response:
        """What carries this tag carries the other one instead; this one goes."""
        tag: Tag = self.get_object()
        values: Any = self.checked(serializer_class=IntoSerializer)
        return self.answer(merge_tags(actor=self.person, tag=tag, **values))
