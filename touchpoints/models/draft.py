"""Draft: a form not yet saved, kept for the one who is writing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from accounts.models import Account

if TYPE_CHECKING:
    from pmcrm.people.models import User

# The quick log has one draft for each place it is opened from: "interaction", "interaction:account:12".
QUICK_LOG: Final = "interaction"


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def of_quick_log(self) -> Self:
        return self.filter(models.Q(form=QUICK_LOG) | models.Q(form__startswith=f"{QUICK_LOG}:"))

    def naming_accounts(self, user: User) -> Self:
        """With `about`, the name of the account that a quick log was opened from, where the person may see it."""
        pattern = models.Value(rf"^{QUICK_LOG}:account:([0-9]{{1,18}})$")
        key = Cast(models.Func(models.F("form"), pattern, function="substring"), models.BigIntegerField())
        accounts = Account.objects.visible_to(user).filter(pk=models.OuterRef("account_key"))
        return self.annotate(account_key=key).annotate(about=models.Subquery(accounts.values("name")[:1]))


class Draft(models.Model):
    """A form not yet saved, kept for the one who is writing it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=60)
    data = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)
    about: str | None  # set by `naming_accounts`

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="draft_one_per_form")]

    def __str__(self) -> str:
        return f"{self.form} of {self.user_id}"
