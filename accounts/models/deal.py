"""What we sell, and the deals about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User

_ONE_DAY = dt.timedelta(days=1)


class Route(models.TextChoices):
    """How a product reaches who uses it."""

    DIRECT = "direct", _("Direct sales")
    CHANNEL = "channel", _("Channel partners")
    ONLINE = "online", _("Online, without a seller")
    OEM = "oem", _("Built into another's product")


class LifeStage(models.TextChoices):
    """Where a product stands between its start and its end."""

    INTRODUCTION = "introduction", _("Introduction")
    GROWTH = "growth", _("Growth")
    MATURITY = "maturity", _("Maturity")
    DECLINE = "decline", _("Decline")


class Product(models.Model):
    """Something we sell. `ref` is what the system called `source` calls it."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    source = models.CharField(_("source"), max_length=60, blank=True, default="", db_default="")
    ref = models.CharField(_("reference"), max_length=100, blank=True, default="", db_default="")
    category = models.CharField(_("category"), max_length=100, blank=True, default="", db_default="")
    list_price = models.DecimalField(_("list price"), max_digits=20, decimal_places=6, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="", db_default="")
    routes = ArrayField(
        models.CharField(max_length=10, choices=Route),
        verbose_name=_("routes to market"),
        default=list,
        db_default=models.Value([], ArrayField(models.CharField(max_length=10))),
        blank=True,
    )
    life_stage = models.CharField(
        _("stage of its life"), max_length=12, choices=LifeStage, blank=True, default="", db_default=""
    )
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(routes__contained_by=Route.values), name="product_routes"),
            models.UniqueConstraint(fields=["source", "ref"], condition=~Q(ref=""), name="product_reference_once"),
            models.CheckConstraint(condition=Q(list_price__gte=0), name="product_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uses_channel(self) -> bool:
        """Whether partners have a part in selling it. A product of which no route is known may have."""
        return not self.routes or Route.CHANNEL in self.routes or Route.OEM in self.routes


class Stage(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


@dataclass(frozen=True, slots=True)
class DealFigures:
    """What a set of deals adds up to. Shares are fractions of 1, days whole or broken; None where nothing divides."""

    deals: int
    open: int
    won: int
    lost: int
    won_amount: Decimal
    open_amount: Decimal
    """Open deals at their amount, at the product's list price where they carry none."""
    win_rate: Decimal | None
    """Won, of won and lost."""
    average_won: Decimal | None
    days_to_win: Decimal | None
    days_to_lose: Decimal | None
    days_to_close: Decimal | None
    steps: dict[str, int] = field(default_factory=dict)
    """How many stand at each step, by the sales system's own word for it."""


class DealQuerySet(models.QuerySet["Deal"]):
    def visible_to(self, user: User) -> Self:
        """Deals of visible accounts; those of no account for whoever reads every account."""
        if not may(user, "deal.read"):
            return self.none()
        of_accounts = Q(account__in=Account.objects.visible_to(user))
        return self.filter(of_accounts | Q(account=None) if may(user, "account.read_all") else of_accounts)

    def of(self, account: Account) -> Self:
        """The deals of an account, newest first."""
        return (
            self.filter(account=account).select_related("product").order_by(F("opened_on").desc(nulls_last=True), "-id")
        )

    def first_signature(self) -> dt.date | None:
        """The earliest day on which one of them was signed."""
        first: dt.date | None = self.order_by().aggregate(first=models.Min("signed_on"))["first"]
        return first

    def figures(self) -> DealFigures:
        """Counts, sums, rates and days in two statements, whatever the number of deals."""
        deals = self.order_by()
        is_won, is_lost, is_open = (Q(stage=stage) for stage in (Stage.WON, Stage.LOST, Stage.OPEN))
        days = models.ExpressionWrapper(F("closed_on") - F("opened_on"), output_field=models.DurationField())
        dated = Q(closed_on__isnull=False, opened_on__isnull=False)
        sums: dict[str, Any] = deals.aggregate(
            deals=Count("pk"),
            open=Count("pk", filter=is_open),
            won=Count("pk", filter=is_won),
            lost=Count("pk", filter=is_lost),
            won_amount=Coalesce(Sum("amount", filter=is_won), Decimal(0)),
            open_amount=Coalesce(Sum(Coalesce("amount", "product__list_price"), filter=is_open), Decimal(0)),
            won_valued=Count("amount", filter=is_won),
            won_days=Sum(days, filter=is_won & dated),
            lost_days=Sum(days, filter=is_lost & dated),
            won_dated=Count("pk", filter=is_won & dated),
            lost_dated=Count("pk", filter=is_lost & dated),
        )
        won_days, lost_days = (
            Decimal((sums.pop(name) or dt.timedelta()) // _ONE_DAY) for name in ("won_days", "lost_days")
        )
        won_dated, lost_dated, valued = (sums.pop(name) for name in ("won_dated", "lost_dated", "won_valued"))
        steps = deals.exclude(step="").values_list("step").annotate(count=Count("pk")).order_by("-count", "step")
        return DealFigures(
            **sums,
            win_rate=_ratio(sums["won"], sums["won"] + sums["lost"]),
            average_won=_ratio(sums["won_amount"], valued),
            days_to_win=_ratio(won_days, won_dated),
            days_to_lose=_ratio(lost_days, lost_dated),
            days_to_close=_ratio(won_days + lost_days, won_dated + lost_dated),
            steps=dict(steps),
        )


def _ratio(part: Decimal | int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None


class Deal(models.Model):
    """A sale in the making or made. Whether money was taken decides which way out of it is fair.

    `source` and `ref` say what the sales system calls it, `step` which step of its own process it is at.
    """

    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="deals", verbose_name=_("account")
    )
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    name = models.CharField(_("name"), max_length=200)
    source = models.CharField(_("source"), max_length=60, blank=True, default="", db_default="")
    ref = models.CharField(_("reference"), max_length=100, blank=True, default="", db_default="")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.OPEN)
    step = models.CharField(_("step"), max_length=60, blank=True, default="", db_default="")
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=6, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on, or to be closed"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    collected = models.DecimalField(_("collected so far"), max_digits=20, decimal_places=6, default=0, db_default=0)
    agent = models.CharField(_("sold by"), max_length=200, blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=1, db_default=1)

    objects = DealQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="deal_stage"),
            models.CheckConstraint(condition=Q(collected__gte=0), name="deal_collected_not_negative"),
            models.UniqueConstraint(fields=["source", "ref"], condition=~Q(ref=""), name="deal_reference_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def worth(self) -> Decimal | None:
        """Its amount; while it is open and carries none, the product's list price."""
        if self.amount is None and self.stage == Stage.OPEN and self.product is not None:
            return self.product.list_price
        return self.amount
