"""What we sell and the deals about it, in the API: sales systems bring them in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.value import OF_ACCOUNT
from accounts.models import Deal, Product
from accounts.models.deal import Stage
from accounts.services.products import EDITABLE, edit_product
from pmcrm.api.serializers import ModelSerializer, MoneyField, Serializer, ShareField
from pmcrm.lists.api import Collection, Filter, Narrowing

_KEY = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class ProductSerializer(ModelSerializer):
    """Something we sell, as the system named in `source` calls it."""

    list_price = MoneyField(read_only=True, allow_null=True)

    class Meta:
        model = Product
        fields = [
            "id",
            "name",
            "source",
            "ref",
            "category",
            "list_price",
            "currency",
            "routes",
            "life_stage",
            "version",
        ]
        read_only_fields = ["id", "name", "source", "ref", "category", "list_price", "currency", "version"]
        validators: list[Any] = []


class ProductEndpoint(Collection):
    """What we sell."""

    serializer_class = ProductSerializer
    queryset = Product.objects.all()
    orderings = {"name": "name", "id": "id"}
    filters = {"ref": Filter(forms.CharField(max_length=100)), "source": Filter(forms.CharField(max_length=60))}
    rights = {"list": "product.read", "retrieve": "product.read", "partial_update": "product.write"}

    def partial_update(self, request: Request, pk: int) -> Response:
        """Routes to market and the stage of its life; the rest is the sales system's."""
        product, sent = self.get_object(), self.checked(partial=True)
        values = {name: sent[name] for name in EDITABLE if name in sent}
        return self.answer(edit_product(actor=self.person, product=product, version=self.expected_version(), **values))


class DealSerializer(ModelSerializer):
    """A sale in the making or made. `step` is the sales system's own word, `stage` what it means here."""

    amount = MoneyField(read_only=True, allow_null=True)
    worth = MoneyField(
        read_only=True, allow_null=True, help_text="The amount; of an open deal without one, the list price."
    )

    class Meta:
        model = Deal
        fields = [
            "id",
            "account",
            "product",
            "name",
            "source",
            "ref",
            "stage",
            "step",
            "amount",
            "worth",
            "currency",
            "opened_on",
            "closed_on",
            "signed_on",
            "agent",
            "version",
        ]
        read_only_fields = fields


class DealFiguresSerializer(Serializer):
    """Sums, shares (fractions of 1) and days of the deals that the same filters list; null where nothing divides."""

    deals = serializers.IntegerField()
    open = serializers.IntegerField()
    won = serializers.IntegerField()
    lost = serializers.IntegerField()
    won_amount = MoneyField()
    open_amount = MoneyField(help_text="Open deals at their amount, else at the product's list price.")
    win_rate = ShareField(allow_null=True, help_text="Won, of won and lost.")
    average_won = MoneyField(allow_null=True)
    days_to_win = ShareField(allow_null=True)
    days_to_lose = ShareField(allow_null=True)
    days_to_close = ShareField(allow_null=True)
    steps = serializers.DictField(child=serializers.IntegerField())


class DealEndpoint(Collection):
    """Deals of visible accounts, the newest first."""

    serializer_class = DealSerializer
    queryset = Deal.objects.none()
    orderings = {"id": "id"}
    default_ordering = "-id"
    filters = {
        "account": OF_ACCOUNT,
        "product": Filter(_KEY, meaning="Id of a product."),
        "stage": Filter(forms.ChoiceField(choices=Stage.choices)),
        "step": Filter(forms.CharField(max_length=60)),
        "ref": Filter(forms.CharField(max_length=100)),
        "source": Filter(forms.CharField(max_length=60)),
    }
    rights = {"list": "deal.read", "retrieve": "deal.read", "figures": "deal.read"}

    def get_queryset(self) -> Any:
        return Deal.objects.visible_to(self.person).select_related("product")

    @extend_schema(responses=DealFiguresSerializer)
    @action(detail=False, methods=["get"], pagination_class=None)
    def figures(self, request: Request) -> Response:
        """What these deals add up to."""
        narrowed: Any = Narrowing().filter_queryset(request, self.get_queryset(), self)
        found = narrowed.figures()
        return Response(DealFiguresSerializer(asdict(found)).data)
