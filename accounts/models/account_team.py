"""Who of us is assigned to an account beside its owners."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AccountTeam(models.Model):
    """A colleague assigned to an account."""

    account = models.ForeignKey("accounts.Account", models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="account_team_once")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.account_id}"
