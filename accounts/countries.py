"""Countries by their two letters, named in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Final

import phonenumbers
from babel import Locale
from django.utils.translation import get_language, to_locale

# Every country that has telephone numbers: the ISO codes without the synthetic ones that a locale also names.
CODES: Final = frozenset(region for region in phonenumbers.SUPPORTED_REGIONS if region != "AC")


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(to_locale(language)).territories
    return {code: str(territories.get(code, code)) for code in CODES}


def country_name(code: str) -> str:
    """Norway for NO; a code that is not known stays as it is."""
    return _names(get_language() or "en").get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """(code, name) by name."""
    return sorted(_names(get_language() or "en").items(), key=lambda choice: choice[1])
