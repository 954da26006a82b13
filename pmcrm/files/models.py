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

from accounts.models import Account, Contact
from pmcrm.lists.text import Fold, Pieces, sought
from pmcrm.people.permissions import may
from touchpoints.models import Channel, Interaction

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
        return self.order_by("-created_at", "-id").select_related("uploaded_by", "account", "interaction", "forward")

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


# What looks ahead -----------------------------------------------------------------------------------------------------


class ForwardDocumentQuerySet(models.QuerySet["ForwardDocument"]):
    def visible_to(self, user: User) -> Self:
        """Of visible files, those removed among them: what was shared stays known."""
        return self.filter(file__in=Attachment.objects.visible_to(user))

    def with_file(self) -> Self:
        return self.select_related("file__account", "file__interaction", "classed_by")


class ForwardDocument(models.Model):
    """What a file that looks ahead needs before it is shared: which version it is, and the words that each page of it
    has to carry. The file is handed out as it is: the watermark is put on it by whoever makes it."""

    file = models.OneToOneField(Attachment, models.CASCADE, related_name="forward", verbose_name=_("file"))
    edition = models.CharField(_("version"), max_length=40)
    watermark = models.CharField(_("words on each page"), max_length=200)
    classed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    classed_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ForwardDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(edition__regex=r"\S"), name="forward_document_has_a_version"),
            models.CheckConstraint(condition=models.Q(watermark__regex=r"\S"), name="forward_document_has_a_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.file} ({self.edition})"

    def get_absolute_url(self) -> str:
        return reverse("document_detail", args=[self.file_id])


class DocumentShareQuerySet(models.QuerySet["DocumentShare"]):
    def visible_to(self, user: User) -> Self:
        """At visible accounts, of visible files; where the file is gone for good, the account is enough."""
        files = Attachment.objects.visible_to(user)
        seen = models.Q(document=None) | models.Q(document__file__in=files)
        return self.filter(seen, account__in=Account.objects.visible_to(user))

    def of(self, account: Account) -> Self:
        return self.filter(account=account)

    def with_names(self) -> Self:
        return self.select_related("account", "author", "document__file").prefetch_related("contacts")


class DocumentShare(models.Model):
    """It was shared: with whom, when, which version, how, by whom. `missing` names the statements that were not said or
    had expired; then `override_reason` says why all the same. Name and version stay when the file goes."""

    document = models.ForeignKey(ForwardDocument, models.SET_NULL, null=True, related_name="shares")
    name = models.CharField(_("file"), max_length=255)
    edition = models.CharField(_("version"), max_length=40)
    account = models.ForeignKey(Account, models.CASCADE, related_name="document_shares", verbose_name=_("account"))
    contacts = models.ManyToManyField(Contact, related_name="document_shares", verbose_name=_("with whom"))
    channel = models.CharField(_("how"), max_length=10, choices=Channel)
    shared_at = models.DateTimeField(_("when"), default=timezone.now)
    missing = models.JSONField(default=list, blank=True)
    override_reason = models.CharField(_("why all the same"), max_length=300, blank=True, default="")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("shared by"))

    objects = DocumentShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(missing=[]) | models.Q(override_reason__regex=r"\S"),
                name="document_share_without_statement_has_a_reason",
            ),
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="document_share_channel"),
        ]
        indexes = [
            models.Index(fields=["account", "-shared_at", "-id"], name="document_share_of_account"),
            models.Index(fields=["document", "-shared_at", "-id"], name="document_share_of_document"),
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"

    @property
    def is_override(self) -> bool:
        return bool(self.missing)
