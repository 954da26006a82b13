"""The expectation log of an account: all that they were told they may expect, from whichever side of our house."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Promise
from touchpoints.models import PainAnswer, Saying

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from accounts.models import Account
    from pmcrm.people.models import User

MOST_SHOWN: Final = 100


@dataclass(frozen=True)
class Expectation:
    """One thing they were told: on which day, what, from which source, by whom, to whom."""

    on: dt.date
    source: str
    label: StrOrPromise
    words: str
    by: str = ""
    to: str = ""
    url: str = ""
    note: StrOrPromise = ""


Source = Callable[..., Iterable[Expectation]]
_sources: Final[list[Source]] = []


def also_from(source: Source) -> None:
    """Rooms above add what they know: `source(account=..., user=..., most=...)`. In `AppConfig.ready()`."""
    if source not in _sources:
        _sources.append(source)


def expectations_of(*, account: Account, user: User, most: int = MOST_SHOWN) -> list[Expectation]:
    """Of an account that the person sees, the newest first."""
    found: list[Expectation] = []
    for source in (_statements, _answers, _promises, *_sources):
        found += source(account=account, user=user, most=most)
    return sorted(found, key=lambda one: one.on, reverse=True)[:most]


def _statements(*, account: Account, user: User, most: int) -> Iterable[Expectation]:
    """Said in meetings, calls and mails, those of campaigns among them."""
    rows = Saying.objects.visible_to(user).of(account).with_names().select_related("interaction")
    for one in rows.order_by("-said_at", "-id")[:most]:
        where: Any = one.interaction.get_kind_display() if one.interaction else one.get_channel_display()
        yield Expectation(
            timezone.localdate(one.said_at),
            "statement",
            where or _("Said"),
            one.statement.text,
            one.author.name,
            ", ".join(contact.name for contact in one.contacts.all()),
            one.interaction.get_absolute_url() if one.interaction else "",
            _("has expired") if one.has_expired else "",
        )


def _answers(*, account: Account, user: User, most: int) -> Iterable[Expectation]:
    """What was answered to their troubles."""
    rows = PainAnswer.objects.visible_to(user).filter(pain__account=account).select_related("author", "pain")
    for one in rows.prefetch_related("contacts").order_by("-told_on", "-id")[:most]:
        kind = str(one.get_expectation_display()) if one.expectation else ""
        yield Expectation(
            one.told_on,
            "pain",
            one.get_channel_display() or _("About a trouble"),
            one.words or one.pain.words,
            one.author.name,
            ", ".join(contact.name for contact in one.contacts.all()),
            one.pain.get_absolute_url(),
            kind,
        )


def _promises(*, account: Account, user: User, most: int) -> Iterable[Expectation]:
    """Promised by sales, product or in a contract, on the day that it was promised."""
    rows = Promise.objects.visible_to(user).of(account).order_by("-promised_on", "-id")
    for one in rows[:most]:
        yield Expectation(
            one.promised_on,
            "promise",
            _("Promise"),
            one.text,
            one.owner.name,
            "",
            one.get_absolute_url(),
            one.get_state_display(),
        )
