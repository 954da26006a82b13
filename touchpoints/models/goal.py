"""What we want to reach at an account, and how far we are: so that talks serve something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Account

if TYPE_CHECKING:
    from pmcrm.people.models import User


class GoalState(models.TextChoices):
    OPEN = "open", _("Open")
    REACHED = "reached", _("Reached")
    DROPPED = "dropped", _("Dropped")


class AccountGoalQuerySet(models.QuerySet["AccountGoal"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(state=GoalState.OPEN)

    def of(self, account: Account) -> Self:
        """Open ones first, then the last closed."""
        return self.filter(account=account).order_by(models.F("closed_at").desc(nulls_first=True), "id")

    def owned_by(self, user: User) -> Self:
        return self.filter(owner=user)

    def with_talks(self) -> Self:
        """With `meetings`, how many meetings served it, `minutes` of them, `noted_at`, when progress was noted last,
        and `meetings_since`, how many were held after that. Private ones count: they are not named."""
        from touchpoints.models.interaction import Interaction, InteractionKind

        this = models.OuterRef("pk")
        notes = GoalNote.objects.filter(goal=this).order_by("-at", "-id").values("at")[:1]
        held = Interaction.objects.kept().held().filter(goal=this, kind=InteractionKind.MEETING).order_by()
        rows = self.annotate(noted_at=models.Subquery(notes))
        since = held.filter(at__gt=Coalesce(models.OuterRef("noted_at"), models.OuterRef("created_at")))

        def of(question: models.QuerySet[Interaction], what: models.Aggregate) -> models.Func:
            found = question.values("goal").annotate(found=what).values("found")
            return Coalesce(models.Subquery(found), 0, output_field=models.IntegerField())

        return rows.annotate(
            meetings=of(held, models.Count("pk")),
            minutes=of(held, models.Sum("minutes")),
            meetings_since=of(since, models.Count("pk")),
        )

    def with_names(self) -> Self:
        return self.select_related("account", "owner")


class AccountGoal(models.Model):
    """One goal at one account. Talks serve it, notes say how far it came (S0.45)."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="goals", verbose_name=_("account"))
    text = models.CharField(_("what we want to reach"), max_length=300)
    target_on = models.DateField(_("by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=GoalState, default=GoalState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="account_goals", verbose_name=_("who pursues it")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    meetings: int  # these three are set by `with_talks`
    minutes: int
    meetings_since: int

    objects = AccountGoalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=GoalState.values), name="account_goal_state"),
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="account_goal_says_what"),
            models.CheckConstraint(
                condition=models.Q(state=GoalState.OPEN, closed_at=None)
                | (~models.Q(state=GoalState.OPEN) & models.Q(closed_at__isnull=False)),
                name="account_goal_closed_some_day",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.state == GoalState.OPEN


class GoalNote(models.Model):
    """How far it came, in words, on a day."""

    goal = models.ForeignKey(AccountGoal, models.CASCADE, related_name="notes", verbose_name=_("goal"))
    text = models.CharField(_("progress"), max_length=1000)
    interaction = models.ForeignKey(
        "touchpoints.Interaction", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("from")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="goal_note_says_what")]

    def __str__(self) -> str:
        return self.text[:80]
