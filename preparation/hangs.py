"""What of this room hangs on an account, and passes on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, Link


def register() -> None:
    merging.register(
        ACCOUNT,
        Link("preparation.Telling", "account", _("experiences told"), is_quiet=True),
        Link("preparation.Handover", "account", _("hand-overs"), is_quiet=True),
    )
