"""Somebody planned a contact although the load was red, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from touchpoints.models.interaction import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User


class LoadOverrideQuerySet(models.QuerySet["LoadOverride"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(interaction__in=Interaction.objects.visible_to(user))


class LoadOverride(models.Model):
    """The load that was found at the time of the planned contact, before it, and the reason that was given."""

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="load_overrides")
    account = models.ForeignKey(Account, models.CASCADE, related_name="load_overrides", verbose_name=_("account"))
    load = models.DecimalField(_("load"), max_digits=12, decimal_places=4)
    reason = models.CharField(_("why all the same"), max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = LoadOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "account"], name="load_override_once"),
            models.CheckConstraint(condition=models.Q(reason__regex=r"\S"), name="load_override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.reason[:80]
