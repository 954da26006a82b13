"""Contacts in the API. Temperament is there only for those who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.custom import ContactCustomValues
from accounts.api.rows import Visible, moved_to, valid_phone
from accounts.models import Account, Contact
from accounts.models.contact import ContactRole
from accounts.permissions import sees_temperament
from accounts.services.contacts import SENSITIVE, create_contact, edit_contact, move_contact
from accounts.services.trash import discard_contact
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User


class ContactSerializer(ModelSerializer):
    """A person at an account. A phone number without a prefix is read as one of the account's country."""

    account = Visible(queryset=Account.objects.all())
    custom = ContactCustomValues(required=False)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)

    class Meta:
        model = Contact
        fields = [
            "id",
            "account",
            "name",
            "job_title",
            "role",
            "joined_company_on",
            "previous_employers",
            "background",
            "email",
            "phone",
            "time_zone",
            "temperament",
            "temperament_note",
            "is_active",
            "custom",
            "created_at",
            "updated_at",
            "version",
        ]
        read_only_fields = ["id", "created_at", "updated_at", "version"]

    def hidden_from(self, person: User, thing: Any) -> Iterable[str]:
        return () if sees_temperament(person, thing) else SENSITIVE

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("phone"):
            account = attrs.get("account") or self.context["view"].get_object().account
            attrs["phone"] = valid_phone(attrs["phone"], region=account.country)
        return attrs


class MoveSerializer(Serializer):
    """Where the person works now, and since when."""

    to = Visible(queryset=Account.objects.all())
    on = serializers.DateField()
    job_title = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ContactEndpoint(Collection):
    """People at accounts. One who works elsewhere now is moved, which keeps what was said before."""

    serializer_class = ContactSerializer
    queryset = Contact.objects.none()
    orderings = {"name": "sort_name", "id": "id"}
    is_searchable = True
    filters = {
        "account": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of an account."),
        "email": Filter(forms.CharField(max_length=254), "email__iexact"),
        "role": Filter(forms.ChoiceField(choices=ContactRole.choices)),
        "is_active": Filter(
            forms.TypedChoiceField(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true")
        ),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "account.write",
        "update": "account.write",
        "partial_update": "account.write",
        "destroy": "account.write",
        "move": "account.write",
    }

    def get_queryset(self) -> Any:
        return Contact.objects.visible_to(self.person).select_related("account")

    def retrieve(self, request: Request, pk: int) -> Response:
        return moved_to(self, Contact.objects.visible_to(self.person).that_took_in(pk)) or super().retrieve(request, pk)

    def create(self, request: Request) -> Response:
        return self.created(create_contact(actor=self.person, **self.checked()))

    def update(self, request: Request, pk: int) -> Response:
        return self._edit(partial=False)

    def partial_update(self, request: Request, pk: int) -> Response:
        return self._edit(partial=True)

    def destroy(self, request: Request, pk: int) -> Response:
        discard_contact(actor=self.person, contact=self.get_object())
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """The person works at another account now."""
        values = self.checked(serializer_class=MoveSerializer)
        version = self.expected_version()
        return self.answer(move_contact(actor=self.person, contact=self.get_object(), version=version, **values))

    def _edit(self, *, partial: bool) -> Response:
        found: Contact = self.get_object()
        values = self.checked(partial=partial)
        if values.pop("account", found.account) != found.account:
            raise serializers.ValidationError(
                {"account": _("Use the move operation; it keeps what was said at the old company.")}
            )
        version = self.expected_version()
        return self.answer(edit_contact(actor=self.person, contact=found, version=version, **values))
