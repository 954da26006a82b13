"""Calendar files: looked at, brought in, brought again, taken back."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, Contact
from correspondence.models import CalendarEntry, CalendarFile
from correspondence.services.calendar_import import Turn, bring, bring_in, preview, take_back
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Hold, HoldOverride, Interaction
from touchpoints.services.interactions import move_interaction

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 20, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def entry(uid: str, start: str = "20261027T090000Z", *more: str, who: str = "kari@acme.example") -> str:
    lines = [f"UID:{uid}", f"DTSTART:{start}", "DURATION:PT45M", f"SUMMARY:Talk {uid}", *more]
    return "\r\n".join(["BEGIN:VEVENT", *lines, f"ATTENDEE:mailto:{who}" if who else "CLASS:PUBLIC", "END:VEVENT", ""])


def calendar(*entries: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(entries)}END:VCALENDAR\r\n".encode()


def came(user: User, content: bytes, *, past: bool = False, accounts: dict[int, Account] | None = None) -> CalendarFile:
    file = bring(actor=user, name="calendar.ics", content=content)
    return bring_in(actor=user, file=file, past_took_place=past, accounts=accounts or {})


def figures(file: CalendarFile) -> dict[str, int]:
    return {name: number for name, number in file.report.items() if name != "refused" and number}


def test_entries_with_people_that_we_know_are_planned(pm: User, kari: Contact, acme: Account) -> None:
    bo = build.user(email="bo@pmcrm.example")
    content = calendar(entry("1", "20261027T090000Z", "ATTENDEE:mailto:BO@pmcrm.example", "LOCATION:Room 1"))
    assert figures(came(pm, content)) == {"plan": 1}
    talk = Interaction.objects.get()
    assert (talk.kind, talk.status, talk.subject, talk.minutes) == ("meeting", "planned", "Talk 1", 45)
    assert (talk.at, talk.notes) == (dt.datetime(2026, 10, 27, 9, tzinfo=dt.UTC), "Room 1")
    assert (list(talk.accounts.all()), list(talk.contacts.all())) == ([acme], [kari])
    assert set(talk.colleagues.all()) == {pm, bo}


def test_the_same_file_again_changes_nothing(pm: User, kari: Contact) -> None:
    content = calendar(
        entry("1"), entry("2", "20261028T090000Z"), entry("", "20261029T090000Z").replace("UID:\r\n", "")
    )
    assert figures(came(pm, content)) == {"plan": 3}
    versions = sorted(Interaction.objects.values_list("pk", "version"))
    assert figures(came(pm, content)) == {"same": 3}
    assert sorted(Interaction.objects.values_list("pk", "version")) == versions


def test_a_newer_entry_updates_and_a_cancelled_one_cancels(pm: User, kari: Contact) -> None:
    came(pm, calendar(entry("1"), entry("2")))
    Interaction.objects.filter(subject="Talk 1").update(notes="Mine")
    moved = entry("1", "20261103T100000Z", "SEQUENCE:1")
    assert figures(came(pm, calendar(moved, entry("2", "20261027T090000Z", "STATUS:CANCELLED")))) == {
        "update": 1,
        "cancel": 1,
    }
    talk = Interaction.objects.get(subject="Talk 1")
    assert (talk.at, talk.notes, talk.status) == (dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC), "Mine", "planned")
    assert Interaction.objects.get(subject="Talk 2").status == "cancelled"


def test_a_moved_entry_is_updated_also_where_its_program_does_not_count(pm: User, kari: Contact) -> None:
    came(pm, calendar(entry("1")))
    moved = calendar(entry("1", "20261103T100000Z"))
    assert (figures(came(pm, moved)), figures(came(pm, moved))) == ({"update": 1}, {"same": 1})
    talk = Interaction.objects.get()
    assert (talk.at, talk.minutes) == (dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC), 45)
    longer = calendar(entry("1", "20261103T100000Z").replace("PT45M", "PT60M"))
    assert figures(came(pm, longer)) == {"update": 1}
    # The same instant by another zone's clock was not moved; what a person moved here stays, if the calendar did not.
    talk = Interaction.objects.get()
    move_interaction(actor=pm, interaction=talk, to=dt.datetime(2026, 11, 4, 8, tzinfo=dt.UTC))
    other = calendar(entry("1").replace("DTSTART:20261027T090000Z", "DTSTART;TZID=Europe/Berlin:20261103T110000"))
    assert figures(came(pm, other.replace(b"PT45M", b"PT60M"))) == {"same": 1}
    assert Interaction.objects.get().at == dt.datetime(2026, 11, 4, 8, tzinfo=dt.UTC)
    # One brought in before its times were kept is the same, as far as anybody can tell.
    CalendarEntry.objects.update(times="")
    assert figures(came(pm, moved)) == {"same": 1}


def test_days_added_to_a_series_come_in(pm: User, kari: Contact) -> None:
    weekly = entry(
        "1", "20261021T090000Z", "RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20261023T140000Z,20261028T090000Z",
        "EXDATE:20261030T090000Z", "RDATE;TZID=Europe/Berlin:20261030T100000,20261031T100000",
    )  # fmt: skip
    lone = entry("2", "20261102T090000Z", "RDATE;VALUE=PERIOD:20261103T090000Z/PT2H")
    assert figures(came(pm, calendar(weekly, lone))) == {"plan": 6}
    starts = [f"{at:%m-%d %H}" for at in Interaction.objects.order_by("at").values_list("at", flat=True)]
    assert starts == ["10-21 09", "10-23 14", "10-28 09", "10-31 09", "11-02 09", "11-03 09"]
    assert set(Interaction.objects.values_list("minutes", flat=True)) == {45}


def test_what_is_over_is_held_only_where_its_person_says_so(pm: User, kari: Contact) -> None:
    content = calendar(entry("1", "20261006T090000Z"))
    assert figures(came(pm, content)) == {"left": 1}
    assert not Interaction.objects.exists()
    again = came(pm, content, past=True)
    assert (figures(again), again.report["refused"]) == ({"hold": 1}, [])
    assert Interaction.objects.get().status == "held"


def test_entries_in_which_nobody_is_known_are_listed_and_offered(pm: User, kari: Contact, acme: Account) -> None:
    content = calendar(entry("1", who="jo@acme.example"), entry("2", who=""))
    seen = preview(bring(actor=pm, name="a.ics", content=content))
    assert [(item.turn, item.offered) for item in seen.items] == [(Turn.UNKNOWN, [acme]), (Turn.UNKNOWN, [])]
    assert figures(came(pm, content, accounts={0: acme})) == {"plan": 1, "unknown": 1}
    assert list(Interaction.objects.get().accounts.all()) == [acme]


def test_an_account_chosen_for_one_of_a_series_is_remembered_for_all_of_it(pm: User, acme: Account) -> None:
    series = entry("1", "20261021T090000Z", "RRULE:FREQ=WEEKLY;COUNT=3", who="who@nowhere.example")
    file = bring(actor=pm, name="a.ics", content=calendar(series, entry("2", who="")))
    client = Client()
    client.force_login(pm)
    url = f"/calendar/imports/{file.pk}/"
    assert 'data-name="account-0"' in client.get(url).content.decode()
    htmx = {"HX-Request": "true"}
    assert client.post(f"{url}choose/", {"account-0": acme.pk}, headers=htmx).status_code == 204
    file.refresh_from_db()
    assert file.accounts == {"1": acme.pk}
    # Another look, as after an answer about zones, still has it; an account that one does not see is none.
    assert f'name="account-2" value="{acme.pk}"' in client.get(url).content.decode()
    client.post(f"{url}choose/", {"account-3": "999999"}, headers=htmx)
    file.refresh_from_db()
    assert file.accounts == {}
    client.post(f"{url}run/", {"account-1": acme.pk})
    file.refresh_from_db()
    assert figures(file) == {"plan": 3, "unknown": 1}
    assert set(Interaction.objects.values_list("accounts", flat=True)) == {acme.pk}


def test_a_series_comes_as_its_single_meetings_at_the_same_hour(pm: User, kari: Contact) -> None:
    series = entry("1", "20261021T090000", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Berlin:20261104T090000")
    series = series.replace("DTSTART:", "DTSTART;TZID=Europe/Berlin:")
    moved = entry("1", "20261029T140000Z", "RECURRENCE-ID;TZID=Europe/Berlin:20261028T090000")
    assert figures(came(pm, calendar(series, moved))) == {"plan": 2}
    assert [str(talk.at) for talk in Interaction.objects.order_by("at")] == [
        "2026-10-21 07:00:00+00:00",
        "2026-10-29 14:00:00+00:00",
    ]
    assert figures(came(pm, calendar(series, moved))) == {"same": 2}


def test_taken_back_it_lies_in_the_trash_and_can_come_again(pm: User, kari: Contact) -> None:
    content = calendar(entry("1"))
    file = came(pm, content)
    assert take_back(actor=pm, file=file).state == "reverted"
    assert take_back(actor=pm, file=file).state == "reverted"
    assert Interaction.objects.get().is_discarded
    assert not CalendarEntry.objects.exists()
    assert figures(came(pm, content)) == {"plan": 1}


def test_a_calendar_belongs_to_its_person(pm: User, kari: Contact) -> None:
    file = bring(actor=pm, name="a.ics", content=calendar(entry("1")))
    other = build.user()
    with pytest.raises(RuleViolation, match="belongs to somebody else"):
        bring_in(actor=other, file=file, past_took_place=True, accounts={})
    client = Client()
    client.force_login(other)
    assert client.get(f"/calendar/imports/{file.pk}/").status_code == 404
    with pytest.raises(RuleViolation, match="Your role does not log talks"):
        bring(actor=build.user("administrator"), name="a.ics", content=calendar())
    assert not Interaction.objects.exists()


def test_in_the_browser(pm: User, kari: Contact) -> None:
    client = Client()
    client.force_login(pm)
    bad = entry("9", "20261027T090000").replace("DTSTART:", "DTSTART;TZID=Head Office:")
    upload = SimpleUploadedFile("mine.ics", calendar(entry("1"), bad))
    answer = client.post("/calendar/imports/upload/", {"file": upload})
    assert answer.status_code == 303
    page = client.get(answer["Location"])
    text = page.content.decode()
    assert "Talk 1" in text
    assert "Nobody knows the time zone “Head Office”" in text
    client.post(f"{answer['Location']}zones/", {"zone-0": "Asia/Tokyo"})
    client.post(f"{answer['Location']}run/", {})
    assert [str(talk.at) for talk in Interaction.objects.order_by("at")] == [
        "2026-10-27 00:00:00+00:00",
        "2026-10-27 09:00:00+00:00",
    ]
    assert client.get(answer["Location"]).context["report"]["plan"] == 2
    assert client.post(f"{answer['Location']}revert/").status_code == 303
    assert Interaction.objects.kept().count() == 0
    refused = client.post("/calendar/imports/upload/", {"file": SimpleUploadedFile("a.ics", b"hello")})
    assert refused.status_code == 422
    assert "This is no calendar file" in refused.content.decode()
    assert client.get("/calendar/imports/").status_code == 200


def test_where_somebody_objects_an_entry_comes_in_for_a_reason_or_stays_out(
    client: Client, pm: User, kari: Contact, acme: Account
) -> None:
    Hold.objects.create(account=acme, reason="A claim is open", placed_by=build.user("sales_owner", name="Siri"))
    content = calendar(entry("1"), entry("2", "20261001T090000Z"))

    without = came(pm, content, past=True)
    assert figures(without) == {"hold": 1}
    (refused,) = without.report["refused"]
    assert refused["sentence"].startswith("Siri asks not to contact Acme now: A claim is open.")

    client.force_login(pm)
    file = bring(actor=pm, name="calendar.ics", content=content)
    assert "Why all the same" in client.get(file.get_absolute_url()).content.decode()
    sent = client.post(f"{file.get_absolute_url()}run/", {"override_reason": "It is about the claim"})
    assert sent.status_code == 303
    file.refresh_from_db()
    assert (figures(file), file.report["refused"]) == ({"plan": 1, "same": 1}, [])
    reasons = HoldOverride.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["It took place before it was entered.", "It is about the claim"]
