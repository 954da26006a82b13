"""The ledger: what each account paid and what serving it cost directly, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from decimal import Decimal

    from pmcrm.people.models import User


class FirstOfMonth(Func):
    """The first day of a date's month, as an immutable expression."""

    template = "(%(expressions)s - (EXTRACT(DAY FROM %(expressions)s)::integer - 1))"
    output_field = models.DateField()


class LedgerQuerySet(models.QuerySet["LedgerLine"]):
    def visible_to(self, user: User) -> Self:
        """Finance, product lead, sales VP and executives read all lines; a product manager those of own accounts."""
        if may(user, "ledger.read_all"):
            return self
        if may(user, "ledger.read"):
            return self.filter(account__in=Account.objects.owned_by(user))
        return self.none()

    @staticmethod
    def open_to(user: User, account: Account) -> bool:
        """Whether the person may open single lines of this account."""
        return may(user, "ledger.read_all") or (may(user, "ledger.read") and account.is_own_of(user))

    def between(self, from_month: object, to_month: object) -> Self:
        """Lines of the months from `from_month` to `to_month`, both included and both first days of a month."""
        return self.filter(month__gte=from_month, month__lte=to_month)


class LedgerLine(models.Model):
    """One line: revenue and direct cost of one account on one day. It never changes; a mistake is reversed by
    another line. Credits are negative revenue. Amounts are in `currency`, unrounded to 6 places.

    Only a merge of two accounts moves lines, from the one to the other; its undo moves them back.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="ledger_lines", verbose_name=_("account"))
    date = models.DateField(_("date"))
    month = models.GeneratedField(expression=FirstOfMonth(F("date")), output_field=models.DateField(), db_persist=True)
    revenue = models.DecimalField(_("revenue"), max_digits=20, decimal_places=6, default=0)
    cost = models.DecimalField(_("direct cost"), max_digits=20, decimal_places=6, default=0)
    currency = models.CharField(_("currency"), max_length=3)
    category = models.CharField(_("category"), max_length=100, blank=True)
    product = models.CharField(_("product"), max_length=300, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    line_ref = models.CharField(_("line reference"), max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    batch_id = models.BigIntegerField(_("import"), null=True, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "line_ref"],
                condition=~models.Q(source="") & ~models.Q(line_ref=""),
                name="ledger_line_once",
            ),
            models.UniqueConstraint(
                fields=["fingerprint"], condition=~models.Q(fingerprint=""), name="ledger_content_once"
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="ledger_currency"),
        ]
        indexes = [
            models.Index(
                fields=["account", "month"],
                include=["currency", "revenue", "cost", "category"],
                name="ledger_account_month",
            ),
            models.Index(fields=["account", "-date", "-id"], name="ledger_by_account_date"),
            models.Index(fields=["batch_id"], condition=models.Q(batch_id__isnull=False), name="ledger_by_batch"),
        ]
        triggers = [
            # A merge of two accounts is the one thing that may move a line, and nothing else of the line with it. The
            # month is computed after this trigger and follows from the date.
            pgtrigger.Trigger(
                name="ledger_line_is_immutable",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF current_setting('pmcrm.merging', true) = 'on'
                        AND to_jsonb(NEW) - 'account_id' - 'month' = to_jsonb(OLD) - 'account_id' - 'month'
                    THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.line_ref or self.pk}"

    @property
    def margin(self) -> Decimal:
        """What is left of the line's revenue after its direct cost."""
        return self.revenue - self.cost
