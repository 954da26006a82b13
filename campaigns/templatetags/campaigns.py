"""The customer's clock, and what stands in the fields of a dial."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from pmcrm.figures import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

register = template.Library()


@register.filter
def clock_in(at: dt.datetime, zone: str) -> str:
    """The time of day there: 09:42."""
    return clock(at.astimezone(ZoneInfo(zone)).time()) if zone else ""


@register.filter
def day_in(at: dt.datetime, zone: str) -> str:
    """The day there, in short; nothing for today as its reader counts."""
    there = at.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(at)
    return "" if there.date() == timezone.localdate() else date_format(there, "D j M")


@register.filter
def city(zone: str) -> str:
    """Tallinn, of Europe/Tallinn."""
    return zone.rpartition("/")[2].replace("_", " ")


@register.filter
def typed_for(typed: Mapping[str, Any], name: Any) -> str:
    """What was typed into a field."""
    return next(iter(typed.get(str(name)) or []), "")


@register.filter
def answer_to(typed: Mapping[str, Any], key: int) -> str:
    return typed_for(typed, f"answer-{key}")


@register.filter
def is_ticked(typed: Mapping[str, Any], pair: str) -> bool:
    """Whether a box of that name and value ("said:12") is ticked."""
    name, _colon, value = pair.partition(":")
    return value in (typed.get(name) or [])


@register.filter
def word_of(words: Mapping[str, Any], key: str) -> Any:
    return words.get(key, "")


@register.simple_tag
def in_hundred(share: float | str | None) -> int | None:
    """A fraction in whole percent; nothing where there is none, which a template hands on as an empty text."""
    return round(share * 100) if isinstance(share, float | int) else None
