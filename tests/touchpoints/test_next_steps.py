"""Next steps, as the services do it."""

import datetime as dt

import pytest
import time_machine

from accounts.models import Account, AccountFigures
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from touchpoints.models import NextStep
from touchpoints.services import next_steps as service
from touchpoints.services.next_steps import PlannedStep

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def pm() -> User:
    return build.user("product_manager", name="Ravi Kapoor")


@pytest.fixture
def step(pm: User) -> NextStep:
    step = PlannedStep("Send the export", pm, TODAY)
    return service.add_next_step(actor=pm, account=build.account(), step=step)


def next_step_on(account: Account) -> dt.date | None:
    return AccountFigures.objects.get(account=account).next_step_on


def test_done_and_undone(pm: User, step: NextStep) -> None:
    assert service.finish_next_step(actor=pm, step=step).done_at is not None
    assert (NextStep.objects.open().count(), next_step_on(step.account)) == (0, None)
    service.finish_next_step(actor=pm, step=step)
    service.reopen_next_step(actor=pm, step=step)
    assert (NextStep.objects.open().count(), next_step_on(step.account)) == (1, TODAY)
    verbs = list(TrailEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["next_step.added", "next_step.done", "next_step.reopened"]


def test_snoozed_until_tomorrow_it_is_not_due_today(pm: User, step: NextStep) -> None:
    tomorrow = TODAY + dt.timedelta(days=1)
    assert list(NextStep.objects.due_by(TODAY)) == [step]
    service.snooze_next_step(actor=pm, step=step, until=tomorrow)
    assert list(NextStep.objects.due_by(TODAY)) == []
    assert list(NextStep.objects.due_by(tomorrow)) == [step]
    assert (next_step_on(step.account), NextStep.objects.get().due_on) == (tomorrow, TODAY)


@pytest.mark.parametrize(
    ("until", "sentence"),
    [(TODAY, "Choose a day from tomorrow on."), (dt.date(2262, 1, 1), "2262 is too far away. Check the year.")],
)
def test_a_snooze_ends_on_a_sensible_day(pm: User, step: NextStep, until: dt.date, sentence: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        service.snooze_next_step(actor=pm, step=step, until=until)
    assert refusal.value.fields == {"until": sentence}
    assert NextStep.objects.get().snoozed_until is None


def test_handed_to_a_colleague(pm: User, step: NextStep) -> None:
    colleague = build.user("sales_owner", name="Ingrid Moe")
    service.reassign_next_step(actor=pm, step=step, owner=colleague)
    assert list(NextStep.objects.of(colleague)) == [step]
    assert TrailEntry.objects.get(verb="next_step.reassigned").data == {
        "changes": {"owner": ["Ravi Kapoor", "Ingrid Moe"]}
    }


def test_strangers_change_nothing(step: NextStep) -> None:
    stranger = build.user("sales_owner")
    with pytest.raises(RuleViolation, match="Only its owner"):
        service.finish_next_step(actor=stranger, step=step)
    assert NextStep.objects.get().done_at is None


def test_the_second_of_two_savers_overwrites_nothing(pm: User, step: NextStep) -> None:
    first, second = PlannedStep("Call", pm, TODAY), PlannedStep("Write", pm, TODAY)
    service.edit_next_step(actor=pm, step=step, to=first, version=1)
    with pytest.raises(StaleVersion):
        service.edit_next_step(actor=pm, step=step, to=second, version=1)
    assert NextStep.objects.get().text == "Call"
