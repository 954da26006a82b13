"""Product decisions and their evidence in the API."""

from __future__ import annotations

from typing import Any

from django import forms
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.rows import Colleague, Visible
from accounts.models import Account, Product
from pmcrm.api.serializers import ModelSerializer, Serializer
from pmcrm.lists.api import Collection, Filter
from pmcrm.people.models import User
from touchpoints.models import Evidence, ProductDecision, accounts_behind
from touchpoints.models.decision import CitedFigure
from touchpoints.services.decisions import Cited, Decided, add_evidence, edit_decision, record_decision, remove_evidence


class EvidenceSerializer(ModelSerializer):
    """One thing that a decision leans on: of interaction, promise and file one, or an account with a figure."""

    kind = serializers.CharField(read_only=True)

    class Meta:
        model = Evidence
        fields = [
            "id", "decision", "kind", "interaction", "promise", "file", "account", "figure", "value", "figures_at",
            "added_by", "added_at",
        ]  # fmt: skip
        read_only_fields = fields


class DecisionSerializer(ModelSerializer):
    """`accounts` are the distinct accounts behind it as far as the caller sees them and their evidence."""

    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all(), required=False, allow_null=True)
    deciders = Colleague(many=True, queryset=User.objects.none(), required=False)
    decided = serializers.CharField(max_length=20_000)
    alternatives = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    is_supported = serializers.BooleanField(read_only=True)
    accounts = serializers.SerializerMethodField()

    class Meta:
        model = ProductDecision
        fields = [
            "id", "title", "decided", "alternatives", "decided_on", "product", "deciders", "is_supported", "accounts",
            "author", "created_at", "version",
        ]  # fmt: skip
        read_only_fields = ["id", "author", "created_at", "version"]

    def get_accounts(self, decision: ProductDecision) -> list[int]:
        behind: dict[int, list[Account]] = self.context["behind"]
        return [account.pk for account in behind[decision.pk]]


class CitedSerializer(Serializer):
    """What the decision leans on."""

    kind = serializers.ChoiceField(choices=["interaction", "promise", "file", "figure"])
    id = serializers.IntegerField(min_value=1, required=False, help_text="Of the interaction, promise or file.")
    account = Visible(queryset=Account.objects.all(), required=False, help_text="For a figure: whose.")
    figure = serializers.ChoiceField(choices=CitedFigure.choices, required=False, help_text="For a figure: which.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = ("account", "figure") if attrs["kind"] == "figure" else ("id",)
        if missing := [name for name in needed if name not in attrs]:
            raise serializers.ValidationError(dict.fromkeys(missing, "This field is required."))
        return attrs


class ProductDecisions(Collection):
    """What was decided for the product, the newest first, and what stands behind it."""

    serializer_class = DecisionSerializer
    queryset = ProductDecision.objects.none()
    orderings = {"decided_on": "decided_on", "id": "id"}
    default_ordering = "-decided_on"
    is_searchable = True
    filters = {
        "product": Filter(forms.IntegerField(min_value=1)),
        "supported": Filter(
            forms.TypedChoiceField(choices=[("true", "true"), ("false", "false")], coerce=lambda text: text == "true"),
            "is_supported",
            "false for those that no evidence stands behind.",
        ),
    }
    rights = {
        "list": "product_decision.read",
        "retrieve": "product_decision.read",
        "create": "product_decision.write",
        "partial_update": "product_decision.write",
        "evidence": "product_decision.read",
        "cite": "product_decision.write",
    }

    def get_queryset(self) -> Any:
        return ProductDecision.objects.visible_to(self.person).with_support().with_names()

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        if args and args[0] is not None:
            shown = args[0] if kwargs.get("many") else [args[0]]
            kwargs["context"] = {**self.get_serializer_context(), "behind": accounts_behind(self.person, shown)}
        return super().get_serializer(*args, **kwargs)

    def create(self, request: Request) -> Response:
        made = record_decision(actor=self.person, says=Decided(**self.checked()))
        return self.created(self.get_queryset().get(pk=made.pk))

    def partial_update(self, request: Request, pk: int) -> Response:
        found: ProductDecision = self.get_object()
        plain = ("title", "decided", "alternatives", "decided_on", "product")
        before = {name: getattr(found, name) for name in plain} | {"deciders": list(found.deciders.all())}
        says = Decided(**(before | self.checked(partial=True)))
        edit_decision(actor=self.person, decision=found, says=says, version=self.expected_version())
        return self.answer(self.get_object())

    @action(detail=True, methods=["get"])
    def evidence(self, request: Request, pk: int) -> Response:
        """What stands behind it, as far as the caller sees it."""
        rows = Evidence.objects.filter(decision=self.get_object()).visible_to(self.person).order_by("id")
        return Response(EvidenceSerializer(rows, many=True).data)

    @action(detail=True, methods=["post"])
    def cite(self, request: Request, pk: int) -> Response:
        """Tie one more thing to it. What is tied already stays as it is."""
        body = self.checked(serializer_class=CitedSerializer)
        key = body["figure"] if body["kind"] == "figure" else body["id"]
        decision = self.get_object()
        add_evidence(actor=self.person, decision=decision, cited=[Cited(body["kind"], key, body.get("account"))])
        return self.answer(self.get_object())


class EvidenceEndpoint(Collection):
    """Evidence that the caller sees. Delete takes it away from its decision."""

    serializer_class = EvidenceSerializer
    queryset = Evidence.objects.none()
    orderings = {"id": "id"}
    filters = {
        "decision": Filter(forms.IntegerField(min_value=1)),
        "account": Filter(forms.IntegerField(min_value=1), meaning="Figures of this account."),
    }
    rights = {"list": "product_decision.read", "retrieve": "product_decision.read", "destroy": "product_decision.write"}

    def get_queryset(self) -> Any:
        return Evidence.objects.visible_to(self.person).select_related("decision")

    def destroy(self, request: Request, pk: int) -> Response:
        remove_evidence(actor=self.person, evidence=self.get_object())
        return Response(status=204)
