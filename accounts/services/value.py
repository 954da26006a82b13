"""What accounts are worth to us in future and name: assessments by people, and the tier computed from them."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import tiers
from accounts.models import Account, AccountFigures, ValueAssessment
from accounts.models.value import Dimension
from accounts.permissions import may_edit
from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

# The scores' names in the arithmetic. Revenue now is computed, the others are assessed.
NAMES: Final = {
    Dimension.POTENTIAL: "potential",
    Dimension.BRAND: "brand",
    Dimension.MARKET: "market",
    Dimension.GEOGRAPHY: "geography",
}
BEST_SCORE: Final = 100
THREE_PLACES: Final = Decimal("0.001")


@transaction.atomic
def assess_value(*, actor: User, account: Account, dimension: str, score: int, evidence: str = "") -> ValueAssessment:
    """Score one dimension of an account's worth. Without evidence it counts, but it is marked as such."""
    if not may_edit(actor, account):
        raise RuleViolation(_("This account is not yours to assess; its owner or a product lead can."))
    if dimension not in Dimension.values:
        sentence = _("Choose what is assessed.")
        raise RuleViolation(sentence, fields={"dimension": sentence})
    if not 0 <= score <= BEST_SCORE:
        sentence = _("A score lies between 0 and 100.")
        raise RuleViolation(sentence, fields={"score": sentence})
    made = ValueAssessment.objects.create(
        account=account, dimension=dimension, score=score, evidence=evidence.strip(), assessed_by=actor
    )
    record(
        actor=actor,
        verb="value.assessed",
        subject=account,
        account_id=account.pk,
        dimension=dimension,
        score=score,
        has_evidence=bool(made.evidence),
    )
    recompute_tiers([account.pk])
    return made


@transaction.atomic
def recompute_tiers(account_ids: Collection[int] | None = None) -> int:
    """Compute the tier of the given accounts, or of all, from revenue and the newest assessments.

    Returns how many changed. With fewer than three known scores a tier is unknown, so only assessed accounts have one.
    """
    scores = newest_scores(account_ids)
    now = revenue_scores()
    # Whoever has a tier and lost what it was made of loses it as well.
    accounts = Account.objects.filter(pk__in=account_ids) if account_ids is not None else Account.objects.all()
    changed = []
    for account in accounts.assessed_or_tiered().select_for_update().only("pk", "tier", "tier_score", "version"):
        found = tiers.tier({"now": now.get(account.pk), **scores.get(account.pk, {})})
        letter = found.letter or ""
        score = None if found.score is None else found.score.quantize(THREE_PLACES, ROUND_HALF_EVEN)
        if (account.tier, account.tier_score) != (letter, score):
            account.tier, account.tier_score = letter, score
            changed.append(account)
    Account.objects.bulk_update(changed, ["tier", "tier_score"], batch_size=1000)
    return len(changed)


def newest_scores(account_ids: Collection[int] | None = None) -> dict[int, dict[str, Decimal]]:
    """The newest score of each dimension by account."""
    rows = ValueAssessment.objects.newest()
    if account_ids is not None:
        rows = rows.filter(account__in=account_ids)
    found: dict[int, dict[str, Decimal]] = {}
    for account_id, dimension, score in rows.values_list("account_id", "dimension", "score"):
        found.setdefault(account_id, {})[NAMES[Dimension(dimension)]] = Decimal(score)
    return found


def revenue_scores() -> dict[int, Decimal]:
    """Percentile rank, 0 to 100, of the revenue of the last 12 months among external customers that have one."""
    rows = list(
        AccountFigures.objects.filter(account__in=Account.objects.customers(), revenue_12m__isnull=False).values_list(
            "account_id", "revenue_12m"
        )
    )
    ranks = tiers.percentile_ranks([revenue for _account, revenue in rows if revenue is not None])
    return {account: rank for (account, _revenue), rank in zip(rows, ranks, strict=True)}
