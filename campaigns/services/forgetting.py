"""Somebody is erased: they are called no more, and what they told of themselves in calls goes."""

from __future__ import annotations

from campaigns.models import ABOUT_PERSON, Answer, Attempt, LeftOut, Target, TargetState


def forget_person(contact: int) -> None:
    """That somebody was called, when, and with which outcome stays: the campaign's figures do not change."""
    theirs = Target.objects.filter(contact=contact)
    Answer.objects.filter(attempt__target__in=theirs, question__goes__in=ABOUT_PERSON).delete()
    Attempt.objects.filter(target__in=theirs).update(before={})
    theirs.filter(state__in=[TargetState.WAITING, TargetState.TO_FIX]).update(
        state=TargetState.LEFT_OUT, left_out=LeftOut.GONE
    )
    theirs.update(reason="", wrong_number="", claimed_by=None, claimed_until=None)
