"""What the palette finds of this room: interactions by the words in their subject and notes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from pmcrm.lists.search import Hit, SearchKind
from touchpoints.models import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User


def find(user: User, text: str, limit: int) -> Iterable[Hit]:
    """The newest first. Private ones only for those named in them."""
    rows = Interaction.objects.visible_to(user).current().matching(text).with_customers()
    for row in rows.order_by("-at", "-id")[:limit]:
        names = ", ".join(account.name for account in row.present[:2])
        day = date_format(localtime(row.at), "DATE_FORMAT")
        yield Hit(
            row.subject or f"{row.get_kind_display()}, {names}",
            f"{names} · {day}",
            reverse("interaction_detail", args=[row.pk]),
        )


INTERACTIONS = SearchKind("interaction", _("Calls and meetings"), "phone", find, order=30)
