"""What keeps an account out of the trash: past figures stay as they are, and so do decisions."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from pmcrm.trash import registry
from pmcrm.trash.registry import Holder

# One sentence for all of them: whether there is a plan is for its participants.
_WHY: Final = _(
    "Figures or decisions rest on this account, so it stays. Set its state to Former: that takes it out of care."
)
_COLUMNS: Final = (
    ("segmentation.LedgerLine", "account"),
    ("segmentation.HourEntry", "account"),
    ("segmentation.AccountProfit", "account"),
    ("segmentation.AccountPoolShare", "account"),
    ("segmentation.Flag", "account"),
    ("segmentation.FlagDismissal", "account"),
    ("segmentation.ReviewFact", "account"),
    ("segmentation.ExitPlan", "account"),
    ("segmentation.DisplacedItem", "account"),
    ("segmentation.ExitOffer", "partner_account"),
)


def register() -> None:
    registry.holds("account", *(Holder(model, field, _WHY) for model, field in _COLUMNS))
