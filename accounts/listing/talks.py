"""When somebody was last talked with: known to the room that keeps talks, asked with the rows of a list of people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

# The path by which columns read it.
LAST_TALK: Final = "own_last_talk_at"
_questions: dict[str, Callable[[], Combinable]] = {}


def register(question: Callable[[], Combinable]) -> None:
    """`question` gives, for the person of a row, when both sides last spoke; the room of talks registers it."""
    _questions[LAST_TALK] = question


def with_last_talk(people: QuerySet[Any], paths: list[str]) -> QuerySet[Any]:
    """The same people with the values that these paths read beside their own columns."""
    found: QuerySet[Any] = people.annotate(
        **{path: question() for path, question in _questions.items() if path in paths}
    )
    return found
