"""What came in by mail and by calendar files, and what people were reminded of."""

from correspondence.models.calendar_file import CalendarEntry, CalendarFile, CalendarFileState
from correspondence.models.letter import Letter, LetterState, MailboxPlace, Source, folder
from correspondence.models.reminder import Reminder

__all__ = [
    "CalendarEntry",
    "CalendarFile",
    "CalendarFileState",
    "Letter",
    "LetterState",
    "MailboxPlace",
    "Reminder",
    "Source",
    "folder",
]
