"""What workers do about calls and meetings."""

from __future__ import annotations

from celery import shared_task

from touchpoints.services.contact_load import publish_loads, publish_loads_of_passed_plans
from touchpoints.services.voices import count_second_hand_anew


@shared_task
def count_second_hand() -> None:
    """After the rule for second-hand voices changed. Safe to run twice."""
    count_second_hand_anew()


@shared_task
def publish_all_loads() -> None:
    """After limits of load changed, and every night: distances and people change, too. Safe to run twice."""
    publish_loads()


@shared_task
def count_passed_plans() -> None:
    """What was planned weighs from its time on. Safe to run twice."""
    publish_loads_of_passed_plans()
