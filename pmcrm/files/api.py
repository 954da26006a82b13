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
from accounts.models import Account, Contact
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.files.models import Attachment, DocumentShare, ForwardDocument
from pmcrm.files.services import attach_file, class_document, remove_file, restore_file, share_document
from pmcrm.files.serving import CHUNK, served
from pmcrm.lists.api import Collection, Filter
from touchpoints.models import Channel, Interaction, Statement


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


# What looks ahead -----------------------------------------------------------------------------------------------------


_AN_ID = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class ForwardDocumentSerializer(ModelSerializer):
    file = Visible(queryset=Attachment.objects.all())

    class Meta:
        model = ForwardDocument
        fields = ["id", "file", "edition", "watermark", "classed_by", "classed_at", "version"]
        read_only_fields = ["id", "classed_by", "classed_at", "version"]


class ForwardDocuments(Collection):
    """Files that are classed as looking ahead, each with its version and the words on its pages."""

    serializer_class = ForwardDocumentSerializer
    queryset = ForwardDocument.objects.none()
    orderings = {"id": "id"}
    filters = {"file": Filter(_AN_ID), "account": Filter(_AN_ID, "file__account")}
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "file.attach",
        "partial_update": "file.attach",
    }

    def get_queryset(self) -> Any:
        return ForwardDocument.objects.visible_to(self.person).with_file()

    def create(self, request: Request) -> Response:
        return self.created(class_document(actor=self.person, **self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        found: ForwardDocument = self.get_object()
        values = {name: getattr(found, name) for name in ("edition", "watermark")} | self.checked(partial=True)
        values["file"] = found.file
        return self.answer(class_document(actor=self.person, version=self.expected_version(), **values))


class DocumentShareSerializer(ModelSerializer):
    class Meta:
        model = DocumentShare
        fields = ["id", "document", "name", "edition", "account", "contacts", "channel", "shared_at", "missing",
                  "override_reason", "author"]  # fmt: skip
        read_only_fields = fields


class ShareSerializer(Serializer):
    """With whom it is shared, and which statements were said to them now."""

    document = Visible(queryset=ForwardDocument.objects.all())
    contacts = Visible(many=True, queryset=Contact.objects.all())
    channel = serializers.ChoiceField(choices=Channel.choices)
    said = serializers.PrimaryKeyRelatedField(many=True, queryset=Statement.objects.current(), required=False)
    override_reason = serializers.CharField(
        max_length=300, required=False, help_text="Why it is shared although a statement was not said or has expired."
    )


class DocumentShares(Collection):
    """Who got which version, when and how. None is changed. Posting logs one for each account of the people named."""

    serializer_class = DocumentShareSerializer
    queryset = DocumentShare.objects.none()
    orderings = {"shared_at": "shared_at", "id": "id"}
    default_ordering = "-shared_at"
    filters = {"document": Filter(_AN_ID), "account": Filter(_AN_ID), "contact": Filter(_AN_ID, "contacts")}
    rights = {"list": "account.read", "retrieve": "account.read", "create": "file.attach"}

    def get_queryset(self) -> Any:
        return DocumentShare.objects.visible_to(self.person).prefetch_related("contacts")

    def create(self, request: Request) -> Response:
        made = share_document(actor=self.person, **self.checked(serializer_class=ShareSerializer))
        return Response(self.get_serializer(made, many=True).data, status=201)
