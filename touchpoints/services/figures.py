"""What lists of accounts show of our contacts: last contact, last two-way contact, next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import Max, Min

from accounts.models import Account
from accounts.services.figures import raise_figures, work_out_figures
from touchpoints.models import Attendance, Interaction, NextStep, VoiceRules
from touchpoints.services.contact_load import publish_loads, still_felt_since

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import AccountQuerySet
    from touchpoints.models.interaction import InteractionQuerySet

_PART: Final = 20_000


def refresh_in_parts(*, account_ids: Iterable[int]) -> int:
    """The same for many accounts, some thousands at a time, in the order of their keys, so that memory stays small."""
    ids = sorted(set(account_ids))
    return sum(refresh_contact_figures(account_ids=ids[at : at + _PART]) for at in range(0, len(ids), _PART))


@transaction.atomic(savepoint=False)
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
    last = _last(Interaction.objects.filter(attendances__in=present))
    work_out_figures(
        account_ids=ids,
        figures={**last, "next_step_on": steps.order_by().values_list("account").annotate(on=Min("day"))},
    )
    publish_loads(account_ids=ids, are_locked=True)
    return len(ids)


@transaction.atomic
def add_to_contact_figures(*, interactions: InteractionQuerySet) -> int:
    """Figures of those present at interactions that are new, however many: what went before need not be read again.
    Returns how many accounts changed."""
    there = Attendance.objects.filter(interaction__in=interactions)
    _lock(Account.objects.filter(pk__in=there.values("account")))
    felt = there.filter(at__gt=still_felt_since()).values_list("account", flat=True)
    publish_loads(account_ids=felt, are_locked=True)
    if VoiceRules.current().counts_second_hand:
        return raise_figures(figures=_last(interactions.exclude(attendances=None)))
    return raise_figures(figures=_last(interactions.filter(attendances__is_second_hand=False)))


def _lock(accounts: AccountQuerySet) -> None:
    """The same lock on rows that nobody needs to hold here."""
    locked = accounts.select_for_update(no_key=True).order_by("pk").values("pk")
    statement, values = locked.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement}) AS locked", values)  # noqa: S608  SQL of a QuerySet


def _last(interactions: InteractionQuerySet) -> dict[str, QuerySet[Any, Any]]:
    """By figure, the account and when it was in touch last."""
    open_ones = interactions.kept().filter(is_private=False).order_by()
    newest = Max("attendances__at")
    return {
        "last_contact_at": open_ones.contacts_made().values_list("attendances__account").annotate(at=newest),
        "last_two_way_at": open_ones.two_way().values_list("attendances__account").annotate(at=newest),
    }
