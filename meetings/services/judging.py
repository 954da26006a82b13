"""How the ground rules stand with a meeting: what the rules look at, gathered from the rooms that know it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.countries import country_of_zone
from accounts.engagement import Engagement
from accounts.working_day import working_days_after, working_days_before
from meetings import states
from meetings.models import Meeting
from meetings.permissions import PRODUCT, SALES
from meetings.rules import Facts, Verdict, strip
from meetings.services.letters import same_agenda
from pmcrm.people.models import Organisation
from preparation.services.sheets import completeness, sheet_of
from touchpoints.load import Light
from touchpoints.models import AccountGoal, Unlocks, UrgentNeed
from touchpoints.services.clashes import clashes
from touchpoints.services.heeding import advise
from touchpoints.services.statements import statements_due

if TYPE_CHECKING:
    from accounts.models import Account

_UNLOCKED_BY: Final = {"listening": Unlocks.PAINS, "roadmap": Unlocks.SHARING}


def facts_of(meeting: Meeting, *, now: dt.datetime | None = None, steps: int | None = None) -> Facts:
    """What the rules look at, for a meeting that came by `with_all`."""
    customers = [account for account in meeting.present if account.kind == "external"]
    organisation = Organisation.current()
    limits = Engagement.from_settings(organisation.thresholds)
    found = own_facts(meeting, now=now, steps=steps, organisation=organisation)
    light, load_says = _load(meeting, customers, limits)
    return replace(
        found,
        light=light,
        load_says=load_says,
        need=_need(meeting, customers),
        clashes=_clashes(meeting, customers, limits),
        to_say=_to_say(meeting, customers) if customers else None,
        sheet_share=_sheet_share(meeting) if customers else None,
        goal=_goal(meeting, customers),
        overrides=_heavy(meeting) | dict(found.overrides),
    )


def own_facts(
    meeting: Meeting,
    *,
    now: dt.datetime | None = None,
    steps: int | None = None,
    organisation: Organisation | None = None,
) -> Facts:
    """What the meeting itself says, without asking other rooms: enough to tell what comes next."""
    organisation = organisation or Organisation.current()
    limits = Engagement.from_settings(organisation.thresholds)
    talk, moment = meeting.interaction, now or timezone.now()
    zone = ZoneInfo(organisation.time_zone)
    customers = [account for account in meeting.present if account.kind == "external"]
    criteria = list(meeting.criteria.all())
    sides = sides_asked(meeting)
    return Facts(
        state=meeting.state,
        now=moment,
        start=talk.at,
        minutes=talk.minutes,
        longest=limits.meeting_minutes_remote if meeting.is_remote else limits.meeting_minutes,
        most_items=limits.agenda_items,
        items=[(item.kind, item.minutes) for item in meeting.items.all()],
        criteria=len(criteria),
        reviewer=_reviewer(meeting, customers),
        is_reviewed=meeting.reviewed_at is not None,
        send_by=send_by(meeting, limits.send_ahead_days, organisation) if customers else None,
        sent_at=meeting.sent_at if same_agenda(meeting) else None,
        scored=(
            PRODUCT not in sides or all(one.product_score for one in criteria),
            SALES not in sides or all(one.sales_score for one in criteria),
        ),
        steps=talk.next_steps.kept().count() if steps is None else steps,
        nothing_to_do=meeting.nothing_to_do,
        follow_by=working_days_after(talk.at, limits.close_days, zone, country_of_zone(organisation.time_zone)),
        overrides={one.rule: one.reason for one in meeting.overrides.all()},
    )


def send_by(meeting: Meeting, days: int, organisation: Organisation) -> dt.datetime:
    """The latest moment at which an agenda is in time: so many days before on which they and we work."""
    theirs = {account.country for account in meeting.present if account.kind == "external"}
    countries = sorted({country_of_zone(organisation.time_zone), *theirs} - {""})
    return working_days_before(meeting.interaction.at, days, ZoneInfo(organisation.time_zone), *countries)


def strip_of(meeting: Meeting, facts: Facts | None = None) -> list[Verdict]:
    """Every rule with its state in words. A closed meeting keeps the states in which it was closed."""
    return strip(facts or facts_of(meeting), meeting.verdicts if meeting.state == states.CLOSED else None)


def sides_asked(meeting: Meeting) -> tuple[str, ...]:
    """Who scores: product, and sales where somebody there owns the relationship."""
    has_owner = any(account.relationship_owner_id for account in meeting.present)
    return (PRODUCT, SALES) if has_owner else (PRODUCT,)


def _reviewer(meeting: Meeting, customers: list[Account]) -> str | None:
    """Who owns the relationship, where that is somebody else than the organiser."""
    owners = {account.relationship_owner for account in customers if account.relationship_owner is not None}
    others = sorted(one.name for one in owners if one.pk != meeting.organiser_id)
    return ", ".join(others) or None


def _load(meeting: Meeting, customers: list[Account], limits: Engagement) -> tuple[str | None, str]:
    """The heaviest load among the customers when it begins, the meeting itself aside, and what to do about it."""
    if not customers:
        return None, ""
    talk = meeting.interaction
    found = advise(accounts=customers, contacts=list(talk.contacts.all()), at=talk.at, apart_from=talk, limits=limits)
    heaviest = max(found, key=lambda one: one.load.load / one.load.red, default=None)
    return (heaviest.light, heaviest.words) if heaviest else (Light.GREEN, "")


def _need(meeting: Meeting, customers: list[Account]) -> str:
    """What has been urgent for longest; what came up after the meeting was no reason to hold back."""
    day = timezone.localdate(meeting.interaction.at)
    rows = UrgentNeed.objects.open().filter(account__in=customers, since__lte=day).order_by("since", "pk")
    found = rows.first()
    return found.text if found else ""


def _clashes(meeting: Meeting, customers: list[Account], limits: Engagement) -> list[str]:
    """Colleagues who contact them around that day, in words."""
    talk = meeting.interaction
    found = clashes(user=meeting.organiser, accounts=customers, at=talk.at, apart_from=talk, limits=limits)
    return [
        _("%(kind)s by %(who)s, %(day)s")
        % {
            "kind": one.interaction.get_kind_display(),
            "who": ", ".join(one.colleagues) or one.interaction.author.name,
            "day": date_format(timezone.localtime(one.interaction.at), "j F"),
        }
        for one in found[:3]
    ]


def _to_say(meeting: Meeting, customers: list[Account]) -> list[str]:
    """What the people named have not heard, or heard too long ago, of what this agenda needs."""
    unlocks = {_UNLOCKED_BY[item.kind] for item in meeting.items.all() if item.kind in _UNLOCKED_BY}
    talk, account = meeting.interaction, customers[0]
    people = [one for one in talk.contacts.all() if one.is_active]
    found = [
        one
        for what in sorted(unlocks)
        for one in statements_due(account=account, contacts=people, at=talk.at, unlocking=what)
    ]
    return [one.text for one in found]


def _sheet_share(meeting: Meeting) -> Decimal:
    """How complete the sheet is, or was when the meeting began; nothing where nobody wrote on it."""
    sheet = sheet_of(meeting.interaction)
    if not sheet.pk:
        return Decimal(0)
    return completeness(sheet).share if sheet.share_at_start is None else sheet.share_at_start


def _goal(meeting: Meeting, customers: list[Account]) -> str | None:
    """The goal it serves; None where the customers have none."""
    if meeting.interaction.goal is not None:
        return meeting.interaction.goal.text
    return "" if AccountGoal.objects.open().filter(account__in=customers).exists() else None


def _heavy(meeting: Meeting) -> dict[str, str]:
    """The reason for a red load, where one was given when the talk was planned."""
    words = "; ".join(meeting.interaction.load_overrides.order_by("pk").values_list("reason", flat=True))
    return {"load": words} if words else {}
