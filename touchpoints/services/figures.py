"""What lists of accounts show of our contacts: last contact, last two-way contact, next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import Max, Min

from accounts.models import Account
from accounts.services.figures import publish_figures
from touchpoints.models import Attendance, Interaction, NextStep, VoiceRules

COLUMNS = ("last_contact_at", "last_two_way_at", "next_step_on")


_PART: Final = 5000


def refresh_in_parts(*, account_ids: Iterable[int]) -> int:
    """The same for many accounts, some thousands at a time, in the order of their keys, so that memory stays small."""
    ids = sorted(set(account_ids))
    return sum(refresh_contact_figures(account_ids=ids[at : at + _PART]) for at in range(0, len(ids), _PART))


@transaction.atomic
def refresh_contact_figures(*, account_ids: Iterable[int] | None = None) -> int:
    """Work the three figures out again for these accounts, or for all. Returns how many accounts were written.

    Private interactions do not show: the figures are for everybody. What somebody else told of an account counts only
    where the organisation wants that. The accounts are locked first, so that two people who log at the same time both
    count.
    """
    accounts = Account.objects.all() if account_ids is None else Account.objects.filter(pk__in=set(account_ids))
    ids = list(accounts.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    present = Attendance.objects.counted(second_hand=VoiceRules.current().counts_second_hand)
    if account_ids is not None:
        present = present.filter(account__in=ids)
    contacts = Interaction.objects.kept().filter(is_private=False, attendances__in=present)
    by_account = ("attendances__account",)
    last = dict(contacts.contacts_made().order_by().values_list(*by_account).annotate(at=Max("attendances__at")))
    two_way = dict(contacts.two_way().order_by().values_list(*by_account).annotate(at=Max("attendances__at")))
    steps = NextStep.objects.open().with_day().filter(account__in=ids).exclude(interaction__is_private=True)
    due = dict(steps.order_by().values_list("account").annotate(on=Min("day")))
    rows = (
        {
            "account_id": pk,
            "last_contact_at": last.get(pk),
            "last_two_way_at": two_way.get(pk),
            "next_step_on": due.get(pk),
        }
        for pk in ids
    )
    return publish_figures(rows, columns=COLUMNS)
