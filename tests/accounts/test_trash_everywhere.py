"""An account with a row of every table goes to the trash, is seen nowhere, comes back, or goes for good."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from django.apps import apps
from django.db import connection
from psycopg2 import sql
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Account, Contact, StrategicEntry
from accounts.services.trash import (
    discard_account,
    discard_contact,
    remove_account,
    remove_contact,
    restore_account,
)
from campaigns.models import Target
from correspondence.models import Letter
from correspondence.services.letters import log_letter, upload
from meetings.models import InvitationMail, Meeting
from pmcrm.files.models import DocumentShare
from pmcrm.people.models import User
from tests import build
from tests.accounts.merge_cast import everything
from tests.accounts.test_merge_everywhere import both_sides, hanging
from tests.correspondence.conftest import letter
from tests.rows import Rows
from touchpoints.models import Interaction, PersonFact
from touchpoints.services.trash import discard_interaction, remove_interaction

pytestmark = pytest.mark.django_db

# Figures, decisions and the strategic list keep an account out of the trash. A talk without anybody is made by nobody.
HOLDS: Final = "segmentation"
KEPT_OUT: Final = (StrategicEntry, Interaction)


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


@pytest.fixture
def full(lead: User) -> Account:
    """An account on which a row of each table hangs, but for those that keep it."""
    account = build.account(name="Nordlys")
    person = build.contact(account=account)
    tables = [model for model in hanging() if model._meta.app_label != HOLDS and model not in KEPT_OUT]
    made = both_sides(lead, [account], [person], is_one_talk=True, tables=tables)
    assert len(made) > 50
    return account


def seen(user: User) -> dict[str, int]:
    """How many rows of each table that hangs on accounts the person sees."""
    managers = {model._meta.label: model._default_manager for model in [Account, Contact, *hanging()]}
    return {
        label: rows.visible_to(user).count() for label, rows in managers.items() if hasattr(rows.all(), "visible_to")
    }


def dangling() -> set[str]:
    """Columns that point at a row that is not there; the database sees to most, but not to all of them."""
    found = set()
    with connection.cursor() as cursor:
        for model in hanging():
            for field in model._meta.concrete_fields:
                if field.is_relation:
                    target = field.related_model._meta
                    cursor.execute(
                        sql.SQL("SELECT count({1}) FROM {0} WHERE {1} NOT IN (SELECT {2} FROM {3})").format(
                            sql.Identifier(model._meta.db_table),
                            sql.Identifier(field.column),
                            sql.Identifier(target.pk.column),
                            sql.Identifier(target.db_table),
                        )
                    )
                    if cursor.fetchone()[0]:
                        found.add(f"{model._meta.label}.{field.name}")
    return found


def test_it_comes_back_as_it_was(lead: User, full: Account) -> None:
    before, seen_before = everything(), seen(lead)
    assert sum(1 for count in seen_before.values() if count) > 25

    discard_account(actor=lead, account=full)

    # One's own part in calls is for oneself, wherever the account is.
    assert {label for label, count in seen(lead).items() if count} == {"campaigns.SelfCheck"}
    restore_account(actor=lead, account=full)
    assert seen(lead) == seen_before
    after = everything()
    assert {label: set(rows) ^ set(after[label]) for label, rows in before.items() if rows != after[label]} == {}


def test_nothing_dangles_when_it_is_gone(lead: User, full: Account) -> None:
    discard_account(actor=lead, account=full)

    assert remove_account(actor=lead, key=full.pk)

    assert dangling() == set()
    left = {model._meta.label: model._base_manager.count() for model in [Account, Contact, *hanging()]}
    assert {label: count for label, count in left.items() if count} == {}


def test_no_invitation_goes_out_for_what_lies_in_the_trash(lead: User) -> None:
    account = build.account()
    person, talk = build.contact(account=account), build.interaction(account, author=lead, kind="meeting")
    rows = Rows({User: lead, Account: account, Contact: person, Interaction: talk})
    meeting = rows.make(Meeting, organiser=lead)
    asked, off = (rows.make(InvitationMail, meeting=meeting, method=method) for method in ("REQUEST", "CANCEL"))
    assert list(InvitationMail.objects.waiting().order_by("pk")) == [asked, off]

    discard_account(actor=lead, account=account)

    assert list(InvitationMail.objects.waiting()) == [off]


def test_a_mail_goes_for_good_with_its_talk(
    lead: User, settings: Settings, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.MEDIA_ROOT = tmp_path
    mail = upload(actor=lead, content=letter(sender="Per <per@old.example>").as_bytes())
    talk = log_letter(actor=lead, letter=mail, accounts=[build.account()])
    discard_interaction(actor=lead, interaction=talk)
    assert Letter.objects.get().path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        assert remove_interaction(actor=lead, key=talk.pk)

    assert not Letter.objects.exists()
    assert not mail.path.exists()


def test_a_person_who_is_gone_leaves_rows_without_a_name(lead: User, full: Account) -> None:
    person = full.contacts.get()
    discard_contact(actor=lead, contact=person)

    assert remove_contact(actor=lead, key=person.pk)

    assert dangling() == set()
    person.refresh_from_db()
    assert (person.name, person.email) == ("Erased person", "")
    assert not PersonFact.objects.exists()
    assert DocumentShare.objects.filter(contacts=person).count() == 1
    assert Target.objects.get().left_out == "gone"


@pytest.mark.parametrize("label", ["files.DocumentShare", "touchpoints.PainTelling", "touchpoints.Saying"])
def test_what_names_a_person_keeps_their_row(lead: User, label: str) -> None:
    account = build.account()
    person, talk = build.contact(account=account), build.interaction(account, author=lead)
    rows = Rows({User: lead, Account: account, Contact: person, Interaction: talk})
    model = apps.get_model(label)
    made = rows.make(model, **({"teller": person} if label == "touchpoints.PainTelling" else {}))
    if hasattr(made, "contacts"):
        made.contacts.add(person)
    discard_contact(actor=lead, contact=person)

    remove_contact(actor=lead, key=person.pk)

    assert Contact.objects.get(pk=person.pk).erased_at is not None
