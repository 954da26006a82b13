"""Somebody is erased: where they were written to, what they answered in their words, and the mails that went."""

from __future__ import annotations

from meetings.models import InvitationMail, Invitee


def forget_person(contact: int) -> None:
    """That a mail went, when, and whether they came stay; no word of theirs or to them does."""
    InvitationMail.objects.filter(contact=contact).unsent().update(is_overtaken=True)
    InvitationMail.objects.filter(contact=contact).update(email="", subject="", text="", calendar="")
    Invitee.objects.filter(contact=contact).update(email="", comment="", is_invited=False)
