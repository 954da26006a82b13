"""Flags: judging the accounts of a run, dismissing what can rest, and noting what only a person can know."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, StrategicEntry, ValueAssessment
from accounts.models.choices import Kind, Party, State
from accounts.models.value import Dimension
from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record
from segmentation import window as calendar
from segmentation.attention import AttentionBase, Effort, Whole, attention, outlier
from segmentation.facts import AccountFacts, BaseFacts, Thresholds, Verdict
from segmentation.models import AccountPoolShare, AccountProfit, Flag, FlagDismissal, LedgerLine, Level, ReviewFact
from segmentation.models.flag import FactKind
from segmentation.policy import is_silenced, material_limit, must_stop, verdict
from segmentation.services import contributions
from segmentation.services.contributions import Window
from segmentation.trend import QUARTERS_LOOKED_AT

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper
    from django.db.models import QuerySet

    from pmcrm.people.models import User
    from segmentation.models import AccountProfitQuerySet, FlagQuerySet, ProfitRun

ZERO: Final = Decimal(0)


def judge(cursor: CursorWrapper, run: ProfitRun, window: Window, limits: Thresholds, today: dt.date) -> dict[str, Any]:
    """Judge the accounts of `run` that give any reason to, and store a flag for each that reached a level.

    Who neither loses materially, nor takes much attention, nor was called a misfit or a worry by a person, cannot
    reach a level and is not looked at. Returns what the run keeps: the spread of attention, counts and the stop.
    """
    rows = AccountProfit.objects.filter(run=run)
    base_attention = _attention(run, rows)
    base = BaseFacts(
        accounts=run.account_count or 0,
        peak=Decimal(run.figures["peak"]),
        revenue=Decimal(run.figures["revenue"]),
        window_end=calendar.last_day(window.last),
        judged_on=today,
        closed_months=len(window.months),
        hours_coverage=None if run.figures["hours_coverage"] is None else Decimal(run.figures["hours_coverage"]),
        reconciles=True,
    )
    outliers = [ref for ref, found in base_attention.accounts.items() if outlier(found, base_attention).is_outlier]
    # Losers lie behind the peak of the curve: the index on places leads there.
    losing = rows.filter(position__gt=run.figures["peak_at"], is_about_zero=False)
    losing = losing.filter(contribution__lte=-material_limit(base.peak, limits))
    told = ReviewFact.objects.filter(kind__in=(FactKind.VALUE_CLASS, FactKind.SYMPTOM_SCORE))
    looked_at = {*losing.values_list("account", flat=True), *told.values_list("account", flat=True)}
    looked_at.update(Account.objects.filter(ref__in=outliers).values_list("pk", flat=True))
    suspects = list(rows.filter(account__in=looked_at).along_curve().select_related("account__parent"))
    known = _Known.of([row.account_id for row in suspects], cursor, run, window)
    verdicts = [(row, verdict(_facts(row, known, base_attention), base, limits)) for row in suspects]
    flagged = [(row, found) for row, found in verdicts if found.level.slug != Level.NONE]
    dismissed = _dismissals([row.account_id for row, _found in flagged])
    Flag.objects.bulk_create(
        (_flag(run, row, found, dismissed.get(row.account_id), today, limits) for row, found in flagged),
        batch_size=1000,
    )
    candidates = sum(1 for _row, found in flagged if found.level.slug == Level.CANDIDATE)
    spread = base_attention.spread
    return {
        "sanity_stop": must_stop(candidates, base.accounts, limits),
        "candidates": candidates,
        "attention": {
            "method": spread.method.value,
            "count": spread.count,
            "median": spread.median,
            "deviation": spread.deviation,
            "fence": spread.fence if spread.count else None,
            "left_out": spread.left_out,
            "weights": {pool: format(weight, "f") for pool, weight in base_attention.weights.items()},
            "dropped_pools": list(base_attention.dropped),
        },
    }


def _attention(run: ProfitRun, rows: AccountProfitQuerySet) -> AttentionBase:
    """Attention of every account with hours, held against the whole base."""
    hours: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for account, pool, spent in AccountPoolShare.objects.filter(run=run).values_list("account", "pool", "hours"):
        hours[account][pool] = spent
    values = dict(_newest_facts(None, FactKind.MARKET_VALUE).values_list("account", "value"))
    earned = Decimal(run.figures["revenue_without_credits"])
    worked = rows.filter(account__in=AccountPoolShare.objects.filter(run=run).values("account"))
    in_base = set(rows.filter(account__in=list(values)).values_list("account", flat=True)) if values else set()
    market = sum((value for account, value in values.items() if account in in_base and value), ZERO)
    efforts = [
        Effort(ref, hours[account], revenue, values.get(account) or ZERO)
        for account, ref, revenue in worked.values_list("account", "ref", "revenue")
    ]
    weights = {pool: Decimal(weight) for pool, weight in run.parameters["attention_weights"].items()}
    return attention(efforts, weights, Whole(run.account_count or 0, earned, market))


@dataclass(frozen=True, slots=True)
class _Known:
    """What else is known of the accounts under judgement, fetched for all of them at once."""

    facts: Mapping[tuple[int, str], ReviewFact]
    scores: Mapping[tuple[int, str], int]
    review_by: Mapping[int, dt.date]
    first_revenue: Mapping[int, dt.date]
    quarters: Mapping[int, list[Decimal]]

    @classmethod
    def of(cls, accounts: Sequence[int], cursor: CursorWrapper, run: ProfitRun, window: Window) -> _Known:
        assessed = ValueAssessment.objects.filter(account__in=accounts).order_by(
            "account", "dimension", "-assessed_at", "-id"
        )
        earned = LedgerLine.objects.filter(account__in=accounts, revenue__gt=0).values("account")
        first = dict(earned.annotate(first=Min("date")).values_list("account", "first"))
        return cls(
            facts={(fact.account_id, fact.kind): fact for fact in _newest_facts(accounts)},
            scores={
                (account, dimension): score
                for account, dimension, score in assessed.distinct("account", "dimension").values_list(
                    "account", "dimension", "score"
                )
            },
            review_by=dict(StrategicEntry.objects.filter(account__in=accounts).values_list("account", "review_by")),
            first_revenue=first,
            quarters=quarters_of(
                contributions.monthly(cursor, accounts), first, window.last, run.parameters["fiscal_year_start"]
            ),
        )

    def fact(self, account: int, kind: FactKind) -> ReviewFact | None:
        return self.facts.get((account, kind.value))

    def holds(self, account: int, kind: FactKind, on: dt.date) -> bool:
        found = self.fact(account, kind)
        return found is not None and (found.until is None or found.until >= on)


def quarters_of(
    monthly: Iterable[tuple[int, dt.date, Decimal]],
    first_revenue: Mapping[int, dt.date],
    last: dt.date,
    year_start: int,
) -> dict[int, list[Decimal]]:
    """Contribution of the newest closed quarters of each account since its first revenue, oldest first."""
    quarters = calendar.closed_quarters(last, QUARTERS_LOOKED_AT, year_start)
    sums: dict[int, dict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for account, month, amount in monthly:
        sums[account][calendar.quarter(month, year_start)] += amount
    return {
        account: [
            sums[account][quarter]
            for quarter in quarters
            if quarter >= calendar.quarter(calendar.first_of_month(first), year_start)
        ]
        for account, first in first_revenue.items()
    }


def _newest_facts(accounts: Sequence[int] | None, *kinds: FactKind) -> QuerySet[ReviewFact]:
    """The newest fact of each kind of each account; without accounts, of all."""
    facts = ReviewFact.objects.order_by("account", "kind", "-set_at", "-id").distinct("account", "kind")
    if accounts is not None:
        facts = facts.filter(account__in=accounts)
    return facts.filter(kind__in=kinds) if kinds else facts


def newest_classes(accounts: Sequence[int]) -> dict[int, int]:
    """The class, 1 to 4, that a person set last, of those accounts that have one."""
    found = _newest_facts(accounts, FactKind.VALUE_CLASS).values_list("account", "value")
    return {account: int(value) for account, value in found if value is not None}


def _facts(row: AccountProfit, known: _Known, base: AttentionBase) -> AccountFacts:
    account, pk, now = row.account, row.account_id, timezone.localdate()
    value_class = known.fact(pk, FactKind.VALUE_CLASS)
    symptoms = known.fact(pk, FactKind.SYMPTOM_SCORE)
    rescue = known.fact(pk, FactKind.RESCUE_PLAN)
    signature = known.fact(pk, FactKind.FIRST_SIGNATURE)
    onboarded = known.fact(pk, FactKind.ONBOARDING_ENDED)
    starts = [day for day in (known.first_revenue.get(pk), signature.on if signature else None) if day]
    seen = base.accounts.get(row.ref)
    return AccountFacts(
        ref=row.ref,
        revenue=row.revenue,
        contribution=row.contribution,
        people_cost=row.people_cost,
        is_external=account.kind == Kind.EXTERNAL and account.party == Party.CUSTOMER,
        is_customer=account.state in (State.CUSTOMER, State.EXITING),
        is_exiting=account.state == State.EXITING,
        first_revenue_on=min(starts, default=None),
        onboarded_on=onboarded.on if onboarded else None,
        has_missing_rate=row.is_missing_rate,
        rescue_until=rescue.until if rescue else None,
        has_turnaround_plan=known.holds(pk, FactKind.FORWARD_PLAN, now),
        attention=seen,
        outlier=outlier(seen, base) if seen else None,
        set_class=int(value_class.value) if value_class and value_class.value else None,
        class_set_on=value_class.on if value_class else None,
        quarters=known.quarters.get(pk, ()),
        symptom_score=symptoms.value if symptoms else None,
        symptom_raters=(symptoms.raters or 0) if symptoms else 0,
        brand_score=known.scores.get((pk, Dimension.BRAND), 0),
        market_score=known.scores.get((pk, Dimension.MARKET), 0),
        geography_score=known.scores.get((pk, Dimension.GEOGRAPHY), 0),
        strategic_review_by=known.review_by.get(pk),
        tier=account.tier or None,
        is_sole_reference=known.holds(pk, FactKind.SOLE_REFERENCE, now),
        has_legal_duty=known.holds(pk, FactKind.LEGAL_DUTY, now),
        linked_party=_linked(account),
    )


def _linked(account: Account) -> str | None:
    return account.parent.ref if account.parent else None


def _dismissals(accounts: Sequence[int]) -> dict[int, FlagDismissal]:
    newest = FlagDismissal.objects.filter(account__in=accounts).order_by("account", "-dismissed_at", "-id")
    return {dismissal.account_id: dismissal for dismissal in newest.distinct("account")}


def _flag(
    run: ProfitRun,
    row: AccountProfit,
    found: Verdict,
    dismissal: FlagDismissal | None,
    today: dt.date,
    limits: Thresholds,
) -> Flag:
    ratio = next((test.value for test in found.tests if test.code == "attention"), None)
    ratio = ratio if isinstance(ratio, Decimal) else None
    silent = dismissal is not None and is_silenced(
        dismissed_on=timezone.localdate(dismissal.dismissed_at),
        today=today,
        contribution_then=dismissal.contribution,
        contribution_now=row.contribution,
        ratio_then=dismissal.attention_ratio,
        ratio_now=ratio,
        limits=limits,
    )
    return Flag(
        run=run,
        account_id=row.account_id,
        level=found.level.slug,
        is_guarded=found.is_guarded,
        is_silenced=silent,
        contribution=row.contribution,
        attention_ratio=ratio,
        freed_hours=row.hours,
        verdict=found.as_json(),
    )


def count_by_level(flags: FlagQuerySet) -> dict[str, int]:
    """How many of these flags are at each level."""
    return dict(flags.order_by().values_list("level").annotate(number=Count("pk")))


@transaction.atomic
def dismiss_flag(*, actor: User, flag: Flag, reason: str) -> FlagDismissal:
    """Let a flag rest, with a reason, until its numbers worsen by a fifth or 180 days have passed."""
    if not reason.strip():
        raise RuleViolation(_("Say why this flag can rest."), fields={"reason": _("Give a reason.")})
    kept = Flag.objects.select_for_update().get(pk=flag.pk)
    if kept.is_silenced:
        raise RuleViolation(_("This flag was dismissed already."))
    newest = Flag.objects.filter(account=kept.account_id).order_by("-run__finished_at", "-run_id").first()
    if newest != kept:
        raise RuleViolation(_("There is a newer run. Look at its figures before you dismiss."))
    kept.is_silenced = True
    kept.save(update_fields=["is_silenced"])
    dismissal = FlagDismissal.objects.create(
        account_id=kept.account_id,
        flag=kept,
        level=kept.level,
        contribution=kept.contribution,
        attention_ratio=kept.attention_ratio,
        reason=reason.strip(),
        dismissed_by=actor,
    )
    record(actor=actor, verb="flag.dismissed", subject=kept, account_id=None, reason=dismissal.reason)
    flag.is_silenced = True
    return dismissal


@transaction.atomic
def set_review_fact(
    *,
    actor: User,
    account: Account,
    kind: str,
    reason: str,
    value: Decimal | None = None,
    raters: int | None = None,
    on: dt.date | None = None,
    until: dt.date | None = None,
) -> ReviewFact:
    """Note what only a person can know of an account. The newest of a kind counts; older ones stay as its history."""
    if not reason.strip():
        raise RuleViolation(_("Say what this rests on."), fields={"reason": _("Give a reason.")})
    try:
        with transaction.atomic():
            fact = ReviewFact.objects.create(
                account=account,
                kind=kind,
                value=value,
                raters=raters,
                on=on or timezone.localdate(),
                until=until,
                reason=reason.strip(),
                set_by=actor,
            )
    except IntegrityError as error:
        raise RuleViolation(
            _("A class is 1, 2, 3 or 4; a symptom score lies between 0 and 100 and names its number of raters.")
        ) from error
    record(actor=actor, verb="review_fact.set", subject=fact, account_id=None, kind=kind)
    return fact
