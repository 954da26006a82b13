"""iCalendar (RFC 5545, 5546): what we write for calendar programs, and what we read from anybody's.

It knows no customers and no database. Words of refusal are for people.
"""

from pmcrm.calendars.event import Answer, Attendee, Event, Method, Role, Status
from pmcrm.calendars.reading import Reading, Refused, Reply, read, read_replies
from pmcrm.calendars.series import occurrences
from pmcrm.calendars.writing import write

__all__ = [
    "Answer",
    "Attendee",
    "Event",
    "Method",
    "Reading",
    "Refused",
    "Reply",
    "Role",
    "Status",
    "occurrences",
    "read",
    "read_replies",
    "write",
]
