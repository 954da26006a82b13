"""Saved views in the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import ModelSerializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.lists.models import SavedView, Sharing
from pmcrm.lists.saved_views import delete_view, edit_view, save_view


class SavedViewSerializer(ModelSerializer):
    """A list's filters, order and columns as the query of its address; `sharing` says who sees it beside its owner."""

    sharing = serializers.ChoiceField(choices=Sharing.choices, required=False)
    query = serializers.CharField(max_length=2000, allow_blank=True, required=False)

    class Meta:
        model = SavedView
        fields = ["id", "kind", "name", "query", "sharing", "department", "owner", "version", "updated_at"]
        read_only_fields = ["id", "department", "owner", "version", "updated_at"]


class SavedViewEndpoint(Collection):
    """The caller's own views and those shared with them."""

    serializer_class = SavedViewSerializer
    queryset = SavedView.objects.none()
    orderings: ClassVar[dict[str, str]] = {"name": "name", "id": "id"}
    filters = {"kind": Filter(forms.CharField(max_length=30), meaning="The list, for example accounts.")}
    rights = dict.fromkeys(("list", "retrieve", "create", "partial_update", "destroy"), "saved_view.own")

    def get_queryset(self) -> Any:
        return SavedView.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        values = {"query": "", **self.checked()}
        return self.created(save_view(actor=self.person, is_pinned=False, **values))

    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename it, share it otherwise, or give it another query. Send the `version` that you read."""
        view, values = self.get_object(), self.checked(partial=True)
        if values.pop("kind", view.kind) != view.kind:
            raise serializers.ValidationError({"kind": _("A view stays with its list.")})
        return self.answer(edit_view(actor=self.person, view=view, version=self.expected_version(), **values))

    def destroy(self, request: Request, pk: int) -> Response:
        delete_view(actor=self.person, view=self.get_object())
        return Response(status=204)
