"""What of this room hangs on a person, and passes on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import CONTACT, Kept, Link
from meetings.models import Invitee


def answered(kept: Invitee, aside: Invitee) -> None:
    """Both were asked to one meeting: what the one answered whom we keep no answer of is the answer."""
    if not kept.answer:
        kept.answer, kept.answered_at, kept.comment = aside.answer, aside.answered_at, aside.comment


def register() -> None:
    merging.register(CONTACT, Link("meetings.Invitee", "contact", _("invitations to meetings"), join=answered))
    merging.register(CONTACT, Kept("meetings.InvitationMail", "contact", "says to whom a mail went"))
