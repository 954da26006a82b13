"""What we know of an account's business, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import check_may_edit
from accounts.services.accounts import edit_account
from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST = 4000


@transaction.atomic
def write_business(*, actor: User, account: Account, version: int, words: str) -> Account:
    """Write what they do and for whom, as of today. The words that stand there already are confirmed by it."""
    said = words.strip()
    if len(said) > LONGEST:
        sentence = _("At most %(most)d characters.") % {"most": LONGEST}
        raise RuleViolation(sentence, fields={"business": sentence})
    changed = edit_account(actor=actor, account=account, version=version, business_summary=said)
    return confirm_business(actor=actor, account=changed)


@transaction.atomic
def confirm_business(*, actor: User, account: Account) -> Account:
    """What stands there still holds today."""
    check_may_edit(actor, account)
    found = Account.objects.select_for_update().get(pk=account.pk)
    today = timezone.localdate()
    if not found.business_summary.strip():
        found.business_as_of = None
    elif found.business_as_of != today:
        found.business_as_of = today
        record(actor=actor, verb="account.business_confirmed", subject=found, account_id=found.pk)
    found.save(update_fields=["business_as_of"])
    return found
