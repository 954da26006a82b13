"""Attachment: a file that somebody put beside an account or an interaction."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.lists.text import Fold, Pieces, sought
from pmcrm.people.permissions import may
from touchpoints.models import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

# How long a removed file can be put back.
KEPT_FOR: Final = dt.timedelta(days=30)
MOST_ON_ONE: Final = 200
MOST_COMPARED: Final = 5000


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """The files of visible accounts and of visible interactions."""
        if not may(user, "account.read"):
            return self.none()
        accounts = Account.objects.visible_to(user, singly=True).filter(pk=models.OuterRef("account_id"))
        interactions = Interaction.objects.visible_to(user).filter(pk=models.OuterRef("interaction_id"))
        return self.filter(models.Exists(accounts) | models.Exists(interactions))

    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def removed(self) -> Self:
        return self.exclude(removed_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id").select_related("uploaded_by", "account", "interaction")

    def keys_matching(self, text: str) -> list[int]:
        """Keys of files whose name holds each word of the text; of very many, only so many."""
        asked = sought(text, "pmcrm_fold(name)")
        with connection.cursor() as cursor:
            statement = "SELECT id FROM files_attachment WHERE {holds} LIMIT %(most)s".format_map(asked.words)
            cursor.execute(statement, {**asked.values, "most": MOST_COMPARED})
            return [key for (key,) in cursor.fetchall()]

    def on(self, owner: Account | Interaction) -> Self:
        return self.filter(**{owner._meta.model_name or "": owner})

    def on_interactions_of(self, account: Account) -> Self:
        return self.filter(interaction__attendances__account=account)

    def due(self) -> Self:
        """Removed so long ago that they go for good."""
        return self.filter(removed_at__lt=timezone.now() - KEPT_FOR)


def new_key() -> str:
    return uuid4().hex


class Attachment(models.Model):
    """The row names the file; the bytes lie under a random key in the files folder, never under a given name."""

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="files", verbose_name=_("account"))
    interaction = models.ForeignKey(
        Interaction, models.CASCADE, null=True, related_name="files", verbose_name=_("interaction")
    )
    name = models.CharField(_("name"), max_length=255)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("attached by")
    )
    created_at = models.DateTimeField(_("attached"), auto_now_add=True)
    removed_at = models.DateTimeField(_("removed"), null=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account=None, interaction__isnull=False)
                | models.Q(account__isnull=False, interaction=None),
                name="attachment_on_one_thing",
            ),
            models.CheckConstraint(condition=models.Q(key__regex=r"^[0-9a-f]{32}$"), name="attachment_random_key"),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="attachment_of_account"),
            models.Index(fields=["interaction", "-created_at", "-id"], name="attachment_of_interaction"),
            models.Index(fields=["created_at", "id"], name="attachment_by_age"),
            GinIndex(OpClass(Fold("name"), name="gin_trgm_ops"), name="attachment_name_trigrams"),
            GinIndex(Pieces(Fold("name")), name="attachment_name_pieces"),
            models.Index(
                fields=["removed_at"], condition=models.Q(removed_at__isnull=False), name="attachment_removed"
            ),
        ]

    def __str__(self) -> str:
        """What trails may print: the name of a file on something private stays out of them."""
        if self.interaction is not None and self.interaction.is_private:
            return str(_("A file on something private"))
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file_download", args=[self.pk])

    @property
    def owner(self) -> Account | Interaction:
        owner = self.account or self.interaction
        assert owner is not None  # the database sees to it
        return owner

    @property
    def path(self) -> Path:
        return folder() / self.key[:2] / self.key

    @property
    def gone_on(self) -> dt.date | None:
        """The day from which a removed file cannot be put back."""
        return timezone.localdate(self.removed_at + KEPT_FOR) if self.removed_at else None


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "attachments"
