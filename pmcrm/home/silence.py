"""Which of a person's accounts were not heard from for longer than their cadence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db.models import Count, Window

from accounts.models import Account
from pmcrm.people.permissions import may
from touchpoints.models import silent_accounts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pmcrm.people.models import User

MANY: Final = 1000
_MINUTE: Final = 60
# So many times as many as are shown are kept, so that some may be called meanwhile.
_SPARE: Final = 3


def silent_of(user: User) -> QuerySet[Account]:
    """All of them, the most valuable first."""
    # Inside voices that nobody in product looks after are the product lead's.
    leads = may(user, "voice_rules.write") and may(user, "account.write_all")
    return silent_accounts(Account.objects.own_of(user, and_unkept=leads))


def first_silent_of(user: User, most: int) -> tuple[list[Account], int]:
    """The first few of them, and how many there are.

    They are looked up each time, unless there are many: then those found within the last minute are asked whether they
    are silent still. Whoever was called is gone at once; who fell silent since may come a minute late.
    """
    silent, key = silent_of(user), f"silent-{user.pk}"
    keys, total = cache.get(key) or ([], 0)
    still = list(silent.filter(pk__in=keys)) if keys else []
    if len(still) >= most:
        return still[:most], total - (len(keys) - len(still))
    # Found by key: thousands may be sorted and counted, a few are shown.
    found = list(silent.annotate(total=Window(Count("pk"))).values_list("pk", "total")[: _SPARE * most])
    if not found:
        return [], 0
    keys, total = [pk for pk, _total in found], int(found[0][1])
    if total > MANY:
        cache.set(key, (keys, total), _MINUTE)
    return list(silent.filter(pk__in=keys[:most])), total
