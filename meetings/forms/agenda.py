"""The agenda as it is edited in place: rows of the same few fields, blank ones left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from meetings.models import ItemKind
from meetings.services.planning import Item
from pmcrm.errors import RuleViolation

if TYPE_CHECKING:
    from django.http import QueryDict

    from meetings.models import Meeting

FIELDS = ("text", "kind", "minutes", "led_by")


def rows_of(meeting: Meeting) -> list[dict[str, Any]]:
    return meeting.items_written()


def posted_rows(data: QueryDict) -> list[dict[str, str]]:
    """The rows as they were typed, without those that are blank."""
    columns = {name: data.getlist(name) for name in FIELDS}
    count = min(len(columns["text"]), 50)
    rows = [
        {name: values[place].strip() if place < len(values) else "" for name, values in columns.items()}
        for place in range(count)
    ]
    return [row for row in rows if row["text"] or row["minutes"]]


def items_of(rows: list[dict[str, str]]) -> list[Item]:
    """The same as the service wants it; refuses minutes that are no number."""
    for number, row in enumerate(rows, 1):
        if row["minutes"] and not (row["minutes"].isascii() and row["minutes"].isdecimal() and len(row["minutes"]) < 5):
            sentence = _("Item %(number)d: write the minutes as a whole number, for example 15.") % {"number": number}
            raise RuleViolation(sentence, fields={"items": sentence})
    return [
        Item(row["text"], int(row["minutes"] or 0), row["kind"] or ItemKind.NORMAL.value, row["led_by"]) for row in rows
    ]
