"""NextStep: what somebody will do next, and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.trash.models import Discardable, DiscardableQuerySet
from touchpoints.models.interaction import Interaction, its_talk_is_seen_by

if TYPE_CHECKING:
    import datetime as dt

    from pmcrm.people.models import User


class NextStepQuerySet(DiscardableQuerySet["NextStep"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those of visible accounts unless they come from a private interaction."""
        of_accounts = models.Q(account__in=Account.objects.visible_to(user)) & (
            models.Q(interaction=None) | its_talk_is_seen_by(user)
        )
        return self.kept().filter(models.Q(owner=user) | of_accounts)

    def open(self) -> Self:
        return self.kept().filter(done_at=None)

    def of(self, user: User) -> Self:
        return self.kept().filter(owner=user)

    def with_day(self) -> Self:
        """With `day`: when it is due, a snooze counting as the new day."""
        return self.annotate(day=Coalesce("snoozed_until", "due_on"))

    def finished(self) -> Self:
        return self.exclude(done_at=None)

    def tally(self, today: dt.date) -> dict[str, int]:
        """How many there are: all, late and due today."""
        found = self.with_day().aggregate(
            all=models.Count("pk"),
            late=models.Count("pk", filter=models.Q(day__lt=today)),
            today=models.Count("pk", filter=models.Q(day=today)),
        )
        return {name: int(number) for name, number in found.items()}

    def with_names(self) -> Self:
        return self.select_related("account", "owner", "interaction")

    def with_sight(self, user: User) -> Self:
        """With `account_is_seen`: a step may be handed to somebody who may not open the account it is about."""
        seen = Account.objects.visible_to(user).filter(pk=models.OuterRef("account"))
        return self.annotate(account_is_seen=models.Exists(seen))

    def oldest(self, most: int) -> NextStepQuerySet:
        """The first few by the day on which they were due."""
        return NextStep.objects.filter(pk__in=self.order_by("due_on", "pk").values("pk")[:most])

    def due_by(self, day: dt.date) -> Self:
        """Open and due by `day`, counting a snooze as the new day."""
        return self.open().with_day().filter(day__lte=day)


class NextStep(Discardable):
    """One step with an owner and a day."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="next_steps", verbose_name=_("account"))
    interaction = models.ForeignKey(
        Interaction, models.SET_NULL, null=True, blank=True, related_name="next_steps", verbose_name=_("from")
    )
    text = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="next_steps", verbose_name=_("who")
    )
    due_on = models.DateField(_("by"))
    agreed_on = models.DateField(_("agreed day, where it is another by now"), null=True, blank=True, editable=False)
    snoozed_until = models.DateField(_("snoozed until"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    is_shared = models.BooleanField(_("the customer knows of it"), default=False, db_default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = NextStepQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["owner", "due_on"], condition=models.Q(done_at=None), name="next_step_open_by_owner"),
            models.Index(fields=["account", "due_on"], condition=models.Q(done_at=None), name="next_step_by_account"),
            models.Index(fields=["due_on", "id"], condition=models.Q(done_at=None), name="next_step_open_by_day"),
            models.Index(fields=["deleted_with"], condition=~models.Q(deleted_with=""), name="next_step_gone_along"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_day < timezone.localdate()

    @property
    def due_day(self) -> dt.date:
        """The day it is due: the day it was snoozed to, else its own."""
        return self.snoozed_until or self.due_on
