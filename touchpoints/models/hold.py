"""A hold: the relationship owner asks that nobody contacts the account now, and why. And words on planned talks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from touchpoints.models.interaction import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def in_force(self) -> Self:
        return self.filter(lifted_at=None)

    def binding(self, user: User) -> Self:
        """Those in force that this person has to heed: not who set it, nor the owner of the relationship."""
        return self.in_force().exclude(placed_by=user).exclude(account__relationship_owner=user)

    def with_names(self) -> Self:
        return self.select_related("account", "placed_by")


class Hold(models.Model):
    """Whoever contacts the account while it is in force says why all the same."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="holds", verbose_name=_("account"))
    reason = models.CharField(_("why"), max_length=300)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=models.Q(lifted_at=None), name="hold_one_in_force"),
            models.CheckConstraint(condition=models.Q(reason__regex=r"\S"), name="hold_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="hold_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:80]


class HoldOverride(models.Model):
    """Somebody contacted the account all the same, for this reason."""

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="overrides")
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="overrides")
    reason = models.CharField(_("why all the same"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "interaction"], name="hold_override_once"),
            models.CheckConstraint(condition=models.Q(reason__regex=r"\S"), name="hold_override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.reason[:80]


class TalkComment(models.Model):
    """What a colleague says of a planned talk."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=4000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:80]
