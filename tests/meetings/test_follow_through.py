"""What was agreed in a meeting is neither edited away nor lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from meetings.kpis import Share
from meetings.models import Meeting
from meetings.services.closing import close_meeting, reopen_meeting
from meetings.services.figures import Scope, figures_of
from meetings.services.following import agree_on_step
from pmcrm.errors import RuleViolation
from tests import build
from tests.meetings.cast import FRIDAY, NOW, Cast, again, cast, planned, with_agenda
from touchpoints.models import NextStep
from touchpoints.services.goals import set_goal
from touchpoints.services.interactions import cancel_interaction, hold_interaction
from touchpoints.services.next_steps import PlannedStep, edit_next_step, finish_next_step, remove_next_step

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def meeting(people: Cast) -> Meeting:
    made = with_agenda(people)
    hold_interaction(actor=people.mia, interaction=made.interaction)
    return again(made)


def agreed(people: Cast, meeting: Meeting) -> NextStep:
    return agree_on_step(actor=people.mia, meeting=meeting, step=PlannedStep("Send the plan", people.mia, DUE))


def test_an_edit_does_not_move_the_day_that_was_agreed(people: Cast, meeting: Meeting) -> None:
    step = agreed(people, meeting)
    later = PlannedStep("Send the plan", people.mia, DUE + dt.timedelta(days=30))
    step = edit_next_step(actor=people.mia, step=step, to=later, version=1)
    step = edit_next_step(actor=people.mia, step=step, to=later, version=2)
    assert (step.agreed_on, step.due_on) == (DUE, dt.date(2026, 4, 15))
    with time_machine.travel(NOW + dt.timedelta(days=20), tick=False):
        finish_next_step(actor=people.mia, step=step)
        found = figures_of(scope=Scope(people.mia), today=dt.date(2026, 4, 20))
    assert found.shares["follow_through"] == Share(0, 1)


def test_the_last_step_of_a_closed_meeting_stays(people: Cast, meeting: Meeting) -> None:
    first, second = agreed(people, meeting), agreed(people, meeting)
    close_meeting(actor=people.mia, meeting=meeting)
    remove_next_step(actor=people.mia, step=first)
    with pytest.raises(RuleViolation, match="It is all that was agreed in a closed meeting"):
        remove_next_step(actor=people.mia, step=second)
    assert list(NextStep.objects.all()) == [second]
    reopen_meeting(actor=people.mia, meeting=meeting)
    remove_next_step(actor=people.mia, step=second)
    assert not NextStep.objects.exists()
    close_meeting(actor=people.mia, meeting=meeting, nothing_to_do="They only wanted to be heard")
    assert again(meeting).state == "closed"


def test_nothing_is_agreed_in_a_meeting_that_was_called_off_or_not_sent(people: Cast) -> None:
    for made in (planned(people), planned(people, at=FRIDAY + dt.timedelta(days=30))):
        with pytest.raises(RuleViolation, match="This meeting is draft: that cannot be done now"):
            agreed(people, made)
        cancel_interaction(actor=people.mia, interaction=made.interaction)
        with pytest.raises(RuleViolation, match="This meeting is cancelled: that cannot be done now"):
            agreed(people, made)
    assert not NextStep.objects.exists()


def test_a_refused_goal_saves_nothing_of_the_setting(client: Client, people: Cast) -> None:
    made = planned(people)
    goal = set_goal(actor=people.mia, account=people.halden, text="Both terminals on one plan")
    made.interaction.attendances.filter(account=people.halden).update(is_second_hand=True)
    made.interaction.attendances.create(account=build.account(name="Fjord"), at=FRIDAY)
    client.force_login(people.mia)
    data = {"version": 1, "channel": "phone", "place": "", "link": "", "goal": goal.pk}
    assert client.post(reverse("meeting_describe", args=[made.pk]), data).status_code == 422
    assert (again(made).channel, again(made).version) == ("online", 1)


def test_after_the_reason_it_goes_back_to_the_meeting(client: Client, people: Cast) -> None:
    people.halden.interactions.all().delete()  # now it is the first meeting, which asks for a sheet
    made = planned(people)
    client.force_login(people.mia)
    url, back = reverse("interaction_hold", args=[made.pk]), made.get_absolute_url()
    asked = client.post(url, {"back": back})
    assert asked.headers["Location"] == f"{url}?back=%2Fmeetings%2F{made.pk}%2F"
    assert f'<input type="hidden" name="back" value="{back}">' in client.get(asked.headers["Location"]).content.decode()
    empty = client.post(url, {"back": back, "override_reason": ""})
    assert f'<input type="hidden" name="back" value="{back}">' in empty.content.decode()
    held = client.post(url, {"back": back, "override_reason": "They came by"})
    assert (held.status_code, held.headers["Location"]) == (303, back)
