"""What the customer gets: the words of an invitation, an update or a cancellation, and its calendar part.

Nothing internal goes out: no notes, comments, criteria or kinds of items. Each person is named in their own letter
only, so that nobody learns who else was asked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Contact
from meetings.models import Channel, Meeting, Method
from pmcrm.calendars import ical
from pmcrm.notices.drop import answer_address
from pmcrm.people.models import Organisation

if TYPE_CHECKING:
    from pmcrm.people.models import User

MOST_WRITTEN_TO: Final = 50


@dataclass(frozen=True)
class Letter:
    """One mail as it would go out."""

    contact: Contact
    email: str
    method: str
    sequence: int
    subject: str
    text: str
    calendar: bytes


def contacts_to_write(meeting: Meeting, user: User) -> list[Contact]:
    """The people on their side who can be written to."""
    there = Contact.objects.visible_to(user).filter(interactions=meeting.pk).still_there()
    return list(there.exclude(email="").select_related("account").order_by("pk")[:MOST_WRITTEN_TO])


def snapshot(meeting: Meeting) -> dict[str, Any]:
    """What a customer is told of a meeting; what they have is out of date once this differs."""
    where = {name: getattr(meeting, name) for name in ("channel", "place", "link")}
    return snapshot_of_plan(meeting) | {"title": title_of(meeting)} | where


def is_outdated(meeting: Meeting) -> bool:
    """The customer has an invitation that says something else than the meeting does now."""
    return meeting.customer_has_it and meeting.told != snapshot(meeting)


def same_agenda(meeting: Meeting) -> bool:
    """The customer has these items, and before the meeting also its time: what they were sent last counts."""
    told, now = meeting.told, snapshot_of_plan(meeting)
    names = ("items", "at", "minutes") if meeting.interaction.is_planned else ("items",)
    return bool(told) and all(told.get(name) == now[name] for name in names)


def snapshot_of_plan(meeting: Meeting) -> dict[str, Any]:
    """When it begins, how long it takes and what it is about."""
    talk = meeting.interaction
    items = [{"text": one.text, "minutes": one.minutes, "led_by": one.led_by} for one in meeting.items.all()]
    return {"at": talk.at.isoformat(), "minutes": talk.minutes, "items": items}


def title_of(meeting: Meeting) -> str:
    """The subject, else who meets whom."""
    talk = meeting.interaction
    if talk.subject:
        return talk.subject
    names = ", ".join(account.name for account in talk.present)
    return _("%(ours)s and %(theirs)s") % {"ours": Organisation.current().name, "theirs": names}


def letters_for(meeting: Meeting, contacts: Sequence[Contact], method: str, sequence: int) -> list[Letter]:
    """What would go to these people, in their own time zone."""
    return [_letter(meeting, contact, method, sequence) for contact in contacts]


def digest_of(meeting: Meeting) -> str:
    """Says whether anything that the customer reads has changed since somebody looked at it."""
    ours = sorted(one.name for one in meeting.interaction.colleagues.all())
    said = [snapshot(meeting), next_sequence(meeting), ours, meeting.organiser.name, meeting.state]
    return hashlib.sha256(json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def next_sequence(meeting: Meeting) -> int:
    """Zero for the first invitation, then one more for each that replaces it."""
    return meeting.sequence + 1 if meeting.sent_at else 0


def _letter(meeting: Meeting, contact: Contact, method: str, sequence: int) -> Letter:
    talk, organisation = meeting.interaction, Organisation.current()
    zone = contact.zone_name or organisation.time_zone
    title = title_of(meeting)
    is_update = method == Method.REQUEST and sequence > 0
    context = {
        "meeting": meeting,
        "talk": talk,
        "title": title,
        "organisation": organisation,
        "organiser": meeting.organiser,
        "contact": contact,
        "items": list(meeting.items.all()),
        "ours": [one.name for one in talk.colleagues.all()],
        "start": timezone.localtime(talk.at, ZoneInfo(zone)),
        "zone": zone,
        "is_update": is_update,
        "where": where(meeting),
    }
    kind = "cancellation" if method == Method.CANCEL else "invitation"
    with timezone.override(ZoneInfo(zone)):
        subject = " ".join(render_to_string(f"meetings/mail/{kind}_subject.txt", context).split())
        text = render_to_string(f"meetings/mail/{kind}.txt", context).strip() + "\n"
    event = ical.Event(
        uid=meeting.uid,
        start=talk.at,
        end=talk.at + dt.timedelta(minutes=max(talk.minutes, 1)),
        zone=zone,
        sequence=sequence,
        summary=title,
        description=text,
        location=where(meeting),
        url=meeting.link,
        organizer=ical.Attendee(
            email=answer_address(meeting.organiser), name=f"{meeting.organiser.name}, {organisation.name}"
        ),
        attendees=(ical.Attendee(email=contact.email, name=contact.name, is_asked=method == Method.REQUEST),),
        status=ical.Status.CANCELLED if method == Method.CANCEL else ical.Status.CONFIRMED,
    )
    return Letter(
        contact=contact,
        email=contact.email,
        method=method,
        sequence=sequence,
        subject=subject[:250],
        text=text,
        calendar=ical.write([event], method),
    )


def where(meeting: Meeting) -> str:
    """The room, the number to call or the link, in a line."""
    usual = {Channel.PHONE: _("By phone"), Channel.ONLINE: meeting.link or _("Online")}
    return meeting.place or usual.get(Channel(meeting.channel), "")
