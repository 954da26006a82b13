"""How this organisation deals with its customers, in its own words; every change is a new version."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MannersQuerySet(models.QuerySet["Manners"]):
    def newest_first(self) -> Self:
        return self.select_related("written_by").order_by("-id")

    def in_force(self) -> Manners | None:
        return self.newest_first().first()


class Manners(models.Model):
    """One version of how we deal with customers. Versions are never changed; the newest holds."""

    ownership = models.TextField(_("who owns the relationship"), blank=True)
    contact_rules = models.TextField(_("rules of contact"), blank=True)
    approval_path = models.TextField(_("who has to agree, and when"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects = MannersQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("how we deal with customers")

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d}"

    @property
    def number(self) -> int:
        """Which version this is, counted from one. Versions are never removed, so the keys tell their order."""
        return Manners.objects.filter(pk__lte=self.pk).count()
