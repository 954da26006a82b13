"""Target: one person whom a campaign calls, and the queue of those who can be called."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from campaigns.models.campaign import Campaign
from pmcrm.people.permissions import may
from touchpoints.models import Outcome

if TYPE_CHECKING:
    from pmcrm.people.models import User

CLAIMED_FOR: Final = dt.timedelta(minutes=15)
TIERS: Final = ("A", "B", "C")
NO_TIER: Final = 9


class TargetState(models.TextChoices):
    WAITING = "waiting", _("To call")
    TO_FIX = "to_fix", _("Number to correct")
    DONE = "done", _("Done")
    LEFT_OUT = "left_out", _("Left out")


class LeftOut(models.TextChoices):
    """Why somebody of the audience is not called."""

    DO_NOT_CALL = "do_not_call", _("Asked not to be called")
    HOLD = "hold", _("Sales asks not to contact them now")
    RED_LOAD = "red_load", _("Had too much contact lately")
    NO_PHONE = "no_phone", _("No phone number")
    GONE = "gone", _("Not there any more")


class Reached(models.IntegerChoices):
    """How far we got with somebody; the best of all tries counts."""

    NOT_TRIED = 0, _("Not tried yet")
    ATTEMPTED = 1, _("Not reached")
    UNDETERMINED = 2, _("Reached, undecided")
    DECLINED = 3, _("Declined")
    TALKED = 4, _("Talked")


REACHED_BY: Final[dict[str, Reached]] = {
    Outcome.NO_ANSWER: Reached.ATTEMPTED,
    Outcome.VOICEMAIL: Reached.ATTEMPTED,
    Outcome.WRONG_NUMBER: Reached.ATTEMPTED,
    Outcome.GATEKEEPER: Reached.UNDETERMINED,
    Outcome.CALLBACK_AGREED: Reached.UNDETERMINED,
    Outcome.NOT_SUITABLE: Reached.UNDETERMINED,
    Outcome.DECLINED_BUSY: Reached.DECLINED,
    Outcome.DECLINED_NO_CONTACT: Reached.DECLINED,
    Outcome.CONVERSATION: Reached.TALKED,
}


class CallPlace(models.Model):
    """A zone, country and part of it in which somebody of a campaign works: there are few, however many targets."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="places")
    zone = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "zone", "country", "region"], name="call_place_once"),
        ]

    def __str__(self) -> str:
        return self.zone or self.country


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User) -> Self:
        """Of visible campaigns, at visible accounts."""
        if not may(user, "campaign.read"):
            return self.none()
        rows = self.filter(campaign__in=Campaign.objects.visible_to(user))
        if may(user, "account.read_all"):
            return rows.filter(account__deleted_at=None, account__merged_into=None)
        return rows.filter(account__in=Account.objects.visible_to(user))

    def of(self, campaign: Campaign) -> Self:
        return self.filter(campaign=campaign)

    def waiting(self) -> Self:
        return self.filter(state=TargetState.WAITING)

    def tried(self) -> Self:
        return self.filter(reached__gt=Reached.NOT_TRIED)

    def talked(self) -> Self:
        return self.filter(reached=Reached.TALKED)

    def with_person(self) -> Self:
        owners = ("account__product_manager", "account__relationship_owner")
        return self.select_related("contact__account", "account", *owners, "place", "claimed_by")

    def unclaimed_at(self, at: dt.datetime, user: User | None = None) -> Self:
        """Free, the person's own, or with a claim that ran out."""
        free = models.Q(claimed_until=None) | models.Q(claimed_until__lte=at)
        return self.filter(free | models.Q(claimed_by=user) if user else free)


class Target(models.Model):
    """Somebody to call. Place, tier and silence are copied for the queue and looked up anew every few minutes."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="call_targets", verbose_name=_("person"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="call_targets", verbose_name=_("account"))
    place = models.ForeignKey(CallPlace, models.RESTRICT, related_name="targets", db_index=False)
    state = models.CharField(_("state"), max_length=10, choices=TargetState, default=TargetState.WAITING)
    left_out = models.CharField(_("why left out"), max_length=12, choices=LeftOut, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    tier_rank = models.PositiveSmallIntegerField(default=NO_TIER)
    last_talk_at = models.DateTimeField(_("last talk"), null=True, blank=True)
    reached = models.PositiveSmallIntegerField(_("how far we got"), choices=Reached, default=Reached.NOT_TRIED)
    last_outcome = models.CharField(_("last outcome"), max_length=20, choices=Outcome, blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_attempt_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    is_agreed = models.BooleanField(_("at a time agreed with them"), default=False)
    # A digest of the number that was wrong: who has another one since can be called again.
    wrong_number = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "contact"], name="target_once"),
            models.CheckConstraint(condition=models.Q(state__in=TargetState.values), name="target_state"),
            models.CheckConstraint(condition=models.Q(reached__in=Reached.values), name="target_reached"),
            models.CheckConstraint(
                condition=models.Q(state="left_out") & ~models.Q(left_out="")
                | ~models.Q(state="left_out") & models.Q(left_out=""),
                name="target_left_out_why",
            ),
            models.CheckConstraint(
                condition=models.Q(claimed_by=None) | models.Q(claimed_until__isnull=False), name="target_claim_ends"
            ),
        ]
        indexes = [
            # The queue: of each place a few, in both orders.
            models.Index(
                "place",
                "tier_rank",
                models.F("last_talk_at").asc(nulls_first=True),
                "id",
                condition=models.Q(state="waiting", not_before=None),
                name="target_queue",
            ),
            models.Index(
                "place",
                "tier_rank",
                models.F("last_talk_at").asc(nulls_first=True),
                "id",
                condition=models.Q(state="waiting", not_before__isnull=False, is_agreed=False),
                name="target_again",
            ),
            models.Index(
                fields=["campaign", "not_before", "id"],
                condition=models.Q(state="waiting", not_before__isnull=False),
                name="target_later",
            ),
            models.Index(fields=["campaign", "state", "id"], name="target_by_state"),
            models.Index(
                fields=["campaign", "reached", "account"], condition=models.Q(reached__gt=0), name="target_reached"
            ),
            models.Index(fields=["campaign", "account"], name="target_by_account"),
            models.Index(fields=["claimed_by"], condition=models.Q(claimed_by__isnull=False), name="target_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.campaign_id}"

    @property
    def tier(self) -> str:
        return TIERS[self.tier_rank - 1] if 1 <= self.tier_rank <= len(TIERS) else ""

    def is_claimed_by_another(self, user: User, at: dt.datetime) -> bool:
        return self.claimed_by_id not in (None, user.pk) and self.claimed_until is not None and self.claimed_until > at
