"""Icons: one sprite, one piece of markup."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.templatetags.static import static
from django.utils.html import format_html

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@cache
def sprite_url() -> str:
    """Where the icons are; worked out once, since a page shows dozens."""
    return static("icons/lucide-1.62.0.svg")


@lru_cache(maxsize=512, typed=True)
def icon(name: str, *, label: str = "", big: bool = False, full: bool = False) -> SafeString:
    """The icon of that name: decoration, unless it has a `label` to be read aloud."""
    classes = "icon" + (" icon--big" if big else "") + (" icon--full" if full else "")
    place = (sprite_url(), name)
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}" focusable="false"><use href="{}#{}"/></svg>',
            *(classes, label, *place),
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', classes, *place
    )
