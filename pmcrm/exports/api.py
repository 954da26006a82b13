"""Exports in the API: ask for a file, see how far it is, fetch it, stop it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import ModelSerializer
from pmcrm.exports.models import Export, ExportState, Format
from pmcrm.exports.services import cancel_export, request_export
from pmcrm.exports.tasks import write_export
from pmcrm.exports.views import served
from pmcrm.lists.api import Collection, Filter


class ExportSerializer(ModelSerializer):
    """A list as a file: `kind` names the list, `query` is the query of its page's address. It holds the columns that
    the query names, or with `is_everything` every field. `download` is there once the file is."""

    format = serializers.ChoiceField(choices=Format.choices, default=Format.CSV)
    query = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    download = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = ["id", "kind", "query", "format", "is_everything", "state", "rows", "done_units", "all_units",
                  "failure", "size", "created_at", "finished_at", "expires_at", "download"]  # fmt: skip
        read_only_fields = ["id", "state", "rows", "done_units", "all_units", "failure", "size", "created_at",
                            "finished_at", "expires_at"]  # fmt: skip

    def get_download(self, export: Export) -> str | None:
        view: Any = self.context["view"]
        return view.reverse_action("download", args=[export.pk]) if export.is_there else None


class ExportEndpoint(Collection):
    """The caller's own exports. A new one is written by a worker; its file is kept for a week."""

    serializer_class = ExportSerializer
    queryset = Export.objects.none()
    orderings: ClassVar[dict[str, str]] = {"created_at": "created_at", "id": "id"}
    default_ordering = "-created_at"
    filters = {"state": Filter(forms.ChoiceField(choices=ExportState.choices))}
    rights = dict.fromkeys(("list", "retrieve", "create", "download", "cancel"), "export.own")

    def get_queryset(self) -> Any:
        return Export.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        """Ask for a file; 202, since a worker writes it."""
        values = self.checked()
        export = request_export(actor=self.person, is_job=True, file_format=values.pop("format"), **values)
        write_export.delay_on_commit(export.pk)  # type: ignore[attr-defined]  # DjangoTask has it
        return self.created(export, status=202)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def download(self, request: Request, pk: int) -> FileResponse:
        """The file; 404 while it is being written and after its week."""
        return served(self.get_object())

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Stop writing it."""
        return self.answer(cancel_export(actor=self.person, export=self.get_object()))
