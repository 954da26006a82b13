"""Pools, rates, hours and months: what finance sets before people's time can count."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record
from segmentation.models import CostPool, ExchangeRate, HourEntry, MonthReopening, PoolRate

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User


@transaction.atomic
def set_pool_rate(
    *, actor: User, pool: str, from_month: dt.date, rate: Decimal, currency: str, practical_hours: Decimal
) -> PoolRate:
    """Set the rate per hour and the practical hours a month of a pool from a month on; the same month is replaced."""
    if rate < 0 or practical_hours < 0:
        raise RuleViolation(_("Rate and hours are not below zero."))
    kept = CostPool.objects.get_or_create(slug=pool)[0]
    made, is_new = PoolRate.objects.select_for_update().get_or_create(
        pool=kept,
        from_month=from_month,
        defaults={"rate": rate, "currency": currency, "practical_hours": practical_hours},
    )
    before = None if is_new else {"rate": made.rate, "currency": made.currency, "hours": made.practical_hours}
    if not is_new:
        made.rate, made.currency, made.practical_hours = rate, currency, practical_hours
        made.save()
    record(
        actor=actor,
        verb="pool_rate.set",
        subject=made,
        before=before,
        after={"rate": rate, "currency": currency, "hours": practical_hours},
    )
    return made


@transaction.atomic
def set_exchange_rate(
    *, actor: User, month: dt.date, from_currency: str, to_currency: str, rate: Decimal
) -> ExchangeRate:
    """Set the average rate of a month; the same month and pair is replaced."""
    if rate <= 0:
        raise RuleViolation(_("A rate lies above zero."), fields={"rate": _("A rate lies above zero.")})
    made, _is_new = ExchangeRate.objects.update_or_create(
        month=month, from_currency=from_currency, to_currency=to_currency, defaults={"rate": rate}
    )
    record(actor=actor, verb="exchange_rate.set", subject=made, rate=rate)
    return made


@transaction.atomic
def add_hours(
    *, actor: User, account: Account | None, pool: CostPool, date: dt.date, hours: Decimal, note: str = ""
) -> HourEntry:
    """Add hours that a pool spent on an account, or on none."""
    if hours <= 0:
        raise RuleViolation(_("Give the hours as a number above zero."), fields={"hours": _("Above zero, please.")})
    if date > timezone.localdate():
        raise RuleViolation(_("These hours lie in the future; enter them once they are spent."))
    made = HourEntry.objects.create(account=account, pool=pool, person=actor, date=date, hours=hours, note=note)
    record(
        actor=actor,
        verb="hours.added",
        subject=made,
        account_id=account.pk if account else None,
        pool=pool.pk,
        hours=hours,
        date=date,
    )
    return made


@transaction.atomic
def reopen_month(*, actor: User, month: dt.date, reason: str) -> MonthReopening:
    """Open a closed month again: figures leave it out until it is closed once more."""
    if not reason.strip():
        raise RuleViolation(_("Say why the month is opened again."), fields={"reason": _("Give a reason.")})
    try:
        with transaction.atomic():
            made = MonthReopening.objects.create(month=month, reopened_by=actor, reason=reason.strip())
    except IntegrityError as error:
        raise RuleViolation(_("This month is open already.")) from error
    record(actor=actor, verb="month.reopened", subject=made, reason=made.reason)
    return made


@transaction.atomic
def close_month(*, actor: User, month: dt.date) -> None:
    """Close a reopened month again."""
    opened = MonthReopening.objects.select_for_update().filter(month=month, closed_again_at=None).first()
    if opened is None:
        raise RuleViolation(_("This month was not reopened."))
    opened.closed_again_at = timezone.now()
    opened.save(update_fields=["closed_again_at"])
    record(actor=actor, verb="month.closed", subject=opened)
