"""How the ground rules stand with a meeting: what the rules look at, gathered from the rooms that know it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.services.limits import engagement
from accounts.working_day import working_days_after, working_days_before
from meetings import states
from meetings.models import Meeting
from meetings.permissions import PRODUCT, SALES
from meetings.rules import Facts, Verdict, strip
from pmcrm.people.models import Organisation
from touchpoints.load import Light
from touchpoints.services.contact_load import load_of

if TYPE_CHECKING:
    from accounts.models import Account

FOLLOW_DAYS: Final = 5
"""Working days after a meeting within which it is scored and its follow-through agreed."""
_A_MOMENT: Final = dt.timedelta(seconds=1)
_HEAVIEST: Final = (Light.GREEN, Light.AMBER, Light.RED)


def facts_of(meeting: Meeting, *, now: dt.datetime | None = None) -> Facts:
    """What the rules look at, for a meeting that came by `with_all`."""
    talk, limits, moment = meeting.interaction, engagement(), now or timezone.now()
    zone = ZoneInfo(Organisation.current().time_zone)
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
        send_by=working_days_before(talk.at, limits.send_ahead_days, zone) if customers else None,
        sent_at=meeting.sent_at,
        light=_light(customers, talk.at) if customers else None,
        scored=(
            PRODUCT not in sides or all(one.product_score for one in criteria),
            SALES not in sides or all(one.sales_score for one in criteria),
        ),
        steps=talk.next_steps.kept().count(),
        nothing_to_do=meeting.nothing_to_do,
        follow_by=working_days_after(talk.at, FOLLOW_DAYS, zone),
        overrides={one.rule: one.reason for one in meeting.overrides.all()},
    )


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


def _light(customers: list[Account], start: dt.datetime) -> str:
    """The heaviest load among the customers just before it begins, with what is planned until then."""
    lights = [load_of(account, at=start - _A_MOMENT).light for account in customers]
    return max(lights, key=_HEAVIEST.index)
