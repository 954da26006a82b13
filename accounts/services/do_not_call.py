"""People who asked not to be called: for a while or for ever. Every campaign leaves them out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_REASON: Final = 300
LONGEST: Final = dt.timedelta(days=20 * 366)


@transaction.atomic
def set_do_not_call(*, actor: User, contact: Contact, reason: str, until: dt.date | None = None) -> Contact:
    """Keep what they asked for: not to be called up to and with that day, or never again. Whoever hears it writes it
    down, so it takes the right to log a talk and not to change the account."""
    words = " ".join(reason.split())[:LONGEST_REASON]
    fields = {}
    if not words:
        fields["reason"] = _("Say why, in their words.")
    today = timezone.localdate()
    if until is not None and not today <= until <= today + LONGEST:
        fields["until"] = _("Choose a day from today on, or none for ever.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    current = _locked(actor, contact)
    return _save(actor, current, words, until, "contact.not_to_be_called")


@transaction.atomic
def lift_do_not_call(*, actor: User, contact: Contact) -> Contact:
    """They may be called again. A second time changes nothing."""
    current = _locked(actor, contact)
    if not current.do_not_call_reason:
        return current
    return _save(actor, current, "", None, "contact.may_be_called")


def _locked(actor: User, contact: Contact) -> Contact:
    seen = Contact.objects.filter(account__in=Account.objects.visible_to(actor)).in_sight()
    current = seen.select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if current is None or not may(actor, "interaction.log"):
        raise RuleViolation(_("Only who may log a talk with them notes this."), code="not_yours")
    return current


def _save(actor: User, current: Contact, reason: str, until: dt.date | None, verb: str) -> Contact:
    current.do_not_call_reason, current.do_not_call_until = reason, until
    current.version += 1
    current.save(update_fields=["do_not_call_reason", "do_not_call_until", "version", "updated_at"])
    record(actor=actor, verb=verb, subject=current, account_id=current.account_id, until=until)
    return current
