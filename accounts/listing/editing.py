"""Cells of the list of accounts that can be changed in place, while it is changed at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext

from accounts.models.custom import FieldType
from pmcrm.lists.columns import Cell, Column, Row, written
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.safestring import SafeString

    from accounts.models import CustomField
    from pmcrm.people.models import User

OWNER_FIELDS: Final = {"sales": "relationship_owner", "product": "product_manager"}
_PLAIN: Final = frozenset({"state", "tags"})
_OWN_TYPES: Final = frozenset({FieldType.CHOICE, FieldType.YES_NO})
_MARK: Final = 987654321987654321


def editable_keys(user: User, own: Iterable[CustomField]) -> frozenset[str]:
    """The columns whose cells this person may change, on accounts that are theirs to change."""
    owners = OWNER_FIELDS.keys() if may(user, "account.set_owner") else ()
    return _PLAIN | frozenset(owners) | {field.form_name for field in own if field.type in _OWN_TYPES}


def opening(column: Column) -> Column:
    """The same column; where the account is the person's to change, its cell is a link that opens an editor there."""

    def prepare(user: User) -> Cell:
        cell, is_everybodys = column.prepare(user), may(user, "account.write_all")
        before, after = reverse("account_cell", args=[_MARK, column.key]).split(str(_MARK))
        words = gettext("Change %(field)s of %(name)s")

        def opens(row: Row) -> SafeString:
            shown = cell(row)
            if not (is_everybodys or user.pk in (row.relationship_owner, row.product_manager)):
                return shown
            url = f"{before}{row.pk}{after}"
            label = words % {"field": column.label, "name": row.name}
            return written('<a class="cell" href="{}" hx-get="{}" title="{}">{}</a>', url, url, label, shown)

        return opens

    reads = dict.fromkeys([*column.reads, "pk", "name", "relationship_owner", "product_manager"])
    return replace(column, reads=tuple(reads), prepare=prepare, classes=f"{column.classes} edits".strip())
