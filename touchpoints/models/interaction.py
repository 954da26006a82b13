"""Interaction: a call, a meeting, a mail or a note between us and one or more accounts."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from pmcrm.lists.text import has_words
from pmcrm.people.permissions import may
from pmcrm.trash.models import Discardable, DiscardableQuerySet, trash_index
from touchpoints.models.attendance import Attendance, asked_of_each

if TYPE_CHECKING:
    from accounts.models import AccountQuerySet
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


class Voice(models.TextChoices):
    """Whose experience it is that was heard."""

    DIRECT = "direct", _("The customer's own word")
    OWN = "own", _("Their own experience")
    PROXY = "proxy", _("A customer's, told by them")


TALKED: Final = (Outcome.CONVERSATION, Outcome.CALLBACK_AGREED)
UNDO_FOR: Final = timedelta(minutes=5)
ENTERED_LATER: Final = timedelta(days=1)


class InteractionQuerySet(DiscardableQuerySet["Interaction"]):
    def visible_to(self, user: User) -> Self:
        """Of visible accounts; a private one only for its author and the colleagues named in it. None of the trash."""
        return self._seen_by(user, Account.objects.visible_to(user)).kept()

    def reachable_by(self, user: User) -> Self:
        """The same, with what lies in the trash."""
        return self._seen_by(user, Account.objects.reachable_by(user))

    def _seen_by(self, user: User, accounts: AccountQuerySet) -> Self:
        if not may(user, "account.read"):
            return self.none()
        named = models.Q(author=user) | models.Exists(
            asked_of_each(Interaction.colleagues.through, "pk").filter(user=user)
        )
        rows = self.filter(models.Q(is_private=False) | named)
        if may(user, "account.read_all"):
            return rows
        present = asked_of_each(Attendance, "pk").filter(account__in=accounts)
        return rows.filter(models.Q(author=user) | models.Exists(present))

    def from_accounts(self, accounts: AccountQuerySet | list[int], user: User) -> Self:
        """Of the rows that the person sees the same rows, found from these accounts, which are all that the person
        sees, and from what the person logged: for who sees few."""
        seen = Attendance.objects.filter(account__in=accounts).order_by().values("interaction")
        logged = Interaction.objects.filter(author=user).order_by().values("pk")
        return self.filter(pk__in=seen.union(logged))

    def held(self) -> Self:
        return self.filter(status=InteractionStatus.HELD)

    def planned(self) -> Self:
        return self.filter(status=InteractionStatus.PLANNED)

    def current(self) -> Self:
        """Without what was cancelled."""
        return self.exclude(status=InteractionStatus.CANCELLED)

    def contacts_made(self) -> Self:
        """Held with the customer: a note is ours alone."""
        return self.held().exclude(kind=InteractionKind.NOTE)

    def two_way(self) -> Self:
        """Both sides spoke: a meeting, a call that was talked through, or whatever came from them."""
        talked = models.Q(kind=InteractionKind.CALL) & (
            models.Q(outcome__in=TALKED) | models.Q(outcome="", minutes__gt=0)
        )
        spoken = models.Q(kind=InteractionKind.MEETING) | talked | models.Q(is_incoming=True)
        return self.contacts_made().filter(spoken)

    def involving(self, user: User) -> Self:
        """Logged by the person or attended by them."""
        attended = Interaction.colleagues.through.objects.filter(user=user).values("interaction")
        return self.filter(models.Q(author=user) | models.Q(pk__in=attended))

    def waiting_for(self, user: User, *, before: dt.datetime) -> Self:
        """Planned before then, by the person or with them. Few of all there are, so each of these is asked."""
        there = asked_of_each(Interaction.colleagues.through, "pk").filter(user=user)
        return self.planned().filter(models.Q(author=user) | models.Exists(there), at__lt=before)

    def between(self, start: dt.datetime, end: dt.datetime) -> Self:
        """From `start`, before `end`."""
        return self.filter(at__gte=start, at__lt=end)

    def matching(self, text: str) -> Self:
        """Subject or notes hold the words of the text, accents and case aside."""
        return self.filter(has_words(text))

    def as_rows(self, paths: list[str], user: User) -> models.QuerySet[Interaction, Any]:
        """Only these values of each, as named tuples; `present`, `people` and `ours` are those who took part: accounts
        and people that the user sees, by key and name, and colleagues by e-mail address. `told_of` is the customer that
        somebody else spoke for."""
        this = models.OuterRef("pk")
        accounts = Account.objects.visible_to(user)
        seen = Attendance.objects.filter(interaction=this, account__in=accounts).order_by("pk")
        people = Contact.objects.visible_to(user).filter(interactions=this)
        ours = Interaction.colleagues.through.objects.filter(interaction=this)
        both = {"id": "pk", "name": "name"}
        known = {
            "present": ArraySubquery(
                seen.present().values(json=JSONObject(id="account_id", name="account__name", ref="account__ref"))
            ),
            "told_of": ArraySubquery(seen.second_hand().values(json=JSONObject(ref="account__ref"))),
            "people": ArraySubquery(people.order_by("pk").values(json=JSONObject(**both))),
            "ours": ArraySubquery(ours.order_by("pk").values("user__email")),
        }
        return self.annotate(**{name: known[name] for name in known if name in paths}).values_list(*paths, named=True)

    def with_names(self) -> Self:
        """With all that a line of a timeline names, in a constant number of queries."""
        return (
            self.with_customers()
            .select_related("author")
            .prefetch_related("colleagues", "next_steps__owner", "outcome_tags")
        )

    def with_customers(self) -> Self:
        """With the accounts and people on the customer's side only: what a day's agenda names."""
        kept = models.Prefetch("contacts", Contact.objects.kept())
        return self.prefetch_related(models.Prefetch("attendances", Attendance.objects.with_account()), kept)

    def with_account(self, account: Account) -> Self:
        return self.filter(attendances__account=account)

    def by_voice(self, *, since: dt.datetime) -> dict[str, int]:
        """How many were held since then, by whose voice was heard; notes among ourselves count as well."""
        rows = self.held().filter(at__gte=since).order_by().values_list("voice").annotate(number=models.Count("pk"))
        found = dict(rows)
        return {str(voice): found.get(voice, 0) for voice in Voice.values}


def last_talk_of_person() -> models.Subquery:
    """When both sides last spoke with the contact of a row. Private talks do not show: the figure is for everybody."""
    theirs: models.QuerySet[Any] = Interaction.contacts.through.objects.filter(contact=models.OuterRef("pk"))
    spoken = Interaction.objects.kept().two_way().filter(is_private=False).values("pk")
    newest = (
        theirs.order_by().values("contact").filter(interaction__in=spoken).annotate(at=models.Max("interaction__at"))
    )
    return models.Subquery(newest.values("at"))


def its_talk_is_seen_by(user: User) -> models.Exists:
    """Whether the `interaction` of a row is one that the person sees."""
    return models.Exists(Interaction.objects.visible_to(user).filter(pk=models.OuterRef("interaction")))


class Interaction(Discardable):
    """What was said or planned. Only held ones count as hours: minutes/60 for each attending colleague,
    each hour to the pool of the colleague's department, split evenly over the accounts present."""

    kind = models.CharField(_("kind"), max_length=10, choices=InteractionKind)
    status = models.CharField(_("status"), max_length=10, choices=InteractionStatus, default=InteractionStatus.HELD)
    at = models.DateTimeField(_("when"), default=timezone.now)
    minutes = models.PositiveIntegerField(_("minutes"), default=0)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    voice = models.CharField(_("voice"), max_length=8, choices=Voice, default=Voice.DIRECT, db_default=Voice.DIRECT)
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
    goal = models.ForeignKey(
        "touchpoints.AccountGoal",
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="talks",
        verbose_name=_("goal it serves"),
    )
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=InteractionKind.values), name="interaction_kind"),
            models.CheckConstraint(condition=models.Q(status__in=InteractionStatus.values), name="interaction_status"),
            models.CheckConstraint(condition=models.Q(voice__in=Voice.values), name="interaction_voice"),
            models.CheckConstraint(
                condition=models.Q(minutes__lte=1440),
                name="interaction_minutes",
                violation_error_message=_("A day has 1,440 minutes; enter a longer event as several."),
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-at"], name="interaction_by_author"),
            models.Index(fields=["-at", "-id"], name="interaction_newest"),
            # The few among the many: what is ahead, and what was called off.
            models.Index(fields=["at", "id"], condition=models.Q(status="planned"), name="interaction_planned"),
            models.Index(fields=["at", "id"], condition=models.Q(status="cancelled"), name="interaction_cancelled"),
            models.Index(fields=["goal", "at"], condition=models.Q(goal__isnull=False), name="interaction_by_goal"),
            trash_index("interaction"),
        ]

    def __str__(self) -> str:
        """What trails may print: the words of a private one stay out of them."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}" if self.is_private else self.title

    def get_absolute_url(self) -> str:
        return reverse("interaction_detail", args=[self.pk])

    @property
    def title(self) -> str:
        return self.subject or f"{self.get_kind_display()} {self.at:%Y-%m-%d}"

    @property
    def present(self) -> list[Account]:
        """The accounts that took part themselves."""
        return [one.account for one in self.attendances.all() if not one.is_second_hand]

    @property
    def brought(self) -> list[str]:
        """What it brought, see `Brought`."""
        return sorted(tag.brought for tag in self.outcome_tags.all())

    @property
    def spoken_for(self) -> Account | None:
        """The account for which somebody inside or a partner spoke."""
        return next((one.account for one in self.attendances.all() if one.is_second_hand), None)

    @property
    def is_second_hand(self) -> bool:
        return self.voice == Voice.PROXY

    @property
    def told_by(self) -> str:
        """Who said it: the people named, else the accounts present."""
        people = [person.name for person in self.contacts.all()]
        accounts = ", ".join(account.name for account in self.present)
        return f"{', '.join(people)} ({accounts})" if people else accounts

    @property
    def is_planned(self) -> bool:
        return self.status == InteractionStatus.PLANNED

    @property
    def is_cancelled(self) -> bool:
        return self.status == InteractionStatus.CANCELLED

    @property
    def is_overdue(self) -> bool:
        """Planned, and its time has gone by: somebody should say whether it was held."""
        return self.is_planned and self.at < timezone.now()
