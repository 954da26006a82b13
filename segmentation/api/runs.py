"""Runs over the API: ask for one, read its figures, its accounts by rank, and the points of its curve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from pmcrm.api.serializers import ModelSerializer, MoneyField, Serializer, ShareField, fixed
from pmcrm.lists.api import Collection
from segmentation import kpis
from segmentation.curve import SIX_PLACES, share
from segmentation.models import AccountProfit, Flag, ProfitRun, RunState
from segmentation.services import runs
from segmentation.services.figures import sentence_of_run
from segmentation.tasks import compute_run

MOST_POINTS: Final = 2000


class MonthField(serializers.DateField):
    """A month as "2016-01"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m", input_formats=["%Y-%m"], **kwargs)


class WindowSerializer(Serializer):
    """The months of a run; left out, the last twelve closed ones."""

    to = MonthField(required=False)
    currency = serializers.CharField(required=False, max_length=3, min_length=3)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": MonthField(required=False), **super().get_fields()}


def _money(text: str | None) -> str | None:
    return None if text is None else fixed(Decimal(text), 4)


def _share(text: str | None) -> str | None:
    return None if text is None else fixed(Decimal(text), 6)


def _groups(groups: Mapping[str, Mapping[str, str | None]]) -> dict[str, dict[str, str | None]]:
    return {
        part: {
            "amount": _money(group["amount"]),
            "share": _share(group["share"]),
            "share_of_peak": _share(group["share_of_peak"]),
        }
        for part, group in groups.items()
    }


def _avoidable(figures: dict[str, Any]) -> dict[str, Any]:
    """Absent in a run from before it was computed: a run keeps the figures of its day."""
    if "avoidable" not in figures:
        return {}
    parts = figures["avoidable"].items()
    return {"avoidable": {part: {"effect": _money(one["effect"]), "hours": one["hours"]} for part, one in parts}}


def run_shown(run: ProfitRun) -> dict[str, Any]:
    """A run as API and command line show it: money with 4 places, shares with 6, null where a share means nothing."""
    shown: dict[str, Any] = {
        "id": run.pk,
        "state": run.state,
        "from": f"{run.from_month:%Y-%m}",
        "to": f"{run.to_month:%Y-%m}",
        "currency": run.currency,
        "progress": run.percent,
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
    if run.state == RunState.FAILED:
        return shown | {"failure": run.failure}
    if not run.figures:
        return shown
    figures = run.figures
    return shown | {
        "accounts": run.account_count,
        "lines": run.line_count,
        "total": _money(figures["total"]),
        "revenue": _money(figures["revenue"]),
        "people_cost": _money(figures["people_cost"]),
        "peak": _money(figures["peak"]),
        "peak_at": figures["peak_at"],
        "peak_ratio": _share(figures["peak_ratio"]),
        "hidden_loss": _money(figures["hidden_loss"]),
        "loss_makers": figures["loss_makers"],
        "about_zero": figures["about_zero"],
        "losses_about_zero": figures["losses_about_zero"],
        "best": _groups(figures["best"]),
        "middle": _groups(figures["middle"]),
        "worst": _groups(figures["worst"]),
        "multiple": {part: _share(value) for part, value in figures["multiple"].items()},
        **_avoidable(figures),
        "reach_80": figures["reach_80"],
        "share_80": _share(figures["share_80"]),
        "notes": figures["notes"],
        "content_hash": run.content_hash,
        "data_quality": None if run.data_quality is None else fixed(run.data_quality, 6),
        "hours_coverage": _share(figures["hours_coverage"]),
        "sentence": kpis.read_aloud(sentence_of_run(run), run.currency),
    }


class GroupSerializer(Serializer):
    """What a part of the base contributes."""

    amount = MoneyField()
    share = ShareField(allow_null=True)
    share_of_peak = ShareField(allow_null=True)


class AvoidableSerializer(Serializer):
    """What losing the worst part would change at once, and the hours it would free by pool."""

    effect = MoneyField()
    hours = serializers.DictField(child=serializers.DecimalField(max_digits=12, decimal_places=2))


class RunSerializer(Serializer):
    """A run with its figures; while it is computed, only its window, state and progress."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=RunState.choices)
    to = MonthField()
    currency = serializers.CharField()
    progress = serializers.IntegerField(allow_null=True)
    accounts = serializers.IntegerField(required=False)
    lines = serializers.IntegerField(required=False)
    total = MoneyField(required=False)
    revenue = MoneyField(required=False)
    people_cost = MoneyField(required=False)
    peak = MoneyField(required=False)
    peak_at = serializers.IntegerField(required=False)
    peak_ratio = ShareField(required=False, allow_null=True)
    hidden_loss = MoneyField(required=False)
    loss_makers = serializers.IntegerField(required=False)
    about_zero = serializers.IntegerField(required=False)
    losses_about_zero = serializers.IntegerField(required=False)
    best = serializers.DictField(child=GroupSerializer(), required=False)
    middle = serializers.DictField(child=GroupSerializer(), required=False)
    worst = serializers.DictField(child=GroupSerializer(), required=False)
    multiple = serializers.DictField(child=ShareField(allow_null=True), required=False)
    avoidable = serializers.DictField(child=AvoidableSerializer(), required=False)
    reach_80 = serializers.IntegerField(required=False, allow_null=True)
    share_80 = ShareField(required=False, allow_null=True)
    notes = serializers.ListField(child=serializers.CharField(), required=False)
    content_hash = serializers.CharField(required=False)
    data_quality = ShareField(required=False, allow_null=True)
    hours_coverage = ShareField(required=False, allow_null=True)
    sentence = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": MonthField(), **super().get_fields()}

    def to_representation(self, instance: ProfitRun) -> dict[str, Any]:
        return run_shown(instance)


class AccountProfitSerializer(ModelSerializer):
    """One account of a run. `level` is there for those who may see its flag."""

    account = serializers.IntegerField(source="account_id")
    revenue = MoneyField()
    direct_cost = MoneyField()
    people_cost = MoneyField()
    contribution = MoneyField()
    cumulative = MoneyField()
    cumulative_share = serializers.SerializerMethodField()
    level = serializers.SerializerMethodField()

    class Meta:
        model = AccountProfit
        fields = [
            "position",
            "rank",
            "account",
            "ref",
            "name",
            "revenue",
            "direct_cost",
            "people_cost",
            "contribution",
            "cumulative",
            "cumulative_share",
            "is_about_zero",
            "level",
        ]

    def get_cumulative_share(self, row: AccountProfit) -> str | None:
        total: Decimal = self.context["total"]
        return str(share(row.cumulative, total)) if total > 0 and self.context["accounts"] > 1 else None

    def get_level(self, row: AccountProfit) -> str:
        return str(self.context["levels"].get(row.account_id, "none"))

    def hidden_from(self, person: Any, thing: AccountProfit) -> list[str]:
        return [] if thing.account_id in self.context["may_see_flag_of"] else ["level"]


class PointSerializer(Serializer):
    """A drawn point of the curve."""

    position = serializers.IntegerField()
    place = ShareField()
    cumulative = MoneyField()
    share = ShareField(allow_null=True)
    share_of_peak = ShareField(allow_null=True)


class ProfitRunEndpoint(Collection):
    rights = {
        "list": "curve.read",
        "retrieve": "curve.read",
        "create": "curve.run",
        "latest": "curve.read",
        "accounts": "curve.read",
        "curve": "curve.read",
    }
    queryset = ProfitRun.objects.none()
    serializer_class = RunSerializer
    orderings = {"id": "id"}
    default_ordering = "-id"

    def get_queryset(self) -> Any:
        return ProfitRun.objects.visible_to(self.person)

    @extend_schema(request=WindowSerializer, responses={202: RunSerializer, 200: RunSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a run: 202 while it is computed, 200 with the present run where nothing has changed since."""
        asked = self.checked(serializer_class=WindowSerializer)
        first: dt.date | None = asked.get("from")
        last: dt.date | None = asked.get("to")
        if (first is None) != (last is None):
            raise ValidationError({"from" if first is None else "to": _("Give both months, or neither.")})
        with transaction.atomic():
            run, is_new = runs.request_run(
                actor=self.person, from_month=first, to_month=last, currency=asked.get("currency")
            )
            if is_new:
                transaction.on_commit(partial(compute_run.delay, run.pk))
        return self.created(run, status=200 if run.is_finished else 202)

    @extend_schema(responses=RunSerializer)
    @action(detail=False, pagination_class=None, filter_backends=[])
    def latest(self, request: Request) -> Response:
        """The newest finished run."""
        return self.answer(get_object_or_404(self.get_queryset().readable().newest_first()[:1]))

    @extend_schema(responses=AccountProfitSerializer(many=True))
    @action(detail=True)
    def accounts(self, request: Request, pk: int) -> Response:
        """The run's accounts along the curve, from the best to the worst."""
        run = self.get_object()
        self.orderings = {"position": "position"}  # type: ignore[misc]  # of this action's rows
        self.default_ordering = "position"  # type: ignore[misc]
        visible = AccountProfit.objects.visible_to(self.person).filter(run=run)
        rows: list[AccountProfit] = self.paginate_queryset(visible) or []
        ids = [row.account_id for row in rows]
        flags = Flag.objects.visible_to(self.person).of_run(run).filter(account__in=ids)
        context = {
            **self.get_serializer_context(),
            "total": Decimal(run.figures.get("total", "0")),
            "accounts": run.account_count or 0,
            "levels": {flag.account_id: flag.level for flag in flags if not flag.is_silenced},
            "may_see_flag_of": _flag_readable(self.person, ids),
        }
        return self.get_paginated_response(AccountProfitSerializer(rows, many=True, context=context).data)

    @extend_schema(
        parameters=[OpenApiParameter("points", int, description="How many points, 2 to 2,000; 400 by default.")],
        responses=PointSerializer(many=True),
    )
    @action(detail=True, pagination_class=None)
    def curve(self, request: Request, pk: int) -> Response:
        """The points that the chart draws."""
        run = self.get_object()
        text = request.query_params.get("points", "400")
        if not (text.isascii() and text.isdecimal() and len(text) < 6 and 2 <= int(text) <= MOST_POINTS):
            raise ValidationError({"points": _("Ask for 2 to 2,000 points.")})
        points = runs.points_of(run, wanted=int(text))
        total, peak = Decimal(run.figures.get("total", "0")), Decimal(run.figures.get("peak", "0"))
        count = run.account_count or 0
        shown = [
            {
                "position": position,
                "place": (Decimal(position) / count).quantize(SIX_PLACES),
                "cumulative": cumulative,
                "share": share(cumulative, total) if total > 0 and count > 1 else None,
                "share_of_peak": share(cumulative, peak) if peak > 0 and count > 1 else None,
            }
            for position, cumulative in points
        ]
        return Response(PointSerializer(shown, many=True).data)


def _flag_readable(person: Any, account_ids: list[int]) -> set[int]:
    """The accounts among these whose flags the person may see, flagged or not."""
    from accounts.models import Account

    if person.may("flag.read_all"):
        return set(account_ids)
    if not person.may("flag.read"):
        return set()
    return set(Account.objects.filter(pk__in=account_ids, product_manager=person).values_list("pk", flat=True))
