"""Promise: what an account was told it would get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from pmcrm.lists.keys import OneOf

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Source(models.TextChoices):
    CONTRACT = "contract", _("Contract")
    MEETING = "meeting", _("Meeting or call")
    MAIL = "mail", _("Mail")


class PromiseState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    RENEGOTIATED = "renegotiated", _("Renegotiated")
    RELEASED = "released", _("Released")


class PromiseQuerySet(models.QuerySet["Promise"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(account__in=Account.objects.visible_to(user))

    def concerning(self, user: User) -> Self:
        """The person's own, and those to accounts of theirs."""
        accounts = Account.objects.own_of(user).order_by().values("pk")
        return self.filter(models.Q(owner=user) | models.Q(OneOf(models.F("account_id"), ArraySubquery(accounts))))

    def open(self) -> Self:
        return self.filter(state=PromiseState.OPEN)

    def of(self, account: Account) -> Self:
        return self.filter(account=account).select_related("owner")

    def newest_settled(self) -> Self:
        return self.exclude(state=PromiseState.OPEN).order_by("-settled_at", "-id")

    def tally(self) -> dict[str, int]:
        """How many are kept, broken, open and late; kept and broken are what the kept-rate is made of."""
        is_past = models.Q(due_on__lt=timezone.localdate())
        rows = (
            self.order_by()
            .values_list("state")
            .annotate(all=models.Count("pk"), past=models.Count("pk", filter=is_past))
        )
        found = {state: (number, past) for state, number, past in rows}
        counted = (PromiseState.KEPT, PromiseState.BROKEN, PromiseState.OPEN)
        tally = {state.value: found.get(state, (0, 0))[0] for state in counted}
        return tally | {"late": found.get(PromiseState.OPEN, (0, 0))[1]}

    def late(self) -> Self:
        return self.open().filter(due_on__lt=timezone.localdate())


class Promise(models.Model):
    """A promise to an account. Late is not a state: it is an open one past its day."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="promises", verbose_name=_("account"))
    text = models.TextField(_("what was promised"))
    source = models.CharField(_("where"), max_length=10, choices=Source, default=Source.MEETING)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="promises", verbose_name=_("owner")
    )
    promised_on = models.DateField(_("promised on"), default=timezone.localdate)
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=14, choices=PromiseState, default=PromiseState.OPEN)
    agreed_on = models.DateField(
        _("agreed by the customer on"), null=True, blank=True, help_text=_("For a renegotiated or released promise.")
    )
    proof = models.TextField(_("proof"), blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=PromiseState.values), name="promise_state"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["renegotiated", "released"]) | models.Q(agreed_on__isnull=False),
                name="promise_release_needs_their_agreement",
                violation_error_message=_("Say on which day the customer agreed; without that the promise is broken."),
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_on"], condition=models.Q(state="open"), name="promise_open_by_owner"),
            models.Index(fields=["account", "due_on"], name="promise_by_account"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def get_absolute_url(self) -> str:
        return f"{reverse('account_detail', args=[self.account_id])}?tab=promises"

    @property
    def is_late(self) -> bool:
        return self.state == PromiseState.OPEN and self.due_on < timezone.localdate()
