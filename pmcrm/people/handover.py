"""What passes to a colleague when somebody leaves. The rooms above register theirs; nothing here imports them.

handover.register(Charge("accounts", _("accounts"), count=..., move=...))         # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from pmcrm.people.models import User


@dataclass(frozen=True)
class Charge:
    """One kind of thing that has one person in charge.

    `count(person)` tells how many are theirs now; `move(actor, person, successor)` gives all of them to the successor
    inside the caller's transaction, with trail rows where a thing keeps its own, and returns how many it moved.
    """

    slug: str
    label: str | _StrPromise
    count: Callable[[User], int]
    move: Callable[[User, User, User], int]


_charges: dict[str, Charge] = {}


def register(charge: Charge) -> None:
    _charges[charge.slug] = charge


def charges() -> list[Charge]:
    return [_charges[slug] for slug in sorted(_charges)]


def in_charge_of(person: User) -> list[tuple[Charge, int]]:
    """What the person would leave behind, kinds without any left out."""
    return [(charge, number) for charge in charges() if (number := charge.count(person))]
