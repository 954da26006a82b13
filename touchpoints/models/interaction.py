"""Interaction: a call, a meeting, a mail or a note between us and one or more accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from pmcrm.people.permissions import may
from touchpoints.models.attendance import Attendance

if TYPE_CHECKING:
    from pmcrm.people.models import User


class InteractionKind(models.TextChoices):
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    MAIL = "mail", _("Mail")
    NOTE = "note", _("Note")


class InteractionStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class Outcome(models.TextChoices):
    """How a dial ended, in the order of the keys 1 to 9. Talked is what a held call or meeting normally is."""

    CONVERSATION = "conversation", _("Talked")
    DECLINED_BUSY = "declined_busy", _("Declined, busy")
    CALLBACK_AGREED = "callback_agreed", _("Call back agreed")
    NO_ANSWER = "no_answer", _("No answer")
    VOICEMAIL = "voicemail", _("Voicemail")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    NOT_SUITABLE = "not_suitable", _("Not the right person")
    DECLINED_NO_CONTACT = "declined_no_contact", _("Wants no contact")


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, user: User) -> Self:
        """Of visible accounts; a private one only for its author and the colleagues named in it."""
        if not may(user, "account.read"):
            return self.none()
        named = models.Q(author=user) | models.Q(
            pk__in=Interaction.colleagues.through.objects.filter(user=user).values("interaction")
        )
        rows = self.filter(models.Q(is_private=False) | named)
        if may(user, "account.read_all"):
            return rows
        seen = Attendance.objects.filter(account__in=Account.objects.visible_to(user)).values("interaction")
        return rows.filter(models.Q(pk__in=seen) | models.Q(author=user))

    def held(self) -> Self:
        return self.filter(status=InteractionStatus.HELD)

    def planned(self) -> Self:
        return self.filter(status=InteractionStatus.PLANNED)

    def with_account(self, account: Account) -> Self:
        return self.filter(attendances__account=account)


class Interaction(models.Model):
    """What was said or planned. Only held ones count as hours: minutes/60 for each attending colleague,
    each hour to the pool of the colleague's department, split evenly over the accounts present."""

    kind = models.CharField(_("kind"), max_length=10, choices=InteractionKind)
    status = models.CharField(_("status"), max_length=10, choices=InteractionStatus, default=InteractionStatus.HELD)
    at = models.DateTimeField(_("when"), default=timezone.now)
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    is_incoming = models.BooleanField(_("they called us"), default=False)
    is_private = models.BooleanField(_("private"), default=False)
    is_backdated = models.BooleanField(_("entered later"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="interactions_logged", verbose_name=_("logged by")
    )
    accounts = models.ManyToManyField(
        Account, through="touchpoints.Attendance", related_name="interactions", verbose_name=_("accounts")
    )
    contacts = models.ManyToManyField(
        Contact, related_name="interactions", blank=True, verbose_name=_("people on their side")
    )
    colleagues = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="interactions", blank=True, verbose_name=_("people on our side")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=InteractionKind.values), name="interaction_kind"),
            models.CheckConstraint(condition=models.Q(status__in=InteractionStatus.values), name="interaction_status"),
            models.CheckConstraint(
                condition=models.Q(minutes__lte=1440),
                name="interaction_minutes",
                violation_error_message=_("A day has 1,440 minutes; enter a longer event as several."),
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-at"], name="interaction_by_author"),
            models.Index(fields=["-at", "-id"], name="interaction_newest"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class Draft(models.Model):
    """A form not yet saved, kept for the one who is writing it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=60)
    data = models.JSONField()
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form"], name="draft_one_per_form")]

    def __str__(self) -> str:
        return f"{self.form} of {self.user_id}"
