"""Accounts in the API: the same services and the same visible rows as the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.custom import AccountCustomValues
from accounts.api.relation import PROVEN_CONTRIBUTION
from accounts.api.rows import Colleague, Visible, moved_to, valid_phone
from accounts.countries import CODES
from accounts.forms import AccountFilters
from accounts.models import Account
from accounts.models.choices import Kind, Party, SalesForm, State, Tier
from accounts.models.tag import LONGEST_TAG, MOST_ON_ACCOUNT
from accounts.permissions import sees_all_figures, sees_figures
from accounts.services.accounts import FACTS, create_account, edit_account
from accounts.services.inside import serve, stop_serving
from accounts.services.trash import discard_account
from pmcrm.api.serializers import InstantField, ModelSerializer, MoneyField, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.lists.fields import Field
from pmcrm.people.models import Department, User

MOST_SERVED = 500
MONEY = ("revenue_12m", "contribution_12m")


class TagNames(serializers.ListField):
    """The tags of an account by name."""

    child = serializers.CharField(max_length=LONGEST_TAG)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_ON_ACCOUNT, **kwargs)

    def to_representation(self, data: Any) -> list[str]:
        return [tag.name for tag in data.all()]


class AccountSerializer(ModelSerializer):
    """An account. Figures of the last 12 closed months are there only for those who may see them."""

    ref = serializers.CharField(max_length=100, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True, help_text="ISO 3166, as NO.")
    relationship_owner = Colleague(queryset=User.objects.none(), required=False, allow_null=True)
    product_manager = Colleague(queryset=User.objects.none(), required=False, allow_null=True)
    se_owner = Colleague(queryset=User.objects.none(), required=False, allow_null=True)
    department = serializers.PrimaryKeyRelatedField(queryset=Department.objects.all(), required=False, allow_null=True)
    parent_account = Visible(queryset=Account.objects.all(), source="parent", required=False, allow_null=True)
    business_as_of = serializers.DateField(
        read_only=True, allow_null=True, help_text="The day as of which their business is known."
    )
    tags = TagNames(required=False, help_text="Their names; a new one is made.")
    custom = AccountCustomValues(required=False)
    revenue_12m = MoneyField(source="figures.revenue_12m", read_only=True, allow_null=True)
    contribution_12m = MoneyField(source="figures.contribution_12m", read_only=True, allow_null=True)
    last_contact_at = InstantField(source="figures.last_contact_at", read_only=True, allow_null=True)
    next_step_on = serializers.DateField(source="figures.next_step_on", read_only=True, allow_null=True)

    class Meta:
        model = Account
        fields = [
            "id",
            "ref",
            "name",
            "kind",
            "party",
            "state",
            *FACTS,
            "business_as_of",
            "relationship_owner",
            "product_manager",
            "department",
            "internal_mode",
            "parent_account",
            "tags",
            "custom",
            "tier",
            "tier_score",
            *MONEY,
            "last_contact_at",
            "next_step_on",
            "created_at",
            "updated_at",
            "version",
        ]
        read_only_fields = ["id", "tier", "tier_score", "created_at", "updated_at", "version"]

    def hidden_from(self, person: User, thing: Any) -> Iterable[str]:
        return () if sees_figures(person, thing) else MONEY

    def validate_ref(self, ref: str) -> str:
        present = self.context["view"].kwargs.get("pk")
        if ref and Account.objects.filter(ref=ref).exclude(pk=present).exists():
            raise serializers.ValidationError(_("Another account has this reference."))
        return ref

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("phone"):
            view = self.context["view"]
            present = view.get_object().country if view.kwargs.get("pk") else ""
            attrs["phone"] = valid_phone(attrs["phone"], region=attrs.get("country", present))
        return attrs

    def validate_country(self, country: str) -> str:
        if country and country not in CODES:
            raise serializers.ValidationError(_("Use the two letters of a country, for example NO."))
        return country


class ServesSerializer(Serializer):
    account = Visible(queryset=Account.objects.all(), help_text="Id of an external account.")


class ServedSerializer(Serializer):
    """The other side of a service between an internal and an external account."""

    id = serializers.IntegerField()
    ref = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    internal_mode = serializers.CharField()


class AccountEndpoint(Collection):
    """Who we serve. `ordering=` puts accounts without the value last, both ways."""

    serializer_class = AccountSerializer
    queryset = Account.objects.none()
    orderings = {
        "name": "sort_name",
        "ref": "ref",
        "tier": "tier_score",
        "revenue": "figures__revenue_12m",
        "contribution": "figures__contribution_12m",
        "last_contact": "figures__last_contact_at",
        "next_step": "figures__next_step_on",
        "created": "created_at",
        "id": "id",
    }
    is_searchable = True
    has_conditions = True
    filters = {
        "ref": Filter(forms.CharField(max_length=100)),
        "kind": Filter(forms.ChoiceField(choices=Kind.choices)),
        "party": Filter(forms.ChoiceField(choices=Party.choices)),
        "state": Filter(forms.ChoiceField(choices=State.choices)),
        "tier": Filter(forms.ChoiceField(choices=[choice for choice in Tier.choices if choice[0]])),
        "contribution": PROVEN_CONTRIBUTION,
        "sales_form": Filter(forms.ChoiceField(choices=SalesForm.choices)),
        "industry": Filter(forms.CharField(max_length=100)),
        "segment": Filter(forms.CharField(max_length=100)),
        "country": Filter(forms.CharField(max_length=2)),
        "region": Filter(forms.CharField(max_length=100)),
        "relationship_owner": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of a person."),
        "product_manager": Filter(forms.IntegerField(min_value=1, max_value=2**63 - 1), meaning="Id of a person."),
    }
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "account.create",
        "update": "account.write",
        "partial_update": "account.write",
        "destroy": "account.delete",
        "serves": "account.read",
        "serve": "account.write",
        "stop_serving": "account.write",
    }

    def get_queryset(self) -> Any:
        return Account.objects.visible_to(self.person).for_list().prefetch_related("tags")

    def fields_by_key(self) -> Mapping[str, Field]:
        return AccountFilters({}, person=self.person).fields_by_key

    def list(self, request: Request) -> Response:
        asked = request.query_params.get("ordering", "").removeprefix("-")
        if asked in {"revenue", "contribution"} and not sees_all_figures(self.person):
            raise serializers.ValidationError({"ordering": _("Your role does not order accounts by money.")})
        return super().list(request)

    def retrieve(self, request: Request, pk: int) -> Response:
        return moved_to(self, Account.objects.visible_to(self.person).that_took_in(pk)) or super().retrieve(request, pk)

    def create(self, request: Request) -> Response:
        return self.created(self._fresh(create_account(actor=self.person, **self.checked())))

    def update(self, request: Request, pk: int) -> Response:
        return self._edit(partial=False)

    def partial_update(self, request: Request, pk: int) -> Response:
        return self._edit(partial=True)

    def destroy(self, request: Request, pk: int) -> Response:
        discard_account(actor=self.person, account=self.get_object())
        return Response(status=204)

    @extend_schema(responses=ServedSerializer(many=True))
    @action(detail=True, methods=["get"])
    def serves(self, request: Request, pk: int) -> Response:
        """The external accounts that an internal one serves; of an external one, the internal ones that serve it."""
        return self._other_sides(self.get_object())

    @extend_schema(request=ServesSerializer, responses=ServedSerializer(many=True))
    @action(detail=True, methods=["post"])
    def serve(self, request: Request, pk: int) -> Response:
        """The internal account serves one more external account."""
        body = self.checked(serializer_class=ServesSerializer)
        found: Account = self.get_object()
        serve(actor=self.person, account=found, customer=body["account"])
        return self._other_sides(found)

    @extend_schema(request=ServesSerializer, responses=ServedSerializer(many=True))
    @action(detail=True, methods=["post"], url_path="stop-serving")
    def stop_serving(self, request: Request, pk: int) -> Response:
        """The internal account serves that one no more."""
        body = self.checked(serializer_class=ServesSerializer)
        found: Account = self.get_object()
        stop_serving(actor=self.person, account=found, customer=body["account"])
        return self._other_sides(found)

    def _other_sides(self, account: Account) -> Response:
        related = account.serves if account.kind == Kind.INTERNAL else account.served_by
        rows = related.visible_to(self.person).order_by("sort_name", "id")[:MOST_SERVED]
        return Response(ServedSerializer(rows, many=True, context=self.get_serializer_context()).data)

    def _edit(self, *, partial: bool) -> Response:
        found: Account = self.get_object()
        values = self.checked(partial=partial)
        if values.get("ref") == "":
            values.pop("ref")
        version = self.expected_version()
        return self.answer(self._fresh(edit_account(actor=self.person, account=found, version=version, **values)))

    def _fresh(self, account: Account) -> Account:
        """With its figures, and without what a hand-over put out of sight."""
        return Account.objects.for_list().get(pk=account.pk)
