"""Keeping views of lists, sharing them, and the tabs that a person pinned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.lists.models import SavedView, Sharing, ViewMark
from pmcrm.lists.registry import kinds, list_named
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmcrm.people.models import User

LONGEST_QUERY: Final = 2000
MOST_VIEWS: Final = 100
MOST_TABS: Final = 12
# What an address says of one moment and not of the view.
PASSING: Final = frozenset({"cursor", "view", "edit", "move"})
_FIVE_MINUTES: Final = 300


def address_of_list(kind: str, query: str = "", *, view: int | None = None, edit: bool = False) -> str:
    """The list with this query, perhaps as this view; LookupError where no such list has views."""
    both = "&".join(part for part in (query, f"view={view}" if view else "", "edit=on" if edit else "") if part)
    return reverse(list_named(kind).page) + (f"?{both}" if both else "")


def state_of(query: QueryDict, *, without: Iterable[str] = PASSING) -> list[tuple[str, str]]:
    """What an address says of its list, as pairs for hidden fields or another address."""
    left_out = set(without)
    return [(name, one) for name, values in query.lists() if name not in left_out for one in values if one]


def clean_query(text: str) -> str:
    """The lasting part of an address's query, as it is kept."""
    too_long = _("This view says too much to be kept; take some filters or columns off.")
    if len(text) > 2 * LONGEST_QUERY or text.count("&") > LONGEST_QUERY // 10:
        raise RuleViolation(too_long, fields={"query": too_long})
    kept = urlencode([(name, one.replace("\x00", "")) for name, one in state_of(QueryDict(text))])
    if len(kept) > LONGEST_QUERY or "%00" in kept:
        raise RuleViolation(too_long, fields={"query": too_long})
    return kept


# The person's tabs ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """A view as one person marked it."""

    pk: int
    name: str
    query: str
    is_pinned: bool
    is_default: bool

    def differs_from(self, query: str) -> bool:
        return dict(QueryDict(self.query).lists()) != dict(QueryDict(query).lists())


def tabs_of(user: User, kind: str) -> list[Tab]:
    """The views that the person pinned or opens the list with, as far as they still see them; kept five minutes."""
    key = _key(kind, user.pk, user.department_id)
    found: list[Tab] | None = cache.get(key)
    if found is None:
        marks = ViewMark.objects.filter(user=user, kind=kind, view__in=SavedView.objects.visible_to(user))
        found = [
            Tab(mark.view_id, mark.view.name, mark.view.query, mark.is_pinned, mark.is_default)
            for mark in marks.select_related("view").order_by("pk")[: MOST_TABS + 1]
        ]
        cache.set(key, found, _FIVE_MINUTES)
    return found


def tab_of(user: User, kind: str, pk: str) -> Tab | None:
    """A view that is open without being marked."""
    if not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    view = SavedView.objects.visible_to(user).of(kind).filter(pk=pk).first()
    return Tab(view.pk, view.name, view.query, is_pinned=False, is_default=False) if view else None


def _key(kind: str, user: int, department: int | None) -> str:
    return f"view-tabs:{kind}:{user}:{department}"


def _forget(kind: str, *people: tuple[int, int | None]) -> None:
    """After the commit: a reader in between would keep what was."""
    cache.delete_many([_key(kind, *one) for one in people])


# Keeping and sharing -------------------------------------------------------------------------------------------------


def may_change_view(user: User, view: SavedView) -> bool:
    """Its owner; a shared one whose owner has gone falls to an administrator."""
    return view.owner_id == user.pk or (view.sharing != Sharing.PRIVATE and may(user, "settings.write"))


def save_view(
    *,
    actor: User,
    kind: str,
    name: str,
    query: str,
    sharing: str = Sharing.PRIVATE,
    is_pinned: bool = True,
    is_default: bool = False,
) -> SavedView:
    """Keep a list as it is now under a name."""
    if kind not in kinds():
        sentence = _("There are views of: %(known)s.") % {"known": ", ".join(kinds())}
        raise RuleViolation(sentence, fields={"kind": sentence})
    with transaction.atomic():
        if SavedView.objects.of(kind).filter(owner=actor).count() >= MOST_VIEWS:
            raise RuleViolation(_("You keep %(most)d views already; remove one first.") % {"most": MOST_VIEWS})
        view = SavedView(kind=kind, owner=actor, name=_name(name), query=clean_query(query))
        _share(view, sharing)
        _save(view)
        _mark(actor, view, is_pinned=is_pinned, is_default=is_default)
        record(actor=actor, verb="view.saved", subject=view, kind=kind, sharing=view.sharing)
    _forget(kind, (actor.pk, actor.department_id))
    return view


def edit_view(*, actor: User, view: SavedView, version: int, **values: Any) -> SavedView:
    """Another name, other readers, or another state of the list (`name`, `sharing`, `query`)."""
    with transaction.atomic():
        current = _to_change(actor, view, version)
        before = {name: getattr(current, name) for name in values}
        if "name" in values:
            current.name = _name(values["name"])
        if "query" in values:
            current.query = clean_query(values["query"])
        if "sharing" in values:
            _share(current, values["sharing"])
        changed = changes(before, {name: getattr(current, name) for name in values})
        if changed:
            current.version += 1
            _save(current)
            record(actor=actor, verb="view.edited", subject=current, kind=current.kind, changes=changed)
    _forget(current.kind, *_marked_by(current))
    return current


def delete_view(*, actor: User, view: SavedView, version: int | None = None) -> None:
    """Remove a view, for everybody who had it."""
    with transaction.atomic():
        current = _to_change(actor, view, version)
        readers = _marked_by(current)
        record(actor=actor, verb="view.deleted", subject=current, kind=current.kind, query=current.query)
        current.delete()
    _forget(view.kind, *readers)


def mark_view(*, actor: User, view: SavedView, is_pinned: bool | None = None, is_default: bool | None = None) -> None:
    """Pin a view as a tab, or open the list with it; what is None stays."""
    with transaction.atomic():
        _mark(actor, view, is_pinned=is_pinned, is_default=is_default)
    _forget(view.kind, (actor.pk, actor.department_id))


def _mark(actor: User, view: SavedView, *, is_pinned: bool | None, is_default: bool | None) -> None:
    # One person's marks change one after the other: two defaults would collide.
    marks = {mark.view_id: mark for mark in ViewMark.objects.select_for_update().filter(user=actor, kind=view.kind)}
    mark = marks.get(view.pk) or ViewMark(user=actor, view=view, kind=view.kind, is_pinned=False)
    mark.is_pinned = mark.is_pinned if is_pinned is None else is_pinned
    mark.is_default = mark.is_default if is_default is None else is_default
    if mark.is_pinned and sum(one.is_pinned for one in marks.values() if one is not mark) >= MOST_TABS:
        raise RuleViolation(_("%(most)d views are pinned already; unpin one first.") % {"most": MOST_TABS})
    if mark.is_default:
        ViewMark.objects.filter(user=actor, kind=view.kind, is_default=True).update(is_default=False)
    if mark.is_pinned or mark.is_default:
        mark.save()
    elif mark.pk:
        mark.delete()


def _to_change(actor: User, view: SavedView, version: int | None) -> SavedView:
    current = SavedView.objects.select_for_update(of=("self",)).filter(pk=view.pk).first()
    if current is None:
        raise StaleVersion(_("Somebody removed this view in between."))
    if not may_change_view(actor, current):
        raise RuleViolation(_("Only its owner changes a view; save one of your own instead."), code="not_yours")
    if version is not None and current.version != version:
        words = {"name": current.name, "who": current.get_sharing_display()}
        raise StaleVersion(
            _("Somebody saved this view while you were editing; it is now “%(name)s” for: %(who)s.") % words,
            current={name: getattr(current, name) for name in ("name", "sharing", "query", "version")},
        )
    return current


def _name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(name) <= 80:
        sentence = _("Give the view a name of at most 80 characters.")
        raise RuleViolation(sentence, fields={"name": sentence})
    return name


def _share(view: SavedView, sharing: str) -> None:
    if sharing not in Sharing.values:
        sentence = _("A view is for: %(known)s.") % {"known": ", ".join(Sharing.values)}
        raise RuleViolation(sentence, fields={"sharing": sentence})
    view.sharing = sharing
    view.department_id = view.owner.department_id if sharing == Sharing.DEPARTMENT else None
    if sharing == Sharing.DEPARTMENT and view.department_id is None:
        sentence = _("You are in no department; share the view with everybody, or keep it to yourself.")
        raise RuleViolation(sentence, fields={"sharing": sentence})


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        sentence = _("You have a view of this name already.")
        raise RuleViolation(sentence, fields={"name": sentence}) from error


def _marked_by(view: SavedView) -> list[tuple[int, int | None]]:
    return list(view.marks.values_list("user_id", "user__department_id"))
