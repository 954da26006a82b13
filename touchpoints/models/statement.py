"""What we say so that nobody expects more than will come: the statements, and to whom each was said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from touchpoints.models.interaction import Interaction, InteractionKind, its_talk_is_seen_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmcrm.people.models import User


class Topic(models.TextChoices):
    PAINS = "pains", _("Troubles")
    ROADMAP = "roadmap", _("What is planned")
    TRIAL = "trial", _("Early versions")
    INVOLVEMENT = "involvement", _("Their say")
    CALL = "call", _("The call itself")


class Unlocks(models.TextChoices):
    """What may be done once it was said."""

    PAINS = "pain_capture", _("Writing down their troubles")
    SHARING = "share_document", _("Sharing what looks ahead")


class Channel(models.TextChoices):
    """How somebody was told something."""

    CALL = "call", _("By phone")
    MEETING = "meeting", _("In a meeting")
    MAIL = "mail", _("By mail")
    OTHER = "other", _("In another way")


class StatementQuerySet(models.QuerySet["Statement"]):
    def current(self) -> Self:
        """The newest edition of each that is in use."""
        return self.filter(retired_at=None)

    def unlocking(self, what: str) -> Self:
        return self.current().filter(unlocks=what)


class Statement(models.Model):
    """One edition of a statement. An edition is never changed: what was said to somebody stays what was said."""

    slug = models.SlugField(_("short name"), max_length=50)
    edition = models.PositiveIntegerField(default=1)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    text = models.TextField(_("what is said"), max_length=1000)
    expires_days = models.PositiveSmallIntegerField(_("holds for so many days"))
    unlocks = models.CharField(_("allows"), max_length=20, choices=Unlocks, blank=True, default="")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "slug", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "edition"], name="statement_edition_once"),
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(retired_at=None), name="statement_one_edition_in_use"
            ),
            models.CheckConstraint(condition=models.Q(topic__in=Topic.values), name="statement_topic"),
            models.CheckConstraint(condition=models.Q(text__regex=r"\S"), name="statement_says_something"),
            models.CheckConstraint(
                condition=models.Q(expires_days__gte=1, expires_days__lte=3650), name="statement_expires"
            ),
            models.CheckConstraint(
                condition=models.Q(unlocks="") | models.Q(unlocks__in=Unlocks.values), name="statement_unlocks"
            ),
        ]

    def suits(self, kind: str) -> bool:
        """Whether it can be said in such a talk: what is said of a call belongs to calls."""
        return self.topic != Topic.CALL or kind == InteractionKind.CALL

    def __str__(self) -> str:
        return self.text[:80]


class SayingQuerySet(models.QuerySet["Saying"]):
    def visible_to(self, user: User) -> Self:
        """At visible accounts; what was said in a private talk only for those who see the talk."""
        seen = models.Q(interaction=None) | its_talk_is_seen_by(user)
        return self.filter(seen, account__in=Account.objects.visible_to(user))

    def of(self, account: Account) -> Self:
        return self.filter(account=account)

    def holding(self, day: dt.date) -> Self:
        """Said by that day and not expired on it. What lies in the trash, or was called off, was not said."""
        gone = models.Q(interaction__deleted_at__isnull=False) | models.Q(interaction__status="cancelled")
        return self.filter(said_at__date__lte=day, expires_on__gte=day).exclude(gone)

    def heard_by(self, contacts: Iterable[Contact]) -> Self:
        return self.filter(contacts__in=[contact.pk for contact in contacts])

    def with_names(self) -> Self:
        return self.select_related("statement", "author").prefetch_related("contacts")


class Saying(models.Model):
    """A statement was said: to whom, when, how and by whom. On `expires_on` it holds for the last time."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="sayings", verbose_name=_("statement"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="sayings", verbose_name=_("account"))
    contacts = models.ManyToManyField(Contact, related_name="sayings_heard", blank=True, verbose_name=_("to whom"))
    interaction = models.ForeignKey(
        Interaction, models.CASCADE, null=True, blank=True, related_name="sayings", verbose_name=_("where")
    )
    channel = models.CharField(_("how"), max_length=10, choices=Channel, blank=True, default="")
    said_at = models.DateTimeField(_("when"), default=timezone.now)
    expires_on = models.DateField(_("holds until"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("said by"))
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SayingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel="") | models.Q(channel__in=Channel.values), name="saying_channel"
            )
        ]
        indexes = [
            models.Index(fields=["account", "-said_at", "-id"], name="saying_of_account"),
            models.Index(fields=["statement", "expires_on"], name="saying_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id} at {self.account_id}"

    @property
    def has_expired(self) -> bool:
        return self.expires_on < timezone.localdate()
