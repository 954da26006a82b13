"""What every thing has that can lie in the trash. The rows stay in their own tables, marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pmcrm.people.models import Organisation
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from pmcrm.people.models import User

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Mark:
    """One deletion: what was deleted, by whom and when. What hangs on the thing carries `slug` in `deleted_with`."""

    kind: str
    key: int
    by: User | None = None
    at: dt.datetime | None = None

    @property
    def slug(self) -> str:
        return f"{self.kind}:{self.key}"


class DiscardableQuerySet(models.QuerySet[M]):
    def kept(self) -> Self:
        """What is not in the trash."""
        return self.filter(deleted_at=None)

    def discarded(self) -> Self:
        """What somebody deleted, without what went along with it."""
        return self.filter(deleted_at__isnull=False, deleted_with="")

    def discarded_by_or_all(self, user: User) -> Self:
        """Each sees what he deleted; some roles see whatever they saw before it was deleted."""
        rows = self.discarded()
        return rows if may(user, "trash.read_all") else rows.filter(deleted_by=user)

    def outdated(self) -> Self:
        """What has lain in the trash for longer than the organisation keeps it."""
        return self.discarded().filter(deleted_at__lt=timezone.now() - kept_for())

    def go_along(self, mark: Mark) -> int:
        """Put these in the trash together with what they hang on; what lies there already stays as it is."""
        return self.kept().update(deleted_at=mark.at, deleted_by=mark.by, deleted_with=mark.slug)

    def come_back(self, mark: Mark) -> int:
        """Put back what went along."""
        return self.filter(deleted_with=mark.slug).update(deleted_at=None, deleted_by=None, deleted_with="")


class Discardable(models.Model):
    """A thing that is deleted by being put in the trash. `deleted_with` names the thing that took it along."""

    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    deleted_with = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True

    @property
    def is_discarded(self) -> bool:
        return self.deleted_at is not None

    def put_in_trash(self, mark: Mark) -> None:
        self.deleted_at, self.deleted_by, self.deleted_with = mark.at, mark.by, ""

    def take_out_of_trash(self) -> None:
        self.deleted_at = self.deleted_by = None
        self.deleted_with = ""


# Of the history of a row: that it lay in the trash is in the trail, and no value of its own.
MARKS = ("deleted_at", "deleted_by", "deleted_with")


def trash_index(model: str) -> Any:
    """What lies in the trash, newest first: a small index, however large the table."""
    return models.Index(
        fields=["-deleted_at", "-id"], condition=models.Q(deleted_at__isnull=False), name=f"{model}_in_trash"
    )


def gone_on(thing: Discardable, kept: dt.timedelta) -> dt.date | None:
    """The day on which it goes for good."""
    return timezone.localdate(thing.deleted_at + kept) if thing.deleted_at else None


def kept_for() -> dt.timedelta:
    return dt.timedelta(days=Organisation.current().trash_days)
