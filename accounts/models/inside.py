"""Internal customers: what people inside do for external ones, and in which programmes they take part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account

if TYPE_CHECKING:
    from pmcrm.people.models import User


class ProgrammeRole(models.TextChoices):
    BETA_TESTER = "beta_tester", _("Beta tester")
    BRAINSTORMER = "brainstormer", _("Brainstorms with us")
    HAND_HOLDER = "hand_holder", _("Holds a customer's hand")
    EVANGELIST = "evangelist", _("Evangelist")


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def visible_to(self, user: User) -> Self:
        """Those of accounts that the person sees; a pairing only where he sees the external account as well."""
        seen = Account.objects.visible_to(user).values("pk")
        return self.filter(
            models.Q(paired_with__in=seen, account__deleted_at=None) | models.Q(account__in=seen, paired_with=None)
        )

    def about(self, account: Account) -> Self:
        """From either side, those that run first, then the newest."""
        return (
            self.filter(models.Q(account=account) | models.Q(paired_with=account))
            .select_related("account", "paired_with", "enrolled_by")
            .order_by(models.F("until").desc(nulls_first=True), "-since", "-id")
        )

    def running(self) -> Self:
        return self.filter(until=None)


class Enrolment(models.Model):
    """An internal account takes part in a programme in one role. A hand-holder is paired with an external account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="enrolments", verbose_name=_("internal account"))
    programme = models.CharField(_("programme"), max_length=120, help_text=_("For example Beta of the quay view."))
    role = models.CharField(_("role"), max_length=12, choices=ProgrammeRole)
    paired_with = models.ForeignKey(
        Account,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="hand_holders",
        verbose_name=_("whose hand they hold"),
    )
    since = models.DateField(_("since"), default=timezone.localdate)
    until = models.DateField(_("until"), null=True, blank=True)
    end_note = models.TextField(_("what came of it"), blank=True)
    enrolled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=ProgrammeRole.values), name="enrolment_role"),
            models.CheckConstraint(condition=~models.Q(programme__regex=r"^\s*$"), name="enrolment_has_a_programme"),
            models.CheckConstraint(
                condition=models.Q(role="hand_holder", paired_with__isnull=False)
                | ~models.Q(role="hand_holder") & models.Q(paired_with=None),
                name="enrolment_hand_holder_is_paired",
            ),
            models.CheckConstraint(condition=~models.Q(account=models.F("paired_with")), name="enrolment_of_two"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="enrolment_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["account", "programme", "role", "paired_with"],
                condition=models.Q(until=None),
                nulls_distinct=False,
                name="enrolment_runs_once",
            ),
        ]
        indexes = [models.Index(fields=["paired_with"], name="enrolment_by_pair")]

    def __str__(self) -> str:
        return f"{self.programme}: {self.get_role_display()}"
