"""Every value that an account or a contact had, whoever changed it: by hand, in bulk, by a file, a merge or the API.

The database keeps the row as it was before each change. What it became is the row before the next change, or the row
as it is now; so one page of changes takes its rows and the one that follows the newest of them.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, CustomField
from accounts.models.custom import Thing
from accounts.permissions import may_edit
from accounts.services.accounts import EDITABLE as ACCOUNT_FIELDS
from accounts.services.accounts import OWNERS, edit_account
from accounts.services.contacts import EDITABLE as CONTACT_FIELDS
from accounts.services.contacts import SENSITIVE, edit_contact
from accounts.services.tags import in_words, tags_of
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import KeysetPage, keyset_page
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.models import TrailEntry

PAGE_SIZE: Final = 40
BEFORE: Final = "before"
CUSTOM: Final = "custom."
TAGS: Final = "tags"


@dataclass(frozen=True)
class Change:
    """One value that became another. `field` is a column, or "custom." and the key of a field of one's own."""

    field: str
    label: str
    old: str
    new: str
    may_restore: bool


@dataclass(frozen=True)
class Moment:
    """What somebody changed at once; `who` is empty for the clock and the operator."""

    event: int
    at: dt.datetime
    who: str
    changes: list[Change]


@dataclass(frozen=True)
class History:
    moments: list[Moment]
    next_cursor: str | None
    previous_cursor: str | None


def history_of(*, actor: User, thing: Account | Contact, cursor: str | None) -> History:
    """One page, newest first, without what the actor may not see. Raises BadCursor."""
    events = _events(thing)
    found: KeysetPage[Any] = keyset_page(
        events.select_related("pgh_context"), order=["-pgh_id"], cursor=cursor, size=PAGE_SIZE
    )
    rows = found.rows
    after = _next(thing, rows[0]) if rows else None
    newer = [after or thing, *rows]
    tags = _tags(thing, rows, until=after)
    words = _Words(actor, thing, newer)
    people = User.objects.in_bulk({user for row in rows if (user := _user(row))})
    moments = []
    for row, became in zip(rows, newer, strict=False):
        if changes := words.changes(row, became) + words.retagged(tags.get(row.pgh_id)):
            person = people.get(_user(row) or 0)
            moments.append(Moment(row.pgh_id, row.pgh_created_at, person.name if person else "", changes))
    return History(moments, found.next_cursor, found.previous_cursor)


def restore_value(*, actor: User, thing: Account | Contact, version: int, event: int, field: str) -> Account | Contact:
    """Give a field the value again that it had before a change: an edit like any other, with a row of its own in the
    trail."""
    row = _events(thing).filter(pgh_id=event).first()
    tags = _tags(thing, [row], until=_next(thing, row)) if row is not None else {}
    if row is None or (row.pgh_id not in tags if field == TAGS else field not in _fields(actor, thing)):
        raise RuleViolation(_("There is no such value to restore."), code="gone")
    if field == TAGS:
        values: dict[str, Any] = {TAGS: tags[row.pgh_id][0].split(",")}
    elif field.startswith(CUSTOM):
        key = field.removeprefix(CUSTOM)
        values = {"custom": {key: row.custom.get(key)}}
    else:
        column: Any = thing._meta.get_field(field)
        values = {field: getattr(row, column.attname)}
        if isinstance(column, models.ForeignKey) and values[field] is not None:
            values[field] = _target(actor, column, values[field])
    if isinstance(thing, Account):
        return edit_account(actor=actor, account=thing, version=version, verb="account.value_restored", **values)
    return edit_contact(actor=actor, contact=thing, version=version, verb="contact.value_restored", **values)


def _target(actor: User, column: Any, key: int) -> Any:
    model: Any = column.related_model
    rows = model.objects.visible_to(actor) if model is Account else model.objects
    found = rows.filter(pk=key).first()
    if found is None or (isinstance(found, User) and not found.is_active):
        sentence = _("What stood here is not here any more. Choose something else by editing.")
        raise RuleViolation(sentence, code="gone", fields={column.name: sentence})
    return found


def _events(thing: Account | Contact) -> Any:
    events = apps.get_model("accounts", f"{thing._meta.model_name}event")
    return events.objects.filter(pgh_obj=thing.pk, pgh_label=BEFORE)


def _next(thing: Account | Contact, row: Any) -> Any:
    return _events(thing).filter(pgh_id__gt=row.pgh_id).order_by("pgh_id").first()


def _tags(thing: Account | Contact, rows: list[Any], *, until: Any) -> dict[int, tuple[str, str]]:
    """By event, which tags the account carried and which it got. They are no column of it, so the trail says so: each
    of its rows belongs to the change of the account that began last before it."""
    if not rows or not isinstance(thing, Account):
        return {}
    told = TrailEntry.objects.about(thing).filter(at__gte=rows[-1].pgh_created_at, data__changes__has_key=TAGS)
    if until is not None:
        told = told.filter(at__lt=until.pgh_created_at)
    oldest_first = list(reversed(rows))
    begun = [row.pgh_created_at for row in oldest_first]
    found: dict[int, tuple[str, str]] = {}
    for at, (was, became) in told.order_by("at", "id").values_list("at", f"data__changes__{TAGS}"):
        event = oldest_first[bisect_right(begun, at) - 1].pgh_id
        found[event] = (found[event][0] if event in found else was, became)
    return found


def _user(row: Any) -> int | None:
    context: Mapping[str, Any] = row.pgh_context.metadata if row.pgh_context else {}
    return context.get("user")


def _fields(actor: User, thing: Account | Contact) -> list[str]:
    """What may be seen, as far as it can be edited."""
    names = ACCOUNT_FIELDS if isinstance(thing, Account) else CONTACT_FIELDS
    hidden = {"custom"}
    if isinstance(thing, Contact) and not thing.temperament_visible_to(actor):
        hidden |= SENSITIVE
    kind = Thing.ACCOUNT if isinstance(thing, Account) else Thing.CONTACT
    own = CustomField.objects.of(kind).filter(retired_at=None).values_list("key", flat=True)
    return [name for name in names if name not in hidden] + [f"{CUSTOM}{key}" for key in own]


class _Words:
    """Values in words. Names of other records are asked for once a page."""

    def __init__(self, actor: User, thing: Account | Contact, rows: list[Any]) -> None:
        self.thing = thing
        self.fields = _fields(actor, thing)
        self.columns: dict[str, Any] = {
            name: thing._meta.get_field(name) for name in self.fields if not name.startswith(CUSTOM)
        }
        if isinstance(thing, Contact):
            self.columns["account"] = thing._meta.get_field("account")
        kind = Thing.ACCOUNT if isinstance(thing, Account) else Thing.CONTACT
        self.own = {field.key: field for field in CustomField.objects.of(kind)}
        account = thing if isinstance(thing, Account) else thing.account
        self.may_edit = may_edit(actor, account)
        self.sets_owner = may(actor, "account.set_owner")
        self.tags: str | None = None
        self.names: dict[Any, dict[int, str]] = {}
        wanted: dict[Any, set[int]] = {}
        for column in self.columns.values():
            if column.is_relation:
                keys = {getattr(row, column.attname) for row in rows} - {None}
                wanted.setdefault(column.related_model, set()).update(keys)
        for model, keys in wanted.items():
            seen: Any = model.objects.visible_to(actor) if model is Account else model.objects
            self.names[model] = {key: str(one) for key, one in seen.in_bulk(keys).items()} if keys else {}

    def changes(self, old: Any, new: Any) -> list[Change]:
        found = []
        for name, column in self.columns.items():
            before, after = getattr(old, column.attname), getattr(new, column.attname)
            if before != after:
                may_restore = (
                    self.may_edit
                    and name in self.fields
                    and (name not in OWNERS or self.sets_owner)
                    and before != getattr(self.thing, column.attname)
                )
                label = str(column.verbose_name)
                found.append(Change(name, label, self._said(column, before), self._said(column, after), may_restore))
        for key in sorted(old.custom.keys() | new.custom.keys()):
            field = self.own.get(key)
            before, after = old.custom.get(key), new.custom.get(key)
            if field is not None and before != after:
                is_asked = f"{CUSTOM}{key}" in self.fields and before != self.thing.custom.get(key)
                said = ["" if value is None else str(field.words(value)) for value in (before, after)]
                may_restore = self.may_edit and is_asked
                found.append(Change(f"{CUSTOM}{key}", field.label, said[0], said[1], may_restore))
        return found

    def retagged(self, tags: tuple[str, str] | None) -> list[Change]:
        """The tags as one more value of an account."""
        if tags is None or not isinstance(self.thing, Account):
            return []
        if self.tags is None:
            self.tags = in_words(tags_of(self.thing))
        return [Change(TAGS, str(_("tags")), *tags, may_restore=self.may_edit and tags[0] != self.tags)]

    def _said(self, column: Any, value: Any) -> str:
        if value in (None, ""):
            return ""
        if column.is_relation:
            return self.names[column.related_model].get(value) or _("not here any more")
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return date_format(value) if isinstance(value, dt.date) else str(value)
