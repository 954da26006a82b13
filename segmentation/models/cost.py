"""What people's time costs: pools, rates, hours; and what turns other currencies into one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.people.models import Pool


class CostPool(models.Model):
    """A group of scarce people in use here. Without any pool, figures say that people's time is not included."""

    slug = models.CharField(_("pool"), max_length=20, choices=Pool, primary_key=True)

    class Meta:
        ordering = ["slug"]
        constraints = [models.CheckConstraint(condition=models.Q(slug__in=Pool.values), name="cost_pool_is_known")]

    def __str__(self) -> str:
        return str(self.get_slug_display())


class PoolRate(models.Model):
    """Rate per hour and practical hours a month of a pool, from a month on until the next row."""

    pool = models.ForeignKey(CostPool, models.CASCADE, related_name="rates")
    from_month = models.DateField(_("from month"))
    rate = models.DecimalField(_("rate per hour"), max_digits=18, decimal_places=8)
    currency = models.CharField(_("currency"), max_length=3)
    practical_hours = models.DecimalField(_("practical hours a month"), max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["pool", "from_month"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "from_month"], name="pool_rate_once_a_month"),
            models.CheckConstraint(condition=models.Q(from_month__day=1), name="pool_rate_first_of_month"),
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, practical_hours__gte=0), name="pool_rate_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.from_month:%Y-%m}"


class HourEntry(models.Model):
    """Hours that a pool spent on an account, or on none, outside logged interactions."""

    pool = models.ForeignKey(CostPool, models.PROTECT, related_name="hours")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="hour_entries", verbose_name=_("account")
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    date = models.DateField(_("date"))
    hours = models.DecimalField(_("hours"), max_digits=10, decimal_places=2)
    note = models.CharField(_("note"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    line_ref = models.CharField(_("line reference"), max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    batch_id = models.BigIntegerField(_("import"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hours__gte=0), name="hour_entry_not_negative"),
            models.UniqueConstraint(
                fields=["source", "line_ref"],
                condition=~models.Q(source="") & ~models.Q(line_ref=""),
                name="hour_entry_once",
            ),
            models.UniqueConstraint(
                fields=["fingerprint"], condition=~models.Q(fingerprint=""), name="hour_entry_content_once"
            ),
        ]
        indexes = [
            models.Index(fields=["date", "pool"], include=["account", "hours"], name="hour_entry_by_date"),
            models.Index(fields=["account", "-date"], name="hour_entry_by_account"),
            models.Index(fields=["batch_id"], condition=models.Q(batch_id__isnull=False), name="hour_entry_by_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.hours} h {self.pool_id}"


class ExchangeRate(models.Model):
    """Average rate of a month: 1 unit of `from_currency` is `rate` units of `to_currency`."""

    month = models.DateField(_("month"))
    from_currency = models.CharField(_("from"), max_length=3)
    to_currency = models.CharField(_("to"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)

    class Meta:
        ordering = ["-month", "from_currency"]
        constraints = [
            models.UniqueConstraint(fields=["month", "from_currency", "to_currency"], name="exchange_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="exchange_rate_first_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.from_currency}/{self.to_currency} {self.month:%Y-%m}"


class MonthReopening(models.Model):
    """A month that finance opened again; it counts as closed only after `closed_again_at`."""

    month = models.DateField(_("month"))
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("reason"))
    closed_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=models.Q(closed_again_at=None), name="month_reopened_once"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="month_reopening_first_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class InputChange(models.Model):
    """One statement changed what a run reads. Written by database triggers, so that no writer can forget it.

    Rows are visible only once their writer has committed: count and newest id of the visible rows are the fingerprint
    of a run's inputs.
    """

    table = models.CharField(max_length=60)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.table} {self.at}"
