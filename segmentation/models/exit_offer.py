"""What an exit plan offers the customer, what came of it, and the work that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from segmentation import fair_offer
from segmentation.models.exit_plan import ExitPlan
from touchpoints.models import NextStep

if TYPE_CHECKING:
    import datetime as dt


class ExitOffer(models.Model):
    """One offer to the customer with the details that the playbook asks for; amounts are decimals as strings.

    `details` says what was written and signed; `partner_account` is where a partner's account is now, merged or not.
    Once the plan is approved, the customer's answer is recorded, and what shows that the offer was kept.
    """

    plan = models.ForeignKey(ExitPlan, models.CASCADE, related_name="offers")
    slug = models.CharField(
        _("offer"), max_length=30, choices=[(offer.slug, offer.label) for offer in fair_offer.OFFERS.values()]
    )
    details = models.JSONField(_("details"), default=dict)
    partner_account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("the partner’s account")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=list(fair_offer.ANSWERS.items()), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    proof = models.TextField(_("what shows that it is done"), blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "slug"], name="exit_offer_once"),
            models.CheckConstraint(condition=models.Q(slug__in=list(fair_offer.OFFERS)), name="exit_offer_slug"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_on=None)
                | models.Q(answer__in=list(fair_offer.ANSWERS), answered_on__isnull=False),
                name="exit_offer_answer_has_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(done_on=None) | models.Q(answer=fair_offer.ACCEPTED),
                name="exit_offer_done_was_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.slug}"

    @property
    def rows(self) -> list[tuple[fair_offer.OfferField, str]]:
        """The details in the playbook's order, for pages; a colleague or a partner's account by name."""
        told = [
            (field, str(self.details.get(field.slug + fair_offer.NAME) or self.details.get(field.slug, "")))
            for field in fair_offer.OFFERS[self.slug].fields
        ]
        is_linked = bool(self.details.get("partner_account"))
        return [(field, text) for field, text in told if text and not (is_linked and field.slug == "partner")]

    @property
    def stands_until(self) -> dt.date | None:
        """The last day on which the customer can still accept; None where the offer has no end."""
        return fair_offer.stands_until(self.slug, self.details)

    @property
    def is_expired(self) -> bool:
        """Not answered, and its last day is over."""
        until = self.stands_until
        return not self.answer and until is not None and until < timezone.localdate()


class ExitTask(models.Model):
    """Work that a plan asks for: reviews by legal and finance, and what an engineer was promised to share.

    A person's task reaches them as a next step, once the plan is approved; before, only those named in it know.
    """

    plan = models.ForeignKey(ExitPlan, models.CASCADE, related_name="tasks")
    department = models.CharField(
        _("for"),
        max_length=12,
        choices=[("legal", _("Legal")), ("finance", _("Finance")), ("engineering", _("Engineering"))],
    )
    text = models.TextField(_("what"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    hours = models.DecimalField(_("hours at most"), max_digits=10, decimal_places=2, null=True, blank=True)
    next_step = models.OneToOneField(
        NextStep, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("next step")
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["plan", "department"], name="exit_task_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.department}"

    @property
    def finished_on(self) -> dt.date | None:
        """The day on which it was done: entered here, or with the person's next step."""
        if self.next_step is not None and self.next_step.done_at is not None:
            return timezone.localdate(self.next_step.done_at)
        return self.done_on
