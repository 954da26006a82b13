"""Imports over the API: upload a file, answer, confirm, take back. The same services and report as page and command."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django import forms
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.parsers import JSONParser
from pmcrm.api.serializers import InstantField, Serializer
from pmcrm.exchange.models import Import, State
from pmcrm.exchange.registry import Kind, all_kinds
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.report import overview, report
from pmcrm.exchange.tasks import carry_on
from pmcrm.lists.api import Collection, Filter

READ: Final = "import.read"
_CHUNK: Final = 1 << 20


@extend_schema_field({"type": "object", "additionalProperties": True})
class MapField(serializers.Field[dict[str, Any], Any, Any, Any]):
    """How the file is read, as one JSON object: `columns`, `date_order`, `decimal`, `delimiter`, `encoding`,
    `header_row`, `quote`, `sheet`, `time_zone`. Every key is optional; what is left out is found out."""

    default_error_messages = {"not_an_object": gettext_lazy("Send one JSON object, such as {{“date_order”: “mdy”}}.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, str):
            try:
                data = JSONParser().parse(BytesIO(data.encode()), "application/json", {"encoding": "utf-8"})
            except ParseError as error:
                raise serializers.ValidationError(str(error.detail)) from error
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return value


class UploadSerializer(Serializer):
    """One file. It is read, and comes in when nothing has to be asked; `dry_run` stops before that."""

    file = serializers.FileField(help_text="CSV, TXT, TSV or XLSX.")
    source = serializers.CharField(  # type: ignore[assignment]  # the field's name, not the serializer's own
        required=False, default="", allow_blank=True, max_length=60
    )
    partial = serializers.BooleanField(  # type: ignore[assignment]  # the field's name, not the serializer's own
        required=False, default=False, help_text="Good rows come in, bad rows come back as a file."
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Only read and check; then `confirm` or `cancel`."
    )
    map = MapField(required=False)
    join = serializers.FileField(
        required=False, help_text="A look-up file; its columns can be mapped like those of the file itself."
    )
    join_key = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="The column that both files have."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        known = ", ".join(kind.name for kind in all_kinds())
        sentence = _("“{input}” cannot be imported. Kinds: %(known)s.") % {"known": known}
        kind = serializers.ChoiceField(
            choices=[(kind.name, kind.label) for kind in all_kinds()], error_messages={"invalid_choice": sentence}
        )
        return {"kind": kind, **super().get_fields()}


class AnswersSerializer(Serializer):
    """How the file is read from now on, instead of what was said before."""

    map = MapField()


class ConfirmSerializer(Serializer):
    """All or nothing unless `partial`."""

    partial = serializers.BooleanField(required=False, default=False)  # type: ignore[assignment]  # as above


class FaultSerializer(Serializer):
    """One value that is not taken, or one thing that has to be answered: then `column` is the key of the map."""

    row = serializers.IntegerField(allow_null=True)
    column = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    reason = serializers.CharField()


class ImportSerializer(Serializer):
    """An import: `rows = imported + rejected + skipped + unchanged + held` once the file is read."""

    state = serializers.ChoiceField(choices=State.choices)
    rows = serializers.IntegerField()
    imported = serializers.IntegerField()
    rejected = serializers.IntegerField()
    skipped = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    held = serializers.IntegerField()
    errors_file = serializers.URLField(allow_null=True, help_text="The rejected rows as CSV.")
    kind = serializers.CharField()
    file = serializers.CharField()
    created_at = InstantField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        source = serializers.CharField()
        return {"import": serializers.IntegerField(), **super().get_fields(), "source": source}

    def to_representation(self, instance: Import) -> dict[str, Any]:
        return self.shown(instance, overview(instance))

    def shown(self, job: Import, said: dict[str, Any]) -> dict[str, Any]:
        """What the command prints, the rejected rows at the address that a token opens, and which file it is."""
        if said["errors_file"] is not None:
            view = self.context["view"]
            said["errors_file"] = view.reverse_action("rejected-rows", args=[job.pk])
        created_at = InstantField().to_representation(job.created_at)
        return said | {"kind": job.kind, "file": job.file_name, "source": job.source, "created_at": created_at}


class ImportReportSerializer(ImportSerializer):
    """One import with its first 1,000 faults and with what is to be said about the whole file."""

    errors = serializers.ListField(child=FaultSerializer())  # type: ignore[assignment]  # the contract's name
    notes = serializers.ListField(child=serializers.CharField())

    def to_representation(self, instance: Import) -> dict[str, Any]:
        notes = [_(note["template"]).format(**note["params"]) for note in instance.notes]
        return self.shown(instance, report(instance)) | {"notes": notes}


def _join(given: dict[str, Any]) -> imports.Join | None:
    file = given.get("join")
    return file and imports.Join(name=file.name, chunks=file.chunks(_CHUNK), key=given["join_key"])


class ImportEndpoint(Collection):
    rights = {
        "list": READ,
        "retrieve": READ,
        "create": READ,
        "confirm": READ,
        "answers": READ,
        "revert": READ,
        "cancel": READ,
        "rejected_rows": READ,
    }
    queryset = Import.objects.none()
    serializer_class = ImportReportSerializer
    orderings = {"created_at": "created_at", "id": "id"}
    default_ordering = "-created_at"
    filters = {
        "state": Filter(forms.ChoiceField(choices=State.choices)),
        "kind": Filter(forms.CharField(max_length=20), meaning="Such as ledger."),
    }

    def get_queryset(self) -> Any:
        visible = Import.objects.visible_to(self.person)
        return visible.defer("first_errors", "findings") if self.action == "list" else visible

    def get_serializer_class(self) -> Any:
        return ImportSerializer if self.action == "list" else self.serializer_class

    def _changeable(self) -> Import:
        """The import, of a kind that the caller may import; seeing its report is not enough."""
        job: Import = self.get_object()
        self._needs(job.declaration)
        return job

    def _needs(self, kind: Kind) -> None:
        if not self.person.may(kind.right):
            raise PermissionDenied(_("Your roles do not allow you to import %(kind)s.") % {"kind": kind.label})

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={202: ImportReportSerializer})
    def create(self, request: Request) -> Response:
        """Upload one file as a form of several parts. It is read, and comes in unless something has to be answered or
        `dry_run` is set; the answer's Location tells how far it is."""
        given = self.checked(serializer_class=UploadSerializer)
        self._needs(imports.find_kind(given["kind"]))
        job = imports.receive(
            actor=self.person,
            kind=given["kind"],
            name=given["file"].name,
            chunks=given["file"].chunks(_CHUNK),
            source=given["source"],
            given=given.get("map"),
            is_confirmed=not given["dry_run"],
            is_partial=given["partial"],
            join=_join(given),
        )
        carry_on(job.pk)
        return self.created(job, status=202)

    @extend_schema(request=ConfirmSerializer, responses={202: ImportReportSerializer})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: int) -> Response:
        """Let an import that is `ready` come in."""
        job = self._changeable()
        is_partial = self.checked(serializer_class=ConfirmSerializer)["partial"]
        return self._goes_on(imports.confirm(actor=self.person, job=job, is_partial=is_partial))

    @extend_schema(request=AnswersSerializer, responses={202: ImportReportSerializer})
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, pk: int) -> Response:
        """Say how the file is read. It is read again and then waits for `confirm`."""
        job = self._changeable()
        given = self.checked(serializer_class=AnswersSerializer)["map"]
        return self._goes_on(imports.answer(actor=self.person, job=job, given=given))

    @extend_schema(request=None, responses={202: ImportReportSerializer})
    @action(detail=True, methods=["post"])
    def revert(self, request: Request, pk: int) -> Response:
        """Take everything out again that this import brought in."""
        return self._goes_on(imports.ask_back(actor=self.person, job=self._changeable()))

    def _goes_on(self, job: Import) -> Response:
        carry_on(job.pk)
        return self.created(job, status=202)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Forget an import that has not come in, with its file."""
        imports.cancel(actor=self.person, job=self._changeable())
        return Response(status=204)

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path="rejected-rows", pagination_class=None, filter_backends=[])
    def rejected_rows(self, request: Request, pk: int) -> FileResponse:
        """The rejected rows with their reasons, to mend and bring in alone."""
        job: Import = self.get_object()
        if not job.rejected_path.is_file():
            raise Http404
        name = f"rejected-rows-{job.pk}.csv"
        return FileResponse(job.rejected_path.open("rb"), as_attachment=True, filename=name, content_type="text/csv")
