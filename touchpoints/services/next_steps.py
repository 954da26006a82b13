"""Next steps: given, done, put off, handed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import NextStep
from touchpoints.permissions import may_change_step
from touchpoints.services.figures import refresh_contact_figures

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

# A step further away than this is a slip of the keyboard, not a plan.
LONGEST_PLAN: Final = dt.timedelta(days=5 * 366)


_needed_by: list[Callable[[NextStep], None]] = []


def register_need(needs: Callable[[NextStep], None]) -> None:
    """`needs` refuses with a RuleViolation that a step is removed which a room above cannot do without."""
    _needed_by.append(needs)


@dataclass(frozen=True)
class PlannedStep:
    """A step as somebody enters it."""

    text: str
    owner: User
    due_on: dt.date
    is_shared: bool = False
    """Whether the customer was told of it."""


def check_step(step: PlannedStep) -> None:
    """Refuse a step that nobody could do."""
    if not step.text.strip():
        raise RuleViolation(_("Say what will be done."), fields={"text": _("Say what will be done.")})
    if not may(step.owner, "next_step.write"):
        sentence = _("%(name)s cannot take next steps. Choose somebody else.") % {"name": step.owner.name}
        raise RuleViolation(sentence, fields={"owner": sentence})
    check_day(step.due_on, field="due_on")


def check_day(day: dt.date, *, field: str) -> None:
    """Refuse a day that is a slip of the keyboard."""
    if abs(day - timezone.localdate()) > LONGEST_PLAN:
        sentence = _("%(year)s is too far away. Check the year.") % {"year": day.year}
        raise RuleViolation(sentence, fields={field: sentence})


@transaction.atomic
def add_next_step(
    *, actor: User, account: Account, step: PlannedStep, interaction: Interaction | None = None
) -> NextStep:
    """Give `step` for an account that the actor sees."""
    check_step(step)
    if not Account.objects.visible_to(actor).filter(pk=account.pk).exists():
        sentence = _("Choose an account from the list.")
        raise RuleViolation(sentence, fields={"account": sentence})
    made = NextStep.objects.create(
        account=account,
        interaction=interaction,
        text=step.text.strip(),
        owner=step.owner,
        due_on=step.due_on,
        is_shared=step.is_shared,
        created_by=actor,
    )
    _record(actor, "added", made, owner=step.owner.name, due_on=step.due_on)
    refresh_contact_figures(account_ids=[account.pk])
    return made


@transaction.atomic
def finish_next_step(*, actor: User, step: NextStep) -> NextStep:
    """Done. A second time changes nothing."""
    step = _locked(actor, step)
    if step.done_at is None:
        step.done_at = timezone.now()
        _save(actor, "done", step, ["done_at"])
    return step


@transaction.atomic
def reopen_next_step(*, actor: User, step: NextStep) -> NextStep:
    """Not done after all. A second time changes nothing."""
    step = _locked(actor, step)
    if step.done_at is not None:
        step.done_at = None
        _save(actor, "reopened", step, ["done_at"])
    return step


@transaction.atomic
def snooze_next_step(*, actor: User, step: NextStep, until: dt.date) -> NextStep:
    """Put an open step off to a later day; the day it was due stays known."""
    step = _locked(actor, step)
    if step.done_at is not None:
        raise RuleViolation(_("This step is done already. Take that back first."))
    if until <= timezone.localdate():
        sentence = _("Choose a day from tomorrow on.")
        raise RuleViolation(sentence, fields={"until": sentence})
    check_day(until, field="until")
    step.snoozed_until = until
    _save(actor, "snoozed", step, ["snoozed_until"], until=until)
    return step


@transaction.atomic
def reassign_next_step(*, actor: User, step: NextStep, owner: User) -> NextStep:
    """Hand an open step to somebody else."""
    step = _locked(actor, step)
    if step.done_at is not None:
        raise RuleViolation(_("This step is done already. Take that back first."))
    check_step(PlannedStep(step.text, owner, step.due_on))
    before, step.owner = step.owner, owner
    _save(actor, "reassigned", step, ["owner"], changes={"owner": [before.name, owner.name]})
    return step


@transaction.atomic
def edit_next_step(*, actor: User, step: NextStep, to: PlannedStep, version: int) -> NextStep:
    """Change words, owner and day of the step as it was read in `version`; the day agreed first stays known."""
    step = _locked(actor, step)
    if step.version != version:
        now = {"text": step.text, "owner": step.owner_id, "due_on": step.due_on, "version": step.version}
        raise StaleVersion(_("Somebody changed this step in the meantime. Nothing was saved."), current=now)
    check_step(to)
    if step.agreed_on is None and to.due_on != step.due_on:
        step.agreed_on = step.due_on
    step.text, step.owner, step.due_on, step.snoozed_until = to.text.strip(), to.owner, to.due_on, None
    _save(actor, "edited", step, ["text", "owner", "due_on", "agreed_on", "snoozed_until"])
    return step


@transaction.atomic
def remove_next_step(*, actor: User, step: NextStep) -> None:
    """A step that should not be there: gone, with a row in the trail. Rooms above may need it, and refuse."""
    step = _locked(actor, step)
    for needs in _needed_by:
        needs(step)
    _record(actor, "removed", step)
    account_id = step.account_id
    step.delete()
    refresh_contact_figures(account_ids=[account_id])


@transaction.atomic
def hand_over_next_steps(*, actor: User, person: User, successor: User) -> int:
    """All open steps of `person` become the successor's, each with its row in the trail. Returns how many."""
    steps = list(NextStep.objects.open().of(person).select_for_update(of=("self",)).with_names())
    for step in steps:
        step.owner = successor
        step.version += 1
        step.save(update_fields=["owner", "version"])
        _record(actor, "reassigned", step, changes={"owner": [person.name, successor.name]})
    return len(steps)


def _locked(actor: User, step: NextStep) -> NextStep:
    found = NextStep.objects.select_for_update(of=("self",)).with_names().get(pk=step.pk)
    if not may_change_step(actor, found):
        raise RuleViolation(_("Only its owner, who gave it and the account's own people change this step."))
    return found


def _save(actor: User, verb: str, step: NextStep, fields: list[str], **data: object) -> None:
    step.version += 1
    step.save(update_fields=[*fields, "version"])
    _record(actor, verb, step, **data)
    refresh_contact_figures(account_ids=[step.account_id])


def _record(actor: User, verb: str, step: NextStep, **data: object) -> None:
    """The trail of an account is read by many: a step from a private talk stays out of it."""
    is_private = step.interaction is not None and step.interaction.is_private
    record(
        actor=actor,
        verb=f"next_step.{verb}",
        subject=step,
        account_id=None if is_private else step.account_id,
        **data,
    )
