"""A tier that a person sets over the computed one: with a reason, for a time, the computed one shown beside it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, TierOverride
from accounts.permissions import may_edit
from accounts.services.limits import tier_rules
from accounts.services.value import computed_tiers, kept_score, recompute_tiers
from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record, record_all

if TYPE_CHECKING:
    from pmcrm.people.models import User

LETTERS: Final = ("A", "B", "C")


def latest_day() -> dt.date:
    """The last day up to which a tier can be set today: usually 180 days away."""
    return timezone.localdate() + dt.timedelta(days=tier_rules().manual_days)


@transaction.atomic
def set_tier(
    *, actor: User, account: Account, tier: str, reason: str, expires_on: dt.date | None = None
) -> TierOverride:
    """Set a tier by hand, until `expires_on`, at most as long as the organisation lets one hold."""
    list(Account.objects.select_for_update(of=("self",)).filter(pk=account.pk).values_list("pk"))
    _check_may_set(actor, account)
    latest = latest_day()
    expires_on = expires_on or latest
    fields = {}
    if tier not in LETTERS:
        fields["tier"] = _("Choose A, B or C.")
    if not reason.strip():
        fields["reason"] = _("Say why the computed tier does not tell the truth.")
    if not timezone.localdate() < expires_on <= latest:
        days = (latest - timezone.localdate()).days
        fields["expires_on"] = _("Choose a day after today, at most %(days)d days away.") % {"days": days}
    if account.kind != "external":
        fields["tier"] = _("Only accounts outside the company have a tier.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    TierOverride.objects.filter(account=account, ended_at=None).update(ended_at=timezone.now())
    computed = computed_tiers([account.pk])[account.pk]
    made = TierOverride.objects.create(
        account=account,
        tier=tier,
        reason=reason.strip(),
        expires_on=expires_on,
        computed_tier=computed.letter or "",
        computed_score=kept_score(computed),
        set_by=actor,
    )
    record(
        actor=actor,
        verb="tier.set",
        subject=account,
        account_id=account.pk,
        tier=tier,
        computed=computed.letter,
        expires_on=expires_on,
    )
    recompute_tiers([account.pk])
    return made


@transaction.atomic
def end_tier(*, actor: User, account: Account) -> None:
    """The computed tier holds again. Where none was set, nothing changes."""
    _check_may_set(actor, account)
    if TierOverride.objects.filter(account=account, ended_at=None).update(ended_at=timezone.now()):
        record(actor=actor, verb="tier.ended", subject=account, account_id=account.pk)
        recompute_tiers([account.pk])


@transaction.atomic
def end_expired_tiers() -> int:
    """Called by the clock: tiers whose last day is over give way to the computed ones. Returns how many."""
    over = list(TierOverride.objects.run_out().select_for_update(of=("self",)).select_related("account"))
    if not over:
        return 0
    keys = [one.account_id for one in over]
    TierOverride.objects.filter(pk__in=[one.pk for one in over]).update(ended_at=timezone.now())
    record_all(actor=None, verb="tier.expired", subjects=[one.account for one in over], account_ids=keys)
    recompute_tiers(keys)
    return len(over)


def _check_may_set(actor: User, account: Account) -> None:
    if not may_edit(actor, account):
        raise RuleViolation(_("This account is not yours to assess; its owner or a product lead can."))
