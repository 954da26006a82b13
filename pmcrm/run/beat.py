"""The scheduler of `celery beat`: the database's schedule, with a sign of life at each turn."""

from __future__ import annotations

from django_celery_beat.schedulers import DatabaseScheduler

from pmcrm.celery import sign_of_life


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # the library has no types
    """Beat wakes at least every five seconds; each time it says that it lives."""

    def tick(self, *arguments: object, **named: object) -> float:
        sign_of_life("beat")
        return float(super().tick(*arguments, **named))
