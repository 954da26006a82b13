"""The ground rules of several meetings at once, for lists: what can be told of all of them with a few questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Count
from django.utils import timezone

from meetings.rules import State, Verdict
from meetings.services.judging import own_facts, strip_of
from pmcrm.people.models import Organisation
from preparation.models import Sheet
from touchpoints.models import AccountGoal, NextStep, UrgentNeed

if TYPE_CHECKING:
    from meetings.models import Meeting

ONE_BY_ONE: Final = frozenset({"load", "clash", "expectation"})
"""What only the meeting's own page tells: for each it looks at all talks around."""


def strips_of(meetings: Sequence[Meeting]) -> dict[int, list[Verdict]]:
    """By meeting the rules that it is asked for, without those that only its page tells. The meetings come with their
    accounts and owners, items, criteria and overrides."""
    if not meetings:
        return {}
    keys = [meeting.pk for meeting in meetings]
    customers = {one.pk: [account for account in one.present if account.kind == "external"] for one in meetings}
    accounts = {account.pk for present in customers.values() for account in present}
    organisation = Organisation.current()
    kept = NextStep.objects.kept().filter(interaction__in=keys).order_by()
    steps = dict(kept.values_list("interaction").annotate(number=Count("pk")))
    needs = list(UrgentNeed.objects.open().filter(account__in=accounts).order_by("since", "pk"))
    with_goal = set(AccountGoal.objects.open().filter(account__in=accounts).values_list("account", flat=True))
    sheets = Sheet.objects.filter(interaction__in=keys)
    shares = {
        sheet.interaction_id: sheet.share if sheet.share_at_start is None else sheet.share_at_start for sheet in sheets
    }
    found = {}
    for meeting in meetings:
        present, talk = customers[meeting.pk], meeting.interaction
        theirs, day = {account.pk for account in present}, timezone.localdate(talk.at)
        need = next((one.text for one in needs if one.account_id in theirs and one.since <= day), "")
        goal = "✓" if talk.goal_id else "" if theirs & with_goal else None
        facts = own_facts(meeting, steps=steps.get(meeting.pk, 0), organisation=organisation)
        share = shares.get(meeting.pk, Decimal(0)) if present else None
        verdicts = strip_of(meeting, replace(facts, need=need, goal=goal, sheet_share=share))
        found[meeting.pk] = [one for one in verdicts if one.slug not in ONE_BY_ONE and one.state != State.NOT_ASKED]
    return found
