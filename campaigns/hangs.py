"""What of this room hangs on an account or a contact, and passes on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, CONTACT, Link


def register() -> None:
    merging.register(
        ACCOUNT,
        Link("campaigns.Target", "account", _("people called in campaigns")),
        Link("campaigns.UsageSign", "account", _("signs from calls"), is_quiet=True),
    )
    merging.register(CONTACT, Link("campaigns.Target", "contact", _("calls in campaigns")))
