"""How we deal with customers, in the API: versions, the newest of which holds."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Manners
from accounts.services.manners import write_manners
from pmcrm.api.serializers import ModelSerializer
from pmcrm.lists.api import Collection


class MannersSerializer(ModelSerializer):
    """One version. `read_version` is the id of the one that was read; null where there is none yet."""

    read_version = serializers.IntegerField(write_only=True, allow_null=True)

    class Meta:
        model = Manners
        fields = ["id", "ownership", "contact_rules", "approval_path", "written_by", "written_at", "read_version"]
        read_only_fields = ["id", "written_by", "written_at"]


class MannersEndpoint(Collection):
    """Versions of how we deal with customers, the newest first; a change is a new one."""

    serializer_class = MannersSerializer
    queryset = Manners.objects.all()
    orderings = {"id": "id"}
    default_ordering = "-id"
    rights = {"list": "account.read", "retrieve": "account.read", "create": "manners.write"}

    def get_queryset(self) -> Any:
        return Manners.objects.all()

    def create(self, request: Request) -> Response:
        return self.created(write_manners(actor=self.person, **self.checked()))
