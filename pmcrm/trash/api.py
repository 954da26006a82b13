"""The trash in the API: what lies there, restored or deleted for good. Each kind of thing has its own list."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import InstantField, Serializer
from pmcrm.errors import RuleViolation
from pmcrm.lists.api import Collection
from pmcrm.trash import registry
from pmcrm.trash.models import gone_on, kept_for
from pmcrm.trash.registry import TrashKind


class DiscardedSerializer(Serializer):
    """Something in the trash, and the day on which it goes for good."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="__str__")
    deleted_at = InstantField()
    deleted_by = serializers.IntegerField(source="deleted_by_id")
    gone_on = serializers.SerializerMethodField()

    def get_gone_on(self, thing: Any) -> dt.date | None:
        return gone_on(thing, self.context["kept"])


class RestoredSerializer(Serializer):
    """What came back, and what is not as it was before."""

    id = serializers.IntegerField()
    notes = serializers.ListField(child=serializers.CharField())


class TrashEndpoint(Collection):
    """What was deleted and can still be restored: own deletions, or all that one saw before."""

    slug: ClassVar[str]
    serializer_class = DiscardedSerializer
    orderings = {"deleted_at": "deleted_at"}
    default_ordering = "-deleted_at"

    @property
    def kind(self) -> TrashKind:
        return registry.kinds_by_slug()[self.slug]

    def get_queryset(self) -> Any:
        return self.kind.rows(self.person)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "kept": kept_for()}

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete it for good."""
        if not self.kind.remove(self.person, self.get_object().pk):
            raise RuleViolation(registry.cannot_go())
        return Response(status=204)

    @extend_schema(request=None, responses=RestoredSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Put it back where it was."""
        thing = self.get_object()
        return Response({"id": thing.pk, "notes": self.kind.restore(self.person, thing)})


RIGHTS = {"list": "trash.read", "retrieve": "trash.read", "destroy": "trash.remove", "restore": "trash.read"}
