"""How an interaction is named in a line."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.urls import get_urlconf
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from pmcrm.figures import Reader
from pmcrm.lists.columns import address_of, written
from touchpoints.wording import ICONS, MOST_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.utils.safestring import SafeString

    from accounts.models import Account, Contact
    from pmcrm.trail.models import TrailEntry
    from touchpoints.models import Interaction

register = template.Library()


@register.filter
def kind_icon(interaction: Interaction) -> str:
    return ICONS[interaction.kind]


@register.filter
def talk_address(interaction: Interaction) -> str:
    """Where its own page is: what is asked for each line of a long list."""
    return _talk_addresses(get_urlconf() or settings.ROOT_URLCONF)(interaction.pk)


@cache
def _talk_addresses(_urls: str) -> Callable[[int], str]:
    return address_of("interaction_detail")


@register.filter
def headline(interaction: Interaction, contact: Contact | str | None = None) -> str:
    """The subject, else "Call with Kari Lund, Jonas Vik". On a person's own page the person goes without saying."""
    if interaction.subject:
        return interaction.subject
    kind = interaction.get_kind_display()
    own = getattr(contact, "pk", None)
    names = [person.name for person in interaction.contacts.all() if person.pk != own]
    if not names:
        return str(kind)
    shown = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown = _("%(names)s and %(count)s more") % {"names": shown, "count": len(names) - MOST_NAMES}
    return _("%(kind)s with %(names)s") % {"kind": kind, "names": shown}


@register.filter
def is_elsewhere(interaction: Interaction, account: Account) -> bool:
    """Whether another company took part: on the page of a person who moved, where it was."""
    return any(present.pk != account.pk for present in interaction.present)


@register.filter
def day_and_clock(moment: Any) -> str:
    """An instant near to now in words, in the reader's zone: today 10:05, yesterday 10:05, Fri 13 Nov 10:05."""
    return _in_words_near(moment, Reader.here())


@register.filter
def talk_time(moment: dt.datetime) -> SafeString:
    """The same as an element, the whole time beside it."""
    reader = Reader.here()
    frame = '<time datetime="{}" title="{}">{}</time>'
    return written(frame, moment.isoformat(), reader.local_time(moment), _in_words_near(moment, reader))


def _in_words_near(moment: dt.datetime, reader: Reader) -> str:
    day = reader.day(moment)
    days = (day - reader.today).days
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")} if abs(days) <= 1 else {}
    if days in near:
        return f"{near[days]} {reader.clock(moment)}"
    if abs(days) < 7:
        return f"{formats.date_format(day, 'D')} {formats.date_format(day, 'MONTH_DAY_FORMAT')} {reader.clock(moment)}"
    return reader.short_date(moment)


@register.filter
def deed(verb: str) -> str:
    """A row of the trail in words."""
    words = {
        "interaction.logged": _("Logged"),
        "interaction.planned": _("Planned"),
        "interaction.edited": _("Corrected"),
        "interaction.held": _("Marked as held"),
        "interaction.moved": _("Moved"),
        "interaction.cancelled": _("Cancelled"),
        "interaction.undone": _("Taken back"),
        "interaction.commented": _("Commented"),
        "product_decision.recorded": _("Written down"),
        "product_decision.edited": _("Corrected"),
        "product_decision.evidence_added": _("Evidence added"),
        "product_decision.evidence_removed": _("Evidence taken away"),
        "interaction.discarded": _("Deleted"),
        "interaction.restored": _("Restored from the trash"),
        "pain.told": _("Told"),
        "pain.retold": _("Told again"),
        "pain.answered": _("Answered"),
        "pain.edited": _("Filed anew"),
        "pain.ended": _("Does not hurt any more"),
        "pain.reopened": _("Hurts after all"),
        "pain.merged": _("Made one with another"),
        "pain.split": _("Taken apart again"),
    }
    return words.get(verb, verb)


@register.filter
def particulars(entry: TrailEntry) -> str:
    """What belongs to a deed: from when to when something was moved, why it was cancelled."""
    if reason := entry.data.get("reason"):
        return str(reason)
    if entry.verb != "interaction.moved":
        return ""
    before, to = (_in_words(moment) for moment in entry.data["changes"]["at"])
    return _("from %(before)s to %(to)s") % {"before": before, "to": to}


def _in_words(moment: str) -> str:
    local = timezone.localtime(dt.datetime.fromisoformat(moment))
    return f"{formats.date_format(local, 'DATE_FORMAT')} {formats.time_format(local, 'TIME_FORMAT')}"


@register.filter
def customer_clock(interaction: Interaction) -> str:
    """The time of day at the customer's, where it differs from the reader's: 14:00."""
    zones = [contact.time_zone for contact in interaction.contacts.all() if contact.time_zone]
    zones += [account.time_zone for account in interaction.present if account.time_zone]
    if not zones:
        return ""
    there = interaction.at.astimezone(ZoneInfo(zones[0]))
    if there.utcoffset() == timezone.localtime(interaction.at).utcoffset():
        return ""
    return formats.time_format(there, "TIME_FORMAT")
