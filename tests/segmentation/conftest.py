"""The day on which runs are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture
def a_day_in_spring() -> Iterator[None]:
    """All months of 2025 are closed."""
    with time_machine.travel(dt.datetime(2026, 2, 10, 9, tzinfo=dt.UTC), tick=True):
        yield
