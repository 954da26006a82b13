"""Refusals that a person can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError
from django.db.models import Model


class RuleViolation(Exception):
    """The business says no, in a sentence for people. Pages answer 422, the API answers 422 with problem details.

    `code` names the rule for machines; `fields` holds the sentence per field where the refusal belongs to one.
    """

    def __init__(self, sentence: str, *, code: str = "refused", fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.fields = dict(fields or {})


class StaleVersion(RuleViolation):
    """Somebody saved in between: nothing was overwritten. Pages show both versions, the API answers 409."""

    def __init__(self, sentence: str, *, current: Mapping[str, object] | None = None) -> None:
        super().__init__(sentence, code="stale_version")
        self.current = dict(current or {})


@contextmanager
def constraints_in_words(row: Model) -> Iterator[None]:
    """What a constraint of the database refuses while `row` is saved, refused with the words of that constraint.

    `full_clean` would ask the database for each constraint in a statement of its own before every save.
    """
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        for constraint in row._meta.constraints:
            if constraint.name == name:
                raise RuleViolation(str(constraint.get_violation_error_message()), code="invalid") from error
        raise
