"""How much the inside voice weighs, and whether what is told second-hand counts as contact."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.trail.services import changes, record
from touchpoints import policy
from touchpoints.models import Attendance, VoiceRules
from touchpoints.services.figures import refresh_in_parts

if TYPE_CHECKING:
    from pmcrm.people.models import User

FIELDS: Final = ("internal_weight", "low_weight_reason", "counts_second_hand")
CENT: Final = Decimal("0.01")


@transaction.atomic
def edit_voice_rules(
    *, actor: User, version: int, internal_weight: Decimal, low_weight_reason: str = "", counts_second_hand: bool
) -> VoiceRules:
    """Set how voices count. An inside voice that weighs less than half a customer's needs a reason.

    Figures of contact of those spoken for follow with `count_second_hand_anew`.
    """
    fields = {}
    if not policy.LEAST_INTERNAL_WEIGHT <= internal_weight <= policy.MOST_INTERNAL_WEIGHT:
        fields["internal_weight"] = _("Enter a weight from 0 to 5; 1 is as much as a customer.")
    elif internal_weight < policy.LEAST_WEIGHT_WITHOUT_REASON and not low_weight_reason.strip():
        fields["low_weight_reason"] = _("Say why the inside voice counts less than half of a customer's.")
    if fields:
        raise RuleViolation(next(iter(fields.values())), fields=fields)
    VoiceRules.objects.get_or_create(pk=1)
    rules = VoiceRules.objects.select_for_update().get()
    if rules.version != version:
        sentence = _("Somebody changed this in between. Nothing was overwritten; look at it again.")
        raise StaleVersion(sentence, current={"version": rules.version, **{one: getattr(rules, one) for one in FIELDS}})
    weight = internal_weight.quantize(CENT)
    is_low = weight < policy.LEAST_WEIGHT_WITHOUT_REASON
    after = dict(zip(FIELDS, (weight, low_weight_reason.strip() if is_low else "", counts_second_hand), strict=True))
    changed = changes({name: getattr(rules, name) for name in FIELDS}, after)
    if not changed:
        return rules
    for name, value in after.items():
        setattr(rules, name, value)
    rules.version += 1
    rules.save()
    record(actor=actor, verb="voice_rules.edited", subject=rules, changes=changed)
    return rules


def count_second_hand_anew() -> int:
    """Work out the contact figures of all accounts that somebody else spoke for. Safe to run twice."""
    told_of = Attendance.objects.second_hand().order_by().values_list("account_id", flat=True).distinct()
    return refresh_in_parts(account_ids=told_of)
