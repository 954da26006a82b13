"""What the load says of a contact that is planned, what to do instead, and the reason that red asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services.limits import engagement
from pmcrm.trail.services import record
from touchpoints.load import Light, Touch, days_until_below, too_many_meetings
from touchpoints.models import Attendance, Interaction, InteractionKind, LoadOverride
from touchpoints.services.contact_load import Load, load_of, loads_of
from touchpoints.services.gates import Asked, Objection

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from accounts.models import Account, Contact

# So many planned talks are looked through for the day on which a red load has fallen.
_FEW: Final = 20


@dataclass(frozen=True, slots=True)
class Advice:
    """What to heed at one account: whose load is meant (None: the account's own), and what to do instead, in words.

    `calm_at` is when a red load falls below red, planned talks counted. `is_crowded` says that the plain rule of
    meetings would be broken.
    """

    account: Account
    load: Load
    contact: Contact | None = None
    calm_at: dt.datetime | None = None
    is_crowded: bool = False
    words: str = ""

    @property
    def light(self) -> Light:
        return self.load.light

    @property
    def needs_reason(self) -> bool:
        return self.load.is_red


def advise(
    *,
    accounts: Sequence[Account],
    contacts: Sequence[Contact] = (),
    at: dt.datetime | None = None,
    kind: str = InteractionKind.MEETING,
    apart_from: Interaction | None = None,
    limits: Engagement | None = None,
) -> list[Advice]:
    """What speaks against contacting these accounts then, one for each that asks for heed; empty where nothing does.

    For an account the heavier of its own load and that of the people named there. The talk `apart_from` itself does
    not count.
    """
    when, limits = at or timezone.now(), limits or engagement()
    people = loads_of(contacts, at=when, apart_from=apart_from, limits=limits)
    found = []
    for account in accounts:
        load, who = load_of(account, at=when, apart_from=apart_from, limits=limits), None
        for contact in contacts:
            if contact.account_id == account.pk and people[contact.pk].load > load.load:
                load, who = people[contact.pk], contact
        crowded = kind == InteractionKind.MEETING and _one_meeting_more(account, when, limits, apart_from)
        if load.light is Light.GREEN and not crowded:
            continue
        calm = calm_at(account, load, contact=who, at=when, apart_from=apart_from) if load.is_red else None
        words = _words(who.name if who else account.name, load, calm, crowded, limits)
        found.append(Advice(account, load, who, calm, crowded, words))
    return found


def heed_load(asked: Asked) -> Iterator[Objection]:
    """Planning a contact where the load is red by then takes a reason; at another time it takes one anew. What has
    happened is logged as it was."""
    talk = asked.interaction
    if not (talk.is_planned and asked.is_contact):
        return
    given = set[int]()
    if not asked.is_moved:
        given.update(LoadOverride.objects.filter(interaction=talk).values_list("account_id", flat=True))
    heeded = [account for account in asked.accounts if account.pk not in given]
    contacts = list(talk.contacts.all()) if heeded else []
    found = advise(accounts=heeded, contacts=contacts, at=talk.at, kind=talk.kind, apart_from=talk)
    for advice in found:
        if advice.needs_reason:
            sentence = _("%(advice)s If you contact them all the same, say why.") % {"advice": advice.words}
            yield Objection("load_red", sentence, partial(_override, asked, advice))


def _override(asked: Asked, advice: Advice, reason: str) -> None:
    values = {"load": advice.load.load, "reason": reason, "author": asked.actor, "at": timezone.now()}
    made, _is_new = LoadOverride.objects.update_or_create(
        interaction=asked.interaction, account=advice.account, defaults=values
    )
    record(actor=asked.actor, verb="load.overridden", subject=made, account_id=advice.account.pk, reason=reason)


def _one_meeting_more(account: Account, at: dt.datetime, limits: Engagement, apart_from: Interaction | None) -> bool:
    """Whether one meeting more at that time would be too many by the plain rule."""
    day = dt.timedelta(days=1)
    near = (
        Attendance.objects.of(account)
        .present()
        .current()
        .filter(
            interaction__kind=InteractionKind.MEETING,
            at__gt=at - limits.meetings_days * day,
            at__lt=at + limits.meetings_days * day,
        )
    )
    if apart_from is not None:
        near = near.exclude(interaction=apart_from)
    days = [(at - when) / day for when in near.values_list("at", flat=True)]
    touches = [Touch(ago, "meeting") for ago in (0.0, *days)]
    return too_many_meetings(touches, limits.meetings_allowed, limits.meetings_days)


def calm_at(
    account: Account,
    load: Load,
    *,
    contact: Contact | None = None,
    at: dt.datetime | None = None,
    apart_from: Interaction | None = None,
) -> dt.datetime:
    """When a red load of the account, or of the person there, falls below red, with what is planned until then."""
    since, limits, carried = at or timezone.now(), engagement(), load.load
    planned = Attendance.objects.of(account).present().current().filter(interaction__status="planned", at__gt=since)
    if apart_from is not None:
        planned = planned.exclude(interaction=apart_from)
    for when in planned.order_by("at").values_list("at", flat=True)[:_FEW]:
        if since + _until_below(carried, load.red, limits) < when:
            break
        if contact is None:
            carried = load_of(account, at=when, apart_from=apart_from).load
        else:
            carried = loads_of([contact], at=when, apart_from=apart_from)[contact.pk].load
        since = when
    return since + _until_below(carried, load.red, limits)


def _until_below(load: float, red: float, limits: Engagement) -> dt.timedelta:
    return dt.timedelta(days=days_until_below(load, red, limits.half_life_days))


def _words(who: str, load: Load, calm: dt.datetime | None, crowded: bool, limits: Engagement) -> str:
    names = {"who": who, "load": f"{load.load:.1f}", "red": f"{load.red:g}", "amber": f"{load.amber:g}"}
    parts = []
    if calm is not None:
        day = date_format(timezone.localtime(calm), "j F")
        parts.append(_("%(who)s has had much contact: load %(load)s, red from %(red)s.") % names)
        parts.append(_("Send a document instead, or wait until %(day)s.") % {"day": day})
    elif load.is_amber:
        parts.append(_("%(who)s has had a good deal of contact: load %(load)s, amber from %(amber)s.") % names)
        parts.append(_("Keep it short, or join a colleague’s talk."))
    if crowded:
        sentence = ngettext(
            "This would be more than %(number)d meeting in %(days)d days.",
            "This would be more than %(number)d meetings in %(days)d days.",
            limits.meetings_allowed,
        )
        parts.append(sentence % {"number": limits.meetings_allowed, "days": limits.meetings_days})
    return " ".join(parts)
