"""How often we want to hear from whom: days without a talk both ways, after which an account counts as silent.

The seed leaves the cadence open (S2.47); these are the suggested days. The database keeps for each account from when
on it is silent, by the same rule: changing a number here takes a migration, which the check for missing ones asks for.
"""

from __future__ import annotations

from typing import Final

BY_TIER: Final = {"A": 30, "B": 60, "C": 120}
INTERNAL: Final = 30
BY_STATE: Final = {"exiting": 7, "in_sales_cycle": 14}
OTHERWISE: Final = 120
ALL: Final = frozenset({*BY_TIER.values(), INTERNAL, *BY_STATE.values(), OTHERWISE})
# Suspects, prospects and former customers are not waited for.
WAITED_FOR: Final = ("customer", "exiting", "in_sales_cycle")


def cadence_of(*, kind: str, state: str, tier: str) -> int:
    """Days between two talks: an inside voice's first, then what the state asks for, then the tier."""
    return INTERNAL if kind == "internal" else BY_STATE.get(state) or BY_TIER.get(tier, OTHERWISE)


def silent_from(account: str, heard_at: str) -> str:
    """The same in SQL: when the row `account` turns silent that was heard last at `heard_at`, or was never heard and
    counts from the day it was entered. NULL where nobody waits for it. A day has 24 hours, whatever the clock does.
    """
    days = days_of(account)
    states = ", ".join(f"'{state}'" for state in WAITED_FOR)
    return (
        f"CASE WHEN {account}.state IN ({states}) "
        f"THEN coalesce({heard_at}, {account}.created_at) + {days} * interval '24 hours' END"
    )


def days_of(account: str) -> str:
    """The cadence of the row `account` in SQL, in days."""
    by_state = _whens(f"{account}.state", BY_STATE)
    by_tier = _whens(f"{account}.tier", BY_TIER)
    return f"CASE WHEN {account}.kind = 'internal' THEN {INTERNAL} {by_state} {by_tier} ELSE {OTHERWISE} END"


def _whens(column: str, days: dict[str, int]) -> str:
    return " ".join(f"WHEN {column} = '{value}' THEN {number}" for value, number in days.items())
