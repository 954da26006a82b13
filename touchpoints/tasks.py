"""What workers do about calls and meetings."""

from __future__ import annotations

from celery import shared_task

from touchpoints.services.voices import count_second_hand_anew


@shared_task
def count_second_hand() -> None:
    """After the rule for second-hand voices changed. Safe to run twice."""
    count_second_hand_anew()
