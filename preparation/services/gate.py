"""A first meeting without a complete sheet is held for a reason, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.trail.services import record
from preparation.models import Sheet
from preparation.services.first_contact import first_for
from preparation.services.sheets import completeness, locked_sheet, sheet_of
from touchpoints.models import InteractionKind
from touchpoints.services.gates import Asked, Objection


def heed_first_contact(asked: Asked) -> Iterator[Objection]:
    """Whoever meets an account for the first time has prepared it, or says why not, which is kept on its sheet.

    Calls are marked as first contacts, too, but nobody is kept from logging one. Asked once it counts as held: from
    here on it is known how complete the sheet was at the start.
    """
    interaction = asked.interaction
    if interaction.is_planned:
        return
    # Most have none, and with all that it names it is dear to ask for.
    has_sheet = Sheet.objects.filter(interaction=interaction).exists()
    sheet = sheet_of(interaction) if has_sheet else Sheet(interaction=interaction)
    if sheet.pk and sheet.share_at_start is None:
        share = completeness(sheet).share
        Sheet.objects.filter(pk=sheet.pk).update(share=share, share_at_start=share)
        sheet.share = sheet.share_at_start = share
    if interaction.kind != InteractionKind.MEETING or not asked.is_contact or sheet.unprepared_reason:
        return
    first = first_for(interaction, asked.accounts)
    if first and sheet.share_at_start != 1:
        sentence = _("This is the first meeting with %(account)s, and its preparation is not complete. Say why.") % {
            "account": first[0].name
        }
        yield Objection("unprepared", sentence, partial(_explain, asked))


def _explain(asked: Asked, reason: str) -> None:
    kept = locked_sheet(asked.interaction)
    kept.unprepared_reason, kept.unprepared_by, kept.unprepared_at = reason, asked.actor, timezone.now()
    if kept.share_at_start is None:
        kept.share_at_start = completeness(kept).share
    kept.save(update_fields=["unprepared_reason", "unprepared_by", "unprepared_at", "share_at_start", "updated_at"])
    for account_id in [None] if asked.interaction.is_private else [account.pk for account in asked.accounts]:
        record(actor=asked.actor, verb="sheet.unprepared", subject=kept, account_id=account_id, reason=reason)
