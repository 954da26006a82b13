"""What workers do about calls and meetings."""

from __future__ import annotations

from celery import shared_task

from pmcrm.notices.services import send_waiting
from touchpoints.services.balance import keep_picture
from touchpoints.services.contact_load import publish_loads, publish_loads_that_changed
from touchpoints.services.engagement_figures import keep_figures_of_all
from touchpoints.services.pain_answers import note_due_pains
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
def publish_changed_loads() -> None:
    """What was planned weighs from its time on; people come and go. The picture of balance follows. Safe to run
    twice."""
    publish_loads_that_changed()
    keep_picture()


@shared_task
def keep_engagement_figures() -> None:
    """Every hour, for whoever has many talks. Safe to run twice."""
    keep_figures_of_all()


@shared_task
def tell_due_pains() -> None:
    """Called every morning: who answers for an account hears which answers it waits for. Safe to run twice."""
    note_due_pains()
    send_waiting()


@shared_task
def send_notices() -> None:
    """Asked for where somebody should hear at once. What is put off waits."""
    send_waiting()
