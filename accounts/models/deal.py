"""What we sell, and the deals about it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account


class Product(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Stage(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class Deal(models.Model):
    """A sale in the making or made. Whether money was taken decides which way out of it is fair."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="deals", verbose_name=_("account"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    name = models.CharField(_("name"), max_length=200)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.OPEN)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=6, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    qualified_on = models.DateField(_("qualified on"), null=True, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    collected = models.DecimalField(_("collected so far"), max_digits=20, decimal_places=6, default=0)

    class Meta:
        ordering = ["-qualified_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="deal_stage"),
            models.CheckConstraint(condition=models.Q(collected__gte=0), name="deal_collected_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name
