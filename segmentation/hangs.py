"""What of this room hangs on an account, and passes on when two become one. Runs stay as they were."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, Kept, Link

_A_SNAPSHOT: Final = "a run says what was known when it was made"


def register() -> None:
    merging.register(
        ACCOUNT,
        Link("segmentation.LedgerLine", "account", _("ledger lines"), right="ledger.read_all"),
        Link("segmentation.HourEntry", "account", _("hour entries"), right="cost_pool.read"),
        Link("segmentation.ReviewFact", "account", _("review facts"), right="flag.read_all"),
        Link("segmentation.FlagDismissal", "account", _("dismissed flags"), right="flag.read_all"),
        # Whether there is a plan is for its participants. A second one under way stays behind, with them.
        Link("segmentation.ExitPlan", "account", _("exit plans"), is_quiet=True, stays=True),
        Link("segmentation.DisplacedItem", "account", _("exit plans"), is_quiet=True),
        Link("segmentation.ExitOffer", "partner_account", _("exit plans"), is_quiet=True),
        Kept("segmentation.Flag", "account", _A_SNAPSHOT),
        Kept("segmentation.AccountProfit", "account", _A_SNAPSHOT),
        Kept("segmentation.AccountPoolShare", "account", _A_SNAPSHOT),
    )
