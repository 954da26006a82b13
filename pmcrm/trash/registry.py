"""What can lie in the trash, and what goes there with it. The rooms above register theirs in `AppConfig.ready()`.

registry.register(TrashKind("account", ...))
registry.holds("account", Holder("segmentation.LedgerLine", "account", _("figures ...")))
registry.goes_along("account", Along(put=..., back=..., remove=...))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from pmcrm.people.models import User
    from pmcrm.trash.models import Mark

    Words = str | _StrPromise


@dataclass(frozen=True)
class TrashKind:
    """One kind of thing in the trash.

    `rows` gives what lies there and the person may see; `restore` gives sentences about what is not as before;
    `remove` deletes one for good, with the person who did it or None for the clock, and says whether it was there.
    """

    slug: str
    label: Words
    icon: str
    rows: Callable[[User], QuerySet[Any]]
    place: Callable[[Any], str]
    may_restore: Callable[[User, Any], bool]
    restore: Callable[[User, Any], list[str]]
    outdated: Callable[[], Iterable[int]]
    remove: Callable[[User | None, int], bool]


@dataclass(frozen=True)
class Holder:
    """A column of another room: a row that points here keeps a thing out of the trash, for the reason in words."""

    model: str
    field: str
    why: Words

    def is_held(self, key: int) -> bool:
        rows = apps.get_model(self.model)._base_manager
        return bool(rows.filter(**{self.field: key}).exists())


@dataclass(frozen=True)
class Along:
    """What of another room goes along: put there, put back, deleted for good before the thing itself is."""

    put: Callable[[Mark], None]
    back: Callable[[Mark], None]
    remove: Callable[[int], None]


def stays(_mark: Mark) -> None:
    """What is seen only together with the thing itself stays as it is while that lies in the trash."""


_kinds: Final[dict[str, TrashKind]] = {}
_holders: Final[dict[str, list[Holder]]] = {}
_along: Final[dict[str, list[Along]]] = {}


def register(kind: TrashKind) -> None:
    _kinds[kind.slug] = kind


def holds(slug: str, *holders: Holder) -> None:
    found = _holders.setdefault(slug, [])
    found += [one for one in holders if one not in found]


def goes_along(slug: str, along: Along) -> None:
    found = _along.setdefault(slug, [])
    if along not in found:
        found.append(along)


def kinds() -> list[TrashKind]:
    return list(_kinds.values())


def kinds_by_slug() -> dict[str, TrashKind]:
    return dict(_kinds)


def cannot_go() -> str:
    return _("This cannot be deleted for good: something rests on it, or it is not here any more.")


def kind(slug: str) -> TrashKind | None:
    return _kinds.get(slug)


def why_held(slug: str, key: int) -> Words | None:
    """The reason why a thing may not be deleted, if there is one."""
    return next((one.why for one in _holders.get(slug, []) if one.is_held(key)), None)


def along(slug: str) -> list[Along]:
    return list(_along.get(slug, []))
