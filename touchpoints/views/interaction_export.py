"""All talks in view, with all that an import reads: the file comes in again as the same data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Prefetch
from django.http import StreamingHttpResponse
from django.utils import timezone

from accounts.models import Account, Contact
from pmcrm.exchange.neutralise import csv_lines
from pmcrm.people.access import needs
from pmcrm.web import Request
from touchpoints.forms.lists import InteractionFilter
from touchpoints.models import Attendance, Interaction

HEADS: Final = (
    "at", "kind", "status", "direction", "minutes", "account_ref", "account_name", "other_accounts", "contact_ids",
    "contact_name", "author", "colleagues", "subject", "outcome", "notes", "cancel_reason", "is_private",
)  # fmt: skip


@needs("account.read")
def interaction_export(request: Request) -> StreamingHttpResponse:
    """What the same filters list, as CSV, row by row; private ones for those named in them only."""
    filters = InteractionFilter(request.GET or None, person=request.user)
    present = Attendance.objects.filter(account__in=Account.objects.visible_to(request.user), is_second_hand=False)
    rows = filters.rows(Interaction.objects.visible_to(request.user)).select_related("author")
    rows = rows.prefetch_related(
        Prefetch("attendances", present.select_related("account").order_by("pk")),
        Prefetch("contacts", Contact.objects.visible_to(request.user).order_by("pk")),
        "colleagues",
    )
    name = f"interactions-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_lines(HEADS, _rows(rows.order_by("at", "id").iterator(chunk_size=1000))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(interactions: Iterator[Interaction]) -> Iterator[list[Any]]:
    for talk in interactions:
        accounts = [attendance.account for attendance in talk.attendances.all()]
        contacts = list(talk.contacts.all())
        first = accounts[0] if accounts else None
        yield [
            talk.pk,
            talk.at,
            talk.kind,
            talk.status,
            "incoming" if talk.is_incoming else "outgoing",
            talk.minutes,
            first.ref if first else "",
            first.name if first else "",
            _listed(account.ref for account in accounts[1:]),
            _listed(str(contact.pk) for contact in contacts),
            _listed(contact.name for contact in contacts),
            talk.author.email,
            _listed(colleague.email for colleague in talk.colleagues.all()),
            talk.subject,
            talk.outcome,
            talk.notes,
            talk.cancel_reason,
            talk.is_private,
        ]


def _listed(words: Any) -> str:
    return "; ".join(words)
