"""A calendar file brought in: looked at first, then talks are planned, updated or called off, and it can go again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from correspondence.models import CalendarEntry, CalendarFile, CalendarFileState
from correspondence.parsing import Person
from correspondence.services.matching import Known, accounts_like, told_apart
from pmcrm.calendars import ical
from pmcrm.calendars.series import NoSeries
from pmcrm.errors import RuleViolation
from pmcrm.people.permissions import may
from touchpoints.models import InteractionKind
from touchpoints.services.interactions import (
    Facts,
    cancel_interaction,
    edit_interaction,
    hold_interaction,
    log_interaction,
)
from touchpoints.services.trash import discard_interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

BACK: Final = dt.timedelta(days=366)
AHEAD: Final = dt.timedelta(days=366)
MOST: Final = 500
MOST_OF_SERIES: Final = 60
LONGEST_SECONDS: Final = 5
"""For laying out all series of a file: what is left then is told as not followed."""
DAY_BEGINS: Final = dt.time(9)


class Turn(StrEnum):
    """What becomes of an entry."""

    PLAN = "plan"
    HOLD = "hold"
    UPDATE = "update"
    CANCEL = "cancel"
    SAME = "same"
    UNKNOWN = "unknown"
    """Nobody in it is known: it needs an account."""
    LEFT = "left"
    """Called off, or too far away."""


@dataclass(frozen=True)
class Item:
    """One entry, or one occurrence of a series. `number` is its place in the file, by which a form names it."""

    number: int
    event: ical.Event
    turn: Turn
    known: Known
    entry: CalendarEntry | None = None
    offered: list[Account] = field(default_factory=list)
    chosen: Account | None = None
    """What its person chose for it, or for another one of its series."""

    @property
    def at(self) -> dt.datetime | None:
        return self.event.start if isinstance(self.event.start, dt.datetime) else None

    @property
    def day(self) -> dt.date:
        return self.event.start

    @property
    def name(self) -> str:
        """As a form calls the account of it."""
        return f"account-{self.number}"

    @property
    def picked(self) -> list[dict[str, Any]]:
        """The account chosen, as the box shows it."""
        return [{"id": self.chosen.pk, "label": self.chosen.name}] if self.chosen else []

    @property
    def accounts(self) -> str:
        return ", ".join(dict.fromkeys(contact.account.name for contact in self.known.contacts))


@dataclass(frozen=True)
class Preview:
    items: list[Item]
    refused: tuple[ical.Refused, ...]
    unknown_zones: list[str]
    others: int

    def of(self, *turns: Turn) -> list[Item]:
        return [item for item in self.items if item.turn in turns]


def bring(*, actor: User, name: str, content: bytes) -> CalendarFile:
    """Keep a calendar file to be looked at. Nothing comes of it before its person says so."""
    if not may(actor, "interaction.log"):
        raise RuleViolation(_("Your role does not log talks."))
    ical.read(content, floating=actor.time_zone)
    return CalendarFile.objects.create(person=actor, name=name[:255] or "calendar.ics", content=content)


def explain_zones(*, file: CalendarFile, answers: Mapping[str, str]) -> None:
    """What the file's own names of zones mean, as its person says."""
    file.answers = {**file.answers, **answers}
    file.save(update_fields=["answers"])


def choose_accounts(*, file: CalendarFile, accounts: Mapping[int, Account]) -> None:
    """Remember to which account entries belong in which nobody is known, by their number; one of a series speaks for
    all of it. Takes the place of what was chosen before."""
    if not file.is_ready:
        return
    items = {item.number: item for item in preview(file).items if item.turn == Turn.UNKNOWN}
    file.accounts = {items[number].event.uid: account.pk for number, account in accounts.items() if number in items}
    file.save(update_fields=["accounts"])


def preview(file: CalendarFile) -> Preview:
    """What would become of each entry now, newest decision first; nothing is changed."""
    person = file.person
    reading = ical.read(bytes(file.content), floating=person.time_zone, answers=file.answers)
    events, refused = _laid_out(reading.events)
    if len(events) > MOST:
        sentence = _("This calendar has more than %(most)s talks within a year. Export a shorter span of time.")
        raise RuleViolation(sentence % {"most": MOST}, code="too_large")
    known = _known(person, events)
    entries = {
        (entry.uid, entry.instance): entry
        for entry in CalendarEntry.objects.filter(
            person=person, uid__in={event.uid for event in events}
        ).select_related("interaction")
    }
    chosen = Account.objects.visible_to(person).in_bulk(set(file.accounts.values()))
    items = list[Item]()
    for number, event in enumerate(events):
        entry = entries.get((event.uid, _instance(event)))
        told = known[number]
        turn = _turn(event, entry, told)
        offered = accounts_like(user=person, people=told.strangers) if turn == Turn.UNKNOWN and number < 50 else []
        picked = chosen.get(file.accounts.get(event.uid)) if turn == Turn.UNKNOWN else None
        items.append(Item(number, event, turn, told, entry, offered, picked))
    return Preview(items, (*reading.refused, *refused), reading.unknown_zones, reading.others)


def _laid_out(events: tuple[ical.Event, ...]) -> tuple[list[ical.Event], list[ical.Refused]]:
    """Series as single occurrences of the year behind and ahead; one that was moved takes its place."""
    now = timezone.now()
    moved = {(event.uid, _instance(event)) for event in events if event.instance is not None}
    found, refused = list[ical.Event](), list[ical.Refused]()
    began = time.process_time()
    for event in events:
        try:
            is_over = event.repeats and time.process_time() - began > LONGEST_SECONDS
            each = [] if is_over else list(ical.occurrences(event, now - BACK, now + AHEAD, most=MOST_OF_SERIES))
        except NoSeries:
            sentence = _("The rule by which it repeats is not followed: daily, weekly, monthly and yearly are.")
            refused.append(ical.Refused(event.line, event.summary, sentence))
            continue
        if is_over:
            refused.append(
                ical.Refused(event.line, event.summary, _("The series before it took too long. Bring fewer."))
            )
        found += [one for one in each if not event.repeats or (one.uid, _instance(one)) not in moved]
    return found, refused


def _instance(event: ical.Event) -> str:
    if event.instance is None:
        return ""
    if isinstance(event.instance, dt.datetime):
        return event.instance.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    return event.instance.strftime("%Y%m%d")


def _known(person: User, events: list[ical.Event]) -> list[Known]:
    """Who is meant in each event, with a few questions to the database for all of them together."""
    people = [_people(event) for event in events]
    every = list({one.email: one for group in people for one in group}.values())
    colleagues, contacts = dict[str, Any](), dict[str, Contact]()
    for start in range(0, len(every), 100):
        told = told_apart(user=person, people=every[start : start + 100])
        colleagues |= {one.email.casefold(): one for one in told.colleagues}
        contacts |= {one.email.casefold(): one for one in told.contacts}
    return [
        Known(
            tuple(colleagues[one.email] for one in group if one.email in colleagues),
            tuple(contacts[one.email] for one in group if one.email in contacts),
            tuple(one for one in group if one.email not in colleagues and one.email not in contacts),
        )
        for group in people
    ]


def _people(event: ical.Event) -> list[Person]:
    named = [*event.attendees, *([event.organizer] if event.organizer else [])]
    return list({one.email: Person(one.email, one.name) for one in named if one.email}.values())


def _turn(event: ical.Event, entry: CalendarEntry | None, known: Known) -> Turn:
    if entry is not None:
        if entry.interaction.is_discarded or entry.interaction.is_cancelled:
            return Turn.SAME
        if event.status is ical.Status.CANCELLED:
            return Turn.CANCEL
        # Some programs move an entry and do not count it up. What was moved here since stays, if the calendar did not.
        is_moved = event.sequence == entry.sequence and entry.times not in ("", _times(event))
        return Turn.UPDATE if event.sequence > entry.sequence or is_moved else Turn.SAME
    at = _at(event, dt.UTC)
    if event.status is ical.Status.CANCELLED or not timezone.now() - BACK < at < timezone.now() + AHEAD:
        return Turn.LEFT
    if not known.contacts:
        return Turn.UNKNOWN
    return Turn.PLAN if at > timezone.now() else Turn.HOLD


def _times(event: ical.Event) -> str:
    """From when to when, as the calendar says it: in one way whatever its zone."""
    both = (event.start, event.end)
    return "/".join(f"{one.astimezone(dt.UTC) if isinstance(one, dt.datetime) else one:%Y%m%dT%H%M%S}" for one in both)


def _at(event: ical.Event, zone: dt.tzinfo) -> dt.datetime:
    if isinstance(event.start, dt.datetime):
        return event.start
    return dt.datetime.combine(event.start, DAY_BEGINS, zone)


@transaction.atomic
def bring_in(
    *,
    actor: User,
    file: CalendarFile,
    past_took_place: bool,
    accounts: Mapping[int, Account],
    override_reason: str = "",
) -> CalendarFile:
    """Do what the preview shows. `past_took_place` enters what is over as held, else it is left out; `accounts` gives
    entries in which nobody is known, by their number, to an account, before what was chosen and remembered. Where
    something speaks against an entry that lies ahead, it comes in for `override_reason` or stays out."""
    found = CalendarFile.objects.select_for_update().get(pk=file.pk)
    if found.person_id != actor.pk:
        raise RuleViolation(_("This calendar belongs to somebody else."))
    if not found.is_ready:
        return found
    seen = preview(found)
    report: dict[str, Any] = {turn.value: 0 for turn in Turn} | {
        "refused": [{"line": one.line, "title": one.title, "sentence": one.sentence} for one in seen.refused[:200]]
    }
    for item in seen.items:
        try:
            with transaction.atomic():
                account = accounts.get(item.number, item.chosen)
                turn = _brought_in(actor, found, item, past_took_place, account, override_reason)
        except RuleViolation as refusal:
            report["refused"].append(
                {"line": item.event.line, "title": item.event.summary, "sentence": refusal.sentence}
            )
        else:
            report[turn.value] += 1
    found.report, found.state, found.content = report, CalendarFileState.DONE, b""
    found.save()
    return found


def _brought_in(
    actor: User, file: CalendarFile, item: Item, past_took_place: bool, account: Account | None, reason: str
) -> Turn:
    turn = item.turn
    if turn == Turn.UNKNOWN and account is not None:
        turn = Turn.PLAN if _at(item.event, actor.zone) > timezone.now() else Turn.HOLD
    if turn == Turn.HOLD and not past_took_place:
        return Turn.LEFT
    if turn in (Turn.PLAN, Turn.HOLD):
        made = log_interaction(actor=actor, facts=_facts(actor, item, [account] if account else [], reason))
        if turn == Turn.HOLD and made.is_planned:
            hold_interaction(actor=actor, interaction=made)
        CalendarEntry.objects.create(
            person=actor,
            uid=item.event.uid,
            instance=_instance(item.event),
            sequence=item.event.sequence,
            times=_times(item.event),
            file=file,
            interaction=made,
        )
    elif turn == Turn.UPDATE and item.entry is not None:
        talk = item.entry.interaction
        # What people wrote since stays: only time, length, title and who takes part come from the calendar.
        facts = replace(
            _facts(actor, item, list(talk.present), reason),
            kind=talk.kind,
            notes=talk.notes,
            outcome=talk.outcome,
            is_private=talk.is_private,
            contacts=list({one.pk: one for one in (*talk.contacts.all(), *item.known.contacts)}.values()),
        )
        edit_interaction(actor=actor, interaction=talk, facts=facts, version=talk.version)
        CalendarEntry.objects.filter(pk=item.entry.pk).update(sequence=item.event.sequence, times=_times(item.event))
    elif turn == Turn.CANCEL and item.entry is not None:
        cancel_interaction(actor=actor, interaction=item.entry.interaction, reason=_("Called off in the calendar."))
    return turn


def _facts(actor: User, item: Item, accounts: list[Account], reason: str) -> Facts:
    event = item.event
    # What is over cannot be held up any more; what lies ahead is asked about like any other talk.
    is_over = _at(event, actor.zone) <= timezone.now()
    return Facts(
        kind=InteractionKind.MEETING,
        at=_at(event, actor.zone),
        accounts=accounts,
        minutes=0 if event.is_all_day else event.minutes,
        subject=event.summary[:200],
        notes="\n".join(filter(None, [event.location, event.description])),
        contacts=item.known.contacts,
        colleagues=list({one.pk: one for one in (actor, *item.known.colleagues)}.values()),
        is_private=event.is_private,
        override_reason=_("It took place before it was entered.") if is_over else reason,
    )


@transaction.atomic
def take_back(*, actor: User, file: CalendarFile) -> CalendarFile:
    """Put in the trash what this file brought. What it updated or called off stays. A second time changes nothing."""
    found = CalendarFile.objects.select_for_update().get(pk=file.pk)
    if found.person_id != actor.pk:
        raise RuleViolation(_("This calendar belongs to somebody else."))
    if found.may_be_taken_back:
        entries = CalendarEntry.objects.filter(file=found).select_related("interaction").order_by("pk")
        for entry in entries:
            if not entry.interaction.is_discarded:
                discard_interaction(actor=actor, interaction=entry.interaction, reason=_("A calendar was taken back."))
        entries.delete()
        found.state = CalendarFileState.TAKEN_BACK
        found.save(update_fields=["state"])
    return found
