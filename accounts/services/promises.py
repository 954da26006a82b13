"""What accounts were promised, and how each promise ended."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Promise
from accounts.models.promise import PromiseState, Source
from accounts.permissions import may_promise
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

AGREED: Final = frozenset({PromiseState.RENEGOTIATED, PromiseState.RELEASED})


@transaction.atomic
def add_promise(
    *,
    actor: User,
    account: Account,
    text: str,
    owner: User,
    due_on: dt.date,
    source: str = Source.MEETING,
    promised_on: dt.date | None = None,
) -> Promise:
    """An account was told that it would get something, by a day, from somebody; today, where no day is named."""
    if not may_promise(actor, account):
        raise RuleViolation(_("Promises to this account are made by its owners."))
    if not text.strip():
        raise RuleViolation(_("Say what was promised."), fields={"text": _("Say what was promised.")})
    if not owner.is_active:
        sentence = _("%(name)s has left; choose somebody who can keep it.") % {"name": owner.name}
        raise RuleViolation(sentence, fields={"owner": sentence})
    today = timezone.localdate()
    if promised_on is not None and promised_on > today:
        sentence = _("This day has not come yet.")
        raise RuleViolation(sentence, fields={"promised_on": sentence})
    promise = Promise.objects.create(
        account=account,
        text=text.strip(),
        owner=owner,
        due_on=due_on,
        source=source,
        promised_on=promised_on or today,
    )
    record(actor=actor, verb="promise.added", subject=promise, account_id=account.pk, owner=owner.name, due_on=due_on)
    return promise


@transaction.atomic
def settle_promise(
    *,
    actor: User,
    promise: Promise,
    version: int,
    state: str,
    agreed_on: dt.date | None = None,
    proof: str = "",
    new_due_on: dt.date | None = None,
) -> Promise:
    """End an open promise: kept, broken, or with the customer's agreement renegotiated or released.

    A renegotiated one is followed by a new promise on `new_due_on`.
    """
    current = Promise.objects.select_for_update(of=("self",)).select_related("account", "owner").get(pk=promise.pk)
    if not (may_promise(actor, current.account) or current.owner_id == actor.pk):
        raise RuleViolation(_("Only its owner or the account's owners settle a promise."))
    if current.version != version:
        raise StaleVersion(_("Somebody settled or changed this promise in between. Nothing was overwritten."))
    if current.state != PromiseState.OPEN:
        raise RuleViolation(_("This promise is settled already."))
    if state == PromiseState.OPEN or state not in PromiseState.values:
        sentence = _("Say how it ended: kept, broken, renegotiated or released.")
        raise RuleViolation(sentence, fields={"state": sentence})
    if state in AGREED:
        _check_agreement(agreed_on)
    if state == PromiseState.RENEGOTIATED and new_due_on is None:
        sentence = _("Say by which day it is promised now.")
        raise RuleViolation(sentence, fields={"new_due_on": sentence})
    current.state = state
    current.agreed_on = agreed_on if state in AGREED else None
    current.proof = proof
    current.settled_at = timezone.now()
    current.version += 1
    current.save()
    record(
        actor=actor,
        verb=f"promise.{state}",
        subject=current,
        account_id=current.account_id,
        agreed_on=current.agreed_on,
        new_due_on=new_due_on if state == PromiseState.RENEGOTIATED else None,
    )
    if state == PromiseState.RENEGOTIATED and new_due_on is not None:
        Promise.objects.create(
            account=current.account,
            text=current.text,
            owner=current.owner,
            due_on=new_due_on,
            source=current.source,
            promised_on=agreed_on or timezone.localdate(),
        )
    return current


def note_late_promises() -> int:
    """Tell owner and relationship owner of each late promise, each at most once a day. Returns how many are new."""
    today = timezone.localdate()
    late = (
        Promise.objects.late()
        .filter(account__merged_into=None, account__deleted_at=None)
        .select_related("owner", "account__relationship_owner")
    )
    found = 0
    for promise in late.order_by("pk").iterator(chunk_size=500):
        people = {promise.owner, promise.account.relationship_owner}
        key, path = f"promise late {promise.pk} {today:%Y-%m-%d}", promise.get_absolute_url()
        found += sum(
            note(person=person, kind=Kind.PROMISE_LATE, key=key, path=path)
            for person in people
            if person is not None and person.is_active
        )
    return found


def _check_agreement(agreed_on: dt.date | None) -> None:
    sentence = ""
    if agreed_on is None:
        sentence = _("Say on which day the customer agreed; without that the promise is broken.")
    elif agreed_on > timezone.localdate():
        sentence = _("The customer cannot have agreed on a day to come.")
    if sentence:
        raise RuleViolation(sentence, fields={"agreed_on": sentence})
