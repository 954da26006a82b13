"""A calendar read from anybody's file: what can be understood, and what cannot, with a sentence and its line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Component
from icalendar.parser import Contentline
from icalendar.prop import vBroken

from pmcrm.calendars.event import Answer, Attendee, Event, Role, Status
from pmcrm.calendars.lines import Block, blocks
from pmcrm.calendars.zones import is_like, zone_defined, zone_named
from pmcrm.errors import RuleViolation

MOST_BYTES: Final = 20 * 1000**2
MOST_EVENTS: Final = 5_000
LONGEST_TEXT: Final = 20_000
MOST_LEFT_OUT: Final = 1000
_TIMES: Final = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Refused:
    """An entry that was not taken: where it begins, what it is called, why, and what would be right."""

    line: int
    title: str
    sentence: str
    unknown_zone: str = ""


@dataclass(frozen=True)
class Reading:
    """What a file holds. `others` counts tasks, journals and the like, which are left aside."""

    events: tuple[Event, ...]
    refused: tuple[Refused, ...]
    method: str = ""
    name: str = ""
    others: int = 0

    @property
    def unknown_zones(self) -> list[str]:
        """Names of zones that somebody has to explain, each once."""
        return sorted({each.unknown_zone for each in self.refused if each.unknown_zone})


@dataclass(frozen=True)
class Reply:
    """What an invited person answered to the event `uid`, as of its `sequence`."""

    uid: str
    email: str
    answer: Answer
    sequence: int
    at: datetime
    comment: str = ""


class _Refusal(Exception):
    def __init__(self, sentence: str, unknown_zone: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.unknown_zone = sentence, unknown_zone


@dataclass
class _Zones:
    """How a file names zones, and what was answered about them."""

    floating: str
    answers: Mapping[str, str]
    defined: dict[str, tuple[str, tzinfo | None]]

    def of(self, name: str, wall: datetime) -> tuple[tzinfo, str, str]:
        """The zone, the IANA name to keep, and a remark. Refuses a name that neither we nor the file can explain."""
        if known := zone_named(name, self.answers):
            return ZoneInfo(known), known, ""
        location, own = self.defined.get(name, ("", None))
        if location:
            return ZoneInfo(location), location, ""
        if own is not None and is_like(own, self.floating, wall):
            return ZoneInfo(self.floating), self.floating, ""
        if own is not None:
            said = _("The zone “%(zone)s” is known only from this file. Its times were taken by that.") % {"zone": name}
            return own, "UTC", said
        raise _Refusal(
            _("Nobody knows the time zone “%(zone)s”. Say which zone it is, such as Europe/Berlin.") % {"zone": name},
            unknown_zone=name,
        )


def read(content: bytes, *, floating: str = "UTC", answers: Mapping[str, str] | None = None) -> Reading:
    """Read a calendar file. `floating` is the IANA zone for times that name none; `answers` explains odd zones.

    A file that is no calendar at all, too large or with too many entries is refused whole (`RuleViolation`); a bad
    entry never holds up the good ones. An entry without UID gets one made of its content, so that it is known again.
    """
    if len(content) > MOST_BYTES:
        raise RuleViolation(_("This calendar is larger than 20 MB. Export a shorter span of time."), code="too_large")
    found, timezones, calendar, others = list[Block](), list[Block](), None, 0
    for block in blocks(content):
        if block.kind == "VEVENT":
            found.append(block)
        elif block.kind == "VTIMEZONE":
            timezones.append(block)
        elif block.kind == "VCALENDAR":
            calendar = block
        else:
            others += 1
        if len(found) > MOST_EVENTS:
            raise RuleViolation(
                _("This calendar has more than 5,000 entries. Export a shorter span of time."), code="too_large"
            )
    if calendar is None or not calendar.line:
        raise RuleViolation(
            _("This is no calendar file: the line BEGIN:VCALENDAR is missing. Export it as iCalendar (.ics)."),
            code="no_calendar",
        )
    own = _values(calendar.lines)
    zones = _Zones(zone_named(own.get("X-WR-TIMEZONE", "")) or floating, answers or {}, _defined(timezones))
    events, refused = list[Event](), list[Refused]()
    method = own.get("METHOD", "").upper()
    for block in found:
        try:
            event = _event(block, zones)
        except _Refusal as refusal:
            title = _values(block.lines).get("SUMMARY", "")[:200]
            refused.append(Refused(block.line, title, refusal.sentence, refusal.unknown_zone))
        else:
            events.append(replace(event, status=Status.CANCELLED) if method == "CANCEL" else event)
    return Reading(tuple(events), tuple(refused), method, own.get("X-WR-CALNAME", "")[:200], others)


def read_replies(content: bytes) -> list[Reply]:
    """The answers in a calendar part with METHOD:REPLY. Anything else holds none."""
    if len(content) > MOST_BYTES:
        return []
    replies, method = list[Reply](), ""
    for block in blocks(content):
        if block.kind == "VCALENDAR":
            method = _values(block.lines).get("METHOD", "").upper()
        if block.kind != "VEVENT":
            continue
        try:
            component = _component(block, None)
        except _Refusal:
            continue
        uid, stamp = _text(component, "UID"), _moment(component, "DTSTAMP")
        at = stamp if isinstance(stamp, datetime) and stamp.tzinfo else datetime.now(UTC)
        for person in _people(component, "ATTENDEE"):
            if uid and person.email and person.answer is not Answer.NONE:
                replies.append(
                    Reply(uid, person.email, person.answer, _number(component), at, _text(component, "COMMENT"))
                )
    return replies if method == "REPLY" else []


def _values(lines: list[str]) -> dict[str, str]:
    """Plain values by name, the first of each: enough for what stands on a calendar itself."""
    found: dict[str, str] = {}
    for line in lines:
        name, _colon, value = line.partition(":")
        found.setdefault(name.partition(";")[0].strip().upper(), value.strip().replace("\\,", ",").replace("\\n", " "))
    return found


def _defined(timezones: list[Block]) -> dict[str, tuple[str, tzinfo | None]]:
    found = {}
    for block in timezones[:200]:
        own = _values(block.lines)
        name, location = own.get("TZID", "").strip('"'), zone_named(own.get("X-LIC-LOCATION", ""))
        if name and not zone_named(name):
            found[name] = (location or "", None if location else zone_defined(block.lines))
    return found


def _component(block: Block, zones: _Zones | None) -> Component:
    """The library's reading of one entry, with every zone told by its IANA name before."""
    if not block.is_whole:
        raise _Refusal(_("The entry is cut off: its last line END:VEVENT is missing."))
    lines = [_named(line, zones) if line.upper().startswith(_TIMES) else line for line in block.lines]
    try:
        return Component.from_ical(("\r\n".join(lines) + "\r\n").encode())
    except (ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        # The library has no common error for what it cannot read.
        raise _Refusal(_("The entry cannot be understood: %(why)s") % {"why": str(error)[:200]}) from error


def _named(line: str, zones: _Zones | None) -> str:
    try:
        name, parameters, value = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]  # the library's method has no types
    except ValueError:
        return line
    zone, value = parameters.pop("TZID", None), value.strip()
    if str(parameters.get("VALUE", "")).upper() == "PERIOD":
        # When it begins: each lasts as long as the first one.
        parameters["VALUE"], value = "DATE-TIME", ",".join(one.partition("/")[0] for one in value.split(","))
    if value[:8].isdecimal():
        # Of a series that leaves out thousands of days the first ones: the library needs long for each.
        value = ",".join(value[:LONGEST_TEXT].upper().split(",")[:MOST_LEFT_OUT])
    # A day has no zone, and a time that ends in Z is universal whatever zone stands beside it.
    if zones is not None and isinstance(zone, str) and not value.endswith("Z") and "T" in value:
        known = zone_named(zone, zones.answers)
        if known is None:
            zones.of(zone, datetime(2026, 1, 1))  # noqa: DTZ001  refuses an unknown name, keeps one that the file defines
        if known == "UTC":
            value = ",".join(f"{moment}Z" for moment in value.split(","))
        else:
            # What only the file defines keeps its name, which the library leaves without a zone.
            parameters["TZID"] = known or f"X {zone}"
    return f"{name}{';' if parameters else ''}{parameters.to_ical().decode() if parameters else ''}:{value}"


def _event(block: Block, zones: _Zones) -> Event:
    component = _component(block, zones)
    start, zone, remark = _when(component, "DTSTART", zones)
    if start is None:
        raise _Refusal(_("The entry does not say when it begins (DTSTART)."))
    end, _same, _remark = _when(component, "DTEND", zones)
    end = _end(component, start, end)
    instance, _same, _remark = _when(component, "RECURRENCE-ID", zones)
    rule = component.get("RRULE")
    if isinstance(rule, vBroken | list):
        raise _Refusal(_("The rule by which the entry repeats cannot be understood (RRULE)."))
    organizer = _people(component, "ORGANIZER")
    event = Event(
        uid=_text(component, "UID")[:255],
        start=start,
        end=end,
        zone=zone,
        sequence=_number(component),
        summary=_text(component, "SUMMARY")[:500],
        description=_text(component, "DESCRIPTION")[:LONGEST_TEXT],
        location=_text(component, "LOCATION")[:500],
        url=_text(component, "URL")[:500],
        organizer=organizer[0] if organizer else None,
        attendees=_people(component, "ATTENDEE"),
        status=_word(Status, _text(component, "STATUS"), Status.CONFIRMED),
        alarms=_alarms(component, start),
        recurrence=rule.to_ical().decode() if rule is not None else "",
        left_out=_days(component, "EXDATE", zones),
        added=_days(component, "RDATE", zones),
        instance=instance,
        stamp=_stamp(component),
        is_private=_text(component, "CLASS").upper() in ("PRIVATE", "CONFIDENTIAL"),
        remarks=(remark,) if remark else (),
        line=block.line,
    )
    return event if event.uid else replace(event, uid=_derived(event))


def _of(value: Any) -> object:
    """The time or length that a property holds. What the library calls broken would raise where it is asked."""
    return None if isinstance(value, vBroken) else getattr(value, "dt", None)


def _when(component: Component, name: str, zones: _Zones) -> tuple[datetime | date | None, str, str]:
    value = component.get(name)
    if value is None:
        return None, "", ""
    if isinstance(value, list):
        value = value[0]
    moment = _of(value)
    if not isinstance(moment, date):
        said = _("“%(value)s” is no time (%(field)s). Right would be 20261231T140000.")
        raise _Refusal(said % {"value": str(value)[:60], "field": name})
    return _placed(value, moment, zones)


def _placed(value: Any, moment: datetime | date, zones: _Zones) -> tuple[datetime | date, str, str]:
    if not isinstance(moment, datetime):
        return moment, "", ""
    zone = str(value.params.get("TZID", ""))
    if isinstance(moment.tzinfo, ZoneInfo):
        return moment, moment.tzinfo.key, ""
    if moment.tzinfo is not None:
        return moment.astimezone(ZoneInfo("UTC")), "UTC", ""
    if zone:
        known, kept, remark = zones.of(zone.removeprefix("X "), moment)
        return moment.replace(tzinfo=known).astimezone(ZoneInfo(kept)), kept, remark
    said = _("It names no time zone: its times were taken as those of %(zone)s.") % {"zone": zones.floating}
    return moment.replace(tzinfo=ZoneInfo(zones.floating)), zones.floating, said


def _end(component: Component, start: datetime | date, end: datetime | date | None) -> datetime | date:
    if end is None:
        length = _of(component.get("DURATION"))
        if isinstance(length, timedelta):
            end = _later(start, length)
        else:
            end = start if isinstance(start, datetime) else start + timedelta(days=1)
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise _Refusal(_("It begins at a time and ends on a day, or the other way round."))
    if end < start:
        raise _Refusal(_("It ends before it begins."))
    if not isinstance(start, datetime) and end == start:
        end = start + timedelta(days=1)
    return end


def _later(start: datetime | date, length: timedelta) -> datetime | date:
    if not isinstance(start, datetime):
        return start + max(length, timedelta(days=1))
    # So long on a watch: adding to a wall time would skip the hour when the clock is set.
    return (start.astimezone(UTC) + length).astimezone(start.tzinfo)


def _days(component: Component, name: str, zones: _Zones) -> tuple[datetime | date, ...]:
    value = component.get(name)
    found = list[datetime | date]()
    for each in value if isinstance(value, list) else [value]:
        for moment in ([] if isinstance(each, vBroken) else getattr(each, "dts", []))[:1000]:
            if isinstance(moment.dt, date):
                moment.params = each.params
                found.append(_placed(moment, moment.dt, zones)[0])
    return tuple(found)


def _alarms(component: Component, start: datetime | date) -> tuple[timedelta, ...]:
    found = set[timedelta]()
    for alarm in component.walk("VALARM")[:20]:
        trigger = _of(alarm.get("TRIGGER"))
        if isinstance(trigger, timedelta):
            found.add(trigger)
        elif isinstance(trigger, datetime) and isinstance(start, datetime) and trigger.tzinfo is not None:
            found.add(trigger - start)
    return tuple(sorted(found))


def _people(component: Component, name: str) -> tuple[Attendee, ...]:
    value = component.get(name)
    found: dict[str, Attendee] = {}
    for each in (value if isinstance(value, list) else [value])[:500]:
        if each is None or isinstance(each, vBroken):
            continue
        address, said = str(each).strip(), getattr(each, "params", {})
        email = address[7:] if address.casefold().startswith("mailto:") else address
        if "@" not in email or " " in email:
            email = str(said.get("EMAIL", ""))
        person = Attendee(
            email=email.strip().casefold()[:254],
            name=str(said.get("CN", "")).strip()[:200],
            role=_word(Role, str(said.get("ROLE", "")), Role.REQUIRED),
            answer=_word(Answer, str(said.get("PARTSTAT", "")), Answer.NONE),
            is_asked=str(said.get("RSVP", "")).upper() == "TRUE",
        )
        if person.email or person.name:
            found.setdefault(person.email or person.name, person)
    return tuple(found.values())


def _word(words: type[Word], text: str, otherwise: Word) -> Word:
    try:
        return words(text.strip().upper())
    except ValueError:
        return otherwise


def _text(component: Component, name: str) -> str:
    value = component.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value).strip()


def _number(component: Component) -> int:
    text = _text(component, "SEQUENCE")
    return min(int(text), 2**31 - 1) if text.isdecimal() else 0


def _moment(component: Component, name: str) -> object:
    value = component.get(name)
    return _of(value[0] if isinstance(value, list) and value else value)


def _stamp(component: Component) -> datetime | None:
    stamp = _moment(component, "DTSTAMP")
    return stamp if isinstance(stamp, datetime) and stamp.tzinfo is not None else None


def _derived(event: Event) -> str:
    """A UID made of what the entry says: the same entry of a later export is then the same."""
    who = event.organizer.email if event.organizer else ""
    said = f"{event.start.isoformat()}\n{event.end.isoformat()}\n{event.summary}\n{event.location}\n{who}"
    return f"{hashlib.sha256(said.encode()).hexdigest()[:32]}@content.pmcrm"
