"""What accounts are worth to us in future and name: assessments by people, and the tier computed from them."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import tiers
from accounts.models import Account, TierOverride, ValueAssessment
from accounts.models.choices import Kind, Party
from accounts.models.value import Dimension
from accounts.permissions import may_edit
from accounts.services.limits import tier_rules
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

    A tier that a person set stands in for the computed letter while it holds; the score stays the computed one.
    Returns how many changed. With fewer than three known scores a tier is unknown, so only assessed accounts have one.
    """
    # Whoever has a tier and lost what it was made of loses it as well.
    accounts = Account.objects.filter(pk__in=account_ids) if account_ids is not None else Account.objects.all()
    accounts = accounts.assessed_or_tiered().order_by("pk").select_for_update()
    found_accounts = list(accounts.only("pk", "tier", "tier_score"))
    computed = computed_tiers([account.pk for account in found_accounts])
    overrides = TierOverride.objects.holding()
    if account_ids is not None:
        overrides = overrides.filter(account__in=account_ids)
    by_hand = dict(overrides.values_list("account", "tier"))
    changed = []
    for account in found_accounts:
        found = computed[account.pk]
        letter = by_hand.get(account.pk) or found.letter or ""
        score = kept_score(found)
        if (account.tier, account.tier_score) != (letter, score):
            account.tier, account.tier_score = letter, score
            changed.append(account)
    Account.objects.bulk_update(changed, ["tier", "tier_score"], batch_size=1000)
    return len(changed)


def kept_score(found: tiers.Tier) -> Decimal | None:
    """A score as it is stored, to three places."""
    return None if found.score is None else found.score.quantize(THREE_PLACES, ROUND_HALF_EVEN)


def computed_tiers(account_ids: Collection[int]) -> dict[int, tiers.Tier]:
    """What the arithmetic says of these accounts, whatever a person set."""
    scores, now, rules = newest_scores(account_ids), revenue_scores(account_ids), tier_rules()
    return {pk: tiers.tier({"now": now.get(pk), **scores.get(pk, {})}, rules) for pk in account_ids}


def newest_scores(account_ids: Collection[int] | None = None) -> dict[int, dict[str, Decimal]]:
    """The newest score of each dimension by account."""
    rows = ValueAssessment.objects.newest()
    if account_ids is not None:
        rows = rows.filter(account__in=account_ids)
    found: dict[int, dict[str, Decimal]] = {}
    for account_id, dimension, score in rows.values_list("account_id", "dimension", "score"):
        found.setdefault(account_id, {})[NAMES[Dimension(dimension)]] = Decimal(score)
    return found


def revenue_scores(account_ids: Collection[int]) -> dict[int, Decimal]:
    """Percentile rank, 0 to 100, of the revenue of the last 12 months among external customers that have one."""
    with connection.cursor() as cursor:
        # Ranked over all customers and only then cut to the asked ones, which the ORM's windows cannot say.
        cursor.execute(_RANKED, {"kind": Kind.EXTERNAL, "party": Party.CUSTOMER, "asked": list(account_ids)})
        return {account: tiers.percentile_rank(rank, peers, count) for account, rank, peers, count in cursor.fetchall()}


_RANKED: Final = """
    SELECT account_id, rank, peers, count FROM (
        SELECT account_id,
               rank() OVER (ORDER BY revenue_12m) AS rank,
               count(*) OVER (PARTITION BY revenue_12m) AS peers,
               count(*) OVER () AS count
        FROM accounts_accountfigures JOIN accounts_account ON accounts_account.id = account_id
        WHERE revenue_12m IS NOT NULL AND kind = %(kind)s AND party = %(party)s
    ) AS ranked
    WHERE account_id = ANY(%(asked)s)
"""
