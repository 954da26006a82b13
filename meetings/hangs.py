"""What of this room hangs on a person, and passes on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import CONTACT, Kept, Link


def register() -> None:
    merging.register(CONTACT, Link("meetings.Invitee", "contact", _("invitations to meetings")))
    merging.register(CONTACT, Kept("meetings.InvitationMail", "contact", "says to whom a mail went"))
