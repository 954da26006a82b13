"""Letter: a mail that came in, from the first byte kept until it is a talk on a timeline or was put aside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from touchpoints.models import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_WHY: Final = 300


class LetterState(models.TextChoices):
    """Waiting is for its person to say whose mail it is; quarantined for an administrator."""

    WAITING = "waiting", _("Waits for you")
    LOGGED = "logged", _("Logged")
    ANSWER = "answer", _("Answer to an invitation")
    AUTOMATIC = "automatic", _("Automatic answer")
    ASIDE = "aside", _("Put aside")
    QUARANTINED = "quarantined", _("Quarantined")


class Source(models.TextChoices):
    MAILBOX = "mailbox", _("Mailbox")
    UPLOAD = "upload", _("Uploaded")


OPEN: Final = (LetterState.WAITING, LetterState.QUARANTINED)


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: User) -> Self:
        """One's own only: a mail is private until its person logs it otherwise."""
        return self.filter(person=user)

    def quarantined(self) -> Self:
        """Nobody's yet. For administrators, who see of it no more than who sent it to whom."""
        return self.filter(state=LetterState.QUARANTINED)

    def waiting(self) -> Self:
        return self.filter(state=LetterState.WAITING)

    def newest_first(self) -> Self:
        return self.order_by("-received_at", "-id").select_related("interaction")

    def done_with(self) -> Self:
        """Handled, and nothing of it was refused: the bytes that came in are needed no more."""
        return self.exclude(state__in=OPEN).filter(remarks=[], has_bytes=True)


class Letter(models.Model):
    """One mail of one person, known by the digest of its bytes and by its Message-ID: it never comes in twice.

    The bytes lie in the files folder until the mail is handled; where an attachment was refused they stay.
    """

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    has_bytes = models.BooleanField(default=True)
    source = models.CharField(_("came by"), max_length=10, choices=Source)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="letters", verbose_name=_("whose mail")
    )
    state = models.CharField(_("state"), max_length=12, choices=LetterState)
    why = models.CharField(_("why"), max_length=LONGEST_WHY, blank=True)
    message_id = models.CharField(max_length=300, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    sender_email = models.CharField(_("from"), max_length=254, blank=True)
    people = models.JSONField(_("people on their side"), default=list)
    sent_at = models.DateTimeField(_("sent"))
    is_incoming = models.BooleanField(default=True)
    text = models.TextField(_("text"), blank=True)
    remarks = models.JSONField(_("what was not kept"), default=list)
    interaction = models.OneToOneField(
        Interaction, models.SET_NULL, null=True, related_name="letter", verbose_name=_("logged as")
    )
    received_at = models.DateTimeField(_("came in"), default=timezone.now)
    handled_at = models.DateTimeField(null=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=LetterState.values), name="letter_state"),
            models.UniqueConstraint(fields=["sha256", "person"], name="letter_once", nulls_distinct=False),
            models.UniqueConstraint(
                fields=["person", "message_id"],
                condition=~models.Q(message_id="") & models.Q(person__isnull=False),
                name="letter_one_message",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-received_at", "-id"], name="letter_of_person"),
            models.Index(fields=["person"], condition=models.Q(state="waiting"), name="letter_waiting"),
            models.Index(fields=["-received_at"], condition=models.Q(state="quarantined"), name="letter_quarantined"),
        ]

    def __str__(self) -> str:
        """What trails may print: no word of a mail."""
        return str(_("A mail"))

    def get_absolute_url(self) -> str:
        return reverse("mail_detail", args=[self.pk])

    @property
    def path(self) -> Path:
        return folder() / self.sha256[:2] / self.sha256

    @property
    def title(self) -> str:
        return self.subject or str(_("(no subject)"))

    @property
    def is_waiting(self) -> bool:
        return self.state == LetterState.WAITING


class MailboxPlace(models.Model):
    """How far a mailbox was read: all up to `last_uid` came in, as long as the server numbers letters the same.
    `unmoved` are those of them that wait to be moved to the folder of handled ones."""

    mailbox = models.CharField(max_length=300, unique=True)
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)
    unmoved = models.JSONField(default=list, db_default=[])
    read_at = models.DateTimeField(auto_now=True)
    failure = models.CharField(max_length=LONGEST_WHY, blank=True)

    def __str__(self) -> str:
        return self.mailbox


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "letters"
