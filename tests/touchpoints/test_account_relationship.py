"""How accounts use our products, how they renew, how often we speak, and what we learn of people."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Contact, Deal, Product
from accounts.services.contacts import edit_contact
from accounts.services.erasure import erase_contact
from accounts.services.merging import merge
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints import policy
from touchpoints.models import Interaction, PersonFact, Renewal, UsageFinding, rhythm
from touchpoints.services.interactions import Facts, cancel_interaction, log_interaction
from touchpoints.services.people import Told, learn
from touchpoints.services.relationship import Use, add_renewal, edit_renewal, note_usage

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def halden(manager: User) -> Account:
    return build.account(name="Halden Maritime", product_manager=manager)


def panel(client: Client, person: User, account: Account) -> Any:
    client.force_login(person)
    return client.get(reverse("account_relationship", args=[account.pk]), headers=HTMX)


def badge(client: Client, person: User, account: Account) -> str:
    client.force_login(person)
    return client.get(reverse("account_signs", args=[account.pk])).content.decode()


def test_the_newest_finding_drives_the_badge_and_the_earlier_ones_stay(
    client: Client, manager: User, halden: Account
) -> None:
    assert badge(client, manager, halden).strip() == ""
    first = note_usage(actor=manager, account=halden, use=Use("as_intended", found_on=dt.date(2026, 1, 10)))
    second = note_usage(
        actor=manager,
        account=halden,
        use=Use("differently", actual_way="They plan crews with it.", found_on=dt.date(2026, 3, 1)),
    )
    # Found out later, but of an earlier day: it changes nothing.
    late = note_usage(actor=manager, account=halden, use=Use("not_used", found_on=dt.date(2025, 12, 1)))
    assert "Used differently" in badge(client, manager, halden)
    found = panel(client, manager, halden)
    assert found.context["findings"] == [second, first, late]
    assert found.context["current"] == [second]
    assert "They plan crews with it." in found.content.decode()


def test_each_product_has_its_newest_finding(client: Client, manager: User, halden: Account) -> None:
    quay, tide = (Product.objects.create(name=name) for name in ("Quay", "Tide"))
    made = [
        note_usage(actor=manager, account=halden, use=Use(mode, product, found_on=dt.date(2026, 1, day)))
        for mode, product, day in [("as_intended", quay, 1), ("not_used", tide, 2), ("not_used", quay, 3)]
    ]
    assert panel(client, manager, halden).context["current"] == [made[2], made[1]]


def test_a_finding_comes_with_the_call(client: Client, manager: User, halden: Account) -> None:
    client.force_login(manager)
    body = {
        "kind": "call",
        "at": "2026-03-02T09:30",
        "accounts": halden.pk,
        "step-TOTAL_FORMS": 0,
        "step-INITIAL_FORMS": 0,
        "usage-mode": "differently",
        "usage-purpose": "Crews",
    }
    refused = client.post("/interactions/new/", body)
    assert refused.status_code == 422
    assert "Say how they really use it." in refused.content.decode()
    assert not Interaction.objects.exists()
    assert client.post("/interactions/new/", body | {"usage-quote": "We plan crews."}).status_code == 303
    found = UsageFinding.objects.get()
    assert (found.account, found.mode, found.purpose, found.quote) == (halden, "differently", "Crews", "We plan crews.")
    assert (found.interaction, found.found_on) == (Interaction.objects.get(), dt.date(2026, 3, 2))
    # A call that was cancelled says nothing of their use.
    cancel_interaction(actor=manager, interaction=Interaction.objects.get(), reason="Entered twice")
    assert badge(client, manager, halden).strip() == ""


def test_a_finding_told_second_hand_is_of_the_customer(manager: User, halden: Account) -> None:
    desk = build.account(kind="internal")
    facts = Facts(kind="note", at=timezone.now(), accounts=[desk], speaks_for=halden)
    log_interaction(actor=manager, facts=facts, use=Use("not_used"))
    assert UsageFinding.objects.get().account == halden
    with pytest.raises(RuleViolation, match="Nobody present is a customer"):
        log_interaction(
            actor=manager, facts=Facts(kind="note", at=timezone.now(), accounts=[desk]), use=Use("not_used")
        )
    assert Interaction.objects.count() == 1


def test_what_is_no_finding(manager: User, halden: Account) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    member = build.user("department_member")
    refusals: list[tuple[User, Use, str]] = [
        (manager, Use("badly"), "Choose one of: as_intended, differently, not_used."),
        (manager, Use("differently"), "Say how they really use it."),
        (manager, Use("not_used", found_on=tomorrow), "This day has not come yet."),
        (member, Use("not_used"), "Choose an account from the list."),
    ]
    for actor, use, words in refusals:
        with pytest.raises(RuleViolation, match=words):
            note_usage(actor=actor, account=halden, use=use)
    assert not UsageFinding.objects.exists()


def test_tenure_is_months_since_the_first_signature(client: Client, manager: User, halden: Account) -> None:
    today = timezone.localdate()
    first = dt.date(today.year - 3, today.month, 1)
    for signed_on in (first + dt.timedelta(days=400), first, None):
        Deal.objects.create(account=halden, name="Quay", stage="won", signed_on=signed_on)
    found = panel(client, manager, halden)
    assert (found.context["first"], found.context["months"]) == (first, 36)
    # Who reads no deals reads no tenure.
    member = build.user("department_member")
    halden.team.add(member)
    assert panel(client, member, halden).context["first"] is None


@pytest.mark.parametrize(
    ("first", "today", "months"),
    [
        (dt.date(2023, 9, 4), dt.date(2026, 11, 22), 38),
        (dt.date(2026, 1, 31), dt.date(2026, 2, 28), 0),
        (dt.date(2026, 1, 28), dt.date(2026, 2, 28), 1),
        (dt.date(2027, 1, 1), dt.date(2026, 2, 28), 0),
    ],
)
def test_whole_months(first: dt.date, today: dt.date, months: int) -> None:
    assert policy.whole_months(first, today) == months


def test_the_rhythm_counts_talks_of_both_sides_in_periods_of_90_days(manager: User, halden: Account) -> None:
    now = timezone.now()
    talks: list[tuple[int, dict[str, Any]]] = [
        (1, {"kind": "meeting"}),
        (89, {"outcome": "conversation"}),
        (5, {"outcome": "no_answer"}),
        (6, {"kind": "meeting", "is_private": True}),
        (91, {"kind": "meeting"}),
        (200, {"kind": "mail", "is_incoming": True}),
        (400, {"kind": "meeting"}),
    ]
    for days, fields in talks:
        build.interaction(halden, author=manager, at=now - dt.timedelta(days=days), **fields)
    assert rhythm(halden, now) == [2, 1, 1, 0]
    assert [policy.trend_of(spoken) for spoken in ([2, 1], [3, 1], [1, 3])] == [0, 1, -1]


def test_renewals_are_listed_with_how_they_ended(client: Client, manager: User, halden: Account) -> None:
    client.force_login(manager)
    url = reverse("renewal_add", args=[halden.pk])
    assert client.post(url, {"renews_on": "2026-03-01", "outcome": "open", "note": "Season"}).status_code == 303
    made = Renewal.objects.get()
    assert made.is_overdue
    assert "How did it end?" in panel(client, manager, halden).content.decode()
    edit = reverse("renewal_edit", args=[made.pk])
    assert client.post(edit, {"renews_on": "2026-03-01", "outcome": "renewed", "version": 1}).status_code == 303
    made.refresh_from_db()
    assert (made.outcome, made.version) == ("renewed", 2)
    with pytest.raises(StaleVersion):
        edit_renewal(actor=manager, renewal=made, version=1, renews_on=made.renews_on, outcome="lost")
    assert client.post(url, {"renews_on": "2126-03-01", "outcome": "open"}).status_code == 422
    with pytest.raises(RuleViolation, match="not yours to change"):
        add_renewal(actor=build.user("product_manager"), account=halden, renews_on=made.renews_on)
    assert [one.outcome for one in panel(client, manager, halden).context["renewals"]] == ["renewed"]


def test_what_a_call_told_of_a_person_stands_on_the_contact_with_day_and_call(
    client: Client, manager: User, halden: Account
) -> None:
    kari = build.contact(account=halden, name="Kari Lund", job_title="Planner")
    client.force_login(manager)
    assert "Learned about the person" in client.get("/interactions/new/person/", {"contacts": kari.pk}).content.decode()
    body = {
        "kind": "call",
        "at": "2026-03-02T09:30",
        "contacts": kari.pk,
        "step-TOTAL_FORMS": 0,
        "step-INITIAL_FORMS": 0,
        "learned-job_title": "Head of planning",
        "learned-years_there": "4",
        "learned-previous_employers": "Port of Oslo",
    }
    assert client.post("/interactions/new/", body).status_code == 303
    kari.refresh_from_db()
    talk = Interaction.objects.get()
    assert (kari.job_title, kari.previous_employers) == ("Head of planning", "Port of Oslo")
    assert kari.joined_company_on == dt.date(2022, 3, 1)
    facts = list(PersonFact.objects.order_by("id").values_list("field", "value", "as_of", "interaction"))
    day = dt.date(2026, 3, 2)
    assert facts == [
        ("job_title", "Head of planning", day, talk.pk),
        ("previous_employers", "Port of Oslo", day, talk.pk),
        ("joined_company_on", "about 4 years", day, talk.pk),
    ]
    shown = client.get(reverse("contact_facts", args=[kari.pk]), headers=HTMX).content.decode()
    assert f'href="/interactions/{talk.pk}/"' in shown
    assert "2 Mar 2026" in shown
    assert reverse("contact_facts", args=[kari.pk]) in client.get(kari.get_absolute_url()).content.decode()


def test_what_is_learned_needs_one_person_of_ones_own(client: Client, manager: User, halden: Account) -> None:
    foreign = build.contact(account=build.account(), name="Nils Berg")
    own = build.contact(account=halden)
    told, at = Told(job_title="Head"), timezone.now()
    with pytest.raises(RuleViolation, match="not yours to change"):
        log_interaction(actor=manager, facts=Facts("call", at, [], contacts=[foreign]), told=told)
    with pytest.raises(RuleViolation, match="Name the one person"):
        log_interaction(actor=manager, facts=Facts("call", at, [], contacts=[own, foreign]), told=told)
    assert not Interaction.objects.exists()
    client.force_login(manager)
    assert "Learned" not in client.get("/interactions/new/person/", {"contacts": foreign.pk}).content.decode()
    assert client.get(reverse("contact_learn", args=[foreign.pk])).status_code == 404
    for wrong, words in [
        (Told(), "Enter what you learned."),
        (told, "Say where it comes from"),
        (Told(years_there=61, source="Fair"), "from 0 to 60"),
        (Told(job_title="Head", source="Fair", as_of=timezone.localdate() + dt.timedelta(days=1)), "not come yet"),
    ]:
        with pytest.raises(RuleViolation, match=words):
            learn(actor=manager, contact=own, told=wrong)
    url = reverse("contact_learn", args=[own.pk])
    assert client.post(url, {"job_title": "Head", "source": "The fair", "as_of": "2026-02-02"}).status_code == 303
    fact = PersonFact.objects.get()
    assert (fact.value, fact.source, fact.as_of, fact.interaction) == ("Head", "The fair", dt.date(2026, 2, 2), None)
    assert Contact.objects.get(pk=own.pk).job_title == "Head"


def test_a_number_that_was_wrong_before_keeps_nobody_from_noting_what_was_learned(
    client: Client, manager: User, halden: Account
) -> None:
    person = build.contact(account=halden, phone="12")
    client.force_login(manager)
    url = reverse("contact_learn", args=[person.pk])
    told = {"job_title": "Head", "source": "The fair"}
    answer = client.post(url, told, headers=HTMX)
    assert answer.status_code == 204
    assert "is no phone number; correct it" in answer.headers["HX-Trigger"]
    person.refresh_from_db()
    assert (person.job_title, str(person.phone)) == ("Head", "12")
    assert "This is no complete phone number." in client.get(person.get_absolute_url()).content.decode()
    # What is new is checked as before.
    with pytest.raises(RuleViolation):
        edit_contact(actor=manager, contact=person, version=person.version, email="nowhere")


def test_the_panel_asks_as_much_for_much_as_for_little(client: Client, manager: User, halden: Account) -> None:
    counts = []
    for _number in range(3):
        talk = build.interaction(halden, author=manager)
        note_usage(actor=manager, account=halden, use=Use("not_used"), interaction=talk)
        add_renewal(actor=manager, account=halden, renews_on=timezone.localdate())
        panel(client, manager, halden)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("account_relationship", args=[halden.pk]), headers=HTMX)
        counts.append(len(queries))
    assert counts[0] == counts[-1] <= 12


def test_a_merge_carries_it_all(manager: User, halden: Account) -> None:
    lead = build.user("product_lead")
    twin = build.account(name="Halden Maritime AS")
    note_usage(actor=lead, account=twin, use=Use("not_used"))
    add_renewal(actor=lead, account=twin, renews_on=timezone.localdate())
    merge(actor=lead, winner=halden, loser=twin, version=1, other_version=1, take={})
    assert (UsageFinding.objects.get().account, Renewal.objects.get().account) == (halden, halden)


def test_the_api(manager: User, halden: Account) -> None:
    api = client_of(manager)
    made = api.post(f"{ROOT}/usage-findings/", {"account": halden.pk, "mode": "not_used"}, format="json")
    assert made.status_code == 201, made.json()
    assert made.json()["found_on"] == timezone.localdate().isoformat()
    rows = api.get(f"{ROOT}/usage-findings/?account={halden.pk}&mode=not_used").json()["results"]
    assert [row["id"] for row in rows] == [made.json()["id"]]
    assert (
        api.post(f"{ROOT}/usage-findings/", {"account": halden.pk, "mode": "badly"}, format="json").status_code == 400
    )
    renewal = api.post(f"{ROOT}/renewals/", {"account": halden.pk, "renews_on": "2027-01-01"}, format="json")
    assert renewal.status_code == 201, renewal.json()
    url = f"{ROOT}/renewals/{renewal.json()['id']}/"
    assert api.patch(url, {"outcome": "lost", "version": 2}, format="json").status_code == 409
    assert api.patch(url, {"outcome": "lost", "version": 1}, format="json").json()["outcome"] == "lost"
    kari = build.contact(account=halden)
    body = {"contact": kari.pk, "job_title": "Head", "source": "The fair"}
    told = api.post(f"{ROOT}/person-facts/", body, format="json")
    assert (told.status_code, [one["value"] for one in told.json()]) == (201, ["Head"])
    assert len(api.get(f"{ROOT}/person-facts/?contact={kari.pk}").json()["results"]) == 1
    stranger = client_of(build.user("department_member"))
    for kind in ("usage-findings", "renewals", "person-facts"):
        assert stranger.get(f"{ROOT}/{kind}/").json()["results"] == []


def test_who_is_forgotten_leaves_nothing_that_was_learned(halden: Account) -> None:
    lead = build.user("product_lead")
    kari, other = build.contact(account=halden, name="Kari Lund"), build.contact(account=halden, name="Nils Berg")
    for person in (kari, other):
        learn(actor=lead, contact=person, told=Told(background="Came from the port", source="The fair"))
    kari.refresh_from_db()
    today = timezone.localdate()
    erase_contact(
        actor=lead, contact=kari, version=kari.version, requested_on=today, reason="By mail", typed="Kari Lund"
    )
    assert [fact.contact for fact in PersonFact.objects.all()] == [other]
