"""What other rooms ask of a preparation: a meeting asks for an agreed agenda and for what makes it a success.

requirements.register(Asker({"agenda": _("Agenda")}, asked=..., url=...))     # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from preparation.wording import LABELS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from touchpoints.models import Interaction


@dataclass(frozen=True)
class Asker:
    """A room that asks: what, by its key and in words; `asked` tells of one talk what applies to it and whether it is
    met; `url` is where it is filled in."""

    labels: Mapping[str, str | _StrPromise]
    asked: Callable[[Interaction], Mapping[str, bool]]
    url: Callable[[Interaction], str]


_askers: list[Asker] = []


def register(asker: Asker) -> None:
    _askers.append(asker)


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
        asker = next((one for one in _askers if slug in one.labels), None)
        label, url = (asker.labels[slug], asker.url(interaction)) if asker else (LABELS[slug], f"#{slug}")
        found.append(Missing(slug, str(label), url))
    return found


def asked_of(interaction: Interaction) -> dict[str, bool]:
    """What applies to this talk, and whether it is met, in the order in which rooms registered it."""
    return {slug: is_met for one in _askers for slug, is_met in one.asked(interaction).items()}
