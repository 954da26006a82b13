"""Plays: the work under way with an account, by its aim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Aim(models.TextChoices):
    """The five jobs of all work with customers, in their order."""

    IDENTIFY = "identify", _("Identify")
    WIN = "win", _("Win")
    RETAIN = "retain", _("Retain")
    GROW = "grow", _("Grow")
    LEVERAGE = "leverage", _("Leverage")


AIM_MEANINGS = {
    Aim.IDENTIFY: _("Find out who the customer is."),
    Aim.WIN: _("Win them, also from a rival."),
    Aim.RETAIN: _("Keep what we have."),
    Aim.GROW: _("Sell them more, or something beside it."),
    Aim.LEVERAGE: _("Let the relation help us further."),
}


class PlayQuerySet(models.QuerySet["Play"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def running(self) -> Self:
        return self.filter(ended_on=None)

    def of(self, account: Account) -> Self:
        """Those that run first, then the newest."""
        newest = (models.F("ended_on").desc(nulls_first=True), "-started_on", "-id")
        return self.filter(account=account).select_related("owner").order_by(*newest)

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user)

    def tally(self) -> dict[str, int]:
        """How many run under each aim."""
        counted = dict(self.running().order_by().values_list("aim").annotate(n=models.Count("pk")))
        return {aim: counted.get(aim, 0) for aim in Aim.values}


class Play(models.Model):
    """Work with one account towards one aim, with an owner and a goal. Several may run at once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="plays", verbose_name=_("account"))
    aim = models.CharField(_("aim"), max_length=8, choices=Aim)
    goal = models.TextField(_("goal"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="plays", verbose_name=_("owner"))
    started_on = models.DateField(_("started"), default=timezone.localdate)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PlayQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("plays")
        constraints = [
            models.CheckConstraint(condition=models.Q(aim__in=Aim.values), name="play_aim"),
            models.CheckConstraint(condition=~models.Q(goal__regex=r"^\s*$"), name="play_has_a_goal"),
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("started_on")),
                name="play_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "ended_on"], name="play_by_account"),
            models.Index(
                fields=["aim", "-started_on", "-id"], condition=models.Q(ended_on=None), name="play_on_the_board"
            ),
            models.Index(fields=["owner", "aim"], condition=models.Q(ended_on=None), name="play_running_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.get_aim_display()}: {self.goal[:80]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('account_detail', args=[self.account_id])}?tab=relation"
