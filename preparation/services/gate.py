"""A first meeting without a complete sheet is held for a reason, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record
from preparation.models import Sheet
from preparation.services.first_contact import first_for
from preparation.services.sheets import completeness, locked_sheet, sheet_of
from touchpoints.models import InteractionKind

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

LONGEST_REASON: Final = 300


def heed_first_contact(
    *, actor: User, interaction: Interaction, accounts: Sequence[Account], override_reason: str
) -> None:
    """Whoever meets an account for the first time has prepared it, or says why not, which is kept on its sheet.

    Calls are marked as first contacts, too, but nobody is kept from logging one; what came from them needs no
    preparation. From here on it is known how complete the sheet was at the start.
    """
    # Most have none, and with all that it names it is dear to ask for.
    has_sheet = Sheet.objects.filter(interaction=interaction).exists()
    sheet = sheet_of(interaction) if has_sheet else Sheet(interaction=interaction)
    if sheet.pk and sheet.share_at_start is None:
        share = completeness(sheet).share
        Sheet.objects.filter(pk=sheet.pk).update(share=share, share_at_start=share)
        sheet.share = sheet.share_at_start = share
    if interaction.kind != InteractionKind.MEETING or interaction.is_incoming or sheet.unprepared_reason:
        return
    first = first_for(interaction, accounts)
    if not first or sheet.share_at_start == 1:
        return
    words = " ".join(override_reason.split())[:LONGEST_REASON]
    if not words:
        sentence = _("This is the first meeting with %(account)s, and its preparation is not complete. Say why.") % {
            "account": first[0].name
        }
        raise RuleViolation(sentence, code="unprepared", fields={"override_reason": sentence})
    kept = locked_sheet(interaction)
    kept.unprepared_reason, kept.unprepared_by, kept.unprepared_at = words, actor, timezone.now()
    if kept.share_at_start is None:
        kept.share_at_start = completeness(kept).share
    kept.save(update_fields=["unprepared_reason", "unprepared_by", "unprepared_at", "share_at_start", "updated_at"])
    for account_id in [None] if interaction.is_private else [account.pk for account in accounts]:
        record(actor=actor, verb="sheet.unprepared", subject=kept, account_id=account_id, reason=words)
