"""What a customer needs most urgently, and the step up in trust that solving it may be worth."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.choices import TrustStage
from touchpoints.models.interaction import Interaction, its_talk_is_seen_by

if TYPE_CHECKING:
    from pmcrm.people.models import User


class NeedState(models.TextChoices):
    OPEN = "open", _("Open")
    SOLVED = "solved", _("Solved")
    DROPPED = "dropped", _("Dropped")


class NeedKind(models.TextChoices):
    NEED = "need", _("Urgent need")
    TICKET = "ticket", _("Ticket")
    OUTAGE = "outage", _("Outage")
    ESCALATION = "escalation", _("Escalation")


class UrgentNeedQuerySet(models.QuerySet["UrgentNeed"]):
    def visible_to(self, user: User) -> Self:
        """Of visible accounts, unless they come from a private talk that the person does not see."""
        from_open_talk = models.Q(interaction=None) | its_talk_is_seen_by(user)
        return self.filter(from_open_talk, account__in=Account.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(state=NeedState.OPEN)

    def of(self, account: Account) -> Self:
        """Open ones first, the longest open at the top; then the others, the last settled first."""
        return self.filter(account=account).order_by(models.F("settled_at").desc(nulls_first=True), "since", "id")

    def needs(self) -> Self:
        return self.filter(kind=NeedKind.NEED)

    def troubles(self) -> Self:
        """Tickets, outages and escalations: what is wrong, rather than what is needed."""
        return self.exclude(kind=NeedKind.NEED)

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user)

    def with_names(self) -> Self:
        return self.select_related("account", "owner", "settled_by")


class UrgentNeed(models.Model):
    """What they need before anything else is offered to them (S0.48 to S0.51), and what is wrong: an open ticket, an
    outage, an escalation (S0.34), with its number in the system of whoever works on it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="urgent_needs", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=10, choices=NeedKind, default=NeedKind.NEED, db_default=NeedKind.NEED)
    text = models.CharField(_("what they need now"), max_length=300)
    reference = models.CharField(_("number of the ticket"), max_length=60, blank=True, default="", db_default="")
    state = models.CharField(_("state"), max_length=10, choices=NeedState, default=NeedState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="urgent_needs", verbose_name=_("who sees to it")
    )
    since = models.DateField(_("since"), default=timezone.localdate)
    interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="urgent_needs", verbose_name=_("from")
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_how = models.CharField(_("how it ended"), max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = UrgentNeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=NeedState.values), name="urgent_need_state"),
            models.CheckConstraint(condition=models.Q(kind__in=NeedKind.values), name="urgent_need_kind"),
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="urgent_need_says_what"),
            models.CheckConstraint(
                condition=models.Q(state=NeedState.OPEN, settled_at=None)
                | (~models.Q(state=NeedState.OPEN) & models.Q(settled_at__isnull=False)),
                name="urgent_need_settled_some_day",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "since"], name="urgent_need_by_account"),
            models.Index(fields=["owner"], condition=models.Q(state="open"), name="urgent_need_open_by_owner"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.state == NeedState.OPEN

    @property
    def days_open(self) -> int:
        """Until today, or until it was settled."""
        end: dt.date = timezone.localdate(self.settled_at) if self.settled_at else timezone.localdate()
        return (end - self.since).days


class StepState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")


class TrustStepQuerySet(models.QuerySet["TrustStep"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def proposed(self) -> Self:
        return self.filter(state=StepState.PROPOSED)


class TrustStep(models.Model):
    """A solved need proposes that they trust us more by now; a person says whether that is so."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="trust_steps", verbose_name=_("account"))
    need = models.ForeignKey(UrgentNeed, models.CASCADE, related_name="trust_steps", verbose_name=_("need"))
    to_stage = models.CharField(_("to"), max_length=10, choices=TrustStage)
    state = models.CharField(_("state"), max_length=10, choices=StepState, default=StepState.PROPOSED)
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = TrustStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state="proposed"), name="trust_step_one_proposed"
            ),
            models.CheckConstraint(
                condition=models.Q(state=StepState.PROPOSED, decided_by=None)
                | (~models.Q(state=StepState.PROPOSED) & models.Q(decided_by__isnull=False)),
                name="trust_step_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.to_stage}"
