"""Call campaigns: one that runs, with tries over many zones, and one that is over."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Final

from django.utils import timezone

from accounts.models import Product
from campaigns.models import Attempt, CallerGoal, Campaign, SelfCheck, SignKind, Target, UsageSign
from campaigns.models.target import REACHED_BY
from campaigns.services.campaigns import request_gathering
from campaigns.services.gathering import gather
from pmcrm.people.models import User
from touchpoints.models import Attendance, Interaction, Learning, Outcome, UsageFinding

OUTCOMES: Final = (
    *[Outcome.NO_ANSWER] * 7,
    *[Outcome.VOICEMAIL] * 4,
    *[Outcome.GATEKEEPER] * 3,
    *[Outcome.DECLINED_BUSY] * 2,
    Outcome.NOT_SUITABLE,
    *[Outcome.CONVERSATION] * 5,
)
USES: Final = (
    ("differently", "Plans crews with it, not berths.", "It is our rota, really."),
    ("as_intended", "Every shift begins with the berth plan on the big screen.", ""),
    ("not_used", "", "It is on the wall; nobody looks."),
    ("differently", "Reads the tide table from it and plans in a spreadsheet.", "We copy the tides out by hand."),
)
SIGNS: Final = {"differently": SignKind.JUDGE_CLASS, "not_used": SignKind.NOT_USED}
LEARNED: Final = (
    ("The shift leader decides, not the planner who signed.", ["decision_habit"], False),
    ("Fears the audit in spring more than a late ship.", ["worry"], False),
    ("Two terminals share one seat by passing a note.", ["product_finding"], True),
    ("Is judged by crane hours, not by delays.", ["goal"], False),
    ("Their rival is the whiteboard.", ["rival"], True),
)


def make_calls(random: Random, users: dict[str, User]) -> None:
    lead, manager = users["lead"], users["maja"]
    product = Product.objects.order_by("pk").first()
    if product is None:
        return
    now = timezone.now()
    spring = _campaign(lead, product, "Hand-over round", "How does one shift hand over to the next?", wanted=12)
    _called(random, spring, manager, now - dt.timedelta(days=120), tries=40)
    spring.state, spring.started_at = "done", now - dt.timedelta(days=125)
    spring.done_at = now - dt.timedelta(days=90)
    spring.answer = (
        "Half of them read two lists and trust neither. The hand-over view helps where the shift leader knows of it;"
        " most planners never showed it to them."
    )
    spring.save()
    autumn = _campaign(manager, product, "Listening round", "Who really plans with it, and what for?", wanted=30)
    _called(random, autumn, manager, now - dt.timedelta(days=9), tries=26)
    autumn.state, autumn.announced_at = "running", now - dt.timedelta(days=12)
    autumn.started_at, autumn.daily_goal = now - dt.timedelta(days=10), 12
    autumn.save()
    CallerGoal.objects.create(person=manager, conversations_a_week=5)


def _campaign(owner: User, product: Product, name: str, goal: str, *, wanted: int) -> Campaign:
    made = Campaign.objects.create(
        owner=owner,
        product=product,
        name=name,
        goal=goal,
        wanted=wanted,
        seed=name,
        wanted_by_tier={"A": 4},
        audience="filter=state:any:customer",
    )
    gather(request_gathering(actor=owner, campaign=made).pk)
    return made


def _called(random: Random, campaign: Campaign, caller: User, first: dt.datetime, *, tries: int) -> None:
    """Tries of some weeks, each an interaction, too; what was heard in the conversations."""
    targets = list(Target.objects.of(campaign).waiting().with_person().order_by("pk"))
    random.shuffle(targets)
    talks = 0
    for number, target in enumerate(targets[:tries]):
        outcome = random.choice(OUTCOMES)
        at = first + dt.timedelta(hours=5 * number)
        minutes = random.choice((15, 20, 25, 35)) if outcome == Outcome.CONVERSATION else 0
        talk = Interaction.objects.create(
            author=caller, at=at, kind="call", minutes=minutes, outcome=outcome, subject=campaign.name
        )
        Attendance.objects.create(interaction=talk, account=target.account, at=at)
        talk.contacts.add(target.contact)
        talk.colleagues.add(caller)
        attempt = Attempt.objects.create(
            target=target, interaction=talk, caller=caller, number=1, outcome=outcome, at=at
        )
        target.reached, target.last_outcome = REACHED_BY[outcome], outcome
        target.attempts, target.last_attempt_at = 1, at
        target.state = "done" if outcome in {Outcome.CONVERSATION, Outcome.NOT_SUITABLE} else "waiting"
        target.save()
        if outcome == Outcome.CONVERSATION:
            _heard(campaign, attempt, caller, talks)
            talks += 1


def _heard(campaign: Campaign, attempt: Attempt, caller: User, number: int) -> None:
    talk, account = attempt.interaction, attempt.target.account
    mode, way, quote = USES[number % len(USES)]
    finding = UsageFinding.objects.create(
        account=account,
        product=campaign.product,
        mode=mode,
        actual_way=way,
        quote=quote,
        found_on=timezone.localdate(talk.at),
        interaction=talk,
        author=caller,
    )
    if sign := SIGNS.get(mode):
        UsageSign.objects.get_or_create(
            account=account, product=campaign.product, kind=sign, defaults={"finding": finding}
        )
    text, tags, surprise = LEARNED[number % len(LEARNED)]
    Learning.objects.create(
        interaction=talk,
        text=text,
        tags=[*tags, "surprise"] if surprise else tags,
        is_surprise=surprise,
        author=caller,
    )
    SelfCheck.objects.create(
        attempt=attempt, did_not_solve=number % 3 != 0, did_not_defend=True, talk_share=20 + 10 * (number % 3)
    )
