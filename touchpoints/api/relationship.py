"""How accounts use products, their renewals, and what was learned of people, in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Visible
from accounts.models import Account, Contact, Product
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from touchpoints.models import Interaction, PersonFact, Renewal, RenewalOutcome, UsageFinding, UsageMode
from touchpoints.services.people import MOST_YEARS, Told, learn
from touchpoints.services.relationship import Use, add_renewal, edit_renewal, note_usage

_AN_ID = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class UsageFindingSerializer(ModelSerializer):
    account = Visible(queryset=Account.objects.all())
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all(), required=False, allow_null=True)
    interaction = Visible(queryset=Interaction.objects.all(), required=False, allow_null=True)
    found_on = serializers.DateField(required=False, help_text="The day of the talk, else today.")

    class Meta:
        model = UsageFinding
        fields = [
            "id", "account", "product", "mode", "purpose", "actual_way", "quote", "found_on", "interaction", "author",
            "created_at",
        ]  # fmt: skip
        read_only_fields = ["id", "author", "created_at"]


class UsageFindings(Collection):
    """What was found of how accounts use products. A newer finding takes an older one's place; none is changed."""

    serializer_class = UsageFindingSerializer
    queryset = UsageFinding.objects.none()
    orderings = {"found_on": "found_on", "id": "id"}
    default_ordering = "-found_on"
    filters = {
        "account": Filter(_AN_ID),
        "product": Filter(_AN_ID),
        "mode": Filter(forms.ChoiceField(choices=UsageMode.choices)),
    }
    rights = {"list": "account.read", "retrieve": "account.read", "create": "interaction.log"}

    def get_queryset(self) -> Any:
        return UsageFinding.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        body = self.checked()
        account, talk = body.pop("account"), body.pop("interaction", None)
        return self.created(note_usage(actor=self.person, account=account, use=Use(**body), interaction=talk))


class RenewalSerializer(ModelSerializer):
    account = Visible(queryset=Account.objects.all())
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Renewal
        fields = ["id", "account", "product", "renews_on", "outcome", "note", "author", "created_at", "version"]
        read_only_fields = ["id", "author", "created_at", "version"]


class Renewals(Collection):
    """When customers decide whether to go on, and how that ended."""

    serializer_class = RenewalSerializer
    queryset = Renewal.objects.none()
    orderings = {"renews_on": "renews_on", "id": "id"}
    default_ordering = "-renews_on"
    filters = {"account": Filter(_AN_ID), "outcome": Filter(forms.ChoiceField(choices=RenewalOutcome.choices))}
    rights = {
        "list": "account.read",
        "retrieve": "account.read",
        "create": "account.write",
        "partial_update": "account.write",
    }

    def get_queryset(self) -> Any:
        return Renewal.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        return self.created(add_renewal(actor=self.person, **self.checked()))

    def partial_update(self, request: Request, pk: int) -> Response:
        found: Renewal = self.get_object()
        values = {name: getattr(found, name) for name in ("renews_on", "outcome", "product", "note")}
        values |= self.checked(partial=True)
        values.pop("account", None)
        return self.answer(edit_renewal(actor=self.person, renewal=found, version=self.expected_version(), **values))


class PersonFactSerializer(ModelSerializer):
    class Meta:
        model = PersonFact
        fields = ["id", "contact", "field", "value", "as_of", "source", "interaction", "author", "created_at"]
        read_only_fields = fields


class LearnSerializer(Serializer):
    """What was learned of a person, and where: in a talk, or from a source named."""

    contact = Visible(queryset=Contact.objects.all())
    interaction = Visible(queryset=Interaction.objects.all(), required=False)
    job_title = serializers.CharField(max_length=200, required=False)
    years_there = serializers.IntegerField(min_value=0, max_value=MOST_YEARS, required=False)
    joined_company_on = serializers.DateField(required=False)
    previous_employers = serializers.CharField(max_length=10_000, required=False)
    background = serializers.CharField(max_length=10_000, required=False)
    source = serializers.CharField(  # type: ignore[assignment]  # of the body; a serializer's own `source` is unused here
        max_length=200, required=False
    )
    as_of = serializers.DateField(required=False)


class PersonFacts(Collection):
    """Values of contacts as they were learned, the newest first. Posting one writes it to the contact as well."""

    serializer_class = PersonFactSerializer
    queryset = PersonFact.objects.none()
    orderings = {"as_of": "as_of", "id": "id"}
    default_ordering = "-as_of"
    filters = {"contact": Filter(_AN_ID)}
    rights = {"list": "account.read", "retrieve": "account.read", "create": "account.write"}

    def get_queryset(self) -> Any:
        return PersonFact.objects.visible_to(self.person)

    def create(self, request: Request) -> Response:
        body = self.checked(serializer_class=LearnSerializer)
        contact, talk = body.pop("contact"), body.pop("interaction", None)
        made = learn(actor=self.person, contact=contact, told=Told(**body), interaction=talk)
        return Response(self.get_serializer(made, many=True).data, status=201)
