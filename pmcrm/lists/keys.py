"""Keys as the database takes them in: a set that is one of several conditions, and the values of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BooleanField, Func

if TYPE_CHECKING:
    from django.db.models import Model


class OneOf(Func):
    """Whether a key is in an array that is worked out once.

    Beside other conditions in an OR each is then looked up in its own index. `IN (SELECT ...)` there would read the
    whole table, and be taken for half of it.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


_IN_USE = """
WITH RECURSIVE found AS (
    (SELECT {column} AS value FROM {table} WHERE {column} > '' ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} > found.value ORDER BY {column} LIMIT 1)
    FROM found WHERE found.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL LIMIT %s
"""


def in_use(model: type[Model], column: str, most: int) -> list[Any]:
    """The different values of a column of words that begins an index, the first so many, without the empty one.

    Each is one step down the index, so that it takes as long as there are values, however many rows hold them.
    """
    quote = connection.ops.quote_name
    names = {"column": quote(column), "table": quote(model._meta.db_table)}
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE.format_map(names), [most])
        return [value for (value,) in cursor.fetchall()]
