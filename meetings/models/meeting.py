"""Meeting: how an agreed talk was prepared with sales and the customer, and what came of it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from meetings import states
from touchpoints.models import Attendance, Interaction, InteractionStatus

if TYPE_CHECKING:
    import datetime as dt

    from django_stubs_ext import StrOrPromise

    from accounts.models import Account
    from pmcrm.people.models import User


class Stage(models.TextChoices):
    """How far the agenda came. Whether the meeting was held or cancelled says its interaction."""

    DRAFT = states.DRAFT, states.STATES[states.DRAFT]
    SALES_REVIEWED = states.SALES_REVIEWED, states.STATES[states.SALES_REVIEWED]
    SENT = states.SENT, states.STATES[states.SENT]


class Channel(models.TextChoices):
    ONLINE = "online", _("Online")
    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By phone")


def new_uid() -> str:
    return f"{uuid.uuid4()}@pmcrm"


_HELD = models.Q(interaction__status=InteractionStatus.HELD)
_PLANNED = models.Q(interaction__status=InteractionStatus.PLANNED)
_IN_STATE = {
    **{stage.value: _PLANNED & models.Q(stage=stage) for stage in Stage},
    states.HELD: _HELD & models.Q(closed_at=None),
    states.CLOSED: _HELD & models.Q(closed_at__isnull=False),
    states.CANCELLED: models.Q(interaction__status=InteractionStatus.CANCELLED),
}


_NAMED = ("interaction__author", "interaction__goal", "organiser", "closed_by")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> Self:
        """Of visible interactions."""
        return self.filter(interaction__in=Interaction.objects.visible_to(user))

    def kept(self) -> Self:
        """Without those in the trash."""
        return self.filter(interaction__deleted_at=None)

    def held(self) -> Self:
        """Those that took place; one that was cancelled as entered by mistake did not."""
        return self.filter(_HELD)

    def in_state(self, *wanted: str) -> Self:
        found = models.Q(pk__in=[])
        for state in wanted:
            found |= _IN_STATE[state]
        return self.filter(found)

    def of(self, user: User) -> Self:
        """Organised by the person."""
        return self.filter(organiser=user)

    def waiting_for_review_by(self, user: User) -> Self:
        """The person owns the relationship and was asked to look at the agenda."""
        asked = self.in_state(states.DRAFT, states.SENT).filter(review_asked_at__isnull=False, reviewed_at=None)
        return asked.filter(
            interaction__attendances__account__relationship_owner=user,
            interaction__attendances__is_second_hand=False,
        ).distinct()

    def judged(self, since: dt.datetime | None = None, until: dt.datetime | None = None) -> Self:
        """Those of which it is said whether they met every ground rule, by when they took place."""
        found = self.kept().held().filter(is_kept__isnull=False)
        if since is not None:
            found = found.filter(interaction__at__gte=since)
        return found if until is None else found.filter(interaction__at__lt=until)

    def for_rules(self) -> Self:
        """With what the ground rules look at."""
        there = Attendance.objects.with_account()
        owned = there.select_related("account__relationship_owner", "account__product_manager")
        return self.select_related(*_NAMED).prefetch_related(
            models.Prefetch("interaction__attendances", owned),
            *("interaction__contacts", "items", "criteria"),
            _rows_of("overrides", "author"),
        )

    def for_page(self, user: User) -> Self:
        """With what its page says, in a constant number of queries; of the people on their side those whom the person
        sees."""
        there = Attendance.objects.with_account().select_related("account__relationship_owner")
        return self.select_related(*_NAMED).prefetch_related(
            models.Prefetch("interaction__attendances", there),
            models.Prefetch("interaction__contacts", Contact.objects.visible_to(user).order_by("pk")),
            *("interaction__colleagues", "items", "criteria"),
            *(_rows_of("overrides", "author"), _rows_of("reviews", "author")),
            _rows_of("invitees", "contact", "user"),
        )

    def with_all(self) -> Self:
        """With all that there is of it."""
        return self.for_rules().prefetch_related(
            "interaction__colleagues", _rows_of("reviews", "author"), _rows_of("invitees", "contact", "user")
        )


def _rows_of(name: str, *named: str) -> models.Prefetch[Any]:
    related: Any = Meeting._meta.get_field(name).related_model
    return models.Prefetch(name, related.objects.select_related(*named))


class Meeting(models.Model):
    """One-to-one with an interaction of kind meeting, which says when, with whom, how long and what was said."""

    interaction = models.OneToOneField(
        Interaction, models.CASCADE, primary_key=True, related_name="meeting", verbose_name=_("interaction")
    )
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="meetings_organised", verbose_name=_("organiser")
    )
    channel = models.CharField(_("how"), max_length=10, choices=Channel, default=Channel.ONLINE)
    place = models.CharField(_("where"), max_length=200, blank=True)
    link = models.URLField(_("link to join"), max_length=500, blank=True)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, default=Stage.DRAFT)
    review_asked_at = models.DateTimeField(_("review asked for"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    uid = models.CharField(_("calendar identifier"), max_length=255, unique=True, default=new_uid, editable=False)
    sequence = models.PositiveIntegerField(_("version of the invitation"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    is_late = models.BooleanField(_("sent late"), default=False)
    told = models.JSONField(
        _("what the customer has"), encoder=DjangoJSONEncoder, default=dict, blank=True, editable=False
    )
    told_since = models.PositiveIntegerField(_("version that brought the present time and agenda"), default=0)
    called_off_at = models.DateTimeField(_("cancellation sent"), null=True, blank=True)
    nothing_to_do = models.CharField(_("why nothing follows"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    verdicts = models.JSONField(_("how the rules stood when it was closed"), default=dict, blank=True, editable=False)
    is_kept = models.BooleanField(_("met every ground rule"), null=True, blank=True, editable=False)
    is_prepared = models.BooleanField(_("had a complete sheet"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="meeting_stage"),
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="meeting_channel"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="meeting_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(stage="sent") | models.Q(sent_at__isnull=False), name="meeting_sent_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["organiser", "interaction"], name="meeting_by_organiser"),
            models.Index(fields=["interaction"], condition=models.Q(closed_at=None), name="meeting_not_closed"),
        ]

    def __str__(self) -> str:
        return str(self.interaction)

    def get_absolute_url(self) -> str:
        return reverse("meeting_detail", args=[self.pk])

    @property
    def state(self) -> str:
        """Draft, reviewed, sent, held, closed or cancelled."""
        status = self.interaction.status
        if status == InteractionStatus.CANCELLED:
            return states.CANCELLED
        if status == InteractionStatus.HELD:
            return states.CLOSED if self.closed_at else states.HELD
        return self.stage

    @property
    def state_word(self) -> StrOrPromise:
        return states.STATES[self.state]

    @property
    def waits_for_review(self) -> bool:
        """Sales was asked to look at the agenda as it is now, and has not yet."""
        return self.state in {states.DRAFT, states.SENT} and bool(self.review_asked_at) and self.reviewed_at is None

    @property
    def is_remote(self) -> bool:
        """Not in one room."""
        return self.channel != Channel.IN_PERSON

    @property
    def present(self) -> list[Account]:
        return self.interaction.present

    @property
    def has_customer(self) -> bool:
        return any(account.kind == "external" for account in self.present)

    @property
    def customer_has_it(self) -> bool:
        """An invitation went out and was not called off."""
        return bool(self.told) and self.called_off_at is None

    def items_written(self) -> list[dict[str, Any]]:
        return [
            {"text": item.text, "kind": item.kind, "minutes": item.minutes, "led_by": item.led_by}
            for item in self.items.all()
        ]
