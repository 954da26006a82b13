"""What each part of a sheet asks for and shows: shares, clocks, what is cut, what is wrong, and whose line it is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, StrategicEntry
from accounts.services.figures import publish_figures
from accounts.working_day import working_days_after
from pmcrm.notices.models import Notice
from pmcrm.people.models import User
from preparation.models import Sheet
from preparation.services.filling import plan_to_say, settle
from preparation.services.issues import issues_of
from preparation.services.reminders import ask_new_owners
from preparation.services.sheets import completeness, is_line_agreed, line_due, sheet_of, state_of, write_sheet
from preparation.services.waiting import waiting_for
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Attendance, Interaction, Statement, TrustStep, UrgentNeed
from touchpoints.services.contact_load import load_of
from touchpoints.services.needs import raise_need, settle_need
from touchpoints.services.pains import tell_pain

pytestmark = pytest.mark.django_db

# A Tuesday; the talk is on Thursday at 18:00 in Tokyo, which is 10:00 in Oslo.
NOW = dt.datetime(2026, 3, 10, 8, tzinfo=dt.UTC)
AT = dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager", time_zone="Europe/Oslo")


@pytest.fixture
def owner() -> User:
    return build.user("sales_owner", name="Lars Owner", time_zone="Europe/Oslo")


@pytest.fixture
def account(manager: User, owner: User) -> Account:
    return build.account(name="Kaito", product_manager=manager, relationship_owner=owner, time_zone="Asia/Tokyo")


@pytest.fixture
def talk(manager: User, account: Account) -> Interaction:
    return build.interaction(account, author=manager, status="planned", at=AT)


def test_the_talk_stands_there_by_the_customers_clock(client: Client, manager: User, talk: Interaction) -> None:
    client.force_login(manager)
    page = client.get(reverse("preparation_sheet", args=[talk.pk])).content.decode()
    assert "<dt>The talk, there</dt><dd>Thu 18:00</dd>" in page
    assert "Thu 10:00" not in page


def test_each_part_adds_its_share(manager: User, account: Account, talk: Interaction) -> None:
    """Seven parts: the six of every talk, and the line with sales. It is not the first talk."""
    build.interaction(account, author=manager, at=AT - dt.timedelta(days=30), kind="meeting")
    first, second = [one.slug for one in state_of(sheet_of(talk)).due][:2]
    Statement.objects.exclude(slug__in=[first, second]).delete()
    shares = []

    def note() -> None:
        shares.append(str(completeness(sheet_of(talk)).share))

    with time_machine.travel(NOW, tick=False):
        note()
        kari = build.contact(account=account, temperament="calm")
        talk.contacts.add(kari)
        note()
        kari.role = "technical"
        kari.save()
        note()
        plan_to_say(actor=manager, interaction=talk, statement=first, is_said=True)
        note()
        plan_to_say(actor=manager, interaction=talk, statement=second, is_said=True)
        note()
        raise_need(actor=manager, account=account, text="Labels jam")
        note()
        raise_need(actor=manager, account=account, text="All stands", kind="outage")
        note()
        Account.objects.update(business_summary="Ferries", business_as_of=NOW.date())
        note()
        write_sheet(actor=manager, interaction=talk, version=3, values={"sales_line": "Renewal first."})
        note()
        Sheet.objects.update(line_confirmed_at=NOW)
        note()
    assert shares == [
        "0.000000", "0.142857", "0.285714", "0.285714", "0.428571", "0.571429", "0.714286", "0.857143", "0.857143",
        "1.000000",
    ]  # fmt: skip


def test_a_note_about_people_names_nobody(manager: User, talk: Interaction) -> None:
    write_sheet(actor=manager, interaction=talk, version=0, values={"people_note": "Two of them"})
    assert "people" in completeness(sheet_of(talk)).missing


def test_what_is_cut_is_counted_and_linked(client: Client, manager: User, account: Account, talk: Interaction) -> None:
    for number in range(10):
        build.promise(account=account, owner=manager, text=f"Promise {number}")
        tell_pain(actor=manager, account=account, words=f"Trouble {number}", bypass_reason="No time")
    client.force_login(manager)
    known = client.get(reverse("preparation_known", args=[talk.pk])).content.decode()
    assert f'href="{account.get_absolute_url()}?tab=promises">and 2 more promises</a>' in known
    assert f'href="{reverse("pain_list")}?account={account.pk}">and 2 more that hurt them</a>' in known
    before = client.get(reverse("account_handover", args=[account.pk])).content.decode()
    assert "more promise" not in before
    assert "and 2 more that hurt them" in before
    for number in range(3):
        build.promise(account=account, owner=manager, text=f"Another {number}")
    before = client.get(reverse("account_handover", args=[account.pk])).content.decode()
    assert "and 1 more promise</a>" in before
    assert client.get(f"{reverse('pain_list')}?account={account.pk}").content.decode().count("<tr data-href") == 10


def test_an_escalation_shows_on_the_next_sheet_without_typing(
    client: Client, manager: User, owner: User, account: Account, talk: Interaction
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert "current_issues" in completeness(sheet_of(talk)).missing
        client.force_login(owner)
        body = {"kind": "escalation", "text": "Their board asks", "reference": "HD-7", "owner": owner.pk,
                "since": "2026-03-02"}  # fmt: skip
        assert client.post(reverse("need_raise", args=[account.pk]), body).status_code == 303
        raised = UrgentNeed.objects.get()
        assert (raised.kind, raised.reference, raised.days_open) == ("escalation", "HD-7", 8)
        assert [(one.kind, one.sentence, one.since) for one in issues_of(account, manager)] == [
            ("escalation", "Escalation: Their board asks (HD-7)", dt.date(2026, 3, 2))
        ]
        assert {"current_issues", "immediate_need"} & set(completeness(sheet_of(talk)).missing) == {"immediate_need"}
        client.force_login(manager)
        page = client.get(reverse("preparation_sheet", args=[talk.pk])).content.decode()
        assert "Escalation: Their board asks (HD-7)" in page
        top = client.get(reverse("account_urgent", args=[account.pk])).content.decode()
        assert "Escalation: Their board asks" in top
        client.force_login(build.user("product_lead"))
        history = client.get(f"{account.get_absolute_url()}?tab=history").content.decode()
        assert "Noted as urgent: Their board asks" in history
        settle_need(actor=owner, need=raised, state="solved", how="The board was told")
        assert issues_of(account, manager) == []


def test_what_is_wrong_in_a_private_talk_is_an_issue_for_those_who_took_part(
    manager: User, owner: User, account: Account, talk: Interaction
) -> None:
    private = build.interaction(account, author=owner, is_private=True)
    raise_need(actor=owner, account=account, text="They sue", kind="escalation", interaction=private)
    assert [one.sentence for one in issues_of(account, owner)] == ["Escalation: They sue"]
    assert issues_of(account, manager) == []
    assert "current_issues" in completeness(sheet_of(talk)).missing


def test_an_outage_that_is_over_earns_no_trust(manager: User, account: Account) -> None:
    outage = raise_need(actor=manager, account=account, text="All stands", kind="outage")
    settle_need(actor=manager, need=outage, state="solved", how="Up again")
    assert not TrustStep.objects.exists()
    escalation = raise_need(actor=manager, account=account, text="Their board asks", kind="escalation")
    settle_need(actor=manager, need=escalation, state="solved", how="Told")
    assert TrustStep.objects.get().need == escalation


def test_escalations_in_the_api(manager: User, account: Account) -> None:
    api = client_of(manager)
    root = f"{ROOT}/urgent-needs/"
    made = api.post(root, {"account": account.pk, "kind": "outage", "text": "All stands", "reference": "HD-9"},
                    format="json")  # fmt: skip
    assert (made.status_code, made.json()["kind"], made.json()["reference"]) == (201, "outage", "HD-9")
    plain = api.post(root, {"account": account.pk, "text": "Labels"}, format="json").json()
    assert (plain["kind"], plain["reference"]) == ("need", "")
    assert [row["text"] for row in api.get(root, {"kind": "outage"}).json()["results"]] == ["All stands"]
    changed = api.patch(f"{root}{made.json()['id']}/", {"text": "Half stands", "version": 1}, format="json").json()
    assert (changed["kind"], changed["text"], changed["reference"]) == ("outage", "Half stands", "HD-9")
    assert api.post(root, {"account": account.pk, "kind": "war", "text": "x"}, format="json").status_code == 400


def test_all_open_needs_are_told_of(client: Client, manager: User, account: Account, talk: Interaction) -> None:
    raise_need(actor=manager, account=account, text="Labels jam", since=dt.date(2026, 1, 2))
    client.force_login(manager)
    url = reverse("preparation_sheet", args=[talk.pk])
    assert "One is open" in client.get(url).content.decode()
    raise_need(actor=manager, account=account, text="Scanner blind", since=dt.date(2026, 1, 3))
    page = client.get(url).content.decode()
    assert page.index("Labels jam") < page.index("Scanner blind")
    assert f'href="{reverse("account_goals", args=[account.pk])}">2 are open: all of them</a>' in page


def test_a_need_of_a_private_talk_is_shown_to_nobody_else(
    client: Client, manager: User, owner: User, account: Account, talk: Interaction
) -> None:
    private = build.interaction(account, author=owner, is_private=True)
    raise_need(actor=owner, account=account, text="They go elsewhere", interaction=private)
    url = reverse("preparation_sheet", args=[talk.pk])
    client.force_login(manager)
    assert "They go elsewhere" not in client.get(url).content.decode()
    client.force_login(owner)
    assert "They go elsewhere" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("start", "days", "country", "by"),
    [
        ("2026-04-01 10:00", 2, "", "2026-04-03 10:00"),
        # Maundy Thursday, Good Friday and Easter Monday.
        ("2026-04-01 10:00", 2, "NO", "2026-04-08 10:00"),
        ("2026-03-12 10:00", 2, "NO", "2026-03-16 10:00"),
    ],
)
def test_holidays_are_no_time_to_object(start: str, days: int, country: str, by: str) -> None:
    oslo = ZoneInfo("Europe/Oslo")
    moment = dt.datetime.fromisoformat(start).replace(tzinfo=oslo)
    assert working_days_after(moment, days, oslo, country) == dt.datetime.fromisoformat(by).replace(tzinfo=oslo)


def test_silence_over_easter_is_no_agreement(manager: User, account: Account, talk: Interaction) -> None:
    limits = state_of(sheet_of(talk)).limits
    asked = dt.datetime(2026, 4, 1, 8, tzinfo=dt.UTC)
    with time_machine.travel(asked, tick=False):
        write_sheet(actor=manager, interaction=talk, version=0, values={"sales_line": "Renewal first."})
    assert line_due(sheet_of(talk), account, limits) == dt.datetime(2026, 4, 8, 8, tzinfo=dt.UTC)
    for at, agreed in ((dt.datetime(2026, 4, 8, 7, 59, tzinfo=dt.UTC), False),
                       (dt.datetime(2026, 4, 8, 8, tzinfo=dt.UTC), True)):  # fmt: skip
        with time_machine.travel(at, tick=False):
            assert is_line_agreed(sheet_of(talk), account, limits) is agreed


def test_a_new_owner_is_asked_anew(client: Client, manager: User, account: Account, talk: Interaction) -> None:
    limits = state_of(sheet_of(talk)).limits
    successor = build.user("sales_owner", name="Nora Next", time_zone="Europe/Oslo")
    with time_machine.travel(NOW - dt.timedelta(days=7), tick=False):
        write_sheet(actor=manager, interaction=talk, version=0, values={"sales_line": "Renewal first."})
    with time_machine.travel(NOW, tick=False):
        assert is_line_agreed(sheet_of(talk), account, limits)
        assert ask_new_owners() == 0
        account.relationship_owner = successor
        account.save()
        assert not is_line_agreed(sheet_of(talk), account, limits)
        client.force_login(manager)
        page = client.get(reverse("preparation_sheet", args=[talk.pk])).content.decode()
        assert "Nora Next owns the relationship now and is asked anew" in page
        assert (ask_new_owners(), ask_new_owners()) == (1, 0)
        assert Notice.objects.filter(person=successor, kind="line_asked").count() == 1
        assert line_due(sheet_of(talk), account, limits) == dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)


def test_an_agreement_that_was_given_stays(manager: User, account: Account, talk: Interaction) -> None:
    settle(actor=manager, interaction=talk, question="current_issues", is_none=True)
    with time_machine.travel(NOW, tick=False):
        write_sheet(actor=manager, interaction=talk, version=2, values={"sales_line": "Renewal first."})
        Sheet.objects.update(line_confirmed_at=NOW, line_confirmed_by=account.relationship_owner)
        Account.objects.update(relationship_owner=build.user("sales_owner"))
        account.refresh_from_db()
        assert is_line_agreed(sheet_of(talk), account, state_of(sheet_of(talk)).limits)
        assert ask_new_owners() == 0


def test_after_an_introduction_the_talk_share_is_asked_where_it_was_held(
    client: Client, manager: User, owner: User, account: Account
) -> None:
    at = timezone.now() - dt.timedelta(hours=2)
    build.interaction(account, author=manager, at=at - dt.timedelta(days=30), kind="meeting")
    talk = build.interaction(account, author=manager, kind="meeting", status="planned", at=at)
    write_sheet(actor=manager, interaction=talk, version=0, values={"is_introduction": True})
    state, question = reverse("preparation_state", args=[talk.pk]), "About which share of the time did we talk?"
    client.force_login(manager)
    assert question not in client.get(state).content.decode()
    assert waiting_for(manager).shares == []
    assert client.post(reverse("interaction_hold", args=[talk.pk])).status_code == 303
    assert question in client.get(state).content.decode()
    assert waiting_for(manager).shares == [talk]
    assert "How much did we talk in the introduction?" in client.get(reverse("preparation_waiting")).content.decode()
    write, body = reverse("preparation_write", args=[talk.pk]), {"field": "talk_share", "version": 2, "beside": "yes"}
    wrong = client.post(write, body | {"value": "400"}, headers={"HX-Request": "true"})
    assert (wrong.status_code, "from 0 to 100" in wrong.content.decode()) == (422, True)
    kept = client.post(write, body | {"value": "60"}, headers={"HX-Request": "true"})
    assert (kept.status_code, question in kept.content.decode()) == (200, False)
    assert str(Sheet.objects.get().talk_share) == "0.60"
    assert waiting_for(manager).shares == []
    client.force_login(owner)
    assert question not in client.get(state).content.decode()


def test_rank_class_and_attention_are_those_of_the_account(client: Client, account: Account, talk: Interaction) -> None:
    lead = build.user("product_lead")
    StrategicEntry.objects.create(account=account, rank=7, reason="x", sponsor=lead, review_by=dt.date(2999, 1, 1))
    publish_figures([{"account_id": account.pk, "value_class": 3}], columns=["value_class"])
    client.force_login(lead)
    page = client.get(reverse("preparation_sheet", args=[talk.pk])).content.decode()
    account.refresh_from_db()
    assert f"<dt>Strategic rank</dt><dd>{account.strategic_entry.rank}</dd>" in page
    assert f"<dt>Class</dt><dd>{account.figures.value_class}</dd>" in page
    assert (account.strategic_entry.rank, account.figures.value_class) == (7, 3)
    assert f'hx-get="{reverse("account_attention", args=[account.pk])}"' in page


def test_a_call_of_half_an_hour_moves_timeline_load_and_hours(client: Client, account: Account) -> None:
    caller = build.user("product_manager", department=build.department(pool="product"))
    account.product_manager = caller
    account.save()
    contact = build.contact(account=account)
    with time_machine.travel(NOW, tick=False):
        client.force_login(caller)
        timeline = reverse("account_timeline", args=[account.pk])
        assert "Export limit hurts" not in client.get(timeline).content.decode()
        assert load_of(account).load == 0
        body = {"kind": "call", "at": "2026-03-10T08:00", "accounts": account.pk, "contacts": contact.pk,
                "minutes": "30", "outcome": "conversation", "notes": "Export limit hurts", "step-TOTAL_FORMS": "0",
                "step-INITIAL_FORMS": "0"}  # fmt: skip
        assert client.post(reverse("interaction_create"), body).status_code in {204, 303}
        made = Interaction.objects.get()
        assert (made.kind, made.minutes, made.author) == ("call", 30, caller)
        assert "Export limit hurts" in client.get(timeline).content.decode()
        assert load_of(account).load > 0
        rows = Attendance.objects.between(NOW.date(), NOW.date(), ZoneInfo("UTC")).hours_by_month(ZoneInfo("UTC"))
        assert [(row["account_id"], row["pool"], str(row["hours"].normalize())) for row in rows] == [
            (account.pk, "product", "0.5")
        ]
