"""What was said and heard in a talk, kept together with it: statements, troubles, learnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from touchpoints.services.learnings import note_learning
from touchpoints.services.pains import retell_pain, tell_pain
from touchpoints.services.statements import say

if TYPE_CHECKING:
    from accounts.models import Account, Contact
    from pmcrm.people.models import User
    from touchpoints.models import Interaction, Pain, Statement


@dataclass(frozen=True)
class ToldPain:
    """One trouble in their words; `same_as` is the earlier one that somebody recognised in it."""

    words: str
    same_as: Pain | None = None
    severity: str = ""
    expectation: str = ""


@dataclass(frozen=True)
class Learned:
    text: str
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class Hearing:
    statements: Sequence[Statement] = ()
    pains: Sequence[ToldPain] = ()
    learnings: Sequence[Learned] = ()
    bypass_reason: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.statements or self.pains or self.learnings)


@transaction.atomic
def keep_hearing(
    *,
    actor: User,
    interaction: Interaction | None,
    accounts: Sequence[Account],
    contacts: Sequence[Contact],
    heard: Hearing,
) -> None:
    """Statements were said to all who were there. A trouble is of the account that it was told for, else of the first
    customer present; the first person of that account told it. Learnings need a talk."""
    if interaction is not None and interaction.is_planned:
        sentence = _("That is heard in the talk, not before it.")
        raise RuleViolation(sentence, fields={"heard": sentence})
    of = next((one for one in accounts if not one.may_speak_for_others), accounts[0])
    people = [contact for contact in contacts if contact.account_id == of.pk] or list(contacts)
    for statement in heard.statements:
        say(actor=actor, statement=statement, contacts=people, account=of, interaction=interaction)
    teller = people[0] if people else None
    for pain in heard.pains:
        if pain.same_as is not None:
            if pain.same_as.account_id != of.pk:
                sentence = _("Choose one that this account told before.")
                raise RuleViolation(sentence, fields={"heard": sentence})
            retell_pain(actor=actor, pain=pain.same_as, words=pain.words, contact=teller, interaction=interaction)
            continue
        tell_pain(
            actor=actor,
            account=of,
            words=pain.words,
            contact=teller,
            interaction=interaction,
            severity=pain.severity,
            expectation=pain.expectation,
            bypass_reason=heard.bypass_reason,
        )
    if interaction is None:
        return
    for learned in heard.learnings:
        note_learning(actor=actor, interaction=interaction, text=learned.text, tags=learned.tags)
