"""A meeting is planned, gets its agenda and its success criteria."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.limits import engagement
from meetings.models import AgendaItem, Channel, Criterion, Invitee, ItemKind, Meeting, MeetingQuerySet, Stage
from meetings.rules import MOST_CRITERIA
from meetings.services.moving import locked, save_written, tell, to_prepare
from pmcrm.errors import RuleViolation
from touchpoints.models import Interaction, InteractionKind
from touchpoints.permissions import may_change
from touchpoints.services.interactions import Facts, log_interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_TEXT: Final = 200
PREPARED: Final = ("channel", "place", "link")


@dataclass(frozen=True)
class Item:
    """An agenda item as somebody enters it."""

    text: str
    minutes: int
    kind: str = ItemKind.NORMAL
    led_by: str = ""


@dataclass(frozen=True)
class Setting:
    """How people come together, and where."""

    channel: str = Channel.ONLINE
    place: str = ""
    link: str = ""


@transaction.atomic
def plan_meeting(*, actor: User, facts: Facts, setting: Setting | None = None) -> Meeting:
    """Plan a talk ahead and begin its preparation; who owns the relationship is asked to take part."""
    if not facts.lies_ahead:
        sentence = _("Choose a time ahead. Log what has been as a meeting that was held.")
        raise RuleViolation(sentence, fields={"at": sentence})
    talk = log_interaction(actor=actor, facts=replace(facts, kind=InteractionKind.MEETING))
    return open_meeting(actor=actor, interaction=talk, setting=setting)


@transaction.atomic
def open_meeting(*, actor: User, interaction: Interaction, setting: Setting | None = None) -> Meeting:
    """Begin preparing a meeting that is planned, or scoring one that was held. A second time changes nothing but how
    and where one takes place of which that was not said yet."""
    talk = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    there = Meeting.objects.filter(pk=talk.pk).first()
    if there is not None:
        if setting is not None and there.version == 1 and there.stage == Stage.DRAFT and may_change(actor, talk):
            _describe(there, setting)
            there.save(update_fields=PREPARED)
        return there
    if not may_change(actor, talk):
        raise RuleViolation(_("Only its author and the colleagues who took part prepare this meeting."))
    if talk.kind != InteractionKind.MEETING:
        raise RuleViolation(_("Only a meeting has an agenda. Correct what kind of talk it is first."))
    if talk.is_discarded or talk.is_cancelled:
        raise RuleViolation(_("This meeting was called off."))
    made = Meeting(interaction=talk, organiser=actor)
    _describe(made, setting or Setting())
    made.save(force_insert=True)
    if talk.is_planned and not talk.is_private:
        _invite_owners(made)
    tell(actor, "opened", made)
    return made


def begin_planned(actor: User, interaction: Interaction) -> None:
    """Whoever plans a meeting anywhere begins to prepare it, and whoever owns the relationship is asked."""
    if interaction.kind == InteractionKind.MEETING:
        open_meeting(actor=actor, interaction=interaction)


@transaction.atomic
def describe_meeting(*, actor: User, meeting: Meeting, setting: Setting, version: int) -> Meeting:
    """Say how and where it takes place."""
    found, _to = to_prepare(actor, meeting, "write", version)
    _describe(found, setting)
    save_written(found, *PREPARED)
    tell(actor, "described", found, channel=found.channel)
    return found


@transaction.atomic
def write_agenda(*, actor: User, meeting: Meeting, items: Sequence[Item], version: int) -> Meeting:
    """Put the whole agenda anew. Refuses minutes that do not fit; what sales approved needs a review anew."""
    found, to = to_prepare(actor, meeting, "write", version)
    _check(found, items)
    before = found.items_written()
    after = [
        {"text": one.text.strip(), "kind": one.kind, "minutes": one.minutes, "led_by": one.led_by.strip()}
        for one in items
    ]
    if before == after:
        return found
    found.items.all().delete()
    AgendaItem.objects.bulk_create(AgendaItem(meeting=found, position=n, **row) for n, row in enumerate(after))
    _back_to(found, to)
    tell(actor, "agenda_written", found, items=len(items), minutes=sum(one.minutes for one in items))
    return found


@transaction.atomic
def write_criteria(*, actor: User, meeting: Meeting, texts: Sequence[str], version: int) -> Meeting:
    """Put the success criteria anew: one to three, or none."""
    found, to = to_prepare(actor, meeting, "write", version)
    wanted = [words for text in texts if (words := " ".join(text.split()))]
    if len(wanted) > MOST_CRITERIA:
        sentence = _("At most %(most)d criteria: what matters most.") % {"most": MOST_CRITERIA}
        raise RuleViolation(sentence, fields={"criteria": sentence})
    if any(len(words) > LONGEST_TEXT for words in wanted):
        sentence = _("A criterion has at most %(most)d characters.") % {"most": LONGEST_TEXT}
        raise RuleViolation(sentence, fields={"criteria": sentence})
    if [one.text for one in found.criteria.all()] == wanted:
        return found
    found.criteria.all().delete()
    Criterion.objects.bulk_create(Criterion(meeting=found, position=n, text=words) for n, words in enumerate(wanted))
    _back_to(found, to)
    tell(actor, "criteria_written", found, count=len(wanted))
    return found


@transaction.atomic
def hand_over_meetings(*, actor: User, person: User, successor: User) -> int:
    """All meetings of `person` that are not closed become the successor's. Returns how many."""
    found = list(open_of(person))
    for meeting in map(locked, found):
        meeting.organiser = successor
        meeting.save(update_fields=["organiser"])
        meeting.interaction.colleagues.add(successor)
        tell(actor, "handed_over", meeting, changes={"organiser": [person.name, successor.name]})
    return len(found)


def open_of(person: User) -> MeetingQuerySet:
    """Meetings that the person has still to bring to an end."""
    return Meeting.objects.kept().of(person).in_state("draft", "sales_reviewed", "sent", "held").order_by("pk")


def owners_of(meeting: Meeting) -> list[User]:
    """Who in sales owns the relationship with the customers present."""
    there = Account.objects.filter(
        attendances__interaction=meeting.pk, attendances__is_second_hand=False, relationship_owner__is_active=True
    )
    found = {one.relationship_owner for one in there.select_related("relationship_owner").order_by("pk")}
    return sorted((one for one in found if one is not None), key=lambda one: one.pk)


def _describe(meeting: Meeting, setting: Setting) -> None:
    if setting.channel not in Channel.values:
        sentence = _("Choose one of: %(known)s.") % {"known": ", ".join(Channel.values)}
        raise RuleViolation(sentence, fields={"channel": sentence})
    if setting.link and not setting.link.startswith(("https://", "http://")):
        sentence = _("A link begins with https://.")
        raise RuleViolation(sentence, fields={"link": sentence})
    meeting.channel, meeting.place, meeting.link = setting.channel, setting.place.strip(), setting.link.strip()


def _invite_owners(meeting: Meeting) -> None:
    """Sales takes part by default, and may decline."""
    owners = [one for one in owners_of(meeting) if one.pk != meeting.organiser_id]
    meeting.interaction.colleagues.add(*owners)
    Invitee.objects.bulk_create(Invitee(meeting=meeting, user=one) for one in owners)


def _check(meeting: Meeting, items: Sequence[Item]) -> None:
    limits, minutes = engagement(), meeting.interaction.minutes
    refused = ""
    if len(items) > limits.agenda_items:
        refused = _("An agenda has at most %(most)d items. Put the rest into another meeting or a mail.") % {
            "most": limits.agenda_items
        }
    for number, one in enumerate(items, 1):
        if not one.text.strip() or len(one.text.strip()) > LONGEST_TEXT:
            refused = _("Item %(number)d: say what it is about, in at most %(most)d characters.") % {
                "number": number,
                "most": LONGEST_TEXT,
            }
        elif one.kind not in ItemKind.values:
            refused = _("Item %(number)d: choose one of %(known)s.") % {
                "number": number,
                "known": ", ".join(ItemKind.values),
            }
        elif not 1 <= one.minutes <= 1440:
            refused = _("Item %(number)d: say how many minutes it takes.") % {"number": number}
        elif len(one.led_by.strip()) > 100:
            refused = _("Item %(number)d: the name of who leads is too long.") % {"number": number}
    total = sum(one.minutes for one in items)
    if not refused and total > minutes:
        refused = _("%(total)d minutes of agenda do not fit the %(minutes)d minutes of the meeting.") % {
            "total": total,
            "minutes": minutes,
        }
    if refused:
        raise RuleViolation(refused, fields={"items": refused})


def _back_to(found: Meeting, to: str) -> None:
    """What was approved is not what stands there now: sales is asked to look again, before or after it went out."""
    if found.reviewed_at is not None:
        found.review_asked_at = None
    found.stage, found.reviewed_at = Stage(to), None
    save_written(found, "stage", "reviewed_at", "review_asked_at")
