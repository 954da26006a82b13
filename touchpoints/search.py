"""What the palette finds of this room: interactions by their words, and what customers told hurts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from pmcrm.lists.search import Hit, SearchKind
from pmcrm.lists.text import pieces_of
from touchpoints.models import InteractionKind, Pain
from touchpoints.services.finding import InteractionLine, interaction_lines

if TYPE_CHECKING:
    from pmcrm.people.models import User

FEWEST_LETTERS: Final = 2
FEWEST_IN_PAINS: Final = 3
MOST_COMPARED: Final = 2000


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


def find_pains(user: User, text: str, limit: int) -> list[Hit]:
    """The newest first, of accounts that the person sees. Most searches find none: then nobody's sight is asked."""
    if len(text) < FEWEST_IN_PAINS and not pieces_of(text):
        return []
    keys = list(Pain.objects.told().matching(text).values_list("pk", flat=True)[:MOST_COMPARED])
    if not keys:
        return []
    found = Pain.objects.visible_to(user).filter(pk__in=keys).newest_first().with_names()[:limit]
    return [
        Hit(
            Truncator(pain.words).chars(90),
            f"{pain.account.name} · {date_format(pain.told_on, 'DATE_FORMAT')}",
            pain.get_absolute_url(),
        )
        for pain in found
    ]


PAINS = SearchKind("pain", _("What hurts"), "message-square-quote", find_pains, order=35)
INTERACTIONS = SearchKind("interaction", _("Calls and meetings"), "phone", find, order=30)
