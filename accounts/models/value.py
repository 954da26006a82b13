"""What an account is worth to us beyond what it earns now: assessed value and the strategic list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
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
    def newest(self) -> Self:
        """One row an account and dimension: the one that counts."""
        return self.order_by("account", "dimension", "-assessed_at", "-id").distinct("account", "dimension")


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
