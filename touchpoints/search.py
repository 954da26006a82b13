"""What the palette finds of this room: interactions by the words in their subject and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from pmcrm.lists.search import Hit, SearchKind
from touchpoints.models import InteractionKind
from touchpoints.services.finding import InteractionLine, interaction_lines

if TYPE_CHECKING:
    from pmcrm.people.models import User

FEWEST_LETTERS: Final = 2


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The newest first. Private ones only for those named in them."""
    if len(text) < FEWEST_LETTERS:
        return []
    return [_hit(line) for line in interaction_lines(text, limit, person=user)]


def _hit(line: InteractionLine) -> Hit:
    names = ", ".join(line.accounts)
    day = date_format(localtime(line.at), "DATE_FORMAT")
    title = line.subject or f"{InteractionKind(line.kind).label}, {names}"
    return Hit(title, f"{names} · {day}", reverse("interaction_detail", args=[line.pk]))


INTERACTIONS = SearchKind("interaction", _("Calls and meetings"), "phone", find, order=30)
