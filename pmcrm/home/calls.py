"""What calling leaves for somebody's day: call-backs they agreed, and signs that ask them to look after a customer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Attempt, CampaignState, Target, UsageSign
from pmcrm.people.permissions import may
from touchpoints.models import Outcome

if TYPE_CHECKING:
    from pmcrm.people.models import User

SHOWN: Final = 5
KEPT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line: whom it is about, what waits, when, and where it is done."""

    name: str
    about: str
    url: str
    at: dt.datetime | None = None


def calls_waiting_for(user: User) -> list[Waiting]:
    """Call-backs of today that the person agreed, then open signs at own accounts. Looked up once a minute."""
    if not may(user, "campaign.dial"):
        return []
    key = _key(user.pk)
    found: list[Waiting] | None = cache.get(key)
    if found is None:
        found = [*_call_backs(user), *_signs(user)]
        cache.set(key, found, KEPT_SECONDS)
    return found


def _key(person: int | None) -> str:
    return f"calls-waiting-{person}"


def forget_calls_waiting(*, instance: UsageSign, **_signal: object) -> None:
    """Somebody looked at a sign: the lines of who looks after the account are looked up anew once that is certain."""
    transaction.on_commit(partial(cache.delete, _key(instance.account.product_manager_id)))


def _call_backs(user: User) -> list[Waiting]:
    tomorrow = timezone.make_aware(dt.datetime.combine(timezone.localdate() + dt.timedelta(days=1), dt.time.min))
    agreed = Attempt.objects.standing().by(user).filter(outcome__in=[Outcome.CALLBACK_AGREED, Outcome.DECLINED_BUSY])
    rows = (
        Target.objects.visible_to(user)
        .waiting()
        .filter(is_agreed=True, not_before__lt=tomorrow, campaign__state=CampaignState.RUNNING, tries__in=agreed)
        .select_related("contact", "account")
        .order_by("not_before", "pk")
        .distinct()[: SHOWN + 1]
    )
    return [
        Waiting(
            one.contact.name,
            one.account.name,
            f"{reverse('dial', args=[one.campaign_id])}?target={one.pk}",
            one.not_before,
        )
        for one in rows
    ]


def _signs(user: User) -> list[Waiting]:
    rows = UsageSign.objects.visible_to(user).open().filter(account__product_manager=user)
    return [
        Waiting(one.account.name, str(one.get_kind_display()), one.account.get_absolute_url())
        for one in rows.select_related("account").order_by("-pk")[: SHOWN + 1]
    ]
