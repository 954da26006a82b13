"""Signs and measures that lines and lists of interactions share."""

from __future__ import annotations

from typing import Final

ICONS: Final = {"call": "phone", "meeting": "users", "mail": "mail", "note": "file-text"}
# More people than this are counted, not named.
MOST_NAMES: Final = 3
