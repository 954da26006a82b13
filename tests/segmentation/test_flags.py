"""Flags of a run on a real base: levels with hours and facts, guards, dismissals, the stop, and what people note."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Account, StrategicEntry
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from segmentation.models import Flag, FlagDismissal, ProfitRun, ReviewFact
from segmentation.services.flags import count_by_level, dismiss_flag, set_review_fact
from segmentation.services.runs import compute, request_run
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 2, 10, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _a_day_in_spring() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


@pytest.fixture
def hungry() -> Account:
    """One of ten customers, which takes nearly half of support's time and loses money by it; hours are well kept."""
    support = build.pool("support", rate="20", practical_hours="30")
    for number in range(10):
        account = build.account(ref=f"A{number}")
        for month in range(1, 13):
            day = dt.date(2025, month, 10)
            build.ledger_line(account=account, revenue="100", date=day)
            build.hours(pool=support, account=account, hours="12" if number == 0 else f"1.{number}", date=day)
        build.ledger_line(account=account, revenue="100", date=dt.date(2024, 6, 10))
    return Account.objects.get(ref="A0")


def judged() -> ProfitRun:
    run, _is_new = request_run(actor=None, from_month=dt.date(2025, 1, 1), to_month=dt.date(2025, 12, 1))
    computed = compute(run.pk)
    assert computed is not None
    return computed


def levels(run: ProfitRun) -> dict[str, str]:
    return {flag.account.ref: flag.level for flag in Flag.objects.of_run(run).select_related("account")}


def test_loss_and_attention_open_a_review_and_the_numbers_are_written_out(hungry: Account) -> None:
    run = judged()
    flag = Flag.objects.get(run=run)

    assert (flag.account, flag.level, flag.is_guarded, flag.freed_hours) == (hungry, "review", False, 144)
    assert flag.contribution == -1680
    tests = {test["code"]: test for test in flag.verdict["tests"]}
    assert [(code, test["outcome"]) for code, test in tests.items()] == [
        ("loss", "yes"),
        ("attention", "yes"),
        ("misfit", "unknown"),
        ("trend", "yes"),
        ("symptoms", "unknown"),
    ]
    # 12 of 25.5 hours a month, 10 % of revenue
    assert tests["attention"]["value"] == "4.705882"
    assert (tests["attention"]["numbers"]["effort"], tests["attention"]["numbers"]["value"]) == ("0.470588", "0.100000")
    assert [Decimal(quarter) for quarter in tests["trend"]["numbers"]["quarters"][-4:]] == [-420] * 4
    assert [gate["code"] for gate in flag.verdict["gates"] if not gate["passed"]] == []
    assert [guard["code"] for guard in flag.verdict["guards"]] == []
    assert run.figures["attention"]["weights"] == {"support": "1"}


def test_a_class_and_symptoms_set_by_people_make_a_candidate_and_a_guard_marks_it(hungry: Account, lead: User) -> None:
    set_review_fact(actor=lead, account=hungry, kind="value_class", value=Decimal(4), reason="Bends the product.")
    set_review_fact(
        actor=lead, account=hungry, kind="symptom_score", value=Decimal(60), raters=3, reason="Asked three of us."
    )
    StrategicEntry.objects.create(
        account=hungry, rank=1, reason="Door to shipping", sponsor=lead, review_by=dt.date(2026, 9, 1)
    )

    flag = Flag.objects.get(run=judged())

    assert (flag.level, flag.is_guarded) == ("candidate", True)
    assert [guard["code"] for guard in flag.verdict["guards"]] == ["strategic_list"]
    assert ReviewFact.objects.count() == 2
    assert TrailEntry.objects.filter(verb="review_fact.set").count() == 2


def test_a_fact_and_a_reason_are_needed(hungry: Account, lead: User) -> None:
    with pytest.raises(RuleViolation, match="Say what this rests on"):
        set_review_fact(actor=lead, account=hungry, kind="legal_duty", reason=" ")
    with pytest.raises(RuleViolation, match="A class is 1, 2, 3 or 4"):
        set_review_fact(actor=lead, account=hungry, kind="value_class", value=Decimal(5), reason="A fifth one.")

    assert not ReviewFact.objects.exists()


def test_without_kept_hours_a_candidate_is_only_watched(hungry: Account, lead: User) -> None:
    set_review_fact(actor=lead, account=hungry, kind="value_class", value=Decimal(4), reason="Bends the product.")
    hungry.hour_entries.filter(date__gte=dt.date(2025, 6, 1)).delete()

    flag = Flag.objects.get(run=judged())

    assert flag.level == "watch"
    assert [gate["code"] for gate in flag.verdict["gates"] if not gate["passed"]] == ["data", "sign"]


@pytest.mark.parametrize("different", [{"state": "exiting"}, {"state": "former"}])
def test_who_is_leaving_or_gone_is_not_judged(hungry: Account, different: dict[str, str]) -> None:
    Account.objects.filter(pk=hungry.pk).update(**different)

    assert levels(judged()) == {}


def test_a_dismissed_flag_rests_until_it_worsens_by_a_fifth(hungry: Account, lead: User) -> None:
    first = Flag.objects.get(run=judged())
    dismissal = dismiss_flag(actor=lead, flag=first, reason="A new contract is signed.")

    build.ledger_line(account=hungry, cost="300", date=dt.date(2025, 11, 3))
    second = Flag.objects.get(run=judged())
    build.ledger_line(account=hungry, cost="36", date=dt.date(2025, 11, 4))
    third = Flag.objects.get(run=judged())

    assert (dismissal.level, dismissal.contribution) == ("review", -1680)
    first.refresh_from_db()
    assert (first.is_silenced, second.is_silenced, third.is_silenced) == (True, True, False)
    assert count_by_level(Flag.objects.of_run(third.run).speaking()) == {"review": 1}
    assert TrailEntry.objects.filter(verb="flag.dismissed", actor=lead).count() == 1


def test_a_dismissal_ends_after_half_a_year(hungry: Account, lead: User) -> None:
    dismiss_flag(actor=lead, flag=Flag.objects.get(run=judged()), reason="A new contract is signed.")
    FlagDismissal.objects.update(dismissed_at=timezone.now() - dt.timedelta(days=180))
    build.ledger_line(account=hungry, revenue="1", date=dt.date(2025, 11, 3))

    assert not Flag.objects.get(run=judged()).is_silenced


def test_a_dismissal_needs_a_reason_and_the_newest_figures(hungry: Account, lead: User) -> None:
    old = Flag.objects.get(run=judged())
    with pytest.raises(RuleViolation, match="Say why this flag can rest"):
        dismiss_flag(actor=lead, flag=old, reason="  ")
    build.ledger_line(account=hungry, cost="1", date=dt.date(2025, 11, 3))
    new = Flag.objects.get(run=judged())
    with pytest.raises(RuleViolation, match="There is a newer run"):
        dismiss_flag(actor=lead, flag=old, reason="It is fine.")
    dismiss_flag(actor=lead, flag=new, reason="It is fine.")
    with pytest.raises(RuleViolation, match="dismissed already"):
        dismiss_flag(actor=lead, flag=new, reason="It is fine.")

    assert FlagDismissal.objects.count() == 1
