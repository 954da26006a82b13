"""Net promoter score after F. Reichheld (2003): would you recommend us, from 0 to 10?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_ANSWERS = 10
Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class PromoterScore:
    """Counts, and the score from -100 to 100 with its 95 percent margin; None under ten answers."""

    answers: int
    promoters: int
    detractors: int
    score: float | None
    margin: float | None


def promoter_score(answers: Sequence[int]) -> PromoterScore:
    """Promoters gave 9 or 10, detractors 6 or less. Raises ValueError for an answer outside 0 to 10."""
    if any(not 0 <= answer <= 10 for answer in answers):
        raise ValueError("An answer lies between 0 and 10.")
    count = len(answers)
    promoters = sum(1 for answer in answers if answer >= 9)
    detractors = sum(1 for answer in answers if answer <= 6)
    if count < FEWEST_ANSWERS:
        return PromoterScore(count, promoters, detractors, None, None)
    balance = (promoters - detractors) / count
    margin = Z_95 * math.sqrt(((promoters + detractors) / count - balance**2) / count)
    return PromoterScore(count, promoters, detractors, round(100 * balance, 6), round(100 * margin, 6))
