"""How often we want to hear from whom. The seed leaves the question open (S2.47); these are the suggested days."""

from __future__ import annotations

from typing import Final

CADENCE_BY_TIER: Final = {"A": 30, "B": 60, "C": 120}
CADENCE_INTERNAL: Final = 30
CADENCE_IN_SALES_CYCLE: Final = 14
CADENCE_EXITING: Final = 7
CADENCE_OTHERWISE: Final = 120
