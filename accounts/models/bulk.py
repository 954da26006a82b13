"""One change of many accounts: what was asked, row by row, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.choices import State
from accounts.models.tag import LONGEST_TAG
from pmcrm.jobs.models import Job

if TYPE_CHECKING:
    from pmcrm.people.models import User


class BulkField(models.TextChoices):
    STATE = "state", _("State")
    PRODUCT_MANAGER = "product_manager", _("Product manager")
    RELATIONSHIP_OWNER = "relationship_owner", _("Relationship owner in sales")
    ADD_TAG = "add_tag", _("Add a tag")
    REMOVE_TAG = "remove_tag", _("Take a tag off")
    TRASH = "trash", _("Put in the trash")


OWNERS: Final = (BulkField.PRODUCT_MANAGER, BulkField.RELATIONSHIP_OWNER)
TAGS: Final = (BulkField.ADD_TAG, BulkField.REMOVE_TAG)


class BulkState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    WORKING = "working", _("Changing")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    def visible_to(self, user: User) -> Self:
        """Whoever asked for a change sees what became of it."""
        return self.filter(created_by=user)


class BulkChange(Job):
    """The same change of many accounts. Its rows are fixed when it is asked for, each with the version then read."""

    WAITING: ClassVar[frozenset[str]] = frozenset({BulkState.QUEUED})
    WORKING: ClassVar[frozenset[str]] = frozenset({BulkState.WORKING})

    state = models.CharField(_("state"), max_length=10, choices=BulkState, default=BulkState.QUEUED)
    field = models.CharField(_("field"), max_length=20, choices=BulkField)
    to_state = models.CharField(_("new state"), max_length=20, blank=True)
    to_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("new owner")
    )
    to_tag = models.CharField(_("tag"), max_length=LONGEST_TAG, blank=True, default="", db_default="")
    query = models.CharField(_("the list it was asked from"), max_length=2000, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BulkState.values), name="bulk_change_state"),
            models.CheckConstraint(
                condition=models.Q(field="state", to_person=None, to_tag="") & ~models.Q(to_state="")
                | models.Q(field__in=OWNERS, to_state="", to_tag="")
                | models.Q(field__in=TAGS, to_state="", to_person=None) & ~models.Q(to_tag="")
                | models.Q(field="trash", to_state="", to_person=None, to_tag=""),
                name="bulk_change_value",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], condition=models.Q(state__in=["queued", "working"]), name="bulk_change_open")
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()}, {self.all_units}"

    @property
    def value_in_words(self) -> str:
        """What each row gets; nothing where it goes to the trash."""
        if self.field == BulkField.STATE:
            return str(State(self.to_state).label)
        if self.field in OWNERS:
            return str(self.to_person or _("nobody"))
        return self.to_tag

    @property
    def is_moving(self) -> bool:
        return self.state in self.WAITING | self.WORKING


class Outcome(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class BulkRow(models.Model):
    """One account of a change. `version` is what its reader saw."""

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "account"], name="bulk_row_once")]
        indexes = [models.Index(fields=["change", "outcome", "id"], name="bulk_row_outcome")]

    def __str__(self) -> str:
        return f"{self.account_id} of {self.change_id}"
