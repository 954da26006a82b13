"""What internal customers do: whom they serve, and which programmes they take part in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Enrolment
from accounts.models.choices import Kind
from accounts.models.inside import ProgrammeRole
from accounts.permissions import check_may_edit
from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User


@transaction.atomic
def serve(*, actor: User, account: Account, customer: Account) -> None:
    """An internal account helps an external one with the product, or uses it on its behalf. Both pages show it."""
    _check_inside(actor, account)
    _check_outside(actor, customer, "customer")
    if account.serves.filter(pk=customer.pk).exists():
        sentence = _("%(inside)s serves %(outside)s already.") % {"inside": account.name, "outside": customer.name}
        raise RuleViolation(sentence, fields={"customer": sentence})
    account.serves.add(customer)
    _tell_both(actor, "account.serves", account, customer)


@transaction.atomic
def stop_serving(*, actor: User, account: Account, customer: Account) -> None:
    """The link goes; the history of both accounts keeps that it was there. Without a link nothing happens."""
    _check_inside(actor, account)
    if account.serves.filter(pk=customer.pk).exists():
        account.serves.remove(customer)
        _tell_both(actor, "account.serves_no_more", account, customer)


@transaction.atomic
def enrol(
    *,
    actor: User,
    account: Account,
    programme: str,
    role: str,
    paired_with: Account | None = None,
    since: dt.date | None = None,
) -> Enrolment:
    """An internal account takes part in a programme. A hand-holder, and nobody else, is paired with a customer."""
    _check_inside(actor, account)
    fields = {}
    if not programme.strip():
        fields["programme"] = _("Name the programme.")
    if role not in ProgrammeRole.values:
        fields["role"] = _("Choose one of: %(known)s.") % {"known": ", ".join(ProgrammeRole.values)}
    if role == ProgrammeRole.HAND_HOLDER and paired_with is None:
        fields["paired_with"] = _("Say whose hand they hold.")
    if role != ProgrammeRole.HAND_HOLDER and paired_with is not None:
        fields["paired_with"] = _("Only who holds a hand is paired with a customer.")
    if since is not None and since > timezone.localdate():
        fields["since"] = _("Enter today or an earlier day.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    if paired_with is not None:
        _check_outside(actor, paired_with, "paired_with")
    same = Enrolment.objects.running().filter(
        account=account, programme=programme.strip(), role=role, paired_with=paired_with
    )
    # Two at once find each other here: the account's row lets one in after the other.
    Account.objects.select_for_update().get(pk=account.pk)
    if same.exists():
        sentence = _("%(account)s has this role in the programme already.") % {"account": account.name}
        raise RuleViolation(sentence, fields={"programme": sentence})
    made = Enrolment.objects.create(
        account=account,
        programme=programme.strip(),
        role=role,
        paired_with=paired_with,
        since=since or timezone.localdate(),
        enrolled_by=actor,
    )
    for one in filter(None, (account, paired_with)):
        record(actor=actor, verb="enrolment.began", subject=made, account_id=one.pk, account=account.name)
    return made


@transaction.atomic
def end_enrolment(*, actor: User, enrolment: Enrolment, until: dt.date | None = None, end_note: str = "") -> Enrolment:
    """End it with its day; the row stays, on both sides."""
    current = Enrolment.objects.select_for_update(of=("self",)).select_related("account").get(pk=enrolment.pk)
    _check_inside(actor, current.account)
    if current.until is not None:
        raise RuleViolation(_("This has ended already."))
    until = until or timezone.localdate()
    sentence = ""
    if until > timezone.localdate():
        sentence = _("Enter today or an earlier day.")
    elif until < current.since:
        sentence = _("It cannot end before it began.")
    if sentence:
        raise RuleViolation(sentence, fields={"until": sentence})
    current.until, current.end_note = until, end_note.strip()
    current.save(update_fields=["until", "end_note"])
    for pk in filter(None, (current.account_id, current.paired_with_id)):
        record(actor=actor, verb="enrolment.ended", subject=current, account_id=pk, until=until)
    return current


def check_kind_change(account: Account, kind: str) -> None:
    """An account that acts inside stays internal, and one that is served or led by the hand stays external."""
    if kind == Kind.INTERNAL:
        holds = account.served_by.exists() or Enrolment.objects.filter(paired_with=account).exists()
        sentence = _("Internal accounts serve this one, so it is external. End that first.")
    else:
        holds = account.serves.exists() or Enrolment.objects.filter(account=account).exists()
        sentence = _("This account serves external ones or takes part in programmes, so it is internal.")
    if holds:
        raise RuleViolation(sentence, fields={"kind": sentence})


def _check_inside(actor: User, account: Account) -> None:
    check_may_edit(actor, account)
    if account.kind != Kind.INTERNAL:
        raise RuleViolation(_("Only an internal account serves others or takes part in programmes."))


def _check_outside(actor: User, account: Account, field: str) -> None:
    if account.kind != Kind.EXTERNAL or not Account.objects.visible_to(actor).filter(pk=account.pk).exists():
        sentence = _("Choose an external account.")
        raise RuleViolation(sentence, fields={field: sentence})


def _tell_both(actor: User, verb: str, inside: Account, outside: Account) -> None:
    record(actor=actor, verb=verb, subject=inside, account_id=inside.pk, inside=inside.name, outside=outside.name)
    record(actor=actor, verb=verb, subject=outside, account_id=outside.pk, inside=inside.name, outside=outside.name)
