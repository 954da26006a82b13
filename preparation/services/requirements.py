"""What other rooms ask of a preparation: a meeting asks for an agreed agenda and for what makes it a success.

requirements.register(Requirement("agenda", _("Agenda"), applies=..., is_met=..., url=...))     # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from preparation.wording import LABELS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from touchpoints.models import Interaction


@dataclass(frozen=True)
class Requirement:
    """`applies` and `is_met` are asked of one talk; `url` is where it is filled in."""

    slug: str
    label: str | _StrPromise
    applies: Callable[[Interaction], bool]
    is_met: Callable[[Interaction], bool]
    url: Callable[[Interaction], str]


_requirements: dict[str, Requirement] = {}


def register(requirement: Requirement) -> None:
    _requirements[requirement.slug] = requirement


@dataclass(frozen=True)
class Missing:
    """A part of the sheet that is required and not there, with where it is filled in."""

    slug: str
    label: str
    url: str


def named(slugs: Iterable[str], interaction: Interaction) -> list[Missing]:
    """What is missing, in words."""
    found = []
    for slug in slugs:
        other = _requirements.get(slug)
        label, url = (LABELS[slug], f"#{slug}") if other is None else (other.label, other.url(interaction))
        found.append(Missing(slug, str(label), url))
    return found


def asked_of(interaction: Interaction) -> list[Requirement]:
    """Those that apply to this talk, in the order in which rooms registered them."""
    return [one for one in _requirements.values() if one.applies(interaction)]
