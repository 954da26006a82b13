"""What hurts Tidewright's customers, what was said before they told it, how it was answered, and what talks taught."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Final

from pmcrm.home.demo.customers import EXIT, MISFIT, RESCUED, Customer
from pmcrm.people.models import User
from touchpoints.models import (
    Cause,
    Channel,
    ExpectationKind,
    Interaction,
    Learning,
    LearningTag,
    Pain,
    PainAnswer,
    PainState,
    PainTelling,
    Saying,
    Severity,
    Statement,
)

PAINS: Final = (
    ("The export of the shift plan stops at 500 rows; a season has 4,000.", Severity.SERIOUS, Cause.TECHNOLOGY),
    ("The tide is not in the berth plan, so two planners read it out to each other.", Severity.SERIOUS, Cause.WORKING),
    ("Forty people sign in at six and wait for a minute each.", Severity.NUISANCE, Cause.TECHNOLOGY),
    ("Rest hours are counted by hand, and the audit comes in spring.", Severity.BLOCKING, Cause.WORKING),
    ("We pay for seats that three shifts share.", Severity.NUISANCE, Cause.PRICE),
    ("Trains arrive late without a word, and the yard plan is wrong by noon.", Severity.SERIOUS, Cause.WORKING),
    ("Berthside shows the quay on the wall; your plan stays in the office.", Severity.NUISANCE, Cause.RIVAL),
    ("We were sold the adapter as ready. It took us nine weeks.", Severity.SERIOUS, Cause.BUYING),
    ("Nobody tells our analyst when a plan was changed overnight.", Severity.NUISANCE, Cause.TECHNOLOGY),
    ("After each replan the foremen print everything again.", Severity.SERIOUS, Cause.WORKING),
)
RETOLD: Final = ("The list breaks off in the middle again.", "Still the same as in summer.", "")
ANSWERS: Final = (
    ("The reason is found. We tell you in a month whether it can be changed.", ExpectationKind.STUDY),
    ("It comes with the quay view; you will try it before the others.", ExpectationKind.PLANNED),
    ("We leave it as it is this year. The way round it is in the hand-over view.", ExpectationKind.NOT_PLANNED),
)
BYPASS: Final = "They began with it themselves"
LEARNINGS: Final = (
    ("They measure themselves by replans a day, not by moves an hour.", (LearningTag.GOAL,)),
    ("Fears that the new terminal will be planned from head office.", (LearningTag.WORRY,)),
    ("Nothing above 20,000 is bought before the works council has seen it.", (LearningTag.HABIT,)),
    ("“If the plan is not on the wall, it does not exist.”", (LearningTag.QUOTE,)),
    ("The foremen use the crew list as their phone book.", (LearningTag.PRODUCT, LearningTag.SURPRISE)),
    ("Ports of this size buy through the harbour authority.", (LearningTag.BUYER,)),
    ("Berthside offered them two years at half the price.", (LearningTag.RIVAL,)),
    ("They run the night without any plan, and it works.", (LearningTag.PRODUCT, LearningTag.SURPRISE)),
)
EACH: Final = 3


def make_pains(random: Random, users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """Two or three troubles each for the customers one looks at first: some answered, some late, some told again."""
    chosen = [*customers[:30], customers[EXIT], customers[MISFIT], customers[RESCUED]]
    talks = _talks(chosen)
    statements = {one.slug: one for one in Statement.objects.current()}
    before = statements["pain-heard-not-promised"]
    sayings: list[Saying] = []
    pains: list[Pain] = []
    learnings: list[Learning] = []
    listeners: list[int] = []
    for customer in chosen:
        account = customer.account
        words = random.sample(PAINS, EACH)
        for (talk, contact), (text, severity, cause) in zip(talks.get(account.pk, [])[:EACH], words, strict=False):
            day = talk.at.date()
            is_said = random.random() < 0.7
            if is_said:
                sayings.append(
                    Saying(
                        statement=before,
                        account=account,
                        interaction=talk,
                        channel=Channel.MEETING if talk.kind == "meeting" else Channel.CALL,
                        said_at=talk.at,
                        expires_on=day + dt.timedelta(days=before.expires_days),
                        author=talk.author,
                    )
                )
                listeners.append(contact)
            pains.append(
                Pain(
                    account=account,
                    words=text,
                    teller_id=contact,
                    told_on=day,
                    interaction=talk,
                    severity=severity,
                    cause=cause,
                    saying=sayings[-1] if is_said else None,
                    bypass_reason="" if is_said else BYPASS,
                    report_back_on=day + dt.timedelta(days=30),
                    author=talk.author,
                )
            )
            text_learned, tags = random.choice(LEARNINGS)
            learnings.append(
                Learning(
                    interaction=talk,
                    text=text_learned,
                    tags=[tag.value for tag in tags],
                    is_surprise=LearningTag.SURPRISE in tags,
                    author=talk.author,
                )
            )
    Saying.objects.bulk_create(sayings)
    Saying.contacts.through.objects.bulk_create(
        Saying.contacts.through(saying_id=saying.pk, contact_id=contact)
        for saying, contact in zip(sayings, listeners, strict=True)
    )
    Pain.objects.bulk_create(pains)
    Learning.objects.bulk_create(learnings)
    _answer(random, users, pains, today)


def _talks(customers: list[Customer]) -> dict[int, list[tuple[Interaction, int]]]:
    """By account its newest talks that were talked through, each with one who was there."""
    keys = [customer.account.pk for customer in customers]
    rows = Interaction.objects.two_way().filter(accounts__in=keys, contacts__isnull=False, voice="direct")
    found: dict[int, list[tuple[Interaction, int]]] = {}
    seen: set[int] = set()
    listed = rows.select_related("author").order_by("-at", "-pk").values_list("pk", "accounts", "contacts")
    talks = Interaction.objects.select_related("author").in_bulk([pk for pk, _account, _contact in listed])
    for pk, account, contact in listed:
        if pk not in seen:
            seen.add(pk)
            found.setdefault(account, []).append((talks[pk], contact))
    return found


def _answer(random: Random, users: dict[str, User], pains: list[Pain], today: dt.date) -> None:
    """The older half is answered, some of it late; a few were told again, one of them after a fix was promised."""
    answers, tellings, told = [], [], []
    for place, pain in enumerate(pains):
        if place % 4 and pain.report_back_on < today:
            words, expectation = random.choice(ANSWERS)
            told_on = min(today, pain.report_back_on + dt.timedelta(days=random.choice([-12, -5, -2, 6])))
            answers.append(
                PainAnswer(
                    pain=pain,
                    words=words,
                    expectation=expectation,
                    channel=random.choice([Channel.CALL, Channel.MAIL]),
                    told_on=max(told_on, pain.told_on),
                    is_report_back=True,
                    due_on=pain.report_back_on,
                    author=users["maja"],
                )
            )
            told.append(pain.teller_id)
            pain.expectation, pain.state = expectation, PainState.ANSWERED
        elif place % 5 == 0:
            pain.report_back_on = today + dt.timedelta(days=random.choice([-4, 0, 3, 9]))
        if place % 7 == 0:
            day = max(pain.told_on, today - dt.timedelta(days=random.randint(1, 20)))
            tellings.append(
                PainTelling(
                    pain=pain, teller_id=pain.teller_id, told_on=day, words=random.choice(RETOLD), author=pain.author
                )
            )
            pain.retold_count = 1
    Pain.objects.bulk_update(pains, ["expectation", "state", "report_back_on", "retold_count"])
    PainAnswer.objects.bulk_create(answers)
    PainAnswer.contacts.through.objects.bulk_create(
        PainAnswer.contacts.through(painanswer_id=answer.pk, contact_id=contact)
        for answer, contact in zip(answers, told, strict=True)
    )
    PainTelling.objects.bulk_create(tellings)
