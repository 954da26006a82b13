"""Signs from calls: a product is used otherwise than meant, or not at all. They set nothing; a person has to look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import may_edit
from campaigns.models import SignKind, UsageSign
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.models import User
from pmcrm.trail.services import record
from touchpoints.models import UsageFinding, UsageMode

if TYPE_CHECKING:
    from accounts.models import Account

_KINDS: Final[dict[str, str]] = {UsageMode.DIFFERENTLY: SignKind.JUDGE_CLASS, UsageMode.NOT_USED: SignKind.NOT_USED}
SUCCESS: Final = "success"


@transaction.atomic
def raise_sign(*, actor: User, finding: UsageFinding) -> UsageSign | None:
    """The sign of a finding, once for an account and a product: the product manager hears of it, and of a product that
    is not used also the colleagues of customer success who look after the account."""
    kind = _KINDS.get(finding.mode)
    if kind is None or finding.product_id is None:
        return None
    made, is_new = UsageSign.objects.get_or_create(
        account=finding.account, product_id=finding.product_id, kind=kind, defaults={"finding": finding}
    )
    if is_new:
        record(actor=actor, verb="usage.sign_raised", subject=made, account_id=finding.account_id, kind=kind)
        path = reverse("account_detail", args=[finding.account_id])
        for person in people_told(made):
            if person.pk != actor.pk:
                note(person=person, kind=Kind.USAGE, key=f"usage sign {made.pk}", path=path)
    return made


def people_told(sign: UsageSign) -> list[User]:
    account = sign.account
    found = {account.product_manager} if account.product_manager else set()
    if sign.kind == SignKind.NOT_USED:
        found |= set(account.team.filter(is_active=True, department__pool=SUCCESS))
    return sorted((one for one in found if one.is_active), key=lambda one: one.pk)


def open_signs(*, user: User, account: Account) -> list[tuple[UsageSign, UsageFinding | None]]:
    """With what was found, where the person may read the talk it was found in."""
    signs = list(UsageSign.objects.visible_to(user).open().of(account))
    findings = UsageFinding.objects.visible_to(user).select_related("author")
    known = findings.in_bulk([one.finding_id for one in signs if one.finding_id])
    return [(one, known.get(one.finding_id) if one.finding_id else None) for one in signs]


def may_settle(user: User, sign: UsageSign) -> bool:
    """Who may change the account, and who was told."""
    return may_edit(user, sign.account) or user in people_told(sign)


@transaction.atomic
def settle_sign(*, actor: User, sign: UsageSign) -> UsageSign:
    """Somebody looked. A second time changes nothing."""
    found = UsageSign.objects.select_for_update(of=("self",)).select_related("account").get(pk=sign.pk)
    if not may_settle(actor, found):
        raise RuleViolation(_("Who looks after the account settles this."), code="not_yours")
    if found.settled_at is None:
        found.settled_at, found.settled_by = timezone.now(), actor
        found.save(update_fields=["settled_at", "settled_by"])
        record(actor=actor, verb="usage.sign_settled", subject=found, account_id=found.account_id, kind=found.kind)
    return found
