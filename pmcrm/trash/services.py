"""The trash empties itself: what has lain in it long enough goes for good."""

from __future__ import annotations

from itertools import islice
from typing import Final

from pmcrm.trash import registry

# A night's share of each kind; more waits for the next night.
MOST_AT_ONCE: Final = 5000


def empty() -> int:
    """Delete for good what is outdated. Returns how many things went.

    Each is a transaction of its own, asked for again inside it: killed in between or done by two workers at once, it
    finds what is left.
    """
    count = 0
    for kind in registry.kinds():
        for key in list(islice(kind.outdated(), MOST_AT_ONCE)):
            count += kind.remove(None, key)
    return count
