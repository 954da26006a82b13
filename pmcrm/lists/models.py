"""Saved views: a list as somebody wants to see it again, alone or with others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Sharing(models.TextChoices):
    PRIVATE = "private", _("Only me")
    DEPARTMENT = "department", _("My department")
    EVERYBODY = "everybody", _("Everybody")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """The person's own and what is shared with them. What a view then shows, its reader's rights decide."""
        shared = models.Q(sharing=Sharing.EVERYBODY)
        if user.department_id is not None:
            shared |= models.Q(sharing=Sharing.DEPARTMENT, department=user.department_id)
        return self.filter(models.Q(owner=user) | shared)

    def of(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def in_order(self) -> Self:
        return self.order_by("name", "pk")


class SavedView(models.Model):
    """Filters, order and columns of a list, kept as the query of its address."""

    kind = models.CharField(_("list"), max_length=30)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters, order and columns"), max_length=2000, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views", verbose_name=_("owner")
    )
    sharing = models.CharField(_("who sees it"), max_length=12, choices=Sharing, default=Sharing.PRIVATE)
    department = models.ForeignKey(
        "people.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(sharing__in=Sharing.values), name="saved_view_sharing"),
            models.CheckConstraint(
                condition=models.Q(sharing=Sharing.DEPARTMENT, department__isnull=False)
                | (~models.Q(sharing=Sharing.DEPARTMENT) & models.Q(department=None)),
                name="saved_view_department",
            ),
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="saved_view_has_a_name"),
            models.UniqueConstraint(fields=["owner", "kind", "name"], name="saved_view_named_once"),
        ]
        indexes = [models.Index(fields=["kind", "sharing", "name"], name="saved_view_shared")]

    def __str__(self) -> str:
        return self.name


class ViewMark(models.Model):
    """What a view is to one person: a tab above the list, and perhaps what the list opens with."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=30)
    is_pinned = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "view"], name="view_mark_once"),
            models.UniqueConstraint(
                fields=["user", "kind"], condition=models.Q(is_default=True), name="view_mark_one_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.view_id} for {self.user_id}"
