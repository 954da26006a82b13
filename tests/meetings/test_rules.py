"""The ground rules, each over plain data."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.working_day import working_days_after, working_days_before
from meetings import states
from meetings.rules import RULES, Facts, State, all_kept, gates_shut, strip

START = dt.datetime(2026, 3, 13, 9, 0, tzinfo=dt.UTC)
IN_TIME = dt.datetime(2026, 3, 11, 9, 0, tzinfo=dt.UTC)


def facts(**fields: Any) -> Facts:
    usual: dict[str, Any] = {
        "state": "draft",
        "now": dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC),
        "start": START,
        "minutes": 45,
        "longest": 45,
        "most_items": 5,
    }
    return Facts(**usual | fields)


def state_of(slug: str, **fields: Any) -> tuple[str, str]:
    found = next(one for one in strip(facts(**fields)) if one.slug == slug)
    return found.state.value, found.says


@pytest.mark.parametrize(
    ("slug", "fields", "state", "says"),
    [
        ("reviewed", {}, "not_asked", "Nobody else owns the relationship."),
        ("reviewed", {"reviewer": "Lars"}, "open", "Lars should see the agenda first."),
        ("reviewed", {"reviewer": "Lars", "is_reviewed": True}, "met", "Lars saw the agenda."),
        ("reviewed", {"reviewer": "Lars", "state": "held"}, "broken", "Lars never saw the agenda."),
        ("sent", {}, "not_asked", "No customer takes part."),
        ("sent", {"send_by": IN_TIME}, "open", "They do not have the agenda yet."),
        ("sent", {"send_by": IN_TIME, "now": START}, "broken", "They should have had the agenda by now."),
        ("sent", {"send_by": IN_TIME, "sent_at": IN_TIME}, "met", "They had the agenda in time."),
        (
            "sent",
            {"send_by": IN_TIME, "sent_at": START - dt.timedelta(hours=3)},
            "broken",
            "They had the agenda late.",
        ),
        ("criteria", {}, "open", "Set one to three success criteria."),
        ("criteria", {"criteria": 3}, "met", "3 success criteria are set."),
        ("criteria", {"state": "held"}, "broken", "No success criteria were set."),
        ("length", {}, "met", "45 of at most 45 minutes."),
        ("length", {"minutes": 90, "longest": 60}, "broken", "90 minutes are more than 60."),
        ("agenda", {}, "open", "There is no agenda."),
        ("agenda", {"items": [("normal", 20), ("intro", 25)]}, "met", "The agenda takes 45 of 45 minutes."),
        ("agenda", {"items": [("normal", 46)]}, "broken", "46 minutes of agenda do not fit 45."),
        ("agenda", {"items": [("normal", 5)] * 6}, "broken", "6 items are more than 5."),
        ("load", {"light": "green"}, "met", "They are not overloaded."),
        ("load", {"light": "red"}, "broken", "They already have too much contact. Could it be a document?"),
        ("need", {"items": [("upsell", 10)]}, "met", "No urgent need is open."),
        (
            "need",
            {"items": [("upsell", 10)], "need": "Exports stop"},
            "broken",
            "First their urgent need: Exports stop",
        ),
        (
            "need",
            {"items": [("listening", 10)], "need": "Exports stop"},
            "met",
            "It stays with their urgent need: Exports stop",
        ),
        ("clash", {}, "met", "No colleague contacts them around that day."),
        ("clash", {"clashes": ["Call by Ola, 12 March"]}, "broken", "Close to it: Call by Ola, 12 March"),
        ("expectation", {"items": [("listening", 5)]}, "not_asked", "The agenda needs no statement."),
        ("expectation", {"items": [("listening", 5)], "to_say": []}, "met", "They know what to expect."),
        (
            "expectation",
            {"items": [("roadmap", 5)], "to_say": ["No promise"]},
            "open",
            "Say it in the meeting: No promise",
        ),
        (
            "expectation",
            {"items": [("roadmap", 5)], "to_say": ["No promise"], "state": "closed"},
            "broken",
            "Never said: No promise",
        ),
        ("sheet", {}, "not_asked", "No sheet is asked for."),
        ("sheet", {"sheet_share": Decimal(1)}, "met", "The preparation sheet is complete."),
        ("sheet", {"sheet_share": Decimal("0.75")}, "open", "75 % of the preparation sheet is there."),
        ("sheet", {"sheet_share": Decimal(0)}, "open", "Nobody has prepared it yet."),
        (
            "sheet",
            {"sheet_share": Decimal("0.75"), "state": "held"},
            "broken",
            "75 % of the preparation sheet is there.",
        ),
        ("goal", {}, "not_asked", "The account has no goal yet."),
        ("goal", {"goal": ""}, "open", "Name the goal that it serves."),
        ("goal", {"goal": "A second terminal"}, "met", "A second terminal"),
        ("scored", {}, "not_asked", "There are no criteria to score."),
        ("scored", {"criteria": 1}, "open", "Comes after the meeting."),
        ("scored", {"criteria": 1, "state": "held"}, "open", "Nobody scored the criteria yet."),
        (
            "scored",
            {"criteria": 1, "state": "held", "scored": (True, False)},
            "open",
            "Sales has not scored the criteria yet.",
        ),
        (
            "scored",
            {"criteria": 1, "state": "closed", "scored": (False, True)},
            "broken",
            "Product has not scored the criteria yet.",
        ),
        (
            "scored",
            {"criteria": 1, "state": "held", "scored": (True, True)},
            "met",
            "Product and sales scored the criteria.",
        ),
        ("follow", {"state": "held"}, "open", "Nothing was agreed yet."),
        ("follow", {"state": "held", "follow_by": START}, "open", "Nothing was agreed yet."),
        ("follow", {"state": "held", "follow_by": IN_TIME, "now": START}, "broken", "Nothing was agreed yet."),
        ("follow", {"state": "held", "steps": 1}, "met", "1 step was agreed."),
        ("follow", {"state": "held", "nothing_to_do": "A visit"}, "met", "Nothing to do: A visit"),
    ],
)
def test_each_rule(slug: str, fields: dict[str, Any], state: str, says: str) -> None:
    assert state_of(slug, **fields) == (state, says)


def test_what_was_set_aside_says_why_and_what_is_met_needs_no_excuse() -> None:
    assert state_of("length", minutes=90, overrides={"length": "They asked for it"}) == (
        "overridden",
        "They asked for it",
    )
    assert state_of("length", overrides={"length": "They asked for it"}) == ("met", "45 of at most 45 minutes.")


def test_the_gates_that_keep_an_agenda_in() -> None:
    shut = gates_shut(strip(facts(reviewer="Lars", light="red", minutes=50, items=[("normal", 10)])))
    assert [one.slug for one in shut] == ["reviewed", "criteria", "length", "load"]
    reasons = dict.fromkeys(["reviewed", "criteria", "length", "load"], "They asked for it")
    verdicts = strip(facts(reviewer="Lars", light="red", minutes=50, items=[("normal", 10)], overrides=reasons))
    assert gates_shut(verdicts) == []
    assert not all_kept(verdicts)


def test_a_closed_meeting_keeps_its_verdicts() -> None:
    frozen = dict.fromkeys(RULES, "met") | {"load": "broken"}
    found = {one.slug: (one.state, one.says) for one in strip(facts(state="closed", light="green"), frozen)}
    assert found["load"] == (State.BROKEN, "Not so when it was closed.")
    assert found["criteria"] == (State.MET, "When it was closed.")


@pytest.mark.parametrize(
    ("start", "days", "by"),
    [
        ("2026-03-13T10:00", 2, "2026-03-11T10:00"),
        ("2026-03-16T10:00", 2, "2026-03-12T10:00"),  # over a weekend
        ("2026-03-14T10:00", 2, "2026-03-12T10:00"),  # a Saturday counts from its Monday
        ("2026-03-30T10:00", 2, "2026-03-26T10:00"),  # over the night when clocks go forward
    ],
)
def test_working_days_before(start: str, days: int, by: str) -> None:
    oslo = ZoneInfo("Europe/Oslo")
    moment = dt.datetime.fromisoformat(start).replace(tzinfo=oslo)
    assert working_days_before(moment, days, oslo) == dt.datetime.fromisoformat(by).replace(tzinfo=oslo)


def test_working_days_after() -> None:
    thursday = dt.datetime(2026, 3, 12, 10, tzinfo=dt.UTC)
    assert working_days_after(thursday, 2, ZoneInfo("UTC")) == dt.datetime(2026, 3, 16, 10, tzinfo=dt.UTC)


def test_the_table_of_transitions_is_closed() -> None:
    for moves in states.MOVES.values():
        assert set(moves) | set(moves.values()) <= set(states.STATES)
    assert states.after("send", "held") is None
    assert states.after("write", "sales_reviewed") == "draft"
    assert states.after("close", "held") == "closed"
