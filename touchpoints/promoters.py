"""Net promoter score after F. Reichheld (2003): would you recommend us, from 0 to 10?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FEWEST_ANSWERS = 10
Z_95 = 1.96


@dataclass(frozen=True, slots=True)
class PromoterScore:
    """Counts, the mean answer, and the score from -100 to 100 with its 95 percent margin; None under ten answers."""

    answers: int
    promoters: int
    detractors: int
    mean: float | None
    score: float | None
    margin: float | None

    @property
    def passives(self) -> int:
        """Those who gave 7 or 8."""
        return self.answers - self.promoters - self.detractors


def promoter_score(answers: Sequence[int]) -> PromoterScore:
    """Promoters gave 9 or 10, detractors 6 or less. Raises ValueError for an answer outside 0 to 10."""
    return score_of_counts(Counter(answers))


def score_of_counts(counts: Mapping[int, int]) -> PromoterScore:
    """The same of answers counted by their score."""
    if any(not 0 <= answer <= 10 for answer in counts):
        raise ValueError("An answer lies between 0 and 10.")
    count = sum(counts.values())
    promoters = sum(number for answer, number in counts.items() if answer >= 9)
    detractors = sum(number for answer, number in counts.items() if answer <= 6)
    mean = round(sum(answer * number for answer, number in counts.items()) / count, 6) if count else None
    if count < FEWEST_ANSWERS:
        return PromoterScore(count, promoters, detractors, mean, None, None)
    balance = (promoters - detractors) / count
    margin = Z_95 * math.sqrt(((promoters + detractors) / count - balance**2) / count)
    return PromoterScore(count, promoters, detractors, mean, round(100 * balance, 6), round(100 * margin, 6))
