"""Files in the API: sent as multipart/form-data, listed, downloaded, removed and put back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.models import Account
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.files.models import Attachment
from pmcrm.files.services import attach_file, remove_file, restore_file
from pmcrm.files.serving import CHUNK, served
from pmcrm.lists.api import Collection, Filter
from touchpoints.models import Interaction


class FileSerializer(ModelSerializer):
    """A file beside one account or one interaction; its bytes are under `content/`."""

    class Meta:
        model = Attachment
        fields = ["id", "account", "interaction", "name", "media_type", "size", "sha256", "uploaded_by", "created_at"]
        read_only_fields = fields


class AttachSerializer(Serializer):
    """The file and the one thing that it is about."""

    file = serializers.FileField(allow_empty_file=True, max_length=1000)
    account = Visible(queryset=Account.objects.all(), required=False)
    interaction = Visible(queryset=Interaction.objects.all(), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs.keys() & {"account", "interaction"}) != 1:
            raise serializers.ValidationError(_("Name one account or one interaction that the file is about."))
        return attrs


class Files(Collection):
    """What is attached to accounts and interactions. A removed file can be put back for thirty days."""

    serializer_class = FileSerializer
    queryset = Attachment.objects.none()
    orderings = {"created_at": "created_at", "id": "id"}
    default_ordering = "-created_at"
    filters = {
        "account": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of an account."),
        "interaction": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of an interaction."),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "file.attach",
        "destroy": "file.attach",
        "content": "account.read",
        "restore": "file.attach",
    }

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser(), *super().get_parsers()]

    def get_queryset(self) -> Any:
        rows = Attachment.objects.visible_to(self.person)
        return rows if self.action == "restore" else rows.kept()

    @extend_schema(request={"multipart/form-data": AttachSerializer}, responses={201: FileSerializer})
    def create(self, request: Request) -> Response:
        given = self.checked(serializer_class=AttachSerializer)
        owner, upload = given.get("account") or given["interaction"], given["file"]
        return self.created(
            attach_file(actor=self.person, owner=owner, name=upload.name or "", chunks=upload.chunks(CHUNK))
        )

    def destroy(self, request: Request, pk: int) -> Response:
        remove_file(actor=self.person, file=self.get_object())
        return Response(status=204)

    @extend_schema(request=None, responses={200: FileSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Put a removed file back."""
        return self.answer(restore_file(actor=self.person, file=self.get_object()))

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[])
    def content(self, request: Request, pk: int) -> FileResponse:
        """The bytes, to be saved."""
        return served(self.get_object())
