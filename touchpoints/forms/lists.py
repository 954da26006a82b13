"""What the lists of interactions and next steps filter by."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    pass


def whole_day(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From the day's beginning to the next one's, in the person's zone."""
    zone = timezone.get_current_timezone()
    start = dt.datetime.combine(day, dt.time.min, tzinfo=zone)
    return start, dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=zone)
