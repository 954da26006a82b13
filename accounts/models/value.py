"""What an account is worth to us beyond what it earns now: assessed value and the strategic list."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import tiers
from accounts.models.account import Account
from accounts.models.choices import Tier
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Dimension(models.TextChoices):
    """The dimensions that a person assesses; revenue now is computed."""

    POTENTIAL = "potential", _("Revenue possible")
    BRAND = "brand", _("Brand")
    MARKET = "market", _("Foothold in a new market")
    GEOGRAPHY = "geo", _("Foothold in a new country")


class ValueAssessmentQuerySet(models.QuerySet["ValueAssessment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def newest(self) -> Self:
        """One row an account and dimension: the one that counts."""
        return self.order_by("account", "dimension", "-assessed_at", "-id").distinct("account", "dimension")

    def due_on(self, accounts: models.QuerySet[Account], days: int = tiers.SCORE_DAYS) -> Self:
        """The scores that count on these accounts and that somebody should look at again."""
        newest = self.filter(account__in=accounts.order_by().values("pk")).newest()
        old = timezone.now() - dt.timedelta(days=days)
        return self.filter(pk__in=newest.values("pk"), assessed_at__lt=old)


class ValueAssessment(models.Model):
    """One score of one dimension, with its evidence. The newest counts; older ones are its history."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="value_assessments")
    dimension = models.CharField(_("dimension"), max_length=10, choices=Dimension)
    score = models.PositiveSmallIntegerField(_("score, 0 to 100"), validators=[MaxValueValidator(100)])
    evidence = models.TextField(_("evidence"), blank=True)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(default=timezone.now)

    objects = ValueAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(score__lte=100), name="value_score_range"),
            models.CheckConstraint(condition=models.Q(dimension__in=Dimension.values), name="value_dimension"),
        ]
        indexes = [models.Index(fields=["account", "dimension", "-assessed_at"], name="value_newest")]

    def __str__(self) -> str:
        return f"{self.dimension} {self.score}"

    def is_due(self, days: int = tiers.SCORE_DAYS) -> bool:
        """Somebody should look at it again: it is so many days old."""
        return tiers.is_score_due(timezone.localdate(self.assessed_at), timezone.localdate(), days)


class TierOverrideQuerySet(models.QuerySet["TierOverride"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def holding(self) -> Self:
        """Those that stand in for the computed tier today."""
        return self.filter(ended_at=None, expires_on__gte=timezone.localdate())

    def run_out(self) -> Self:
        """Not ended by anybody, but their last day is over."""
        return self.filter(ended_at=None, expires_on__lt=timezone.localdate())


class TierOverride(models.Model):
    """A tier that a person set over the computed one, with its reason and last day. Older ones are its history.

    `computed_tier` and `computed_score` are what the arithmetic said on the day it was set.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="tier_overrides", verbose_name=_("account"))
    tier = models.CharField(_("tier"), max_length=1, choices=[choice for choice in Tier.choices if choice[0]])
    reason = models.TextField(_("reason"))
    expires_on = models.DateField(_("holds until"))
    computed_tier = models.CharField(_("computed then"), max_length=1, choices=Tier, blank=True)
    computed_score = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    set_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = TierOverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(tier__in=["A", "B", "C"]), name="tier_override_tier"),
            models.CheckConstraint(condition=~models.Q(reason__regex=r"^\s*$"), name="tier_override_has_a_reason"),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(ended_at=None), name="tier_override_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["account", "-set_at"], name="tier_override_newest")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.tier}"

    @property
    def holds(self) -> bool:
        return self.ended_at is None and self.expires_on >= timezone.localdate()


class StrategicEntryQuerySet(models.QuerySet["StrategicEntry"]):
    def visible_to(self, user: User) -> Self:
        if not may(user, "strategic_list.read"):
            return self.none()
        return self.filter(account__in=Account.objects.visible_to(user))

    def for_list(self) -> Self:
        """With what a row of the list shows, promises counted."""
        open_promise = models.Q(account__promises__state="open")
        late = open_promise & models.Q(account__promises__due_on__lt=timezone.localdate())
        return self.select_related(
            "sponsor", "account__figures", "account__relationship_owner", "account__product_manager"
        ).annotate(
            promises_open=models.Count("account__promises", filter=open_promise),
            promises_late=models.Count("account__promises", filter=late),
        )

    def due(self) -> Self:
        """Entries whose review day has come."""
        return self.filter(review_by__lte=timezone.localdate())


class StrategicEntry(models.Model):
    """An account on the strategic list, with its rank. Without a review date in the future it gives no guard."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="strategic_entry")
    rank = models.PositiveIntegerField(_("rank"))
    reason = models.TextField(_("why it is strategic"))
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sponsor"))
    review_by = models.DateField(_("review by"))
    added_at = models.DateTimeField(auto_now_add=True)

    objects = StrategicEntryQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["rank"], name="strategic_rank_is_unique", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.account_id}"

    @property
    def is_review_due(self) -> bool:
        return self.review_by <= timezone.localdate()
