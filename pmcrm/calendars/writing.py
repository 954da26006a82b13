"""A calendar written for real clients: UTF-8, CRLF, folded lines, each zone with its definition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, vCalAddress, vDuration, vRecur
from icalendar import Event as Entry

from pmcrm.calendars.definitions import definitions
from pmcrm.calendars.event import Attendee, Event, Method

PRODUCT: Final = "-//PMCRM//PMCRM//EN"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def write(
    events: Iterable[Event], method: Method | str = Method.PUBLISH, *, name: str = "", refresh: timedelta | None = None
) -> bytes:
    """A whole calendar in UTF-8 with CRLF and folded lines. An instant without a zone is a ValueError.

    `name` is the calendar's name and `refresh` how often a client that subscribed may come back.
    """
    calendar, kept = Calendar(), list(events)
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", str(method))
    if name:
        calendar.add("X-WR-CALNAME", _plain(name))
    if refresh is not None:
        calendar.add("REFRESH-INTERVAL", refresh, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(refresh))
    if any(isinstance(each, datetime) and each.tzinfo is None for event in kept for each in (event.start, event.end)):
        raise ValueError("A time in a calendar needs a zone.")
    times = [moment for event in kept for moment in (event.start, event.end) if isinstance(moment, datetime)]
    if times:
        zones = {event.zone or "UTC" for event in kept if not event.is_all_day}
        for zone in definitions(zones, min(times), max(times)):
            calendar.add_component(zone)
    now = datetime.now(UTC).replace(microsecond=0)
    for event in kept:
        calendar.add_component(_entry(event, now))
    written: bytes = calendar.to_ical(sorted=False)
    return written


def _entry(event: Event, now: datetime) -> Entry:
    entry = Entry()
    entry.add("UID", _plain(event.uid))
    entry.add("DTSTAMP", (event.stamp or now).astimezone(UTC))
    entry.add("SEQUENCE", event.sequence)
    entry.add("DTSTART", _written(event, event.start))
    entry.add("DTEND", _written(event, event.end))
    if event.instance is not None:
        entry.add("RECURRENCE-ID", _written(event, event.instance))
    if event.recurrence:
        entry.add("RRULE", vRecur.from_ical(event.recurrence))
    for moment in event.left_out:
        entry.add("EXDATE", _written(event, moment))
    for key in ("summary", "description", "location"):
        if text := _plain(getattr(event, key)):
            entry.add(key, text)
    if event.url:
        entry.add("URL", "".join(_plain(event.url).split()))
    entry.add("STATUS", str(event.status))
    if event.is_private:
        entry.add("CLASS", "PRIVATE")
    if event.organizer is not None:
        entry.add("ORGANIZER", _address(event.organizer))
    for attendee in event.attendees:
        address = _address(attendee)
        address.params["ROLE"] = str(attendee.role)
        address.params["PARTSTAT"] = str(attendee.answer)
        if attendee.is_asked:
            address.params["RSVP"] = "TRUE"
        entry.add("ATTENDEE", address)
    for before in event.alarms:
        alarm = Alarm()
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", _plain(event.summary) or "-")
        alarm.add("TRIGGER", before)
        entry.add_component(alarm)
    return entry


def _written(event: Event, moment: datetime | date) -> datetime | date:
    if not isinstance(moment, datetime):
        return moment
    there = moment.astimezone(ZoneInfo(event.zone or "UTC")).replace(microsecond=0)
    # The second of two equal times, when the clock goes back, can only be told as universal time.
    is_second = there.fold == 1 and there.utcoffset() != there.replace(fold=0).utcoffset()
    return there.astimezone(UTC) if is_second else there


def _address(person: Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{''.join(_plain(person.email).split())}")
    if person.name:
        # A parameter cannot hold a double quote (RFC 5545, 3.2).
        address.params["CN"] = " ".join(_plain(person.name).replace('"', "'").split())
    return address


def _plain(text: str) -> str:
    """Without control characters, which no calendar may hold, and with one kind of line end."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
