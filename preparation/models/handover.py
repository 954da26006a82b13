"""Who takes an account over reads what came before, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account

if TYPE_CHECKING:
    from pmcrm.people.models import User


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def waiting_for(self, user: User) -> Self:
        """What this person took over and has not confirmed to have read."""
        return self.filter(person=user, read_at=None, account__deleted_at=None, account__merged_into=None)

    def with_names(self) -> Self:
        return self.select_related("account__relationship_owner", "person", "former")


class Handover(models.Model):
    """The account went to another product manager. The database adds it, however the change came about."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="handovers", verbose_name=_("account"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="handovers", verbose_name=_("taken over by")
    )
    former = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("from")
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=models.Q(read_at=None), name="handover_one_unread"),
        ]
        indexes = [
            models.Index(fields=["person", "created_at"], condition=models.Q(read_at=None), name="handover_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.person_id}"

    def get_absolute_url(self) -> str:
        return reverse("account_handover", args=[self.account_id])
