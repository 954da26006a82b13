"""What lists of accounts show of our contacts: last contact, last two-way contact, next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.db.models import Max, Min

from accounts.models import Account
from accounts.services.figures import work_out_figures
from touchpoints.models import Attendance, Interaction, NextStep, VoiceRules

_PART: Final = 20_000


def refresh_in_parts(*, account_ids: Iterable[int]) -> int:
    """The same for many accounts, some thousands at a time, in the order of their keys, so that memory stays small."""
    ids = sorted(set(account_ids))
    return sum(refresh_contact_figures(account_ids=ids[at : at + _PART]) for at in range(0, len(ids), _PART))


@transaction.atomic
def refresh_contact_figures(*, account_ids: Iterable[int] | None = None) -> int:
    """Work the three figures out again for these accounts, or for all. Returns how many accounts were looked at.

    Private interactions do not show: the figures are for everybody. What somebody else told of an account counts only
    where the organisation wants that. The accounts are locked first, so that two people who log at the same time both
    count.
    """
    accounts = Account.objects.all() if account_ids is None else Account.objects.filter(pk__in=set(account_ids))
    ids = list(accounts.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    present = Attendance.objects.counted(second_hand=VoiceRules.current().counts_second_hand)
    steps = NextStep.objects.open().with_day().exclude(interaction__is_private=True)
    if account_ids is not None:
        present, steps = present.filter(account__in=ids), steps.filter(account__in=ids)
    contacts = Interaction.objects.kept().filter(is_private=False, attendances__in=present).order_by()
    newest = Max("attendances__at")
    work_out_figures(
        account_ids=ids,
        figures={
            "last_contact_at": contacts.contacts_made().values_list("attendances__account").annotate(at=newest),
            "last_two_way_at": contacts.two_way().values_list("attendances__account").annotate(at=newest),
            "next_step_on": steps.order_by().values_list("account").annotate(on=Min("day")),
        },
    )
    return len(ids)
