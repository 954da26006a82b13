"""All people in view, with all that an import reads: the file comes in again as the same data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils import timezone

from accounts.forms import ContactFilters
from accounts.models import Contact, CustomField
from accounts.models.custom import Thing
from pmcrm.exchange.neutralise import csv_lines
from pmcrm.people.access import needs
from pmcrm.web import Request

_OWN: Final = ("job_title", "email", "phone", "time_zone", "joined_company_on", "previous_employers", "background")
HEADS: Final = ("contact_name", "account_ref", "account_name", *_OWN, "contact_role", "is_active")


@needs("account.read")
def contact_export(request: Request) -> StreamingHttpResponse:
    """The people whom the same filters list, as CSV, row by row."""
    filters = ContactFilters(request.GET, person=request.user)
    rows = filters.narrowed(Contact.objects.visible_to(request.user)).select_related("account").order_by("pk")
    fields = list(CustomField.objects.of(Thing.CONTACT).active().in_order())
    heads = [*HEADS, *(field.form_name for field in fields)]
    name = f"contacts-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        csv_lines(heads, _rows(rows.iterator(chunk_size=2000), fields)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(contacts: Iterator[Contact], fields: list[CustomField]) -> Iterator[list[Any]]:
    for contact in contacts:
        own = [getattr(contact, name) for name in _OWN]
        custom = [field.plain(contact.custom.get(field.key)) for field in fields]
        account = contact.account
        values = [contact.name, account.ref, account.name, *own, contact.role, contact.is_active]
        yield [contact.pk, *values, *custom]
