"""Text that no spreadsheet takes for a formula. Used by every export. No Django.

A text that begins with = + - @, a tab, a carriage return or an apostrophe gets an apostrophe before it. Taking it off
again is safe only in a file of ours, whose first column is `pmcrm_id`.
"""

from __future__ import annotations

from typing import Final, TypeVar

OWN_FILE_MARK: Final = "pmcrm_id"
REASON_COLUMN: Final = "pmcrm_reason"
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "'")
Value = TypeVar("Value")


def neutralise(value: Value) -> Value | str:
    """`value` safe in a cell. Numbers and dates stay what they are: only text can be a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def restore(value: Value) -> Value | str:
    """The text before `neutralise`: one leading apostrophe less where one was put."""
    if isinstance(value, str) and value.startswith("'") and value[1:].startswith(_DANGEROUS):
        return value[1:]
    return value
