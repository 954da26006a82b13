"""Figures published downwards: what lists of accounts sort and filter by, one row an account."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.cadence import silent_from
from accounts.models.account import Account


class AccountFigures(models.Model):
    """Written by the rooms above through `accounts.services.publish_figures`. Flags and exits never go in here.

    The database adds the empty row with its account, and keeps in `silent_from` when the account turns silent: it
    follows from the last two-way contact and from what the account is, whoever changes either of them.

    `load_is_one_at` is when the contact load, halving every half-life, falls to one, or fell to it: one moment that
    tells the load at any time, `2 ** ((load_is_one_at - time) / half-life)`, and sorts as the load does, without
    being written anew while nothing happens. NULL: no load. It is exact until `load_holds_until`, when a planned talk
    comes or an old one counts no longer, by the weights named in `load_rules`, as long as nobody noted a change.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="figures")
    revenue_12m = models.DecimalField(_("revenue"), max_digits=20, decimal_places=6, null=True)
    contribution_12m = models.DecimalField(_("contribution"), max_digits=20, decimal_places=6, null=True)
    contribution_rank = models.PositiveIntegerField(_("rank by contribution"), null=True)
    trend = models.SmallIntegerField(_("trend"), null=True, help_text=_("-1 falling, 0 flat, 1 rising"))
    run_id = models.BigIntegerField(null=True)
    value_class = models.PositiveSmallIntegerField(_("class"), null=True)
    last_contact_at = models.DateTimeField(_("last contact"), null=True)
    last_two_way_at = models.DateTimeField(_("last two-way contact"), null=True)
    silent_from = models.DateTimeField(_("silent from"), null=True, editable=False)
    next_step_on = models.DateField(_("next step"), null=True)
    load_is_one_at = models.DateTimeField(_("contact load"), null=True, editable=False)
    load_holds_until = models.DateTimeField(null=True, editable=False)
    load_rules = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)
    figures_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(trend__in=[-1, 0, 1]) | models.Q(trend=None), name="trend_sign")
        ]
        # Both columns of an index run in one direction, so that a page is one range of it.
        indexes = [
            models.Index(
                models.F("revenue_12m").desc(nulls_last=True), models.F("account").desc(), name="figures_revenue_falls"
            ),
            models.Index(models.F("revenue_12m").asc(nulls_last=True), "account", name="figures_revenue_rises"),
            models.Index(
                models.F("contribution_12m").desc(nulls_last=True),
                models.F("account").desc(),
                name="figures_contrib_falls",
            ),
            models.Index(models.F("contribution_12m").asc(nulls_last=True), "account", name="figures_contrib_rises"),
            models.Index(
                models.F("last_contact_at").desc(nulls_last=True),
                models.F("account").desc(),
                name="figures_contact_falls",
            ),
            models.Index(models.F("last_contact_at").asc(nulls_last=True), "account", name="figures_contact_rises"),
            models.Index(
                models.F("next_step_on").desc(nulls_last=True), models.F("account").desc(), name="figures_step_falls"
            ),
            models.Index(models.F("next_step_on").asc(nulls_last=True), "account", name="figures_step_rises"),
            models.Index(fields=["silent_from", "account"], name="figures_silent_from"),
            models.Index(fields=["load_is_one_at", "account"], name="figures_load_is_one"),
            models.Index(fields=["load_holds_until"], name="figures_load_holds"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="figures_heard",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("last_two_way_at"),  # type: ignore[no-untyped-call]  # untyped library
                # Whoever sets both has worked it out.
                condition=pgtrigger.Q(old__last_two_way_at__df=pgtrigger.F("new__last_two_way_at"))
                & pgtrigger.Q(old__silent_from__ndf=pgtrigger.F("new__silent_from")),
                func=f"""
                    SELECT {silent_from("account", "NEW.last_two_way_at")} INTO NEW.silent_from
                    FROM accounts_account AS account WHERE account.id = NEW.account_id;
                    RETURN NEW;
                """,  # noqa: S608  the numbers of our own rule
            )
        ]

    def __str__(self) -> str:
        return f"figures of {self.account_id}"
