"""Changing many accounts at once: each row by the ordinary edit, with its own rights, version and trail.

Up to `AT_ONCE` rows change in one transaction; more are a job's work, part by part. A part's rows, their outcomes and
the progress are one transaction, so a worker may die at any line and another one goes on with the next part.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.models.bulk import TAGS, BulkChange, BulkField, BulkRow, BulkState, Outcome
from accounts.models.choices import State
from accounts.services.accounts import edit_account
from accounts.services.tags import clean_tag_names, tags_of
from accounts.services.trash import discard_account
from pmcrm.errors import RuleViolation
from pmcrm.jobs.models import ClaimLost
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger(__name__)

AT_ONCE: Final = 100
MOST_ROWS: Final = 100_000
MOST_PEOPLE: Final = 300
# Who may be named: the same people whom the account's form offers.
_RIGHTS: Final = {BulkField.PRODUCT_MANAGER: "exit_plan.propose", BulkField.RELATIONSHIP_OWNER: "account.create"}


def people_for(field: str) -> Any:
    """Who can be named as this owner, by name; `MOST_PEOPLE` of them are offered."""
    return User.objects.with_right(_RIGHTS[BulkField(field)]).order_by("name", "pk")


@transaction.atomic
def request_change(
    *, actor: User, field: str, value: str, rows: Iterable[tuple[int, int]], query: str = ""
) -> BulkChange:
    """Ask for one change of these accounts, given as (key, version read).

    `value` is a state, a person's key or the name of a tag; for the trash there is none.
    """
    change = BulkChange(created_by=actor, query=query, **_checked(actor, field, value))
    change.save()
    wanted, count = iter(dict(rows).items()), 0
    while part := list(islice(wanted, 2000)):
        # What went for good since its box was shown is left out.
        there = set(Account.objects.filter(pk__in=[key for key, _version in part]).values_list("pk", flat=True))
        part = [row for row in part if row[0] in there]
        count += len(part)
        if count > MOST_ROWS:
            sentence = _("At most %(most)d accounts change at once; narrow the list first.")
            raise RuleViolation(sentence % {"most": MOST_ROWS})
        BulkRow.objects.bulk_create(BulkRow(change=change, account_id=key, version=version) for key, version in part)
    if not count:
        raise RuleViolation(_("Tick the accounts to change first."))
    change.all_units = count
    change.save(update_fields=["all_units"])
    record(actor=actor, verb="accounts.bulk_requested", subject=change, field=field, value=value, rows=count)
    return change


def work(pk: int) -> BulkChange | None:
    """Do a change that waits, or whose worker fell silent. None where it is done, cancelled, or in other hands."""
    job = BulkChange.try_claim(pk, working_state=BulkState.WORKING)
    if job is None:
        return None
    if job.was_tried_too_often:
        return job.give_up()
    try:
        with job.beating():
            while _next_part(job):
                pass
    except ClaimLost:
        return None
    except DatabaseError:
        logger.exception("bulk change %s broke off", pk)
        return job.give_up(_("The database could not finish it. The log of the worker says why."))
    job.refresh_from_db()
    return job


@transaction.atomic
def cancel_change(*, actor: User, change: BulkChange) -> BulkChange:
    """Stop after the part that is under way; what is changed stays changed."""
    current = BulkChange.objects.select_for_update().get(pk=change.pk)
    if current.created_by_id != actor.pk:
        raise RuleViolation(_("Only who asked for a change cancels it."))
    if not current.is_moving:
        raise RuleViolation(_("This change is over already."))
    current.state, current.claim, current.finished_at = BulkState.CANCELLED, None, timezone.now()
    current.save(update_fields=["state", "claim", "finished_at"])
    record(actor=actor, verb="accounts.bulk_cancelled", subject=current, done=current.done_units)
    return current


def _checked(actor: User, field: str, value: str) -> dict[str, Any]:
    if not may(actor, "account.write"):
        raise RuleViolation(_("Your role does not change accounts."))
    if field not in BulkField.values:
        raise RuleViolation(_("Say what to change: %(known)s.") % {"known": ", ".join(BulkField.values)})
    if field == BulkField.STATE:
        if value not in State.values:
            raise RuleViolation(_("A state is one of: %(known)s.") % {"known": ", ".join(State.values)})
        return {"field": field, "to_state": value}
    if field == BulkField.TRASH:
        if not may(actor, "account.delete"):
            raise RuleViolation(_("Only a product lead or the sales VP deletes an account."))
        return {"field": field}
    if field in TAGS:
        names = clean_tag_names([value])
        if len(names) != 1:
            raise RuleViolation(_("Say which tag."))
        return {"field": field, "to_tag": names[0]}
    if not may(actor, "account.set_owner"):
        raise RuleViolation(_("Only a product lead or the sales VP names who owns an account."))
    if value == "":
        return {"field": field, "to_person": None}
    is_key = value.isascii() and value.isdecimal() and len(value) < 18
    person = people_for(field).filter(pk=value).first() if is_key else None
    if person is None:
        raise RuleViolation(_("Choose somebody whose role owns accounts so."))
    return {"field": field, "to_person": person}


def _next_part(job: BulkChange) -> bool:
    """Change the next rows. False where there are none left, and the change is done."""
    with transaction.atomic():
        locked = job.lock_claimed()
        rows = list(locked.rows.filter(outcome=Outcome.WAITING).order_by("pk")[:AT_ONCE])
        if not rows:
            locked.state, locked.finished_at = BulkState.DONE, timezone.now()
            locked.save(update_fields=["state", "finished_at"])
            refused = locked.rows.filter(outcome=Outcome.REFUSED).count()
            record(actor=locked.created_by, verb="accounts.bulk_done", subject=locked, refused=refused)
            return False
        _change_rows(locked, rows)
        locked.done_units += len(rows)
        locked.heartbeat_at = timezone.now()
        locked.save(update_fields=["done_units", "heartbeat_at"])
        return True


def _change_rows(change: BulkChange, rows: list[BulkRow]) -> None:
    actor: Any = change.created_by
    seen = Account.objects.visible_to(actor).in_bulk([row.account_id for row in rows])
    for row in rows:
        account = seen.get(row.account_id)
        if account is None:
            row.outcome, row.reason = Outcome.REFUSED, _("This account is not there any more.")
            continue
        row.outcome = Outcome.DONE
        try:
            with transaction.atomic():
                _change(change, actor, account, row.version)
        except RuleViolation as refusal:
            row.outcome, row.reason = Outcome.REFUSED, refusal.sentence
    BulkRow.objects.bulk_update(rows, ["outcome", "reason"])


def _change(change: BulkChange, actor: User, account: Account, version: int) -> None:
    if change.field == BulkField.TRASH:
        discard_account(actor=actor, account=account, version=version)
        return
    value: Any = change.to_state if change.field == BulkField.STATE else change.to_person
    field = change.field
    if field in TAGS:
        mine, wanted = [tag.name for tag in tags_of(account)], change.to_tag
        value = [name for name in mine if name.lower() != wanted.lower()]
        if field == BulkField.ADD_TAG:
            value = mine if len(value) < len(mine) else [*mine, wanted]
        field = "tags"
    edit_account(actor=actor, account=account, version=version, **{field: value})


def read_rows(texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Ticked rows as their boxes write them: "key.version". What is no such pair is left out."""
    for text in texts:
        key, _dot, version = text.partition(".")
        if all(part.isascii() and part.isdecimal() and len(part) < 10 for part in (key, version)):
            yield int(key), int(version)
