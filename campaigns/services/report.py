"""What a campaign found: the funnel over unique customers, findings by mode of use, learnings, the buyers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q, Window
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services.limits import engagement
from campaigns.models import (
    ABOUT_PERSON,
    TIERS,
    Answer,
    Attempt,
    Block,
    Campaign,
    Reached,
    SelfCheck,
    Target,
    TargetState,
)
from touchpoints.funnel import Funnel, Rate, attempts_needed
from touchpoints.models import Interaction, Learning, Outcome, UsageFinding, UsageMode

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from pmcrm.people.models import User

MOST: Final = 100
_USUAL: Final = "campaigns-usual-pick-up"
_USUAL_SECONDS: Final = 300
HIGH_YIELD: Final = 0.4
"""The other reading of the published figures; the plan names it as the best case."""

_BEST: Final = """
SELECT campaign_id, best, count(*) FROM (
    SELECT campaign_id, max(reached) AS best FROM campaigns_target
    WHERE reached > 0 AND (%(campaign)s::bigint IS NULL OR campaign_id = %(campaign)s) GROUP BY campaign_id, account_id
) AS customer GROUP BY campaign_id, best
"""


class BestOutcomes:
    """How many customers had which outcome as their best one, in each campaign and in all: read once for a page. Of one
    campaign alone where that is enough."""

    def __init__(self, only: Campaign | None = None) -> None:
        self._of: dict[int, Counter[int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_BEST, {"campaign": only.pk if only else None})
            for campaign, best, number in cursor.fetchall():
                self._of.setdefault(campaign, Counter())[best] = number

    def of(self, campaign: Campaign) -> Counter[int]:
        return self._of.get(campaign.pk, Counter())

    def in_all(self) -> Counter[int]:
        return sum(self._of.values(), Counter())


def funnel_of(campaign: Campaign, *, base: int | None = None, outcomes: BestOutcomes | None = None) -> Funnel:
    """Unique customers by their best outcome. Who is left out is not in the base, unless they were called before."""
    best = (outcomes or BestOutcomes()).of(campaign)
    if base is None:
        counted = Target.objects.of(campaign).exclude(state=TargetState.LEFT_OUT, reached=0).order_by()
        base = counted.aggregate(base=Count("account", distinct=True))["base"]
    return Funnel(
        base=base,
        attempted=sum(best.values()),
        declined=best[Reached.DECLINED],
        undetermined=best[Reached.UNDETERMINED],
        talked=best[Reached.TALKED],
    )


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure to compare with: a published one from a single source, or our own over all campaigns."""

    value: float
    is_own: bool
    whole: int = 0
    low: float | None = None
    high: float | None = None


def benchmarks(limits: Engagement | None = None, outcomes: BestOutcomes | None = None) -> dict[str, Benchmark]:
    """By the rates of a funnel. Our own take the place of the published ones after enough attempts."""
    limits = limits or engagement()
    best = (outcomes or BestOutcomes()).in_all()
    own = Funnel(0, sum(best.values()), best[Reached.DECLINED], best[Reached.UNDETERMINED], best[Reached.TALKED])
    if own.attempted >= limits.own_yield_after:
        rates = own.rates()
        return {
            name: Benchmark(rates[name].value or 0.0, True, rates[name].whole, rates[name].low, rates[name].high)
            for name in ("pick_up", "decline", "talk", "yield")
        }
    return {name: Benchmark(value, False) for name, value in published(limits).items() if name != "after"}


def published(limits: Engagement) -> dict[str, float]:
    """The published rates as the settings have them, and after how many customers tried our own take their place."""
    seed = {"pick_up": limits.pick_up, "decline": limits.decline, "talk": limits.talk, "yield": limits.talk_of_base}
    return {name: float(value) for name, value in seed.items()} | {"after": limits.own_yield_after}


def usual_pick_up(limits: Engagement) -> Benchmark:
    """What the rate of those reached is compared with beside each call: over all campaigns, so looked up now and
    then."""
    found: Benchmark | None = cache.get(_USUAL)
    if found is None:
        found = benchmarks(limits)["pick_up"]
        cache.set(_USUAL, found, _USUAL_SECONDS)
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One bar of the funnel: its rate, and what it is compared with."""

    label: str
    rate: Rate
    base: str
    benchmark: Benchmark | None


def lines(funnel: Funnel, compared: dict[str, Benchmark]) -> list[Line]:
    rates = funnel.rates()
    attempted, reached, base = _("of those tried"), _("of those reached"), _("of all customers")
    return [
        Line(_("Reached"), rates["pick_up"], attempted, compared["pick_up"]),
        Line(_("Declined"), rates["decline"], reached, compared["decline"]),
        Line(_("Talked"), rates["talk"], reached, compared["talk"]),
        Line(_("Talked"), rates["yield"], attempted, compared["yield"]),
        Line(_("Talked"), rates["base_yield"], base, None),
    ]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many customers to try for the wanted conversations, and whether the list is long enough."""

    wanted: int
    talk_yield: float
    is_own: bool
    needed: int
    needed_at_best: int
    base: int

    @property
    def is_short(self) -> bool:
        return self.base < self.needed

    @property
    def expected(self) -> int:
        """Conversations to expect of the whole list."""
        return int(self.base * self.talk_yield)


def plan(*, wanted: int, base: int, compared: dict[str, Benchmark] | None = None) -> Plan:
    """30 conversations at 15 percent need 200 customers, at 40 percent 75."""
    found = (compared or benchmarks())["yield"]
    if found.value <= 0:
        # Nobody talked yet: that says how far we got, and nothing to plan with.
        found = Benchmark(float(engagement().talk_of_base), False)
    share = min(max(found.value, 0.01), 1.0)
    return Plan(wanted, share, found.is_own, attempts_needed(wanted, share), attempts_needed(wanted, HIGH_YIELD), base)


@dataclass(frozen=True, slots=True)
class TierGoal:
    tier: str
    wanted: int
    talked: int

    @property
    def is_met(self) -> bool:
        return self.talked >= self.wanted


def tier_goals(campaign: Campaign) -> list[TierGoal]:
    """Conversations by tier, where some were wanted."""
    wanted = {tier: number for tier, number in campaign.wanted_by_tier.items() if number}
    if not wanted:
        return []
    talked = Target.objects.of(campaign).talked().order_by().values_list("tier_rank")
    found = dict(talked.annotate(number=Count("account", distinct=True)))
    return [TierGoal(tier, wanted[tier], found.get(at, 0)) for at, tier in enumerate(TIERS, 1) if tier in wanted]


def has_enough(campaign: Campaign, funnel: Funnel, tiers: list[TierGoal] | None = None) -> bool:
    """The wanted conversations were had, in every tier that wanted some. Nobody has to reach everybody."""
    goals = tier_goals(campaign) if tiers is None else tiers
    return funnel.talked >= campaign.wanted and all(goal.is_met for goal in goals)


# What was found ------------------------------------------------------------------------------------------------------


def _calls(campaign: Campaign, user: User) -> Any:
    """All that stand: five minutes before "call me back" taught us something, too."""
    seen = Interaction.objects.visible_to(user)
    return Attempt.objects.standing().filter(target__campaign=campaign, interaction__in=seen)


def findings(campaign: Campaign, user: User) -> list[tuple[Any, int, list[UsageFinding]]]:
    """Findings of use by mode with how many there are, and the newest of them; what surprises first."""
    rows = UsageFinding.objects.filter(interaction__in=_calls(campaign, user).values("interaction")).newest_first()
    by_mode: dict[str, list[UsageFinding]] = {}
    counts: dict[str, int] = {}
    counted = rows.annotate(of_its_mode=Window(Count("pk"), partition_by=["mode"]))
    for one in counted.select_related("account", "interaction")[:MOST]:
        counts[one.mode] = one.of_its_mode  # type: ignore[attr-defined]  # annotated above
        by_mode.setdefault(one.mode, []).append(one)
    order = (UsageMode.DIFFERENTLY, UsageMode.NOT_USED, UsageMode.AS_INTENDED)
    return [(mode, counts[mode], by_mode[mode]) for mode in order if mode in by_mode]


def answers(campaign: Campaign, user: User) -> list[tuple[str, list[Answer]]]:
    """What was answered, by question in the order of the guide, the newest first; wordings of one question together.
    Answers about a person stay with that person."""
    rows = Answer.objects.filter(attempt__in=_calls(campaign, user)).exclude(question__goes__in=ABOUT_PERSON)
    named = rows.select_related("question", "attempt__interaction", "attempt__target__account").order_by("-attempt__at")
    found: dict[tuple[int, int, str], list[Answer]] = {}
    for one in named[:MOST]:
        asked = one.question
        found.setdefault((Block.values.index(asked.block), asked.position, asked.slug), []).append(one)
    return [(max((one.question for one in found[at]), key=lambda q: q.number).text, found[at]) for at in sorted(found)]


def learnings(campaign: Campaign, user: User) -> list[Learning]:
    rows = Learning.objects.filter(interaction__in=_calls(campaign, user).values("interaction"))
    named = rows.select_related("interaction", "author").prefetch_related("interaction__accounts")
    return list(named.order_by("-is_surprise", "-id")[:MOST])


@dataclass(frozen=True, slots=True)
class Buyers:
    """Whom we talked with: positions, years at their company, and where they were before; each adds up to the talks."""

    talks: int
    titles: list[tuple[str, int]]
    tenure: list[tuple[str, int]]
    origins: list[tuple[str, int]]


def buyers(campaign: Campaign, user: User) -> Buyers:
    rows = list(
        _calls(campaign, user)
        .talks()
        .values_list(
            "target__contact__job_title", "target__contact__joined_company_on", "target__contact__previous_employers"
        )
    )
    today = timezone.localdate()
    unknown = _("not known")
    return Buyers(
        len(rows),
        Counter(title or unknown for title, _joined, _before in rows).most_common(),
        _in_order(Counter(_tenure(joined, today) for _title, joined, _before in rows)),
        Counter(next(iter(before.splitlines()), "").strip() or unknown for _t, _j, before in rows).most_common(),
    )


_YEARS: Final = (1, 3, 6, 11)


def _tenure(joined: dt.date | None, today: dt.date) -> int:
    if joined is None:
        return -1
    years = (today - joined).days // 365
    return next((at for at, limit in enumerate(_YEARS) if years < limit), len(_YEARS))


def _in_order(counted: Counter[int]) -> list[tuple[str, int]]:
    words = [_("under a year"), _("1 to 2 years"), _("3 to 5 years"), _("6 to 10 years"), _("11 years and more")]
    found = [(words[at], counted[at]) for at in range(len(words)) if counted[at]]
    return found + ([(_("not known"), counted[-1])] if counted[-1] else [])


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Who is not done with although the queue is empty."""

    tried_enough: int
    to_fix: int


def still_open(campaign: Campaign, user: User) -> StillOpen:
    rows = Target.objects.visible_to(user).of(campaign).order_by().values_list("state").annotate(number=Count("pk"))
    found = dict(rows.filter(state__in=[TargetState.WAITING, TargetState.TO_FIX]))
    return StillOpen(found.get(TargetState.WAITING, 0), found.get(TargetState.TO_FIX, 0))


# One's own ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnCalls:
    """What somebody called: today's tries, this week's conversations, and the goal for them."""

    tries_today: int
    talks_this_week: int
    goal: int


def own_calls(user: User, *, goal: int) -> OwnCalls:
    """Days and weeks by the person's own clock; a week begins on Monday. Conversations are those logged as held calls,
    in a campaign or not."""
    today = timezone.localdate()
    start = timezone.make_aware(dt.datetime.combine(today, dt.time.min))
    monday = start - dt.timedelta(days=today.weekday())
    tries = Attempt.objects.standing().by(user).filter(at__gte=start).count()
    talks = (
        Interaction.objects.kept()
        .held()
        .involving(user)
        .filter(kind="call", outcome=Outcome.CONVERSATION, at__gte=monday)
        .count()
    )
    return OwnCalls(tries, talks, goal)


@dataclass(frozen=True, slots=True)
class OwnListening:
    """How somebody saw their own listening; None where nothing was said of it."""

    checks: int
    did_not_solve: int
    did_not_defend: int
    talk_share: float | None


def own_listening(user: User) -> OwnListening:
    """Sums of one's own self-checks; nobody else's are ever asked for."""
    rows = list(
        SelfCheck.objects.visible_to(user)
        .filter(attempt__undone_at=None)
        .values_list("did_not_solve", "did_not_defend", "talk_share")
    )
    shares = [share for _solve, _defend, share in rows if share is not None]
    return OwnListening(
        len(rows),
        sum(solve is True for solve, _defend, _share in rows),
        sum(defend is True for _solve, defend, _share in rows),
        round(sum(shares) / len(shares), 1) if shares else None,
    )


def answers_known(contact_id: int, slugs: list[str], *, product_id: int) -> dict[str, Answer]:
    """The newest answer of a person to each of these questions: who they are holds for every product, why and how they
    use one only for that one. A cancelled or deleted call tells nothing."""
    about = Q(question__block=Block.WHO) | Q(attempt__target__campaign__product=product_id)
    rows = (
        Answer.objects.filter(about, attempt__target__contact=contact_id, question__slug__in=slugs)
        .filter(attempt__in=Attempt.objects.standing())
        .select_related("question", "attempt")
        .order_by("attempt__at")
    )
    return {one.question.slug: one for one in rows}
