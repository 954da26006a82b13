"""Logging, planning, correcting and cancelling, as the services do it."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AccountFigures
from accounts.services.contacts import move_contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from touchpoints.models import Attendance, Interaction, NextStep
from touchpoints.services import interactions as service
from touchpoints.services.interactions import Facts
from touchpoints.services.next_steps import PlannedStep

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
UTC = ZoneInfo("UTC")


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pm() -> User:
    return build.user("product_manager", name="Ravi Kapoor", department=build.department(pool="product"))


@pytest.fixture
def account() -> Account:
    return build.account(name="Halden Maritime")


def facts(*accounts: Account, **fields: object) -> Facts:
    return Facts(**({"kind": "call", "at": NOW, "accounts": accounts, "minutes": 30} | fields))  # type: ignore[arg-type]  # a test names one field


def hours(account: Account) -> list[tuple[str, Decimal]]:
    rows = Attendance.objects.filter(account=account).between(NOW.date(), NOW.date(), UTC).hours_by_month(UTC)
    return [(row["pool"], row["hours"]) for row in rows]


def test_a_call_of_30_minutes_is_on_the_timeline_and_counts_as_product_hours(pm: User, account: Account) -> None:
    step = PlannedStep("Send the export", pm, dt.date(2026, 3, 12))
    call = service.log_interaction(
        actor=pm, facts=facts(account, outcome="conversation", notes="Export limit hurts."), steps=[step]
    )
    assert list(Attendance.objects.visible_to(pm).filter(account=account).values_list("interaction", "at")) == [
        (call.pk, NOW)
    ]
    assert hours(account) == [("product", Decimal("0.5"))]
    assert (call.status, call.is_backdated, call.author) == ("held", False, pm)
    assert list(NextStep.objects.values_list("text", "owner", "due_on", "account", "interaction")) == [
        ("Send the export", pm.pk, dt.date(2026, 3, 12), account.pk, call.pk)
    ]
    figures = AccountFigures.objects.get(account=account)
    assert (figures.last_contact_at, figures.last_two_way_at, figures.next_step_on) == (NOW, NOW, dt.date(2026, 3, 12))
    assert list(TrailEntry.objects.order_by("id").values_list("verb", "account_id", "actor")) == [
        ("interaction.logged", account.pk, pm.pk),
        ("next_step.added", account.pk, pm.pk),
    ]


def test_nobody_answered_is_a_contact_but_not_two_way(pm: User, account: Account) -> None:
    service.log_interaction(actor=pm, facts=facts(account, outcome="no_answer", minutes=0))
    figures = AccountFigures.objects.get(account=account)
    assert (figures.last_contact_at, figures.last_two_way_at) == (NOW, None)
    assert hours(account) == []


def test_a_note_is_no_contact(pm: User, account: Account) -> None:
    service.log_interaction(actor=pm, facts=facts(account, kind="note"))
    assert AccountFigures.objects.get(account=account).last_contact_at is None


def test_their_mail_is_two_way_and_ours_is_not(pm: User, account: Account) -> None:
    service.log_interaction(actor=pm, facts=facts(account, kind="mail", minutes=0))
    assert AccountFigures.objects.get(account=account).last_two_way_at is None
    service.log_interaction(actor=pm, facts=facts(account, kind="mail", minutes=0, is_incoming=True))
    assert AccountFigures.objects.get(account=account).last_two_way_at == NOW


def test_a_person_brings_the_account_along(pm: User, account: Account) -> None:
    kari = build.contact(account=account)
    call = service.log_interaction(actor=pm, facts=facts(contacts=[kari]))
    assert list(call.accounts.all()) == [account]


@pytest.mark.parametrize(
    ("ago", "marked"), [(dt.timedelta(hours=23), False), (dt.timedelta(days=2), True), (dt.timedelta(0), False)]
)
def test_what_is_entered_a_day_later_is_marked(pm: User, account: Account, ago: dt.timedelta, marked: bool) -> None:
    assert service.log_interaction(actor=pm, facts=facts(account, at=NOW - ago)).is_backdated is marked


def test_what_lies_ahead_is_planned_and_costs_no_hours_until_it_is_held(pm: User, account: Account) -> None:
    later = NOW + dt.timedelta(hours=3)
    meeting = service.log_interaction(actor=pm, facts=facts(account, kind="meeting", at=later, minutes=45))
    assert meeting.status == "planned"
    assert hours(account) == []
    with time_machine.travel(NOW + dt.timedelta(hours=4), tick=False):
        held = service.hold_interaction(actor=pm, interaction=meeting, override_reason="We met by chance")
        assert (held.status, held.at) == ("held", later)
        assert hours(account) == [("product", Decimal("0.75"))]
        with pytest.raises(RuleViolation, match="not planned any more"):
            service.hold_interaction(actor=pm, interaction=meeting)


def test_a_meeting_moves_only_to_a_time_ahead(pm: User, account: Account) -> None:
    meeting = service.log_interaction(actor=pm, facts=facts(account, kind="meeting", at=NOW + dt.timedelta(days=1)))
    friday = NOW + dt.timedelta(days=3)
    service.move_interaction(actor=pm, interaction=meeting, to=friday)
    assert Attendance.objects.get(interaction=meeting).at == friday
    with pytest.raises(RuleViolation) as refusal:
        service.move_interaction(actor=pm, interaction=meeting, to=NOW - dt.timedelta(days=1))
    assert refusal.value.fields == {"at": "Choose a time ahead. If it took place already, mark it as held."}
    meeting.refresh_from_db()
    assert (meeting.at, meeting.status) == (friday, "planned")


def test_undo_takes_the_call_and_its_steps_back(pm: User, account: Account) -> None:
    step = PlannedStep("Send the export", pm, dt.date(2026, 3, 12))
    call = service.log_interaction(actor=pm, facts=facts(account), steps=[step])
    service.undo_interaction(actor=pm, interaction=call)
    call.refresh_from_db()
    assert (call.status, NextStep.objects.count(), hours(account)) == ("cancelled", 0, [])
    assert AccountFigures.objects.get(account=account).last_contact_at is None


def test_undo_ends_after_five_minutes_and_belongs_to_the_author(pm: User, account: Account) -> None:
    call = service.log_interaction(actor=pm, facts=facts(account))
    lead = build.user("product_lead")
    with pytest.raises(RuleViolation, match="too late to undo"):
        service.undo_interaction(actor=lead, interaction=call)
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False), pytest.raises(RuleViolation, match="too late"):
        service.undo_interaction(actor=pm, interaction=call)
    call.refresh_from_db()
    assert call.status == "held"


def test_the_second_of_two_savers_overwrites_nothing(pm: User, account: Account) -> None:
    call = service.log_interaction(actor=pm, facts=facts(account, notes="First"))
    service.edit_interaction(actor=pm, interaction=call, facts=facts(account, notes="Second"), version=1)
    with pytest.raises(StaleVersion) as refusal:
        service.edit_interaction(actor=pm, interaction=call, facts=facts(account, notes="Third"), version=1)
    assert refusal.value.current["notes"] == "Second"
    call.refresh_from_db()
    assert (call.notes, call.version) == ("Second", 2)


def test_an_edit_to_another_account_moves_the_hours_and_figures(pm: User, account: Account) -> None:
    other = build.account()
    call = service.log_interaction(actor=pm, facts=facts(account, outcome="conversation"))
    service.edit_interaction(actor=pm, interaction=call, facts=facts(other, outcome="conversation"), version=1)
    assert (hours(account), hours(other)) == ([], [("product", Decimal("0.5"))])
    assert AccountFigures.objects.get(account=account).last_contact_at is None
    assert AccountFigures.objects.get(account=other).last_contact_at == NOW


def test_a_private_one_is_for_its_author_and_those_named(pm: User, account: Account) -> None:
    named, lead, other = build.user("sales_vp"), build.user("product_lead"), build.user("product_manager")
    call = service.log_interaction(
        actor=pm, facts=facts(account, is_private=True, subject="Their CFO leaves", colleagues=[pm, named])
    )
    for person, sees in [(pm, True), (named, True), (lead, False), (other, False)]:
        assert Interaction.objects.visible_to(person).filter(pk=call.pk).exists() is sees
        assert Attendance.objects.visible_to(person).exists() is sees
    row = TrailEntry.objects.get()
    assert (row.subject_label, row.account_id) == ("Call 2026-03-10", None)
    assert AccountFigures.objects.get(account=account).last_contact_at is None
    with pytest.raises(RuleViolation, match="Only its author"):
        service.cancel_interaction(actor=lead, interaction=call)


def test_a_department_member_logs_only_where_assigned(account: Account) -> None:
    member = build.user("department_member")
    with pytest.raises(RuleViolation, match="Choose accounts from the list"):
        service.log_interaction(actor=member, facts=facts(account))
    assert Interaction.objects.count() == 0
    account.team.add(member)
    assert service.log_interaction(actor=member, facts=facts(account)).author == member


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"accounts": []}, "accounts", "Choose the account, or a person there."),
        ({"minutes": 1441}, "minutes", "A day has 1,440 minutes; enter a longer event as several."),
        ({"at": dt.datetime(26, 3, 1, tzinfo=dt.UTC)}, "at", "26 is too long ago. Check the year."),
        ({"at": dt.datetime(2062, 3, 1, tzinfo=dt.UTC)}, "at", "2062 is too far away. Check the year."),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    pm: User, account: Account, fields: dict[str, object], name: str, sentence: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        service.log_interaction(actor=pm, facts=facts(account, **fields))
    assert refusal.value.fields == {name: sentence}
    assert (Interaction.objects.count(), TrailEntry.objects.count()) == (0, 0)


def test_a_bad_step_refuses_the_whole_call(pm: User, account: Account) -> None:
    administrator = build.user("administrator", name="Ada")
    with pytest.raises(RuleViolation, match="Ada cannot take next steps"):
        service.log_interaction(
            actor=pm, facts=facts(account), steps=[PlannedStep("Do", administrator, dt.date(2026, 3, 12))]
        )
    assert (Interaction.objects.count(), NextStep.objects.count()) == (0, 0)


def test_a_cancelled_meeting_keeps_its_reason(client: Client, pm: User, account: Account) -> None:
    ahead = facts(account, kind="meeting", at=NOW + dt.timedelta(days=2))
    meeting = service.log_interaction(actor=pm, facts=ahead)
    url = reverse("interaction_cancel", args=[meeting.pk])
    client.force_login(pm)

    unexplained = client.post(url, {"reason": " "})
    meeting.refresh_from_db()
    assert (unexplained.status_code, meeting.status) == (422, "planned")
    assert "Say why it does not take place" in unexplained.content.decode()

    assert client.post(url, {"reason": "They are  on holiday"}).status_code == 303
    meeting.refresh_from_db()
    assert (meeting.status, meeting.cancel_reason) == ("cancelled", "They are on holiday")
    assert TrailEntry.objects.latest("id").data == {"was": "planned", "reason": "They are on holiday"}
    assert "They are on holiday" in client.get(reverse("interaction_detail", args=[meeting.pk])).content.decode()
    listed = client.get(f"/api/v1/interactions/{meeting.pk}/").json()
    assert (listed["status"], listed["cancel_reason"]) == ("cancelled", "They are on holiday")


def test_a_moved_meeting_tells_from_when_to_when(client: Client, pm: User, account: Account) -> None:
    meeting = service.log_interaction(
        actor=pm, facts=facts(account, kind="meeting", at=dt.datetime(2026, 3, 12, 9, 0, tzinfo=dt.UTC))
    )
    service.move_interaction(actor=pm, interaction=meeting, to=dt.datetime(2026, 3, 19, 14, 30, tzinfo=dt.UTC))
    client.force_login(pm)

    html = client.get(reverse("interaction_detail", args=[meeting.pk])).content.decode()

    assert "Moved, from 12 Mar 2026 09:00 to 19 Mar 2026 14:30" in html


def test_correcting_an_old_talk_does_not_bring_the_new_company_of_who_moved(pm: User, account: Account) -> None:
    lead, new = build.user("product_lead"), build.account(name="New AS")
    contact = build.contact(account=account)
    talk = service.log_interaction(actor=pm, facts=facts(account, contacts=[contact]))
    move_contact(actor=lead, contact=contact, version=1, to=new, on=NOW.date())
    contact.refresh_from_db()

    service.edit_interaction(
        actor=pm, interaction=talk, facts=facts(account, contacts=[contact], notes="More"), version=1
    )

    assert list(talk.accounts.all()) == [account]


def test_the_page_of_a_person_who_moved_names_the_company_of_then(client: Client, pm: User, account: Account) -> None:
    lead, new = build.user("product_lead"), build.account(name="New AS")
    contact = build.contact(account=account)
    service.log_interaction(actor=pm, facts=facts(account, contacts=[contact], notes="In the old days"))
    move_contact(actor=lead, contact=contact, version=1, to=new, on=NOW.date())
    client.force_login(lead)

    def shown(page: str, key: int) -> str:
        return client.get(reverse(page, args=[key])).content.decode()

    assert "with Halden Maritime" in shown("contact_timeline", contact.pk)
    assert "In the old days" in shown("account_timeline", account.pk)
    assert "In the old days" not in shown("account_timeline", new.pk)
