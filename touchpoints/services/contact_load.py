"""How much contact an account carries today: the load of each of its people, and of the account."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from accounts.models import Contact
from touchpoints.load import DISTANCE_FACTORS, Distance, Light, Touch, account_load, contact_load, light
from touchpoints.models import Interaction, InteractionKind

if TYPE_CHECKING:
    from accounts.models import Account

# After ten half-lives a thousandth is left of a contact.
LOOKED_BACK: Final = dt.timedelta(days=140)
MOST: Final = 500
DISTANCES: Final = {"same_city": Distance.SAME_CITY, "same_country": Distance.NEAR, "remote": Distance.REMOTE}


@dataclass(frozen=True, slots=True)
class Load:
    """`load` of the account today, its light, and the factor by which its distance raised it."""

    load: float
    light: Light
    factor: float


def load_of(account: Account, *, at: dt.datetime | None = None) -> Load:
    """Over all contacts by all colleagues but private ones; who is not named counts as one more person."""
    now = at or timezone.now()
    recent = Interaction.objects.with_account(account).current().filter(is_private=False)
    recent = recent.filter(at__gt=now - LOOKED_BACK, at__lte=now).exclude(kind=InteractionKind.NOTE)
    rows = recent.order_by("-at").values_list("pk", "at", "kind", "minutes", "is_incoming", "contacts")[:MOST]
    touches: dict[int | None, list[Touch]] = defaultdict(list)
    for _pk, when, kind, minutes, is_incoming, contact in rows:
        days = (now - when) / dt.timedelta(days=1)
        touches[contact].append(Touch(days, kind, minutes or None, is_incoming))
    factor = DISTANCE_FACTORS[DISTANCES.get(account.distance, Distance.SAME_CITY)]
    loads = [contact_load(found, factor) for found in touches.values()]
    active = Contact.objects.of(account).still_there().count()
    found = account_load(loads, max(active, len(loads)))
    return Load(found, light(found), factor)
