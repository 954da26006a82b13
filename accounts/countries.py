"""Countries by their two letters, named in the reader's language."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel import Locale
from babel.core import get_global
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


def place_words(city: str, code: str) -> str:
    """City and country in words: Oslo, Norway."""
    return ", ".join(filter(None, [city, country_name(code) if code else ""]))


def country_choices() -> list[tuple[str, str]]:
    """(code, name) by name."""
    return sorted(_names(get_language() or "en").items(), key=lambda choice: choice[1])


@cache
def zones_of(code: str) -> tuple[str, ...]:
    """The IANA time zones of a country."""
    return tuple(sorted(zone for zone, country in get_global("zone_territories").items() if country == code))


def country_of_zone(zone: str) -> str:
    """The country whose clocks an IANA time zone shows; nothing for UTC and the like."""
    code = get_global("zone_territories").get(zone, "")
    return code if code in CODES else ""


@cache
def only_zone(code: str) -> str:
    """The time zone of a country whose clocks all show the same, summer and winter; else nothing."""
    zones = sorted(zones_of(code), key=lambda zone: (zone.startswith("Arctic/"), zone))
    instants = [dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 7)]
    clocks = {tuple(instant.astimezone(ZoneInfo(zone)).utcoffset() for instant in instants) for zone in zones}
    return zones[0] if len(clocks) == 1 else ""


@cache
def zone_choices() -> list[tuple[str, str]]:
    """(IANA name, words) of the zones that belong to a country, by name."""
    zones = {zone for zone, country in get_global("zone_territories").items() if country in CODES and "/" in zone}
    return [(zone, zone.replace("_", " ")) for zone in sorted(zones & available_timezones() | {"UTC"})]


# How people and programs write some countries beside their names.
_OTHER_NAMES: Final = {
    "united states of america": "US",
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "america": "US", "uk": "GB", "u.k.": "GB", "great britain": "GB",
    "england": "GB", "scotland": "GB", "wales": "GB", "korea": "KR", "republic of korea": "KR", "holland": "NL",
    "the netherlands": "NL", "czech republic": "CZ", "russian federation": "RU", "viet nam": "VN", "uae": "AE",
    "prc": "CN", "turkey": "TR", "ivory coast": "CI", "burma": "MM",
}  # fmt: skip
_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "nb", "ru", "uk", "zh")


@cache
def all_names() -> dict[str, str]:
    """Code by name in lower case: in the languages of common exports, and by other names in use."""
    found = dict(_OTHER_NAMES)
    for language in _LANGUAGES:
        for code, name in _names(language).items():
            found.setdefault(name.lower(), code)
    return found
