"""Contact load, distance, silence and the plain rule of two meetings in fourteen days."""

import pytest

from touchpoints.load import (
    DISTANCE_FACTORS,
    Distance,
    Light,
    Touch,
    account_load,
    contact_load,
    distance,
    is_due,
    light,
    too_many_meetings,
)

FOUR = [Touch(1, "meeting", 60), Touch(3, "call", 30), Touch(9, "meeting", 90), Touch(20, "call", 30)]


def test_four_contacts_are_amber_and_red_from_afar() -> None:
    near = contact_load(FOUR)
    far = contact_load(FOUR, DISTANCE_FACTORS[Distance.REMOTE])

    assert (near, light(near)) == (pytest.approx(4.8115, abs=5e-5), Light.AMBER)
    assert (far, light(far)) == (pytest.approx(6.0144, abs=5e-5), Light.RED)


def test_without_minutes_half_an_hour_counts_and_planned_ones_not_before_their_time() -> None:
    assert contact_load([Touch(0, "call"), Touch(-1, "meeting", 60)]) == 0.8


def test_a_customer_who_comes_to_us_counts_half() -> None:
    assert contact_load([Touch(14, "meeting", 60, is_incoming=True)]) == 0.5


def test_an_account_carries_at_least_half_of_its_most_loaded_contact() -> None:
    assert account_load([4.0, 2.0]) == 3.0
    assert account_load([6.0], people=10) == 3.0
    assert account_load([]) == 0.0


@pytest.mark.parametrize(
    ("same_city", "same_continent", "hours", "expected"),
    [
        (True, True, 0, Distance.SAME_CITY),
        (False, True, -3, Distance.NEAR),
        (False, True, 4, Distance.REMOTE),
        (False, False, 1, Distance.REMOTE),
    ],
)
def test_distance_by_city_continent_and_clock(
    same_city: bool, same_continent: bool, hours: float, expected: Distance
) -> None:
    assert distance(same_city=same_city, same_continent=same_continent, hours_apart=hours) is expected


def test_a_third_meeting_within_fourteen_days_is_too_many() -> None:
    assert not too_many_meetings([Touch(0, "meeting"), Touch(6, "meeting"), Touch(14, "meeting")])
    assert too_many_meetings([Touch(-2, "meeting"), Touch(6, "meeting"), Touch(11, "meeting")])
    assert not too_many_meetings([Touch(0, "meeting"), Touch(1, "call"), Touch(2, "meeting")])


def test_silence_is_due_unless_the_load_is_red() -> None:
    assert is_due(60, 60, 1.0)
    assert is_due(None, 60, 0.0)
    assert not is_due(59, 60, 1.0)
    assert not is_due(200, 60, 6.0)
