"""What becomes of a trouble: it is answered, filed, made one with another, and the customer hears of it in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Promise
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record
from touchpoints.models import Cause, Channel, ExpectationKind, Pain, PainAnswer, PainState, Severity
from touchpoints.services.pains import LONGEST_WORDS, recount
from touchpoints.services.statements import check_listeners

if TYPE_CHECKING:
    from accounts.models import Contact
    from pmcrm.people.models import User


@transaction.atomic
def answer_pain(
    *,
    actor: User,
    pain: Pain,
    version: int,
    words: str,
    contacts: Iterable[Contact] = (),
    channel: str = "",
    expectation: str = "",
    told_on: dt.date | None = None,
    again_on: dt.date | None = None,
) -> PainAnswer:
    """They were told what becomes of it. With `again_on` they hear once more by that day, else it is answered."""
    found = _locked(actor, pain, version)
    day = told_on or timezone.localdate()
    said = words.strip()
    fields = {}
    if not said or len(said) > LONGEST_WORDS:
        fields["words"] = _("Write what they were told, in at most %(most)d characters.") % {"most": LONGEST_WORDS}
    if channel and channel not in Channel.values:
        fields["channel"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Channel.values)}
    if expectation and expectation not in ExpectationKind.values:
        fields["expectation"] = _("Choose one of: %(known)s.") % {"known": ", ".join(ExpectationKind.values)}
    if day > timezone.localdate():
        fields["told_on"] = _("This day has not come yet.")
    elif day < found.told_on:
        fields["told_on"] = _("They told it only on %(day)s.") % {"day": found.told_on.isoformat()}
    if again_on is not None and again_on <= day:
        fields["again_on"] = _("Choose a day after this answer.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    people = list(contacts)
    check_listeners(found.account, people, found.interaction)
    made = PainAnswer.objects.create(
        pain=found,
        expectation=expectation,
        words=said,
        channel=channel,
        told_on=day,
        is_report_back=True,
        due_on=found.report_back_on,
        author=actor,
    )
    made.contacts.set(people)
    found.expectation = expectation or found.expectation
    found.state = PainState.OPEN if again_on else PainState.ANSWERED
    found.report_back_on = again_on or found.report_back_on
    _save(found, "expectation", "state", "report_back_on")
    _record(actor, "pain.answered", found, expectation=found.expectation, late=made.was_late, again_on=again_on)
    return made


@transaction.atomic
def edit_pain(
    *,
    actor: User,
    pain: Pain,
    version: int,
    severity: str,
    cause: str,
    teller: Contact | None,
    report_back_on: dt.date,
    promises: Iterable[Promise] = (),
) -> Pain:
    """File it anew: how bad, what it comes from, who told it, by when they hear from us, which promises belong to it.
    Their words stay theirs."""
    found = _locked(actor, pain, version)
    fields = {}
    for name, value, known in (("severity", severity, Severity.values), ("cause", cause, Cause.values)):
        if value and value not in known:
            fields[name] = _("Choose one of: %(known)s.") % {"known": ", ".join(known)}
    linked = list(promises)
    if any(promise.account_id != found.account_id for promise in linked):
        fields["promises"] = _("Choose promises to this account.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    if teller is not None and teller.pk != found.teller_id:
        check_listeners(found.account, [teller], found.interaction)
    before = _plain(found)
    found.severity, found.cause, found.teller, found.report_back_on = severity, cause, teller, report_back_on
    _save(found, "severity", "cause", "teller", "report_back_on")
    found.promises.set(linked)
    _record(actor, "pain.edited", found, changes=changes(before, _plain(found)))
    return found


@transaction.atomic
def end_pain(*, actor: User, pain: Pain, version: int) -> Pain:
    """It does not hurt them any more."""
    found = _locked(actor, pain, version)
    if found.state != PainState.GONE:
        found.state, found.ended_on = PainState.GONE, timezone.localdate()
        _save(found, "state", "ended_on")
        _record(actor, "pain.ended", found)
    return found


@transaction.atomic
def reopen_pain(*, actor: User, pain: Pain, version: int) -> Pain:
    """It hurts after all, and waits for an answer again: by today, or by the day that nobody kept."""
    found = _locked(actor, pain, version)
    if found.state != PainState.OPEN:
        if found.answers.reports().filter(due_on=found.report_back_on).exists():
            found.report_back_on = max(found.report_back_on, timezone.localdate())
        found.state, found.ended_on = PainState.OPEN, None
        _save(found, "state", "report_back_on", "ended_on")
        _record(actor, "pain.reopened", found)
    return found


@transaction.atomic
def merge_pains(*, actor: User, pain: Pain, into: Pain, version: int) -> Pain:
    """`pain` turned out to be `into`: what was told of it counts there from now on. Can be taken apart again."""
    # In one order, so that two who merge the same two crosswise wait for each other.
    Pain.objects.select_for_update().filter(pk__in=[pain.pk, into.pk]).order_by("pk").count()
    found = _locked(actor, pain, version)
    winner = Pain.objects.select_related("interaction").get(pk=into.pk)
    sentence = ""
    if winner.pk == found.pk:
        sentence = _("A trouble cannot be made one with itself.")
    elif winner.account_id != found.account_id:
        sentence = _("Both have to be of the same account.")
    elif winner.merged_into_id is not None:
        sentence = _("That one went up in another one already.")
    elif not Pain.objects.visible_to(actor).filter(pk=winner.pk).exists():
        sentence = _("Choose one from the list.")
    if sentence:
        raise RuleViolation(sentence, fields={"into": sentence})
    below = list(found.merged_here.values_list("pk", flat=True))
    Pain.objects.filter(pk__in=below).update(merged_into=winner)
    found.merged_into = winner
    _save(found, "merged_into")
    if found.state == PainState.OPEN and winner.state == PainState.ANSWERED:
        winner.state, winner.report_back_on = PainState.OPEN, max(found.report_back_on, winner.report_back_on)
        _save(winner, "state", "report_back_on")
    recount([found.pk, winner.pk])
    _record(actor, "pain.merged", found, into=winner.pk)
    return winner


@transaction.atomic
def split_pain(*, actor: User, pain: Pain) -> Pain:
    """They were two after all: it stands on its own again."""
    found = Pain.objects.select_for_update(of=("self",)).select_related("account", "interaction").get(pk=pain.pk)
    _check_may_write(actor, found)
    if found.merged_into_id is None:
        return found
    was = found.merged_into_id
    found.merged_into = None
    _save(found, "merged_into")
    recount([found.pk, was])
    _record(actor, "pain.split", found, out_of=was)
    return found


def note_due_pains() -> int:
    """Tell who answers for the account of each answer that is due, once for each day set. Returns how many are new."""
    due = Pain.objects.due_by(timezone.localdate()).filter(account__merged_into=None, account__deleted_at=None)
    due = due.filter(interaction__deleted_at=None)
    told = 0
    for pain in due.with_owner().select_related("author").order_by("pk").iterator(chunk_size=500):
        person = pain.account.product_manager or pain.account.relationship_owner or pain.author
        if pain.interaction is not None and pain.interaction.is_private:
            person = pain.author
        if person.is_active:
            key = f"pain due {pain.pk} {pain.report_back_on:%Y-%m-%d}"
            told += note(person=person, kind=Kind.PAIN_DUE, key=key, path=pain.get_absolute_url())
    return told


def _locked(actor: User, pain: Pain, version: int) -> Pain:
    found = Pain.objects.select_for_update(of=("self",)).select_related("account", "interaction").get(pk=pain.pk)
    _check_may_write(actor, found)
    if found.version != version:
        raise StaleVersion(
            _("Somebody changed this in the meantime. Nothing was saved."),
            current={**_plain(found), "version": found.version},
        )
    if found.merged_into_id is not None:
        raise RuleViolation(_("It went up in another one. Change that one."), code="merged")
    return found


def _check_may_write(actor: User, pain: Pain) -> None:
    if not may(actor, "pain.write") or not Account.objects.visible_to(actor).filter(pk=pain.account_id).exists():
        raise RuleViolation(_("Your role does not change this."), code="not_yours")


def _save(pain: Pain, *fields: str) -> None:
    pain.version += 1
    pain.save(update_fields=[*fields, "version"])


def _plain(pain: Pain) -> dict[str, Any]:
    return {
        "severity": pain.severity,
        "cause": pain.cause,
        "teller": pain.teller_id,
        "report_back_on": pain.report_back_on,
        "state": pain.state,
        "expectation": pain.expectation,
    }


def _record(actor: User, verb: str, pain: Pain, **data: Any) -> None:
    is_private = pain.interaction is not None and pain.interaction.is_private
    record(actor=actor, verb=verb, subject=pain, account_id=None if is_private else pain.account_id, **data)
