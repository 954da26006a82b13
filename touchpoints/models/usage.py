"""How an account really uses a product: as intended, differently, or not at all."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product
from touchpoints.models.interaction import Interaction, InteractionStatus, its_talk_is_seen_by

if TYPE_CHECKING:
    from pmcrm.people.models import User


class UsageMode(models.TextChoices):
    AS_INTENDED = "as_intended", _("As intended")
    DIFFERENTLY = "differently", _("Differently")
    NOT_USED = "not_used", _("Not used")


class UsageFindingQuerySet(models.QuerySet["UsageFinding"]):
    def visible_to(self, user: User) -> Self:
        """Of visible accounts; one from a private talk only for those who see the talk."""
        heard = models.Q(interaction=None) | its_talk_is_seen_by(user)
        return self.filter(heard, account__in=Account.objects.visible_to(user))

    def standing(self) -> Self:
        """Without those of talks that were cancelled or deleted."""
        return self.exclude(interaction__status=InteractionStatus.CANCELLED).exclude(
            interaction__deleted_at__isnull=False
        )

    def newest_first(self) -> Self:
        return self.order_by("-found_on", "-id").select_related("product", "interaction", "author")


class UsageFinding(models.Model):
    """What was found of an account and a product on a day. A newer one takes its place; none is overwritten."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="usage_findings", verbose_name=_("account"))
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    mode = models.CharField(_("use"), max_length=12, choices=UsageMode)
    purpose = models.CharField(_("what for"), max_length=300, blank=True)
    actual_way = models.TextField(_("how they really do it"), blank=True)
    quote = models.TextField(_("in their words"), blank=True)
    found_on = models.DateField(_("found on"), default=timezone.localdate)
    interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="usage_findings", verbose_name=_("from")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UsageFindingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(mode__in=UsageMode.values), name="usage_mode")]
        indexes = [models.Index(fields=["account", "-found_on", "-id"], name="usage_of_account")]

    def __str__(self) -> str:
        return self.get_mode_display()

    @property
    def tone(self) -> str:
        tones: dict[str, str] = {UsageMode.AS_INTENDED: "gain", UsageMode.DIFFERENTLY: "guard"}
        return tones.get(self.mode, "warn")


class RenewalOutcome(models.TextChoices):
    OPEN = "open", _("Ahead")
    RENEWED = "renewed", _("Renewed")
    CHANGED = "changed", _("Renewed on other terms")
    LOST = "lost", _("Not renewed")


class RenewalQuerySet(models.QuerySet["Renewal"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def newest_first(self) -> Self:
        return self.order_by("-renews_on", "-id").select_related("product", "author")


class Renewal(models.Model):
    """A day on which the customer decides whether to go on, and how that ended."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="renewals", verbose_name=_("account"))
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    renews_on = models.DateField(_("renews on"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=RenewalOutcome, default=RenewalOutcome.OPEN)
    note = models.CharField(_("note"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = RenewalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=RenewalOutcome.values), name="renewal_outcome")
        ]
        indexes = [models.Index(fields=["account", "-renews_on", "-id"], name="renewal_of_account")]

    def __str__(self) -> str:
        return f"{self.renews_on:%Y-%m-%d}"

    @property
    def is_overdue(self) -> bool:
        """Its day has gone by and nobody said how it ended."""
        return self.outcome == RenewalOutcome.OPEN and self.renews_on < timezone.localdate()


def rhythm(account: Account, now: dt.datetime) -> list[int]:
    """How often we spoke both ways in the last 90 days, in the 90 before, and so on: four numbers, the newest first.

    Private talks are left out, as in all figures of contact.
    """
    spoken = Interaction.objects.kept().two_way().filter(is_private=False)
    attended = account.attendances.present().filter(interaction__in=spoken)
    edges = [now - dt.timedelta(days=90 * number) for number in range(5)]
    counts = attended.filter(at__gt=edges[-1], at__lte=now).aggregate(
        **{
            f"p{number}": models.Count("pk", filter=models.Q(at__gt=edges[number + 1], at__lte=edges[number]))
            for number in range(4)
        }
    )
    return [counts[f"p{number}"] for number in range(4)]
