"""Two that become one and two again, with a row of every table that hangs on both of them, children of rows as well."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest
from django.db import IntegrityError, models, transaction
from psycopg2.errors import UniqueViolation

from accounts import merging
from accounts.models import Account, Contact
from accounts.services.merging import undo_merge
from accounts.services.value import recompute_tiers
from campaigns.models import Attempt, SelfCheck, Target
from correspondence.models import Letter
from meetings.models import Invitee, Meeting
from pmcrm.people.models import User
from tests import build
from tests.accounts.merge_cast import everything, merged
from tests.rows import Rows, all_models
from touchpoints.models import Evidence, Interaction
from touchpoints.models.decision import CitedFigure
from touchpoints.services.figures import refresh_contact_figures

pytestmark = pytest.mark.django_db

# Rows of a merge, of a search for duplicates and of an erasure are made by those alone.
BY_ITSELF: Final = {
    *("accounts.AccountMerge", "accounts.ContactMerge", "accounts.AccountPair", "accounts.ContactPair"),
    *("accounts.AccountFigures", "accounts.AccountKeys", "accounts.ContactKeys", "accounts.Account_serves"),
    *("accounts.Erasure", "accounts.Mention"),
}
MORNING: Final = dt.datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=dt.UTC)


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def hanging() -> list[Any]:
    """Tables that hang on an account or a person, themselves or by what they belong to."""
    found: list[Any] = []
    waiting = [model for model in all_models() if model not in (Account, Contact)]
    owners = {Account, Contact}
    while new := [model for model in waiting if _owners(model) & owners]:
        found += new
        owners |= set(new)
        waiting = [model for model in waiting if model not in owners]
    return [model for model in found if model._meta.label not in BY_ITSELF]


def _owners(model: Any) -> set[Any]:
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is not model
    }


def both_sides(
    lead: User, accounts: list[Account], people: list[Contact], *, is_one_talk: bool, tables: list[Any]
) -> dict[str, int]:
    """For each side a row of every table that hangs there; what hangs on neither, both share."""
    talk = build.interaction(*dict.fromkeys(accounts), author=lead)
    shared: dict[Any, Any] = {User: lead, Interaction: talk}
    made: dict[str, int] = {}
    for account, person in zip(accounts, people, strict=True):
        rows = Rows({**shared, Account: account, Contact: person})
        for model in tables:
            values = _pointing_at_them(model, rows)
            if model in (Attempt, Letter):
                values["interaction"] = build.interaction(account, author=lead)
            if model is Evidence:
                values |= {"interaction": None, "figure": CitedFigure.REVENUE, "value": 1}
            try:
                with transaction.atomic():
                    rows.make(model, **values)
                made[model._meta.label] = made.get(model._meta.label, 0) + 1
            except IntegrityError as error:
                # The two share one already; anything else is a row that this test has to learn to make.
                if not isinstance(error.__cause__, UniqueViolation):
                    raise
        own = set(tables) | {Account, Contact}
        own -= {Interaction, Meeting} if is_one_talk else set()
        shared = {model: thing for model, thing in rows.kinds() if model not in own}
    refresh_contact_figures()
    recompute_tiers()
    return made


def _pointing_at_them(model: Any, rows: Rows) -> dict[str, Any]:
    """Columns that may stay empty are filled where they point at one of the two."""
    return {
        field.name: rows.one(field.related_model)
        for field in model._meta.concrete_fields
        if field.null
        and field.is_relation
        and field.related_model in (Account, Contact)
        # Only who holds a hand is paired.
        and field.name != "paired_with"
    }


@pytest.mark.parametrize("is_one_talk", [True, False])
@pytest.mark.parametrize("kind", [merging.ACCOUNT, merging.CONTACT])
def test_everything_comes_back(lead: User, kind: str, *, is_one_talk: bool) -> None:
    accounts = [build.account(name="Nordlys"), build.account(name="Nordlys AS")]
    if kind == merging.CONTACT:
        accounts = accounts[:1] * 2
    people = [build.contact(account=account, name=f"Kari {number}") for number, account in enumerate(accounts)]
    made = both_sides(lead, accounts, people, is_one_talk=is_one_talk, tables=hanging())
    assert len(made) > 60
    assert made["campaigns.Attempt"] == made["meetings.Invitee"] == made["touchpoints.Pain"] == 2
    before = everything()

    winner, loser = accounts if kind == merging.ACCOUNT else people
    done = merged(lead, winner, loser)

    assert everything() != before
    undo_merge(actor=lead, made=done)
    after = everything()
    assert {label: set(rows) ^ set(after[label]) for label, rows in before.items() if rows != after[label]} == {}


@pytest.mark.parametrize("is_ahead", ["winner", "loser"])
def test_calls_of_both_count_in_one_campaign(lead: User, is_ahead: str) -> None:
    account = build.account()
    winner, loser = build.contact(account=account, name="Kari Lund"), build.contact(account=account, name="K. Lund")
    campaign = build.campaign(owner=lead)
    called = {"state": "done", "reached": 4, "last_outcome": "conversation", "last_attempt_at": MORNING}
    fresh = {"not_before": MORNING, "state": "waiting"}
    mine, theirs = (called, fresh) if is_ahead == "winner" else (fresh, called)
    kept = build.target(campaign=campaign, contact=winner, attempts=1, **mine)
    other = build.target(campaign=campaign, contact=loser, attempts=2, **theirs)
    rows = Rows({User: lead, Account: account, Contact: loser})
    for target, number in ((kept, 1), (other, 1), (other, 2)):
        talk = build.interaction(account, author=lead)
        attempt = rows.make(Attempt, target=target, number=number, interaction=talk, outcome="conversation")
        rows.make(SelfCheck, attempt=attempt, talk_share=20)
    before = everything()

    done = merged(lead, winner, loser)

    (target,) = Target.objects.all()
    assert (target.contact, target.attempts, target.tries.count()) == (winner, 3, 3)
    assert (target.state, target.reached, target.last_outcome) == ("done", 4, "conversation")
    assert (target.last_attempt_at, target.not_before) == (MORNING, None)
    assert SelfCheck.objects.count() == 3
    undo_merge(actor=lead, made=done)
    assert everything() == before


def test_what_was_done_after_the_merge_stays(lead: User) -> None:
    account = build.account()
    winner, loser = build.contact(account=account, name="Kari Lund"), build.contact(account=account, name="K. Lund")
    campaign = build.campaign(owner=lead)
    kept = build.target(campaign=campaign, contact=winner)
    build.target(campaign=campaign, contact=loser, attempts=1, reached=1, last_attempt_at=MORNING)
    done = merged(lead, winner, loser)
    Target.objects.filter(pk=kept.pk).update(state="done", attempts=2)

    undo_merge(actor=lead, made=done)

    kept.refresh_from_db()
    assert (kept.state, kept.attempts, kept.reached, kept.last_attempt_at) == ("done", 2, 0, None)
    assert Target.objects.get(contact=loser).attempts == 1


def test_an_answer_of_either_counts_for_one_meeting(lead: User) -> None:
    account = build.account()
    winner, loser = build.contact(account=account, name="Kari Lund"), build.contact(account=account, name="K. Lund")
    talk = build.interaction(account, author=lead, kind="meeting")
    talk.contacts.add(winner, loser)
    meeting = Rows({User: lead, Interaction: talk}).make(Meeting, organiser=lead)
    Invitee.objects.create(meeting=meeting, contact=winner, email="kari@nordlys.example", is_invited=True)
    Invitee.objects.create(meeting=meeting, contact=loser, answer="accepted", comment="Gladly", answered_at=MORNING)
    before = everything()

    done = merged(lead, winner, loser)

    (invitee,) = Invitee.objects.all()
    assert (invitee.contact, invitee.email) == (winner, "kari@nordlys.example")
    assert (invitee.answer, invitee.comment, invitee.answered_at) == ("accepted", "Gladly", MORNING)
    assert list(talk.contacts.all()) == [winner]
    undo_merge(actor=lead, made=done)
    assert everything() == before
