"""How meetings went: the figures of `meetings.kpis` for a person, an account or everybody, in all and by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, F, Q
from django.db.models.functions import Coalesce, TruncDate, TruncMonth
from django.utils import timezone

from accounts.models import Account
from meetings.kpis import Share
from meetings.models import Criterion, Meeting
from meetings.rules import KEPT, RULES, Rule
from pmcrm.people.models import Organisation, User
from pmcrm.people.permissions import may
from touchpoints.models import NextStep
from touchpoints.services.kept_figures import are_many, figures_as_of, keep_figures

if TYPE_CHECKING:
    from meetings.models import MeetingQuerySet

MONTHS: Final = 12
MOST_ACCOUNTS: Final = 20


@dataclass(frozen=True)
class Scope:
    """Whose meetings: all or those that one person organised, everywhere or at one account."""

    person: User | None = None
    account: Account | None = None

    def meetings(self) -> MeetingQuerySet:
        rows = Meeting.objects.kept()
        if self.person is not None:
            rows = rows.of(self.person)
        if self.account is not None:
            present = {"interaction__attendances__account": self.account}
            rows = rows.filter(**present, interaction__attendances__is_second_hand=False)
        return rows


@dataclass(frozen=True)
class Month:
    """A month by its first day."""

    first: dt.date
    adherence: Share
    follow_through: Share


@dataclass(frozen=True)
class Figures:
    """`shares` by the slug of each figure, over the months shown; `missed_by_rule` the rules not met by their slug, the
    most often first."""

    shares: Mapping[str, Share]
    months: Sequence[Month]
    missed_by_rule: Sequence[tuple[str, int]]
    accounts: Sequence[tuple[Account, Share]]

    @property
    def missed(self) -> list[tuple[Rule, int]]:
        return [(RULES[slug], number) for slug, number in self.missed_by_rule if slug in RULES]


def figures_of(*, scope: Scope, today: dt.date) -> Figures:
    """The last twelve months, this one included, as the organisation's clock counts months."""
    zone = ZoneInfo(Organisation.current().time_zone)
    firsts = _months(today)
    start = dt.datetime.combine(firsts[0], dt.time.min, tzinfo=zone)
    judged = scope.meetings().judged(since=start)
    kept, steps = _by_month(judged, zone), _steps_by_month(scope, firsts[0], today, zone)
    months = [Month(first, kept.get(first, Share(0, 0)), steps.get(first, Share(0, 0))) for first in firsts]
    prepared, unprepared = (_criteria(scope, start, is_prepared=one) for one in (True, False))
    either = _criteria(scope, start)
    return Figures(
        shares={
            "adherence": _sum([month.adherence for month in months]),
            "follow_through": _sum([month.follow_through for month in months]),
            "criteria": either,
            "criteria_prepared": prepared,
            "criteria_unprepared": unprepared,
        },
        months=months,
        missed_by_rule=_missed(judged),
        accounts=_by_account(judged),
    )


def figures_read(scope: Scope) -> tuple[Figures, dt.datetime | None]:
    """The figures up to today, and of when they are: None is now, where they are over few meetings."""
    today = timezone.localdate()
    work_out = partial(figures_of, scope=scope, today=today)
    if scope.account is not None:
        return work_out(), None
    return figures_as_of(_key(scope, today), _meetings_since(scope, _months(today)[0]), work_out)


def keep_figures_of_all() -> int:
    """Work out anew what is kept: the figures of all, and of each person with many meetings. Returns how many."""
    today = timezone.localdate()
    scopes = [Scope(), *(Scope(person) for person in User.objects.active())]
    many = [scope for scope in scopes if are_many(_meetings_since(scope, _months(today)[0]))]
    for scope in many:
        keep_figures(_key(scope, today), partial(figures_of, scope=scope, today=today))
    return len(many)


def _key(scope: Scope, today: dt.date) -> str:
    return f"meeting-figures-{scope.person.pk if scope.person else 'all'}-{today:%Y-%m}"


def _meetings_since(scope: Scope, first: dt.date) -> MeetingQuerySet:
    return scope.meetings().filter(interaction__at__gte=timezone.make_aware(dt.datetime.combine(first, dt.time.min)))


def sees_all(user: User) -> bool:
    """Whether the person sees the sums of everybody; others see their own only."""
    return may(user, "meeting_figures.read_all")


def _months(today: dt.date) -> list[dt.date]:
    last = today.year * 12 + today.month - 1
    return [dt.date(one // 12, one % 12 + 1, 1) for one in range(last - MONTHS + 1, last + 1)]


def _by_month(judged: MeetingQuerySet, zone: ZoneInfo) -> dict[dt.date, Share]:
    month = TruncMonth("interaction__at", output_field=DateField(), tzinfo=zone)
    rows = judged.order_by().values(month=month).annotate(kept=Count("pk", filter=Q(is_kept=True)), all=Count("pk"))
    return {row["month"]: Share(row["kept"], row["all"]) for row in rows}


def _steps_by_month(scope: Scope, first: dt.date, today: dt.date, zone: ZoneInfo) -> dict[dt.date, Share]:
    """By the month in which they were due; neither a snooze nor an edit moves the day that was agreed."""
    rows = NextStep.objects.kept().annotate(agreed=Coalesce("agreed_on", "due_on"))
    rows = rows.filter(interaction__meeting__isnull=False, agreed__gte=first, agreed__lt=today)
    if scope.person is not None:
        rows = rows.filter(owner=scope.person)
    if scope.account is not None:
        rows = rows.filter(account=scope.account)
    in_time = Q(done_on__lte=F("agreed"))
    months = (
        rows.order_by()
        .annotate(done_on=TruncDate("done_at", tzinfo=zone), month=TruncMonth("agreed"))
        .values("month")
        .annotate(done=Count("pk", filter=in_time), all=Count("pk"))
    )
    return {row["month"]: Share(row["done"], row["all"]) for row in months}


def _criteria(scope: Scope, since: dt.datetime, *, is_prepared: bool | None = None) -> Share:
    meetings = scope.meetings().held().filter(interaction__at__gte=since)
    if is_prepared is not None:
        meetings = meetings.filter(is_prepared=is_prepared)
    rows = Criterion.objects.filter(meeting__in=meetings).exclude(product_score="", sales_score="")
    found = Q(product_score__in=["", "met"], sales_score__in=["", "met"])
    counts = rows.aggregate(met=Count("pk", filter=found), all=Count("pk"))
    return Share(counts["met"], counts["all"])


def _missed(judged: MeetingQuerySet) -> list[tuple[str, int]]:
    kept = [state.value for state in KEPT]
    closed = judged.filter(closed_at__isnull=False)
    counts = closed.aggregate(
        **{
            slug: Count("pk", filter=Q(**{f"verdicts__{slug}__isnull": False}) & ~Q(**{f"verdicts__{slug}__in": kept}))
            for slug in RULES
        }
    )
    found = [(slug, int(number)) for slug, number in counts.items() if number]
    return sorted(found, key=lambda one: -one[1])


def _by_account(judged: MeetingQuerySet) -> list[tuple[Account, Share]]:
    """Those with the most meetings."""
    rows = (
        judged.filter(interaction__attendances__is_second_hand=False, interaction__is_private=False)
        .order_by()
        .values(account=F("interaction__attendances__account"))
        .annotate(kept=Count("pk", filter=Q(is_kept=True)), all=Count("pk"))
        .order_by("-all", "account")[:MOST_ACCOUNTS]
    )
    found = {row["account"]: Share(row["kept"], row["all"]) for row in rows}
    accounts = Account.objects.filter(pk__in=found).in_sight().in_bulk()
    return [(accounts[pk], share) for pk, share in found.items() if pk in accounts]


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(one.part for one in shares), sum(one.whole for one in shares))
