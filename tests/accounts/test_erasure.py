"""A person is forgotten on request: nothing names them but the texts that are listed, and no figure changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from psycopg2 import sql

from accounts.models import Account, Contact, ContactReference, Erasure, Mention
from accounts.services.contacts import edit_contact
from accounts.services.erasure import erase_contact, keep_mention, look_through, redact_mention
from accounts.services.merging import merge
from accounts.services.trash import discard_contact
from accounts.tasks import look_for_mentions
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from touchpoints.models import Attendance, Draft, Interaction, PersonFact
from touchpoints.services.interactions import Facts, log_interaction

DAY = dt.date(2026, 1, 10)
NEEDLES = ("Solveig Aaberg", "S. Aaberg", "solveig@nordlys.example", "22345678", "22 34 56 78", "sol@old.example")


def hits() -> set[str]:
    """Every text and JSON column of the whole database that holds one of the words, as "table.column: words"."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            " AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY')"
        )
        found = set()
        for table, column in cursor.fetchall():
            for needle in NEEDLES:
                statement = sql.SQL("SELECT 1 FROM {} WHERE {}::text ILIKE %s LIMIT 1")
                cursor.execute(statement.format(sql.Identifier(table), sql.Identifier(column)), [f"%{needle}%"])
                if cursor.fetchone():
                    found.add(f"{table}.{column}: {needle}")
    return found


@pytest.fixture
def account() -> Account:
    return build.account(name="Nordlys Havn")


@pytest.fixture
def person(account: Account, lead: User) -> Contact:
    """Somebody with all that can hang on a person, under two names."""
    made = build.contact(
        account=account, name="Solveig Aaberg", email="sol@old.example", temperament="direct", background="From Bodø"
    )
    twin = build.contact(account=account, name="S. Aaberg", phone="+4722345678")
    ContactReference.objects.create(source="crm", value="solveig@nordlys.example", contact=made)
    merge(actor=lead, winner=made, loser=twin, version=1, other_version=1, take={"phone": "other"})
    return edit_contact(actor=lead, contact=made, version=2, email="solveig@nordlys.example")


def erase(lead: User, person: Contact, **fields: object) -> Erasure:
    values = {"requested_on": DAY, "reason": "Asked by letter", "typed": "solveig aaberg", "version": person.version}
    made = erase_contact(actor=lead, contact=person, **(values | fields))  # type: ignore[arg-type]  # one named value
    look_through(made.pk)
    made.refresh_from_db()
    return made


@pytest.mark.django_db
def test_nothing_names_them_but_what_is_listed(lead: User, account: Account, person: Contact) -> None:
    talk = log_interaction(
        actor=lead,
        facts=Facts(
            kind="call",
            at=dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC),
            accounts=[account],
            minutes=30,
            subject="Solveig  Aaberg called",
            notes="Her number is now 22 34 56 78, mail SOLVEIG@nordlys.example. Solveig was calm.",
            contacts=[person],
        ),
    )
    build.promise(account=account, owner=lead, text="Send the price to Solveig Aaberg")
    Account.objects.filter(pk=account.pk).update(business_summary="Run by Solveig Aaberg", custom={"who": "S. Aaberg"})
    PersonFact.objects.create(contact=person, field="background", value="Solveig Aaberg sails", author=lead)
    Draft.objects.create(user=lead, form="interaction", data={"notes": ["Solveig Aaberg said"]})
    assert len(hits()) > 10

    made = erase(lead, person)

    assert not PersonFact.objects.exists()
    row = Contact.objects.get(pk=person.pk)
    assert (row.name, row.email, str(row.phone), row.temperament, row.background) == ("Erased person", "", "", "", "")
    assert list(Contact.objects.visible_to(lead)) == []
    assert (made.state, made.patterns) == ("done", [])
    assert hits() == {
        "touchpoints_interaction.notes: 22 34 56 78",
        "touchpoints_interaction.notes: solveig@nordlys.example",
        "accounts_promise.text: Solveig Aaberg",
        "accounts_account.business_summary: Solveig Aaberg",
        "accounts_account.custom: S. Aaberg",
    }
    assert sorted(made.mentions.values_list("label", "column")) == [
        ("accounts.account", "business_summary"),
        ("accounts.account", "custom"),
        ("accounts.promise", "text"),
        ("touchpoints.interaction", "notes"),
        ("touchpoints.interaction", "subject"),
    ]
    for mention in made.mentions.all():
        redact_mention(actor=lead, mention=mention)

    assert hits() == set()
    talk.refresh_from_db()
    assert talk.notes == "Her number is now […], mail […]. Solveig was calm."
    assert talk.subject == "[…] called"
    entry = TrailEntry.objects.get(verb="contact.erased")
    assert (entry.subject_label, entry.actor, entry.data) == (
        "",
        lead,
        {"reason": "Asked by letter", "requested_on": "2026-01-10"},
    )


@pytest.mark.django_db
def test_figures_stay(lead: User, account: Account, person: Contact) -> None:
    lead.department = build.department(pool="product")
    lead.save()
    talk = build.interaction(account, author=lead)
    talk.contacts.add(person)

    def figures() -> tuple[object, ...]:
        account.figures.refresh_from_db()
        hours = Attendance.objects.all().hours_by_month(ZoneInfo("UTC")).values_list("account_id", "hours")
        return list(hours), account.figures.last_two_way_at, talk.contacts.count(), Interaction.objects.count()

    before = figures()
    erase(lead, person)

    assert before[0] == [(account.pk, Decimal("0.5"))]
    assert figures() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"typed": "Solveig"}, "typed"),
        ({"reason": "Solveig Aaberg asked"}, "reason"),
        ({"reason": " "}, "reason"),
        ({"requested_on": dt.date(2999, 1, 1)}, "requested_on"),
    ],
)
def test_what_is_refused_changes_nothing(lead: User, person: Contact, fields: dict[str, object], name: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        erase(lead, person, **fields)

    assert list(refused.value.fields) == [name]
    assert Contact.objects.get(pk=person.pk).name == "Solveig Aaberg"
    assert not Erasure.objects.exists()


@pytest.mark.django_db
def test_two_at_once(lead: User, person: Contact) -> None:
    erase(lead, person)

    with pytest.raises(RuleViolation, match="not here any more"):
        erase(lead, person)
    with pytest.raises(RuleViolation, match="gone for good"):
        discard_contact(actor=lead, contact=person)
    with pytest.raises(RuleViolation, match="deleted this contact"):
        edit_contact(actor=lead, contact=person, version=4, name="Back")


@pytest.mark.django_db
def test_a_text_that_was_changed_since_is_left_alone(lead: User, account: Account, person: Contact) -> None:
    promise = build.promise(account=account, owner=lead, text="Call Solveig Aaberg")
    made = erase(lead, person)
    promise.text = "Call Solveig Aaberg or Ola"
    promise.save()
    (mention,) = made.mentions.all()

    with pytest.raises(RuleViolation, match="changed since"):
        redact_mention(actor=lead, mention=mention)
    keep_mention(actor=lead, mention=mention)

    promise.refresh_from_db()
    assert promise.text == "Call Solveig Aaberg or Ola"
    assert Mention.objects.get().state == "kept"


@pytest.mark.django_db
def test_somebody_of_nearly_the_same_name_is_left_alone(lead: User, account: Account, person: Contact) -> None:
    build.promise(account=account, owner=lead, text="Call Solveig Aabergsen, 122345678, xsolveig@nordlys.example")

    assert not erase(lead, person).mentions.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["product_manager", "sales_owner", "sales_vp", "finance", "executive"])
def test_only_some_erase(client: Client, person: Contact, role: str) -> None:
    who = build.user(role)
    with pytest.raises(RuleViolation, match="Only a product lead"):
        erase(who, person)
    client.force_login(who)

    assert client.get(reverse("contact_erase", args=[person.pk])).status_code == 403


@pytest.mark.django_db
def test_pages(client: Client, lead: User, account: Account, person: Contact) -> None:
    build.promise(account=account, owner=lead, text="Call Solveig Aaberg soon")
    secret = build.interaction(account, author=lead, is_private=True, notes="Solveig Aaberg is leaving")
    admin = build.user("administrator")
    client.force_login(admin)
    page = reverse("contact_erase", args=[person.pk])
    assert "Erase Solveig Aaberg?" in client.get(page).content.decode()
    sent = {"requested_on": "2026-01-10", "reason": "Asked", "typed": "Solveig Aaberg", "version": person.version}
    assert client.post(page, sent | {"typed": "no"}).status_code == 422

    answer = client.post(page, sent)

    detail = reverse("erasure_detail", args=[Erasure.objects.get().pk])
    assert (answer.status_code, answer.headers["Location"]) == (303, detail)
    assert "Looking through all texts" in client.get(detail).content.decode()
    look_through(Erasure.objects.get().pk)
    text = client.get(detail).content.decode()
    assert "Call <mark>Solveig Aaberg</mark> soon" in text
    assert "is leaving" not in text
    hidden = Mention.objects.get(label="touchpoints.interaction")
    redact = reverse("mention_redact", args=[hidden.erasure_id, hidden.pk])
    assert client.post(redact).status_code == 303
    secret.refresh_from_db()
    assert secret.notes == "[…] is leaving"


@pytest.mark.django_db
def test_a_killed_worker_is_followed_by_another(lead: User) -> None:
    account = build.account()
    person = build.contact(account=account, name="Solveig Aaberg")
    build.promise(account=account, owner=lead, text="Call Solveig Aaberg")
    made = erase_contact(
        actor=lead, contact=person, version=1, requested_on=DAY, reason="Asked", typed="Solveig Aaberg"
    )
    # As a killed worker leaves it: claimed, some found, silent for a minute.
    Erasure.objects.filter(pk=made.pk).update(state="working", heartbeat_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    Mention.objects.create(erasure=made, label="accounts.promise", object_id=1, column="text", digest="")
    assert list(Erasure.silent()) == [made]

    look_for_mentions(made.pk)
    look_for_mentions(made.pk)

    made.refresh_from_db()
    assert (made.state, made.patterns) == ("done", [])
