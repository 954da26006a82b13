"""What people were told, or are about to be told, by mail."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from pmcrm.people.models import User


class Kind(models.TextChoices):
    """What a notice says. Its words are in `templates/notices/<kind>/`."""

    DECISION = "decision", _("A decision waits")
    EXPORT = "export", _("A file is ready")
    TALK_PLANNED = "talk_planned", _("Somebody plans to talk with a customer of yours")
    HOLD_MOVED = "hold_moved", _("A talk under your hold was moved")
    TALK_ANSWERED = "talk_answered", _("A talk that you planned was answered")
    CAMPAIGN = "campaign", _("A call campaign waits for your word")
    USAGE = "usage", _("A customer uses a product otherwise than meant")
    PREPARE = "prepare", _("A talk is not prepared yet")
    LINE_ASKED = "line_asked", _("A line with sales waits for your word")
    PROMISE_LATE = "promise_late", _("A promise is late")
    PAIN_RETOLD = "pain_retold", _("A customer had to tell it again")
    PAIN_DUE = "pain_due", _("A customer waits for an answer")
    REVIEW_ASKED = "review_asked", _("An agenda waits for a look by sales")
    REVIEW_GIVEN = "review_given", _("Sales looked at an agenda")
    MEETING_ANSWERED = "meeting_answered", _("Somebody answered an invitation")
    ANSWER_OUTDATED = "answer_outdated", _("Somebody answered an earlier invitation")
    GOAL_STUCK = "goal_stuck", _("Many meetings served a goal, and nobody said how far it came")
    MEETING_TO_SEND = "meeting_to_send", _("An agenda should go out")
    MEETING_TO_CLOSE = "meeting_to_close", _("A meeting waits to be scored and closed")
    STEP_LATE = "step_late", _("A step agreed in a meeting is late")
    STEP_VERY_LATE = "step_very_late", _("A step agreed in a meeting stays undone")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> Self:
        """To be sent now: not sent yet, and not put off after a failure."""
        return self.filter(sent_at=None, not_before__lte=timezone.now(), person__is_active=True)


class Notice(models.Model):
    """One mail to one person about one occasion, `key`. It holds no word and no figure of what it is about."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=120)
    path = models.CharField(_("where the link leads"), max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notice_once"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="notice_kind"),
        ]
        indexes = [models.Index(fields=["not_before"], condition=models.Q(sent_at=None), name="notice_waiting")]

    def __str__(self) -> str:
        return self.key


EARLIEST_REMINDER: Final = 24 * 60


def new_drop_key() -> str:
    """Short enough for the part of an address before the @ (64 characters), too long to be guessed; small letters,
    because mail servers may change the others."""
    return secrets.token_hex(10)


class WishesQuerySet(models.QuerySet["Wishes"]):
    def by_feed(self, token: str) -> Self:
        """Whose calendar this secret address opens, while they work here."""
        return self.filter(feed_hash=hash_of(token), person__is_active=True).select_related("person")

    def by_drop_keys(self, keys: list[str]) -> Self:
        return self.filter(drop_key__in=keys, person__is_active=True).select_related("person")


class Wishes(models.Model):
    """How one person wants to be told, and the secrets by which calendars and mails find them.

    The key of the drop address lets mail in and nothing out, so it can be shown again; of the calendar's address only
    a digest is kept.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="wishes", verbose_name=_("person")
    )
    remind_minutes = models.PositiveSmallIntegerField(
        _("remind me before talks"),
        default=15,
        validators=[MaxValueValidator(EARLIEST_REMINDER)],
        help_text=_("Minutes; 0 for no reminder."),
    )
    mail_minutes = models.PositiveSmallIntegerField(
        _("mail me before talks"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(EARLIEST_REMINDER)],
        help_text=_("At least so many minutes; 0 for no mail."),
    )
    has_digest = models.BooleanField(_("each working day a mail with what lies ahead"), default=False)
    mail_is_private = models.BooleanField(
        _("mails that I log are private"), default=True, help_text=_("You and the colleagues in the mail see them.")
    )
    feed_has_steps = models.BooleanField(_("next steps stand in my calendar, too"), default=True)
    feed_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    feed_made_at = models.DateTimeField(null=True, editable=False)
    drop_key = models.CharField(max_length=40, unique=True, default=new_drop_key, editable=False)

    objects = WishesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(remind_minutes__lte=EARLIEST_REMINDER), name="wishes_minutes"),
            models.CheckConstraint(condition=models.Q(mail_minutes__lte=EARLIEST_REMINDER), name="wishes_mail_minutes"),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @classmethod
    def of(cls, person: User) -> Wishes:
        """Those of the person; made with the defaults where there are none yet."""
        return cls.objects.get_or_create(person=person)[0]


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
