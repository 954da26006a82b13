"""What the palette finds of this room: interactions by the words in their subject and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.search import few_accounts_of
from pmcrm.lists.search import Hit, SearchKind
from pmcrm.people.permissions import may
from touchpoints.models import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

FEWEST_LETTERS: Final = 2
MOST_LOOKED_THROUGH: Final = 300


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The newest first. Private ones only for those named in them."""
    if len(text) < FEWEST_LETTERS:
        return []
    rows, few = Interaction.objects.visible_to(user).current(), few_accounts_of(user)
    if few is not None:
        keys = rows.newest_matching_at(few, user, text, limit)
    else:
        # Some of those found may be private, cancelled, or out of sight.
        sees_all = may(user, "account.read_all")
        keys = rows.newest_matching(text, 4 * limit if sees_all else MOST_LOOKED_THROUGH)
    if not keys:
        return []
    return [_hit(row) for row in rows.filter(pk__in=keys).naming_accounts().order_by("-at", "-id")[:limit]]


def _hit(row: Interaction) -> Hit:
    names = ", ".join(account.name for account in row.present[:2])
    day = date_format(localtime(row.at), "DATE_FORMAT")
    title = row.subject or f"{row.get_kind_display()}, {names}"
    return Hit(title, f"{names} · {day}", reverse("interaction_detail", args=[row.pk]))


INTERACTIONS = SearchKind("interaction", _("Calls and meetings"), "phone", find, order=30)
