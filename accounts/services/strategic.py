"""The strategic list: few accounts, ranked, each with a reason, a sponsor and a day on which it is looked at again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, StrategicEntry
from accounts.models.choices import State
from pmcrm.errors import RuleViolation
from pmcrm.people.models import Organisation
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User


def room_on_list() -> tuple[int, int, Decimal]:
    """How many accounts are on the list, how many the cap lets in, and the cap as a share of the external ones."""
    # A row just made still holds its default as text.
    cap = Decimal(Organisation.current().strategic_cap)
    base = Account.objects.external().exclude(state=State.FORMER).count()
    return StrategicEntry.objects.count(), int(base * cap), cap


@transaction.atomic
def add_to_strategic_list(
    *,
    actor: User,
    account: Account,
    reason: str,
    sponsor: User,
    review_by: dt.date,
    rank: int | None = None,
    over_cap_reason: str = "",
) -> StrategicEntry:
    """Put an account on the list, at the end or at `rank`. Beyond the cap it takes a reason why one more is right."""
    _check_may_write(actor)
    _check_words(reason, review_by)
    list(StrategicEntry.objects.select_for_update().order_by("rank").values_list("pk"))
    if StrategicEntry.objects.filter(account=account).exists():
        raise RuleViolation(_("This account is on the list already."))
    if account.kind != "external":
        raise RuleViolation(_("Only accounts outside the company are strategic."))
    count, room, cap = room_on_list()
    is_over = count + 1 > room
    if is_over and not over_cap_reason.strip():
        sentence = _(
            "With this one %(count)d accounts are strategic, more than the %(cap)s %% of accounts that we "
            "set as a limit (%(room)d). Say why one more is right, or take another off first."
        ) % {"count": count + 1, "cap": f"{cap * 100:.1f}".removesuffix(".0"), "room": room}
        raise RuleViolation(sentence, code="over_strategic_cap", fields={"over_cap_reason": sentence})
    last = StrategicEntry.objects.aggregate(last=Max("rank"))["last"] or 0
    entry = StrategicEntry.objects.create(
        account=account, rank=last + 1, reason=reason.strip(), sponsor=sponsor, review_by=review_by
    )
    data = {"over_cap_reason": over_cap_reason.strip()} if is_over else {}
    record(
        actor=actor,
        verb="strategic.added",
        subject=account,
        account_id=account.pk,
        reason=reason.strip(),
        sponsor=sponsor.name,
        review_by=review_by,
        **data,
    )
    if rank is not None and rank <= last:
        _shift(entry, max(rank, 1))
    return entry


@transaction.atomic
def edit_strategic_entry(
    *, actor: User, entry: StrategicEntry, reason: str, sponsor: User, review_by: dt.date, rank: int | None = None
) -> StrategicEntry:
    """Renew the reason, the sponsor and the review day, and move the account to another rank."""
    _check_may_write(actor)
    _check_words(reason, review_by)
    current = _locked(entry)
    current.reason, current.sponsor, current.review_by = reason.strip(), sponsor, review_by
    current.save(update_fields=["reason", "sponsor", "review_by"])
    before = current.rank
    if rank is not None and rank != current.rank:
        _shift(current, rank)
    record(
        actor=actor,
        verb="strategic.reviewed",
        subject=current.account,
        account_id=current.account_id,
        reason=current.reason,
        review_by=review_by,
        rank=[before, current.rank],
    )
    return current


@transaction.atomic
def move_strategic_entry(*, actor: User, entry: StrategicEntry, rank: int) -> StrategicEntry:
    """Give the account another rank; those between move by one."""
    _check_may_write(actor)
    current = _locked(entry)
    before = current.rank
    _shift(current, rank)
    if current.rank != before:
        record(
            actor=actor,
            verb="strategic.moved",
            subject=current.account,
            account_id=current.account_id,
            rank=[before, current.rank],
        )
    return current


@transaction.atomic
def remove_from_strategic_list(*, actor: User, entry: StrategicEntry, reason: str) -> None:
    """Take an account off the list, for a reason; the ranks close up."""
    _check_may_write(actor)
    if not reason.strip():
        sentence = _("Say why it is strategic no more.")
        raise RuleViolation(sentence, fields={"reason": sentence})
    current = _locked(entry)
    record(
        actor=actor,
        verb="strategic.removed",
        subject=current.account,
        account_id=current.account_id,
        reason=reason.strip(),
        rank=current.rank,
    )
    rank = current.rank
    current.delete()
    StrategicEntry.objects.filter(rank__gt=rank).update(rank=F("rank") - 1)


def _locked(entry: StrategicEntry) -> StrategicEntry:
    """The entry, with the whole list locked: ranks are moved together."""
    list(StrategicEntry.objects.select_for_update().order_by("rank").values_list("pk"))
    return StrategicEntry.objects.select_related("account").get(pk=entry.pk)


def _shift(entry: StrategicEntry, rank: int) -> None:
    last = StrategicEntry.objects.aggregate(last=Max("rank"))["last"] or 0
    rank = min(max(rank, 1), last)
    others = StrategicEntry.objects.exclude(pk=entry.pk)
    if rank < entry.rank:
        others.filter(rank__gte=rank, rank__lt=entry.rank).update(rank=F("rank") + 1)
    elif rank > entry.rank:
        others.filter(rank__gt=entry.rank, rank__lte=rank).update(rank=F("rank") - 1)
    entry.rank = rank
    entry.save(update_fields=["rank"])


def _check_may_write(actor: User) -> None:
    if not may(actor, "strategic_list.write"):
        raise RuleViolation(_("The strategic list is kept by product leads and the sales VP."))


def _check_words(reason: str, review_by: dt.date) -> None:
    fields = {}
    if not reason.strip():
        fields["reason"] = _("Say why this account is strategic.")
    if review_by <= timezone.localdate():
        fields["review_by"] = _("The review lies in the future.")
    if fields:
        raise RuleViolation(next(iter(fields.values())), fields=fields)
