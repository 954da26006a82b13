"""Whom we have not heard from for longer than we want to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models.choices import Kind, State
from touchpoints import policy

if TYPE_CHECKING:
    from accounts.models import AccountQuerySet


def silent_accounts(accounts: AccountQuerySet) -> AccountQuerySet:
    """Of `accounts`, customers in care and inside voices whose last two-way contact is older than their cadence.

    `heard_at` is that contact or, where there was none yet, the day the account was entered; `cadence` is in days.
    Suspects and former customers are not waited for.
    """
    by_tier = [models.When(tier=tier, then=days) for tier, days in policy.CADENCE_BY_TIER.items()]
    cadence = models.Case(
        models.When(kind=Kind.INTERNAL, then=policy.CADENCE_INTERNAL),
        models.When(state=State.EXITING, then=policy.CADENCE_EXITING),
        models.When(state=State.IN_SALES_CYCLE, then=policy.CADENCE_IN_SALES_CYCLE),
        *by_tier,
        default=policy.CADENCE_OTHERWISE,
        output_field=models.IntegerField(),
    )
    heard_at = Coalesce("figures__last_two_way_at", "created_at")
    waited = models.ExpressionWrapper(
        models.Value(timezone.now()) - models.F("heard_at"), output_field=models.DurationField()
    )
    allowed = models.ExpressionWrapper(
        models.F("cadence") * models.Value(dt.timedelta(days=1)), output_field=models.DurationField()
    )
    return (
        accounts.filter(state__in=[State.CUSTOMER, State.IN_SALES_CYCLE, State.EXITING])
        .select_related("figures")
        .annotate(heard_at=heard_at, cadence=cadence)
        .annotate(waited=waited, allowed=allowed)
        .filter(waited__gte=models.F("allowed"))
        .order_by(models.F("figures__contribution_12m").desc(nulls_last=True), "sort_name", "id")
    )
