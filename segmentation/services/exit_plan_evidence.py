"""The figures an exit plan stands on, taken once when it is proposed: from the run, the flag, the ledger, the pools."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import Account, StrategicEntry
from pmcrm.people.models import Organisation
from segmentation import fair_offer
from segmentation.facts import ExitLimits
from segmentation.models import (
    AccountPoolShare,
    AccountProfit,
    CostPool,
    ExchangeRate,
    ExitPlan,
    Flag,
    HourEntry,
    LedgerLine,
    PoolRate,
    ProfitRun,
    ReviewFact,
    RunState,
)
from segmentation.models.flag import FactKind
from segmentation.services.runs import current_limits
from touchpoints.models import Attendance

if TYPE_CHECKING:
    from pmcrm.people.models import User

MONTHS_A_QUARTER: Final = 3
GUARDING_FACTS: Final = (FactKind.LEGAL_DUTY, FactKind.SOLE_REFERENCE)


def latest_run() -> ProfitRun | None:
    return ProfitRun.objects.filter(state__in=[RunState.DONE, RunState.PARTIAL]).newest_first().first()


def flag_in_run(account: Account, run: ProfitRun | None, user: User) -> Flag | None:
    """What the rule said about the account in a run, if the person may see flags of it."""
    return Flag.objects.visible_to(user).filter(account=account, run=run).first() if run else None


def gather(*, account: Account, run: ProfitRun | None, flag: Flag | None) -> dict[str, Any]:
    """Everything the plan's reasons rest on, decimals as strings, so that it never moves again."""
    figures: dict[str, Any] = {"taken_on": timezone.localdate().isoformat(), "run": None, "flag": None}
    if run is not None:
        row = AccountProfit.objects.filter(run=run, account=account).first()
        figures["run"] = {
            "id": run.pk,
            "from": f"{run.from_month:%Y-%m}",
            "to": f"{run.to_month:%Y-%m}",
            "currency": run.currency,
            "content_hash": run.content_hash,
            "accounts": run.account_count,
            "data_quality": None if run.data_quality is None else str(run.data_quality),
        }
        if row is not None:
            names = ("revenue", "direct_cost", "people_cost", "hours", "contribution")
            figures["run"] |= {name: str(getattr(row, name)) for name in names} | {"rank": row.rank}
            shares = AccountPoolShare.objects.filter(run=run, account=account).order_by("pool")
            figures["run"]["hours_by_pool"] = {share.pool: str(share.hours) for share in shares}
    if flag is not None:
        verdict = {part: flag.verdict.get(part, []) for part in ("tests", "gates", "guards", "notes")}
        figures["flag"] = {
            "id": flag.pk,
            "level": flag.level,
            "attention_ratio": None if flag.attention_ratio is None else str(flag.attention_ratio),
            "freed_hours": str(flag.freed_hours),
            **verdict,
        }
    figures["guards"] = sorted(guards(account, flag))
    return figures


def guards(account: Account, flag: Flag | None) -> set[str]:
    """Codes of what protects the account today: those of its flag and those that stand in its records."""
    found = {str(guard.get("code", "")) for guard in (flag.verdict.get("guards", []) if flag else [])} - {""}
    if flag is not None and flag.is_guarded and not found:
        found.add("flag")
    today = timezone.localdate()
    if StrategicEntry.objects.filter(account=account, review_by__gt=today).exists():
        found.add("strategic_list")
    if account.tier == "A":
        found.add("tier")
    newest = account.value_assessments.order_by("dimension", "-assessed_at", "-id").distinct("dimension")
    names = {"brand": "brand", "market": "market", "geo": "geography"}
    limit = current_limits().guard_score
    found |= {names[one.dimension] for one in newest if one.dimension in names and one.score >= limit}
    current = Q(until=None) | Q(until__gte=today)
    facts = ReviewFact.objects.filter(current, account=account, kind__in=GUARDING_FACTS)
    return found | set(facts.values_list("kind", flat=True))


def path_for(account: Account) -> str:
    """The path that deals and ledger leave open. Revenue counts as recognised unless its line was reversed."""
    deals = account.deals.all()
    recognised = LedgerLine.objects.filter(account=account, revenue__gt=0, reversed_by=None, reverses=None)
    return fair_offer.path_of(
        is_signed=deals.filter(Q(signed_on__isnull=False) | Q(stage="won")).exists(),
        is_collected=deals.filter(collected__gt=0).exists(),
        is_recognised=recognised.exists(),
    )


def is_refund_large(details: Mapping[str, Any]) -> bool:
    """Whether a refund lies above the organisation's limit, at the newest rate that is known.

    In a currency without a rate nobody can say, so the second approver is asked.
    """
    organisation = Organisation.current()
    amount, currency = Decimal(str(details["amount"])), details["currency"]
    if currency != organisation.currency:
        rates = ExchangeRate.objects.filter(from_currency=currency, to_currency=organisation.currency)
        rate = rates.order_by("-month").values_list("rate", flat=True).first()
        if rate is None:
            return True
        amount *= rate
    return amount > ExitLimits.from_settings(organisation.thresholds).refund_limit


@dataclass(frozen=True)
class ExitCost:
    """What the offers of a plan cost us, as a budget to approve and not to squeeze: fees given back, people's time.

    `people_cost` is in `currency` at today's rates; None where a pool has no rate, or rates differ in currency.
    """

    refund: Decimal | None
    refund_currency: str
    hours: dict[str, Decimal]
    people_cost: Decimal | None
    currency: str

    @property
    def total_hours(self) -> Decimal:
        return sum(self.hours.values(), Decimal(0))


def exit_cost(plan: ExitPlan) -> ExitCost | None:
    """The cost of the plan's offers. None where they take neither money nor hours."""
    offers = {offer.slug: offer.details for offer in plan.offers.all()}
    hours, refund = fair_offer.hours_by_pool(offers), offers.get("refund")
    if not hours and refund is None:
        return None
    rates: dict[str, PoolRate] = {}
    if hours:
        known = PoolRate.objects.filter(pool__in=hours, from_month__lte=timezone.localdate())
        rates = {rate.pool_id: rate for rate in known.order_by("from_month")}
    currencies = {rate.currency for rate in rates.values()}
    is_known = len(rates) == len(hours) and len(currencies) == 1
    return ExitCost(
        refund=Decimal(refund["amount"]) if refund else None,
        refund_currency=refund["currency"] if refund else "",
        hours=hours,
        people_cost=sum((spent * rates[pool].rate for pool, spent in hours.items()), Decimal(0)) if is_known else None,
        currency=next(iter(currencies), ""),
    )


def last_closed_quarter(organisation: Organisation) -> tuple[dt.date, dt.date]:
    """First and last day of the last three closed months."""
    day = timezone.localdate() - dt.timedelta(days=organisation.month_closes_after)
    last = day.replace(day=1) - dt.timedelta(days=1)
    first = last.replace(day=1)
    for _month in range(MONTHS_A_QUARTER - 1):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return first, last


def pool_capacity() -> dict[str, tuple[Decimal, Decimal]]:
    """Logged and practical hours of each pool in use over the last closed quarter."""
    organisation = Organisation.current()
    first, last = last_closed_quarter(organisation)
    logged: dict[str, Decimal] = dict(
        HourEntry.objects.filter(date__gte=first, date__lte=last)
        .order_by()
        .values_list("pool")
        .annotate(total=Sum("hours"))
    )
    worked = Attendance.objects.all().between(first, last, timezone.get_default_timezone()).worked()
    for pool, spent in worked.order_by().values_list("pool").annotate(total=Sum("share")):
        logged[pool] = logged.get(pool, Decimal(0)) + spent
    capacity = {}
    for pool in CostPool.objects.prefetch_related("rates"):
        rates = [rate for rate in pool.rates.all() if rate.from_month <= last]
        if rates:
            practical = max(rates, key=lambda rate: rate.from_month).practical_hours * MONTHS_A_QUARTER
            capacity[pool.slug] = (logged.get(pool.slug, Decimal(0)).quantize(Decimal("0.01")), practical)
    return capacity
