"""Duplicates: what finds them, the pairs found, and what was merged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.contact import Contact
from pmcrm.jobs.models import Job
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User

UNDO_WITHIN: Final = timedelta(days=30)


class MatchKeys(models.Model):
    """The keys under which a record is looked up: two records that share one may be the same. Made anew when stale."""

    keys = ArrayField(models.BigIntegerField(), default=list)
    rules = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class AccountKeys(MatchKeys):
    """Keys of an account, those of its people's mail domains and phones included."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="account_keys")]

    def __str__(self) -> str:
        return f"keys of account {self.account_id}"


class ContactKeys(MatchKeys):
    """Keys of a contact."""

    contact = models.OneToOneField(Contact, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="contact_keys")]

    def __str__(self) -> str:
        return f"keys of contact {self.contact_id}"


class SearchState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    WORKING = "working", _("Searching")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class DuplicateSearch(Job):
    """One search for duplicates among all accounts and contacts."""

    WAITING: ClassVar[frozenset[str]] = frozenset({SearchState.QUEUED})
    WORKING: ClassVar[frozenset[str]] = frozenset({SearchState.WORKING})

    state = models.CharField(_("state"), max_length=10, choices=SearchState, default=SearchState.QUEUED)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SearchState.values), name="duplicate_search_state"),
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(state__in=["queued", "working"]),
                name="duplicate_search_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="duplicate_search_newest")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_moving(self) -> bool:
        return self.state in self.WAITING | self.WORKING


class PairState(models.TextChoices):
    OPEN = "open", _("To decide")
    DISMISSED = "dismissed", _("Not the same")


class PairQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Pairs of which the person sees both sides. A merged record is out of sight, and its pairs with it."""
        if not may(user, "duplicate.read"):
            return self.none()
        records = self.model.left.field.related_model.objects.visible_to(user)
        return self.filter(left__in=records, right__in=records)

    def to_decide(self) -> Self:
        return self.filter(state=PairState.OPEN)

    def dismissed(self) -> Self:
        return self.filter(state=PairState.DISMISSED)

    def of(self, one: models.Model, other: models.Model) -> Self:
        low, high = sorted([one.pk, other.pk])
        return self.filter(left=low, right=high)


class Pair(models.Model):
    """Two records that may be the same. `score` is a probability; `parts` says what it is made of, each with factor.

    Who said that they are not the same stays on record, and a later search leaves the pair alone.
    """

    score = models.DecimalField(_("certainty"), max_digits=6, decimal_places=5)
    parts = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=PairState, default=PairState.OPEN)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    seen_in = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(_("decided"), null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PairQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="%(class)s_once"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="%(class)s_in_order"),
            models.CheckConstraint(condition=models.Q(state__in=PairState.values), name="%(class)s_state"),
        ]
        indexes = [
            models.Index(fields=["state", "-score", "-id"], name="%(class)s_surest"),
            models.Index(fields=["right"], name="%(class)s_right"),
        ]


class AccountPair(Pair):
    """Two accounts that may be one company."""

    left = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)
    right = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False)

    class Meta(Pair.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.left} – {self.right}"


class ContactPair(Pair):
    """Two contacts that may be one person."""

    left = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)
    right = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)

    class Meta(Pair.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.left} – {self.right}"


class MergeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Merges whose remaining record the person sees."""
        if not may(user, "duplicate.read"):
            return self.none()
        return self.filter(winner__in=self.model.winner.field.related_model.objects.visible_to(user))

    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def undone_with(self, record: models.Model) -> Self:
        """Merges of this record that were taken back."""
        return self.filter(models.Q(winner=record) | models.Q(loser=record)).exclude(undone_at=None)

    def beyond_undo(self) -> Self:
        """Merges that nobody can undo any more, because of their age or because it was done."""
        return self.exclude(undone_at=None, merged_at__gt=timezone.now() - UNDO_WITHIN)

    def undoable(self) -> Self:
        return self.standing().filter(merged_at__gt=timezone.now() - UNDO_WITHIN)


class Merge(models.Model):
    """One record went up in another. `details` is all that an undo needs: both as they were, and what was moved.

    It may hold what only few may read, so it is shown nowhere as it is.
    """

    merged_at = models.DateTimeField(_("merged"), default=timezone.now)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["loser"], condition=models.Q(undone_at=None), name="%(class)s_once"),
        ]
        indexes = [models.Index(fields=["-merged_at", "-id"], name="%(class)s_newest")]

    @property
    def undo_until(self) -> Any:
        return self.merged_at + UNDO_WITHIN

    @property
    def is_undoable(self) -> bool:
        return self.undone_at is None and timezone.now() < self.undo_until


class AccountMerge(Merge):
    """Two accounts became one."""

    winner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    loser = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)

    class Meta(Merge.Meta):
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.loser} into {self.winner}"


class ContactMerge(Merge):
    """Two contacts became one."""

    winner = models.ForeignKey(Contact, models.PROTECT, related_name="+")
    loser = models.ForeignKey(Contact, models.PROTECT, related_name="+", db_index=False)

    class Meta(Merge.Meta):
        verbose_name_plural = _("merges")

    def __str__(self) -> str:
        return f"{self.loser} into {self.winner}"
