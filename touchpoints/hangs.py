"""What of this room hangs on an account or a contact, and passes on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, CONTACT, Link
from touchpoints.services.figures import refresh_contact_figures


def register() -> None:
    merging.register(
        ACCOUNT,
        Link("touchpoints.Attendance", "account", _("calls, meetings and other talks")),
        Link("touchpoints.NextStep", "account", _("next steps")),
    )
    merging.register(CONTACT, Link("touchpoints.Interaction_contacts", "contact", _("calls, meetings and other talks")))
    merging.after(ACCOUNT, refresh_both)


def refresh_both(winner: int, loser: int) -> None:
    refresh_contact_figures(account_ids=[winner, loser])
