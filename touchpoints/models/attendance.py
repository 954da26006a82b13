"""Attendance: which accounts took part, and the one expression behind every hour that calls and meetings cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Cast, TruncDate, TruncMonth

from accounts.models import Account, Contact

if TYPE_CHECKING:
    from pmcrm.people.models import User

MINUTES_AN_HOUR: Final = Decimal(60)
# What a line of a timeline shows of a talk, and of a step that came of it.
_TALK: Final = ("kind", "status", "at", "minutes", "subject", "voice", "outcome", "notes")
_MARKS: Final = ("is_incoming", "is_private", "is_backdated")
TALK_IN_A_LINE: Final = tuple(f"interaction__{name}" for name in (*_TALK, *_MARKS, "author__name"))
STEP_IN_A_LINE: Final = ("interaction", "text", "due_on", "snoozed_until", "done_at", "owner__name")


class AccountHours(TypedDict):
    """Hours of one pool for one account in one month (its first day)."""

    account_id: int
    pool: str
    month: dt.date
    hours: Decimal


class InteractionHours(TypedDict):
    """The share of one interaction: hours of one pool for one account on one day."""

    interaction_id: int
    account_id: int
    pool: str
    date: dt.date
    hours: Decimal


def asked_of_each(rows: type[models.Model], key: str) -> models.QuerySet[Any]:
    """Of `rows` those of one interaction, which `key` of the outer row names; for EXISTS.

    The second condition says nothing that the first does not. By it the database cannot turn the question round and
    first gather all there is: of a person or of their accounts that may be a quarter of a million interactions.
    """
    this = models.OuterRef(key)
    return rows._default_manager.filter(interaction=this, interaction__gte=this)


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def visible_to(self, user: User) -> Self:
        """Those of visible interactions, at visible accounts: all that happened there, what is private aside."""
        return self.open_to(user).filter(account__in=Account.objects.visible_to(user))

    def open_to(self, user: User) -> Self:
        """The same at accounts of which it is known already that the person sees them."""
        from touchpoints.models.interaction import Interaction

        there = asked_of_each(Interaction.colleagues.through, "interaction").filter(user=user)
        is_open = models.Q(interaction__is_private=False) | models.Q(interaction__author=user) | models.Exists(there)
        return self.filter(is_open, interaction__deleted_at=None)

    def of(self, account: Account) -> Self:
        return self.filter(account=account)

    def with_names(self) -> Self:
        """With all that a line of a timeline names and no more, in a constant number of queries."""
        from touchpoints.models.next_step import NextStep

        present = Attendance.objects.with_account().only("interaction", "is_second_hand", "account__name")
        people = Contact.objects.kept().only("name")
        steps = NextStep.objects.select_related("owner").only(*STEP_IN_A_LINE)
        rows = self.select_related("interaction__author").only("at", "account", *TALK_IN_A_LINE)
        return rows.prefetch_related(
            models.Prefetch("interaction__attendances", present),
            models.Prefetch("interaction__contacts", people),
            models.Prefetch("interaction__next_steps", steps),
        )

    def with_account(self) -> Self:
        """With the account, where it does not lie in the trash."""
        return self.filter(account__deleted_at=None).select_related("account").order_by("id")

    def present(self) -> Self:
        """Who took part themselves; without those for whom somebody else spoke."""
        return self.filter(is_second_hand=False)

    def second_hand(self) -> Self:
        return self.filter(is_second_hand=True)

    def counted(self, *, second_hand: bool) -> Self:
        """Those that figures of contact count: where second-hand voices count, too, all of them."""
        return self.all() if second_hand else self.present()

    def current(self) -> Self:
        """Without what was cancelled."""
        return self.filter(interaction__deleted_at=None).exclude(interaction__status="cancelled")

    def between(self, first: dt.date, last: dt.date, zone: ZoneInfo) -> Self:
        """From the first day to the last, both whole, as the clock of `zone` counts days."""
        start = dt.datetime.combine(first, dt.time.min, tzinfo=zone)
        end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min, tzinfo=zone)
        return self.filter(at__gte=start, at__lt=end)

    def worked(self) -> models.QuerySet[Any, Any]:
        """One row for each account present and each colleague who attended what was held, with `pool` and `share`.

        The share is minutes / 60 of this colleague, split evenly over the accounts present. A colleague without a
        department, or of a department without a pool, costs no pool's hours.
        """
        from touchpoints.models.interaction import InteractionStatus

        present = (
            self.model.objects.present()
            .filter(interaction=models.OuterRef("interaction"))
            .order_by()
            .values("interaction")
            .annotate(number=models.Count("pk"))
            .values("number")
        )
        minutes = Cast("interaction__minutes", models.DecimalField(max_digits=30, decimal_places=16))
        return (
            self.present()
            .filter(interaction__deleted_at=None)
            .filter(interaction__status=InteractionStatus.HELD, interaction__minutes__gt=0)
            .annotate(
                pool=models.F("interaction__colleagues__department__pool"),
                share=minutes / (MINUTES_AN_HOUR * models.Subquery(present)),
            )
            .filter(pool__gt="")
        )

    def hours_by_month(self, zone: ZoneInfo) -> models.QuerySet[Any, AccountHours]:
        """Hours of each account, pool and month; months as `zone` counts them."""
        month = TruncMonth("at", output_field=models.DateField(), tzinfo=zone)
        rows: models.QuerySet[Any, AccountHours] = (
            self.worked().order_by().values("account_id", "pool", month=month).annotate(hours=models.Sum("share"))
        )
        return rows

    def hours_by_interaction(self, zone: ZoneInfo) -> models.QuerySet[Any, InteractionHours]:
        """The same hours one interaction at a time: what stands behind a month's sum."""
        day = TruncDate("at", tzinfo=zone)
        worked = self.worked().order_by().values("interaction_id", "account_id", "pool", date=day)
        rows: models.QuerySet[Any, InteractionHours] = worked.annotate(hours=models.Sum("share"))
        return rows


class Attendance(models.Model):
    """An account that took part, or (second-hand) one that somebody inside or a partner spoke for.

    `at` repeats the interaction's time so that a timeline is one index scan.
    """

    interaction = models.ForeignKey("touchpoints.Interaction", models.CASCADE, related_name="attendances")
    account = models.ForeignKey(Account, models.CASCADE, related_name="attendances")
    at = models.DateTimeField()
    is_second_hand = models.BooleanField(default=False, db_default=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interaction", "account"], name="attendance_once")]
        indexes = [
            models.Index(fields=["account", "-at", "-interaction"], name="attendance_timeline"),
            models.Index(fields=["account"], condition=models.Q(is_second_hand=True), name="attendance_second_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.interaction_id}"
