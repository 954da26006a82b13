"""What other systems call an account."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account


class ExternalReference(models.Model):
    """What another system calls this record; several systems may each have their own name for it."""

    source = models.CharField(_("source"), max_length=60)
    kind = models.CharField(_("kind"), max_length=20)
    value = models.CharField(_("value"), max_length=200)
    account = models.ForeignKey(Account, models.CASCADE, related_name="external_references")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "value"], name="external_reference_once")]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"
