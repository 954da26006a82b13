from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from pmcrm.calendars.ical import Answer, Attendee, Event, Method, Role, Status, occurrences, read, read_replies, write
from pmcrm.calendars.series import NoSeries
from pmcrm.errors import RuleViolation

BERLIN = ZoneInfo("Europe/Berlin")


def entry(*lines: str, calendar: str = "") -> bytes:
    inner = "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{calendar}{inner}\r\nEND:VCALENDAR\r\n".encode()


def meeting(**changed: object) -> Event:
    known: dict[str, object] = {
        "uid": "1@pmcrm",
        "start": datetime(2026, 10, 23, 9, 0, tzinfo=BERLIN),
        "end": datetime(2026, 10, 23, 10, 0, tzinfo=BERLIN),
        "zone": "Europe/Berlin",
        "stamp": datetime(2026, 10, 1, 8, 0, tzinfo=UTC),
    }
    return Event(**{**known, **changed})  # type: ignore[arg-type]  # the values are those of the fields


# Writing --------------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again_the_same() -> None:
    event = meeting(
        sequence=3,
        summary="Prüfung; Zahlen, Fragen",
        description="Zeile 1\nZeile 2 — " + "ß" * 100,
        location="Raum 1, Haus „B“",
        url="https://pmcrm.example/interactions/1/",
        organizer=Attendee("ada@example.com", "Ada Lovelace"),
        attendees=(
            Attendee("zoe@kunde.de", "Zoë, Leitung", Role.CHAIR, Answer.YES),
            Attendee("bo@kunde.de", "Bo", Role.OPTIONAL, Answer.NONE, is_asked=True),
        ),
        alarms=(timedelta(minutes=-15),),
        recurrence="FREQ=WEEKLY;COUNT=4",
        left_out=(datetime(2026, 10, 30, 9, 0, tzinfo=BERLIN),),
        is_private=True,
    )
    written = write([event], Method.REQUEST, name="Ada")
    assert read(written).events == (event,)
    assert (read(written).method, read(written).name) == ("REQUEST", "Ada")


def test_lines_end_in_crlf_and_are_folded() -> None:
    written = write([meeting(summary="ü" * 200)])
    lines = written.split(b"\r\n")
    assert lines[-1] == b""
    assert max(len(line) for line in lines) == 75
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert all(line.decode() is not None for line in lines)


def test_a_zone_is_defined_with_its_rules() -> None:
    text = write([meeting()]).decode()
    assert "DTSTART;TZID=Europe/Berlin:20261023T090000\r\n" in text
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20250330T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n" in text
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n" in text
    assert "TZID:UTC" not in write([meeting(zone="UTC")]).decode()


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_the_definition_alone_tells_the_same_instants(name: str) -> None:
    zone = ZoneInfo(name)
    days = [datetime(2026, 1, 1, 12, 0, tzinfo=zone) + timedelta(days=step) for step in range(0, 730, 10)]
    text = write([meeting(uid=str(at), start=at, end=at, zone=name) for at in days]).decode()
    # A reader that never heard of the name has nothing but the definition.
    unknown = text.replace(f"TZID:{name}", "TZID:Nowhere").replace(f"TZID={name}", "TZID=Nowhere")
    unknown = unknown.replace(f"X-LIC-LOCATION:{name}\r\n", "")
    assert [event.start for event in read(unknown.encode()).events] == days


def test_nothing_can_be_smuggled_in() -> None:
    event = meeting(
        summary="a\r\nATTENDEE:mailto:evil@x.y\0",
        url="https://x.y/\r\nX-EVIL:1",
        organizer=Attendee("a@x.y\r\nX-EVIL:2", 'Z"\r\nX-EVIL:3'),
    )
    (found,) = Calendar.from_ical(write([event])).walk("VEVENT")
    assert sorted(found) == ["DTEND", "DTSTAMP", "DTSTART", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "UID", "URL"]


def test_a_time_without_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        write([meeting(start=datetime(2026, 1, 1, 9, 0))])  # noqa: DTZ001  that is what is refused


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("Eastern Standard Time", "America/New_York"),
        ('"China Standard Time"', "Asia/Shanghai"),
        ("utc", "UTC"),
    ],
)
def test_zones_by_other_names(named: str, zone: str) -> None:
    (event,) = read(entry("UID:1", f"DTSTART;TZID={named}:20260701T100000")).events
    assert (event.start, event.zone) == (datetime(2026, 7, 1, 10, 0, tzinfo=ZoneInfo(zone)), zone)


def test_an_unknown_zone_is_asked_for_and_never_taken_as_universal() -> None:
    content = entry("UID:1", "SUMMARY:Plan", "DTSTART;TZID=Head Office:20260701T100000")
    reading = read(content, floating="Europe/Berlin")
    assert (reading.events, reading.unknown_zones) == ((), ["Head Office"])
    (refused,) = reading.refused
    assert (refused.line, refused.title) == (3, "Plan")
    assert refused.sentence == "Nobody knows the time zone “Head Office”. Say which zone it is, such as Europe/Berlin."
    (event,) = read(content, answers={"Head Office": "Asia/Tokyo"}).events
    assert event.start == datetime(2026, 7, 1, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_zone_that_only_the_file_defines_is_taken_with_a_word() -> None:
    defined = (
        "BEGIN:VTIMEZONE\r\nTZID:Head Office\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0330\r\n"
        "TZOFFSETTO:+0330\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    (event,) = read(entry("UID:1", "DTSTART;TZID=Head Office:20260701T100000", calendar=defined)).events
    assert event.start == datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    assert event.remarks == ("The zone “Head Office” is known only from this file. Its times were taken by that.",)


def test_times_that_name_no_zone_are_those_of_the_reader() -> None:
    (event,) = read(entry("UID:1", "DTSTART:20260701T100000"), floating="Europe/Berlin").events
    assert event.start == datetime(2026, 7, 1, 10, 0, tzinfo=BERLIN)
    assert event.remarks == ("It names no time zone: its times were taken as those of Europe/Berlin.",)
    (event,) = read(entry("UID:1", "DTSTART:20260701T100000", calendar="X-WR-TIMEZONE:Asia/Tokyo\r\n")).events
    assert event.zone == "Asia/Tokyo"


def test_without_uid_the_content_names_the_entry() -> None:
    first, again = (read(entry("DTSTART:20260701T100000Z", "SUMMARY:A")).events[0] for _ in range(2))
    other = read(entry("DTSTART:20260701T100000Z", "SUMMARY:B")).events[0]
    assert first.uid == again.uid != other.uid
    assert first.uid.endswith("@content.pmcrm")


def test_days_lengths_and_orders() -> None:
    (day,) = read(entry("UID:1", "DTSTART;VALUE=DATE:20260701")).events
    assert (day.start, day.end, day.is_all_day) == (date(2026, 7, 1), date(2026, 7, 2), True)
    (long,) = read(entry("UID:1", "DTSTART;TZID=Europe/Berlin:20261025T013000", "DURATION:PT2H")).events
    assert (long.minutes, long.end) == (120, datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1))
    reading = read(entry("UID:1", "DTSTART:20260701T100000Z", "DTEND:20260701T090000Z"))
    assert [each.sentence for each in reading.refused] == ["It ends before it begins."]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("UID:1",), "The entry does not say when it begins (DTSTART)."),
        (("UID:1", "DTSTART:tomorrow"), "“tomorrow” is no time (DTSTART). Right would be 20261231T140000."),
        (
            ("UID:1", "DTSTART:20260701T100000Z", "DTEND;VALUE=DATE:20260702"),
            "It begins at a time and ends on a day, or the other way round.",
        ),
        (
            ("UID:1", "DTSTART:20260701T100000Z", "RRULE:FREQ=OFTEN"),
            "The rule by which the entry repeats cannot be understood (RRULE).",
        ),
    ],
)
def test_a_bad_entry_is_refused_and_the_good_one_beside_it_taken(lines: tuple[str, ...], sentence: str) -> None:
    good = entry("UID:2", "DTSTART:20260701T100000Z").replace(b"END:VCALENDAR\r\n", b"")
    bad = entry(*lines).partition(b"VERSION:2.0\r\n")[2]
    reading = read(good + bad)
    assert [event.uid for event in reading.events] == ["2"]
    assert [(each.line, each.sentence) for each in reading.refused] == [(7, sentence)]


def test_a_file_that_is_cut_off() -> None:
    reading = read(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260701T1")
    assert [each.sentence for each in reading.refused] == ["The entry is cut off: its last line END:VEVENT is missing."]


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(200), b"BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n"]
)
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(RuleViolation, match="This is no calendar file"):
        read(content)


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(RuleViolation, match="larger than 20 MB"):
        read(bytes(20 * 1000**2 + 1))
    many = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5_001
    with pytest.raises(RuleViolation, match=r"more than 5,000 entries"):
        read(many)


def test_encodings_and_line_ends() -> None:
    text = entry("UID:1", "DTSTART:20260701T100000Z", "SUMMARY:Größe").decode()
    for content in (
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        text.encode("cp1252"),
        text.replace("\r\n", "\n").encode(),
        # Folded in the middle of the letter ö.
        text.encode().replace("ö".encode(), b"\xc3\r\n \xb6"),
    ):
        assert [event.summary for event in read(content).events] == ["Größe"]


def test_people_of_an_entry() -> None:
    (event,) = read(
        entry(
            "UID:1",
            "DTSTART:20260701T100000Z",
            "ORGANIZER;CN=Ada:MAILTO:Ada@Example.com",
            'ATTENDEE;CN="Doe, Jo";PARTSTAT=DECLINED;ROLE=OPT-PARTICIPANT:mailto:jo@x.y',
            "ATTENDEE;CN=Room 1:invalid:nomail",
            "ATTENDEE:mailto:jo@x.y",
        )
    ).events
    assert event.organizer == Attendee("ada@example.com", "Ada")
    assert event.attendees == (Attendee("jo@x.y", "Doe, Jo", Role.OPTIONAL, Answer.NO), Attendee("", "Room 1"))


def test_a_cancelled_calendar_cancels_its_entries() -> None:
    (event,) = read(entry("UID:1", "DTSTART:20260701T100000Z", calendar="METHOD:CANCEL\r\n")).events
    assert event.status is Status.CANCELLED


# Series ---------------------------------------------------------------------------------------------------------------


def test_a_weekly_meeting_stays_at_nine_over_the_change_of_the_clock() -> None:
    series = meeting(recurrence="FREQ=WEEKLY", left_out=(datetime(2026, 11, 6, 9, 0, tzinfo=BERLIN),))
    since, until = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    found = [(each.start.isoformat(), each.minutes) for each in occurrences(series, since, until)]
    assert found == [
        ("2026-10-23T09:00:00+02:00", 60),
        ("2026-10-30T09:00:00+01:00", 60),
        ("2026-11-13T09:00:00+01:00", 60),
    ]


def test_a_series_ends_with_its_rule_its_window_and_a_limit() -> None:
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    daily = meeting(recurrence="FREQ=DAILY;UNTIL=20261025T080000Z")
    assert [each.start.day for each in occurrences(daily, since, until) if isinstance(each.start, datetime)] == [
        23,
        24,
        25,
    ]
    assert len(list(occurrences(meeting(recurrence="FREQ=DAILY"), since, until))) == 400
    never = meeting(recurrence="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    assert [each.start for each in occurrences(never, since, until)] == [meeting().start]


@pytest.mark.parametrize(
    "rule", ["FREQ=HOURLY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYHOUR=1,2", "FREQ=X"]
)
def test_a_rule_that_cannot_be_followed_is_refused(rule: str) -> None:
    with pytest.raises(NoSeries):
        list(occurrences(meeting(recurrence=rule), datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)))


# Replies --------------------------------------------------------------------------------------------------------------


def test_answers_to_an_invitation() -> None:
    lines = (
        "UID:1@pmcrm",
        "SEQUENCE:2",
        "DTSTAMP:20261001T080000Z",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:Zoe@kunde.de",
        "COMMENT:gern",
    )
    (reply,) = read_replies(entry(*lines, calendar="METHOD:REPLY\r\n"))
    assert (reply.uid, reply.email, reply.answer, reply.sequence, reply.comment) == (
        "1@pmcrm",
        "zoe@kunde.de",
        Answer.YES,
        2,
        "gern",
    )
    assert reply.at == datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
    assert read_replies(entry(*lines)) == []


# Real files -----------------------------------------------------------------------------------------------------------


@pytest.mark.real_input
def test_real_calendars(shared_data: Path) -> None:
    folder = shared_data / "data" / "contacts_calendars" / "raw" / "ics"
    read_files = {path.name: read(path.read_bytes(), floating="Europe/Berlin") for path in folder.glob("*/*.ics")}
    assert {name: (len(each.events), len(each.refused)) for name, each in read_files.items()} == {
        "valid_google_aus_holidays.ics": (96, 0),
        "timezoned.ics": (1, 0),
        "alarm_google_future.ics": (1, 0),
    }
    holidays = read_files["valid_google_aus_holidays.ics"].events
    assert (holidays[0].summary, holidays[0].start, holidays[0].recurrence) == (
        "Christmas",
        date(2004, 12, 25),
        "FREQ=YEARLY",
    )
    (sprint,) = read_files["timezoned.ics"].events
    assert sprint.start == datetime(2012, 2, 13, 10, 0, tzinfo=ZoneInfo("Europe/Vienna"))
    (alarms,) = read_files["alarm_google_future.ics"].events
    assert [int(before.total_seconds() // 60) for before in alarms.alarms] == [-15, -14, -10]
