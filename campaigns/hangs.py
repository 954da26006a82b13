"""What of this room hangs on an account or a contact, and passes on when two become one."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, CONTACT, Link
from campaigns.models import Target, TargetState


def further(kept: Target, aside: Target) -> None:
    """Both were to be called in one campaign: it goes on from where one got further, and counts the calls of both."""
    started = dt.datetime.min.replace(tzinfo=dt.UTC)
    ahead = max(
        (kept, aside),
        key=lambda one: (one.state == TargetState.DONE, one.reached, one.last_attempt_at or started),
    )
    kept.attempts += aside.attempts
    kept.last_attempt_at = max(filter(None, [kept.last_attempt_at, aside.last_attempt_at]), default=None)
    for name in ("state", "left_out", "reason", "reached", "last_outcome", "not_before", "is_agreed", "wrong_number"):
        setattr(kept, name, getattr(ahead, name))


def register() -> None:
    merging.register(
        ACCOUNT,
        Link("campaigns.Target", "account", _("people called in campaigns")),
        Link("campaigns.UsageSign", "account", _("signs from calls"), is_quiet=True),
    )
    merging.register(CONTACT, Link("campaigns.Target", "contact", _("calls in campaigns"), join=further))
