"""By the clock: sheets are counted anew, kept as they were when their talk began, and incomplete ones recalled."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.countries import country_of_zone
from accounts.working_day import working_days_before
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from preparation.models import Sheet
from preparation.services.sheets import TALKS, ask_anew, completeness, sheet_of, talk_details
from touchpoints.models import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

AT_ONCE: Final = 500
MORNING: Final = 8
# One working day before may be many days ahead, over a weekend and holidays.
LOOKED_AHEAD: Final = dt.timedelta(days=12)
COUNTED_AHEAD: Final = dt.timedelta(days=14)


def freeze_begun(now: dt.datetime | None = None) -> int:
    """Keep of each talk that has begun how complete its sheet was. Returns how many."""
    begun = Sheet.objects.not_frozen(before=now or timezone.now()).order_by("pk").values_list("pk", flat=True)
    return sum(_freeze(pk) for pk in list(begun[:AT_ONCE]))


@transaction.atomic
def _freeze(pk: int) -> bool:
    sheet = Sheet.objects.select_for_update(of=("self",)).get(pk=pk)
    sheet.interaction = talk_details().get(pk=sheet.interaction_id)
    if sheet.share_at_start is None:
        sheet.share = sheet.share_at_start = completeness(sheet).share
        sheet.save(update_fields=["share", "share_at_start"])
    return True


def count_anew(now: dt.datetime | None = None) -> int:
    """Shares of talks ahead, which change by what happens elsewhere: an owner's silence, a need that was met."""
    start = now or timezone.now()
    ahead = Sheet.objects.ahead(after=start, until=start + COUNTED_AHEAD).order_by("interaction__at", "pk")[:AT_ONCE]
    changed = 0
    for sheet in ahead:
        sheet.interaction = talk_details().get(pk=sheet.interaction_id)
        share = completeness(sheet).share
        if share != sheet.share:
            changed += Sheet.objects.filter(pk=sheet.pk, version=sheet.version).update(share=share)
    return changed


def ask_new_owners(now: dt.datetime | None = None) -> int:
    """Lines of talks ahead that nobody agreed to yet go to whoever owns the relationship by now. Returns how many."""
    start = now or timezone.now()
    ahead = Sheet.objects.ahead(after=start, until=start + COUNTED_AHEAD).with_line_to_agree()
    asked = 0
    for sheet in ahead.order_by("interaction__at", "pk")[:AT_ONCE]:
        sheet.interaction = talk_details().get(pk=sheet.interaction_id)
        asked += ask_anew(sheet)
    return asked


def recall_incomplete(now: dt.datetime | None = None) -> int:
    """On the morning of the last working day before, by their own clock and calendar, everybody of ours who takes part
    hears that the sheet of a talk is not complete; once for each time that it is planned for. Returns how many were
    told."""
    at = now or timezone.now()
    ahead = talk_details().kept().planned().filter(kind__in=TALKS, at__gt=at, at__lte=at + LOOKED_AHEAD)
    told = 0
    for talk in ahead.prefetch_related("colleagues").order_by("at", "pk")[:AT_ONCE]:
        people = {one.pk: one for one in (talk.author, *talk.colleagues.all()) if one.is_active}
        due = [person for person in people.values() if is_due(talk, person, at)]
        if due and not completeness(sheet_of(talk)).is_complete:
            key = f"prepare {talk.pk} {talk.at:%Y-%m-%dT%H:%M}"
            path = reverse("preparation_sheet", args=[talk.pk])
            told += sum(note(person=person, kind=Kind.PREPARE, key=key, path=path) for person in due)
    return told


def is_due(talk: Interaction, person: User, at: dt.datetime) -> bool:
    """Whether the morning of the last working day before the talk has come where the person is. Their zone tells the
    country whose public holidays they keep."""
    day = working_days_before(talk.at, 1, person.zone, country_of_zone(person.time_zone)).date()
    return dt.datetime.combine(day, dt.time(MORNING), tzinfo=person.zone) <= at < talk.at
