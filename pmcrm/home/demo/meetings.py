"""Meetings of the demo company in each state: prepared, looked at by sales, sent, held, closed with what followed."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Final

from django.utils import timezone

from meetings.models import (
    AgendaItem,
    Answer,
    Criterion,
    Invitee,
    ItemKind,
    Meeting,
    SalesReview,
    Score,
    Stage,
)
from meetings.rules import RULES
from meetings.services.letters import snapshot
from pmcrm.people.models import User
from touchpoints.models import Interaction, InteractionKind, NextStep

AGENDAS: Final = (
    (
        ("How the night shift plans today", 15, ItemKind.LISTENING),
        ("What the export should hold", 15, ItemKind.NORMAL),
        ("Who does what until the audit", 10, ItemKind.NORMAL),
    ),
    (("Each other's work in five minutes", 5, ItemKind.INTRO), ("Delays at the rail head", 25, ItemKind.LISTENING)),
    (("Three measures of the quarter", 20, ItemKind.NORMAL), ("Where the quay view may lead", 20, ItemKind.VISION)),
    (("Seats by terminal", 20, ItemKind.NORMAL), ("Next season's roster", 15, ItemKind.LISTENING)),
)
CRITERIA: Final = (
    "They name the one report that they cannot do without",
    "We know who decides about the second terminal",
    "They say what the delay costs them a week",
    "One person of the day shift tries the hand-over view",
)
FOLLOWS: Final = (
    "Send the figures that we spoke of",
    "Show the hand-over view to the day shift",
    "Ask Engineering about the row limit",
    "Name an engineer for the cutover",
)
BROKEN: Final = ("sent", "sheet", "scored", "follow", "clash", "length")
PAST: Final = dt.timedelta(days=170)
MOST_PAST: Final = 160
STEPS_BACK: Final = (1, 2, 3, 4, 6)


def make_meetings(random: Random, users: dict[str, User], now: dt.datetime) -> int:
    """For what is planned a meeting in each state on the way, for what was held of late mostly a closed one."""
    product = [one for one in users.values() if one.role_set & {"product_manager", "product_lead"}]
    rows = Interaction.objects.filter(kind=InteractionKind.MEETING, is_private=False, author__in=product)
    rows = rows.filter(attendances__account__kind="external").distinct().with_customers()
    rows = rows.prefetch_related("colleagues", "attendances__account__relationship_owner")
    planned = list(rows.planned().order_by("at", "pk")[:30])
    held = list(rows.held().between(now - PAST, now).order_by("-at", "-pk")[:MOST_PAST])
    book = _Book(random, now)
    for place, talk in enumerate(planned):
        book.planned(talk, place)
    for place, talk in enumerate(held):
        book.held(talk, place)
    book.store()
    return len(book.meetings)


class _Book:
    """Collects meetings with what hangs on them, and writes them at once."""

    def __init__(self, random: Random, now: dt.datetime) -> None:
        self.random, self.now = random, now
        self.meetings: list[Meeting] = []
        self.items: list[AgendaItem] = []
        self.criteria: list[Criterion] = []
        self.reviews: list[SalesReview] = []
        self.invitees: list[Invitee] = []
        self.steps: list[NextStep] = []
        self.told: list[Meeting] = []

    def planned(self, talk: Interaction, place: int) -> None:
        """Draft, asked, reviewed, sent, and sent with answers, in turn."""
        turn = place % 5
        meeting = self._meeting(talk)
        if turn:
            self._agenda(meeting)
        if turn == 1:
            meeting.review_asked_at = self.now - dt.timedelta(hours=20)
        if turn >= 2:
            self._reviewed(meeting)
        if turn >= 3:
            self._sent(meeting, self.now - dt.timedelta(days=1), Answer.ACCEPTED if turn == 4 else Answer.NONE)

    def held(self, talk: Interaction, place: int) -> None:
        """The newest few wait for their scores or their end; of the older ones four in five met every rule."""
        random, meeting = self.random, self._meeting(talk)
        self._agenda(meeting)
        self._reviewed(meeting)
        is_open = place in STEPS_BACK
        self._sent(meeting, talk.at - dt.timedelta(days=random.choice([3, 4, 6])), Answer.ACCEPTED)
        if is_open:
            return
        for one in self.criteria:
            if one.meeting is meeting:
                one.product_score = random.choices(list(Score.values), [62, 26, 12])[0]
                one.sales_score = one.product_score if random.random() < 0.7 else random.choice(list(Score.values))
        broken = "" if random.random() < 0.8 else random.choice(BROKEN)
        meeting.verdicts = {slug: "met" for slug in RULES} | ({broken: "broken"} if broken else {})  # noqa: C420  the rules by name
        meeting.is_kept, meeting.is_prepared = not broken, broken != "sheet"
        meeting.is_late = broken == "sent"
        meeting.closed_at = talk.at + dt.timedelta(days=random.choice([0, 1, 2]))
        meeting.closed_by = meeting.organiser
        if broken == "follow" or random.random() < 0.15:
            meeting.nothing_to_do = "They only wanted to be heard."
            return
        self._follows(meeting, talk)

    def _meeting(self, talk: Interaction) -> Meeting:
        made = Meeting(
            interaction=talk, organiser=talk.author, channel=self.random.choice(["online", "online", "in_person"])
        )
        made.uid = f"demo-{talk.pk}@pmcrm"
        if made.channel == "online":
            made.link = "https://meet.example/harbour"
        else:
            made.place = "Their office"
        self.meetings.append(made)
        owners = {one.relationship_owner for one in talk.present if one.relationship_owner is not None}
        colleagues = {one.pk for one in talk.colleagues.all()}
        self.invitees += [
            Invitee(meeting=made, user=one) for one in owners if one.pk != talk.author_id and one.pk in colleagues
        ]
        return made

    def _agenda(self, meeting: Meeting) -> None:
        chosen = self.random.choice(AGENDAS)
        left = meeting.interaction.minutes
        for position, (text, minutes, kind) in enumerate(chosen):
            left -= minutes
            if left < 0:
                break
            leader = meeting.organiser.name if position == 0 else ""
            self.items.append(
                AgendaItem(meeting=meeting, position=position, text=text, minutes=minutes, kind=kind, led_by=leader)
            )
        texts = self.random.sample(CRITERIA, self.random.choice([1, 2, 2]))
        self.criteria += [Criterion(meeting=meeting, position=place, text=text) for place, text in enumerate(texts)]

    def _reviewed(self, meeting: Meeting) -> None:
        owner = next((one.relationship_owner for one in meeting.interaction.present if one.relationship_owner), None)
        meeting.stage, meeting.reviewed_at = Stage.SALES_REVIEWED, min(self.now, meeting.interaction.at)
        if owner is not None and owner.pk != meeting.organiser_id:
            self.reviews.append(SalesReview(meeting=meeting, author=owner, is_approved=True, comment="Good."))

    def _sent(self, meeting: Meeting, at: dt.datetime, answer: str) -> None:
        meeting.stage, meeting.sent_at = Stage.SENT, at
        self.told.append(meeting)
        self.invitees += [
            Invitee(
                meeting=meeting,
                contact=contact,
                email=contact.email,
                is_invited=True,
                answer=answer,
                answered_at=at if answer else None,
            )
            for contact in meeting.interaction.contacts.all()
        ]

    def _follows(self, meeting: Meeting, talk: Interaction) -> None:
        due = timezone.localdate(talk.at) + dt.timedelta(days=self.random.choice([3, 5, 7, 10]))
        for text in self.random.sample(FOLLOWS, self.random.choice([1, 1, 2])):
            luck = self.random.random()
            # What is undone is so of late; of older steps some came late.
            is_fresh = self.now.date() - due < dt.timedelta(days=14)
            done = None if luck < 0.2 and is_fresh else due - dt.timedelta(days=1)
            if luck > 0.85:
                done = due + dt.timedelta(days=3)
            is_done = done is not None and done <= self.now.date()
            self.steps.append(
                NextStep(
                    account=talk.present[0],
                    interaction=talk,
                    text=text,
                    owner=meeting.organiser,
                    due_on=due,
                    is_shared=luck > 0.5,
                    done_at=dt.datetime.combine(done, dt.time(10), tzinfo=dt.UTC) if is_done and done else None,
                    created_by=meeting.organiser,
                )
            )

    def store(self) -> None:
        Meeting.objects.bulk_create(self.meetings)
        AgendaItem.objects.bulk_create(self.items, batch_size=4000)
        Criterion.objects.bulk_create(self.criteria, batch_size=4000)
        SalesReview.objects.bulk_create(self.reviews)
        Invitee.objects.bulk_create(self.invitees)
        NextStep.objects.bulk_create(self.steps)
        for meeting in self.told:
            meeting.told = snapshot(meeting)
        Meeting.objects.bulk_update(self.told, ["told"], batch_size=500)
