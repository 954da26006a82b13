"""One entry of a calendar (RFC 5545), as the product understands it: no customers, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum


class Method(StrEnum):
    """What a calendar part asks of whoever gets it."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    REPLY = "REPLY"
    CANCEL = "CANCEL"


class Status(StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class Role(StrEnum):
    CHAIR = "CHAIR"
    REQUIRED = "REQ-PARTICIPANT"
    OPTIONAL = "OPT-PARTICIPANT"
    INFORMED = "NON-PARTICIPANT"


class Answer(StrEnum):
    NONE = "NEEDS-ACTION"
    YES = "ACCEPTED"
    NO = "DECLINED"
    MAYBE = "TENTATIVE"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True)
class Attendee:
    """Somebody named by a calendar entry. `email` is in small letters, empty where the file gives none."""

    email: str
    name: str = ""
    role: Role = Role.REQUIRED
    answer: Answer = Answer.NONE
    is_asked: bool = False


@dataclass(frozen=True)
class Event:
    """One entry of a calendar.

    `start` and `end` are both instants with a zone, or both days (then `end` is the day after the last one). `zone` is
    the IANA name by whose clock the times are meant; for days it is empty. `recurrence` is the rule as RFC 5545 writes
    it, `left_out` the starts that it leaves out and `added` those beside it; `instance` is the start that one
    occurrence of a series had before this entry moved it. `alarms` are times before (negative) or after the start.
    `remarks` are sentences on what had to be understood when it was read, `line` where it stands in the file.
    """

    uid: str
    start: datetime | date
    end: datetime | date
    zone: str = ""
    sequence: int = 0
    summary: str = ""
    description: str = ""
    location: str = ""
    url: str = ""
    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()
    status: Status = Status.CONFIRMED
    alarms: tuple[timedelta, ...] = ()
    recurrence: str = ""
    left_out: tuple[datetime | date, ...] = ()
    added: tuple[datetime | date, ...] = ()
    instance: datetime | date | None = None
    stamp: datetime | None = None
    is_private: bool = False
    remarks: tuple[str, ...] = field(default=(), compare=False)
    line: int = field(default=0, compare=False)

    @property
    def is_all_day(self) -> bool:
        return not isinstance(self.start, datetime)

    @property
    def repeats(self) -> bool:
        return bool(self.recurrence or self.added)

    @property
    def length(self) -> timedelta:
        """How long it takes on a watch: two times of one zone would otherwise be taken apart as wall times."""
        if isinstance(self.start, datetime) and isinstance(self.end, datetime):
            return self.end.astimezone(UTC) - self.start.astimezone(UTC)
        return date.toordinal(self.end) * timedelta(days=1) - date.toordinal(self.start) * timedelta(days=1)

    @property
    def minutes(self) -> int:
        """Whole minutes from start to end; a day counts 24 hours."""
        return int(self.length.total_seconds() // 60)
