"""What an account gives beside its payment, whom it came from or went to, and when it spoke for us."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, ContributionMark, ReferenceUse, RivalOutcome
from accounts.models.relation import Contribution, Occasion, Outcome
from accounts.permissions import check_may_edit
from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_ADDRESS: Final = 500


@transaction.atomic
def mark_contribution(
    *,
    actor: User,
    account: Account,
    contribution: str,
    contact: Contact | None = None,
    on: dt.date | None = None,
    proof_url: str = "",
    note: str = "",
) -> ContributionMark:
    """Mark what an account, or somebody there, gives beside its payment. Without day and proof it is only a claim."""
    fields = _faults(actor, account, contact, on)
    if contribution not in Contribution.values:
        fields["contribution"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Contribution.values)}
    proof_url = proof_url.strip()
    if proof_url and not _is_address(proof_url):
        fields["proof_url"] = _("Write the address of the proof, as https://example.com or /interactions/12/.")
    _refuse(fields)
    mark = ContributionMark.objects.create(
        account=account,
        contact=contact,
        contribution=contribution,
        on=on,
        proof_url=proof_url,
        note=note.strip(),
        marked_by=actor,
    )
    record(actor=actor, verb="contribution.marked", subject=mark, account_id=account.pk, on=on)
    return mark


@transaction.atomic
def note_rival_outcome(
    *, actor: User, account: Account, outcome: str, rival: str, reason: str, on: dt.date | None = None
) -> RivalOutcome:
    """An account came to us from a rival, or went to one."""
    fields = _faults(actor, account, None, on)
    if outcome not in Outcome.values:
        fields["outcome"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Outcome.values)}
    if not rival.strip():
        fields["rival"] = _("Name the rival.")
    if not reason.strip():
        fields["reason"] = _("Say why, as far as they told.")
    _refuse(fields)
    noted = RivalOutcome.objects.create(
        account=account,
        outcome=outcome,
        rival=" ".join(rival.split()),
        reason=reason.strip(),
        on=on or timezone.localdate(),
        noted_by=actor,
    )
    record(actor=actor, verb="rival.noted", subject=noted, account_id=account.pk, on=noted.on)
    return noted


@transaction.atomic
def log_reference_use(
    *,
    actor: User,
    account: Account,
    occasion: str,
    what_for: str,
    contact: Contact | None = None,
    on: dt.date | None = None,
) -> ReferenceUse:
    """An account spoke for us. Refused where it never gave its permission for that."""
    fields = _faults(actor, account, contact, on)
    if occasion not in Occasion.values:
        fields["occasion"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Occasion.values)}
    elif not (account.has_permission and getattr(account, f"{occasion}_ok")):
        fields["occasion"] = _("%(account)s has not allowed this.") % {"account": account.name}
    if not what_for.strip():
        fields["what_for"] = _("Say for whom or for which event.")
    _refuse(fields)
    used = ReferenceUse.objects.create(
        account=account,
        contact=contact,
        occasion=occasion,
        what_for=what_for.strip(),
        on=on or timezone.localdate(),
        logged_by=actor,
    )
    record(actor=actor, verb="reference.used", subject=used, account_id=account.pk, on=used.on)
    return used


@transaction.atomic
def take_back(*, actor: User, row: ContributionMark | RivalOutcome | ReferenceUse) -> None:
    """Remove one of these that was entered by mistake; the history of the account keeps that it was there."""
    check_may_edit(actor, row.account)
    verb = {ContributionMark: "contribution.removed", RivalOutcome: "rival.removed"}.get(type(row), "reference.removed")
    record(actor=actor, verb=verb, subject=row, account_id=row.account_id, on=row.on)
    row.delete()


def _faults(actor: User, account: Account, contact: Contact | None, on: dt.date | None) -> dict[str, str]:
    check_may_edit(actor, account)
    fields = {}
    if contact is not None and contact.account_id != account.pk:
        fields["contact"] = _("%(name)s works elsewhere.") % {"name": contact.name}
    if on is not None and on > timezone.localdate():
        fields["on"] = _("Enter today or an earlier day.")
    return fields


def _is_address(text: str) -> bool:
    """An address on the web, or of one of our own pages. Nothing that a browser would run."""
    if len(text) > LONGEST_ADDRESS or any(character.isspace() for character in text):
        return False
    if text.startswith("/"):
        return not text.startswith("//")
    parts: Any = _parts(text)
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _parts(text: str) -> Any:
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _refuse(fields: dict[str, str]) -> None:
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
