"""ProfitRun: an immutable snapshot of who earned how much in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.jobs.models import Job
from pmcrm.people.models import Pool
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User


class RunState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    PARTIAL = "partial", _("Partial")
    NO_DATA = "no_data", _("No data")
    DOES_NOT_RECONCILE = "does_not_reconcile", _("Does not reconcile")
    FAILED = "failed", _("Failed")


READABLE = (RunState.DONE, RunState.PARTIAL, RunState.NO_DATA)


class ProfitRunQuerySet(models.QuerySet["ProfitRun"]):
    def visible_to(self, user: User) -> Self:
        """The curve's readers; a run that does not reconcile is for finance and the product lead."""
        if not may(user, "curve.read"):
            return self.none()
        if may(user, "curve.read_unreconciled"):
            return self
        return self.exclude(state=RunState.DOES_NOT_RECONCILE)

    def visible_to_contribution(self, user: User) -> Self:
        """Readable runs for whoever may see contributions, though perhaps not the curve."""
        return self.readable() if may(user, "contribution.read") else self.none()

    def readable(self) -> Self:
        """Finished runs that a screen may show."""
        return self.filter(state__in=READABLE)

    def finished(self) -> Self:
        return self.exclude(state__in=[RunState.QUEUED, RunState.RUNNING])

    def with_rows(self) -> Self:
        """Runs whose rows by account are still kept."""
        return self.filter(thinned_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-finished_at", "-id")


class ProfitRun(Job):
    """A run over the closed months `from_month` to `to_month`, in one currency. Rows never change once done.

    `figures` holds the aggregates with exact decimals as strings; `parameters` every setting used; `content_hash` is
    equal for equal parameters, references and amounts. `thinned_at` says when the rows by account of an old run went.
    """

    WAITING = frozenset({RunState.QUEUED})
    WORKING = frozenset({RunState.RUNNING})

    state = models.CharField(_("state"), max_length=20, choices=RunState, default=RunState.QUEUED)
    from_month = models.DateField(_("from"))
    to_month = models.DateField(_("to"))
    currency = models.CharField(_("currency"), max_length=3)
    parameters = models.JSONField(default=dict)
    parameters_hash = models.CharField(max_length=64, blank=True)
    input_fingerprint = models.CharField(max_length=80, blank=True)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    code_version = models.CharField(max_length=40, blank=True)
    account_count = models.PositiveIntegerField(_("accounts"), null=True)
    line_count = models.PositiveBigIntegerField(_("ledger lines"), null=True)
    figures = models.JSONField(default=dict)
    curve_points = models.JSONField(default=list)
    data_quality = models.DecimalField(_("data quality"), max_digits=7, decimal_places=6, null=True)
    thinned_at = models.DateTimeField(_("rows by account deleted"), null=True, editable=False)

    objects = ProfitRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(from_month__lte=models.F("to_month")), name="run_window"),
            models.CheckConstraint(
                condition=models.Q(from_month__day=1, to_month__day=1), name="run_months_are_first_days"
            ),
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state"),
            models.UniqueConstraint(
                fields=["from_month", "to_month", "currency"],
                condition=models.Q(state__in=["queued", "running"]),
                name="run_one_at_a_time_per_window",
            ),
        ]
        indexes = [
            models.Index(fields=["-finished_at", "-id"], name="run_newest"),
            models.Index(fields=["parameters_hash", "input_fingerprint"], name="run_by_input"),
        ]

    def __str__(self) -> str:
        return f"{self.from_month:%Y-%m} – {self.to_month:%Y-%m}"

    @property
    def is_finished(self) -> bool:
        return self.state not in self.WAITING | self.WORKING


class AccountProfitQuerySet(models.QuerySet["AccountProfit"]):
    def visible_to(self, user: User) -> Self:
        """Readers of the curve see every account's row; sales owners the rows of their own accounts."""
        if may(user, "curve.read"):
            return self
        if may(user, "contribution.read"):
            return self.filter(account__in=Account.objects.owned_by(user))
        return self.none()

    def losing_money(self) -> Self:
        return self.filter(contribution__lt=0)

    def along_curve(self) -> Self:
        return self.order_by("position")

    def worst_first(self) -> Self:
        return self.order_by("-position")


class AccountProfit(models.Model):
    """One account in a run. Amounts in the run's currency, rounded once to 6 places, half-even.

    A run writes all its rows from joined accounts in one statement, so the database does not check each row's keys
    again: for 100,000 rows that took longer than all their sums. A trigger refuses to delete an account with rows.
    """

    run = models.ForeignKey(ProfitRun, models.CASCADE, related_name="rows", db_constraint=False, db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="profits", db_constraint=False, db_index=False)
    position = models.PositiveIntegerField(_("place on the curve"))
    rank = models.PositiveIntegerField(_("rank"))
    revenue_rank = models.PositiveIntegerField(_("rank by revenue"))
    ref = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    revenue = models.DecimalField(_("revenue"), max_digits=20, decimal_places=6)
    direct_cost = models.DecimalField(_("direct cost"), max_digits=20, decimal_places=6)
    people_cost = models.DecimalField(_("people's time"), max_digits=20, decimal_places=6)
    hours = models.DecimalField(_("hours"), max_digits=12, decimal_places=2)
    contribution = models.DecimalField(_("contribution"), max_digits=20, decimal_places=6)
    cumulative = models.DecimalField(_("cumulative"), max_digits=20, decimal_places=6)
    is_about_zero = models.BooleanField(_("about zero"), default=False)
    is_missing_rate = models.BooleanField(_("an exchange rate is missing"), default=False)
    months_active = models.PositiveSmallIntegerField(_("months active"), default=0)

    objects = AccountProfitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="account_profit_position"),
            models.UniqueConstraint(fields=["account", "run"], name="account_profit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.name}"


class AccountPoolShare(models.Model):
    """Hours of one pool on one account in a run, and what they cost."""

    run = models.ForeignKey(ProfitRun, models.CASCADE, related_name="pool_shares", db_constraint=False, db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    pool = models.CharField(_("pool"), max_length=20, choices=Pool)
    hours = models.DecimalField(_("hours"), max_digits=12, decimal_places=2)
    cost = models.DecimalField(_("cost"), max_digits=20, decimal_places=6)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "account", "pool"], name="account_pool_share_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.pool}"
