"""Flag: the rule suggests that a person look at an account. It never does anything to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.people.permissions import may
from segmentation.models.run import ProfitRun

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Level(models.TextChoices):
    NONE = "none", _("None")
    WATCH = "watch", _("Watch")
    REVIEW = "review", _("Review")
    CANDIDATE = "candidate", _("Candidate")


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, user: User) -> Self:
        """The product lead sees all flags, a product manager those of own accounts, nobody else any. An account that
        went up in another one asks for no review any more."""
        if may(user, "flag.read_all"):
            return self.filter(account__merged_into=None)
        if may(user, "flag.read"):
            return self.filter(account__merged_into=None, account__product_manager=user)
        return self.none()

    def of_run(self, run: ProfitRun) -> Self:
        return self.filter(run=run)

    def most_pressing(self) -> Self:
        """Candidates first, then reviews, then watches; within a level what would free the most hours."""
        weight = models.Case(
            *(models.When(level=level, then=place) for place, level in enumerate(("candidate", "review", "watch"))),
            default=9,
        )
        return self.order_by(weight, "-freed_hours", "contribution", "id")

    def speaking(self) -> Self:
        """Flags that nobody dismissed."""
        return self.filter(is_silenced=False).exclude(level=Level.NONE)


class Flag(models.Model):
    """The verdict of the rule on one account in one run, with every number, so that the sum can be redone by hand.

    `verdict` is the rule's full answer: tests, gates, guards, notes, each with value and limit.
    """

    run = models.ForeignKey(ProfitRun, models.CASCADE, related_name="flags")
    account = models.ForeignKey(Account, models.PROTECT, related_name="flags")
    level = models.CharField(_("level"), max_length=10, choices=Level)
    is_guarded = models.BooleanField(_("guarded"), default=False)
    is_silenced = models.BooleanField(_("dismissed"), default=False)
    contribution = models.DecimalField(_("contribution"), max_digits=20, decimal_places=6)
    attention_ratio = models.DecimalField(_("attention ratio"), max_digits=14, decimal_places=6, null=True)
    freed_hours = models.DecimalField(_("hours it would free"), max_digits=12, decimal_places=2, default=0)
    verdict = models.JSONField(default=dict)

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="flag_once_a_run"),
            models.CheckConstraint(condition=models.Q(level__in=Level.values), name="flag_level"),
        ]
        indexes = [models.Index(fields=["account", "-run"], name="flag_history")]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.account_id}"


class FlagDismissal(models.Model):
    """A person silenced a flag with a reason, until the numbers worsen by a fifth or 180 days pass."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="flag_dismissals")
    flag = models.ForeignKey(Flag, models.SET_NULL, null=True, related_name="dismissals")
    level = models.CharField(_("level"), max_length=10, choices=Level)
    contribution = models.DecimalField(max_digits=20, decimal_places=6)
    attention_ratio = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    reason = models.TextField(_("reason"))
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-dismissed_at"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.dismissed_at:%Y-%m-%d}"


class FactKind(models.TextChoices):
    VALUE_CLASS = "value_class", _("Class, 1 to 4")
    SYMPTOM_SCORE = "symptom_score", _("Symptom score, 0 to 100")
    RESCUE_PLAN = "rescue_plan", _("Rescue plan with a deadline")
    FORWARD_PLAN = "forward_plan", _("Approved plan that earns within four quarters")
    MARKET_VALUE = "market_value", _("Market value")
    FIRST_SIGNATURE = "first_signature", _("First signature")
    ONBOARDING_ENDED = "onboarding_ended", _("Onboarding ended")
    LEGAL_DUTY = "legal_duty", _("Legal duty or public contract")
    SOLE_REFERENCE = "sole_reference", _("Only reference in a target segment")


class ReviewFact(models.Model):
    """Something about an account that only a person can know, with its day and reason. The newest of a kind counts."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="review_facts")
    kind = models.CharField(_("what"), max_length=20, choices=FactKind)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    raters = models.PositiveSmallIntegerField(_("raters"), null=True, blank=True)
    on = models.DateField(_("on"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-set_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=FactKind.values), name="review_fact_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="value_class") | models.Q(value__in=[1, 2, 3, 4]),
                name="review_fact_class_1_to_4",
                violation_error_message=_("The class is 1, 2, 3 or 4."),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="symptom_score") | models.Q(value__range=(0, 100), raters__gte=1),
                name="review_fact_symptom_score",
                violation_error_message=_("A symptom score lies between 0 and 100 and names its number of raters."),
            ),
        ]
        indexes = [models.Index(fields=["account", "kind", "-set_at"], name="review_fact_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
