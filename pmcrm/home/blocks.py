"""A block of my day: one answer to "what needs me now?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pmcrm.figures import number


@dataclass(frozen=True)
class Block:
    """One answer to "what needs me now?". `count` is that of the whole list at `url`; `rows` are its first few."""

    slug: str
    title: str
    rows: Sequence[Any]
    count: int
    url: str = ""
    is_more: bool = False  # the list is longer than `count`, which is how far it was counted
    late: int = 0
    nothing: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"home/my_day/_{self.slug}.html"

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)

    @property
    def counted(self) -> str:
        return f"{number(self.count)}+" if self.is_more else number(self.count)
