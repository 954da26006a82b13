"""Two colleagues never have the same target: whoever opens one has it for a while."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import CLAIMED_FOR, Campaign, Target, TargetState
from campaigns.permissions import may_dial
from campaigns.services.gathering import refresh_targets
from campaigns.services.queue import queue
from pmcrm.errors import RuleViolation

if TYPE_CHECKING:
    from accounts.engagement import Engagement
    from pmcrm.people.models import User

PUT_OFF_FOR: Final = dt.timedelta(hours=1)
RENEWED_AFTER: Final = dt.timedelta(minutes=2)


def claim_next(
    *, actor: User, campaign: Campaign, at: dt.datetime | None = None, limits: Engagement | None = None
) -> Target | None:
    """The first of the queue who can be called now, held for the actor; None where nobody can be called now.

    What one has already comes first: a reload shows the same person again. A row that a colleague is about to take is
    skipped, never waited for.
    """
    _check(actor, campaign)
    now = at or timezone.now()
    mine = Target.objects.of(campaign).waiting().filter(claimed_by=actor, claimed_until__gt=now).with_person()
    held = mine.order_by("-claimed_until").first()
    if held is not None and (not _is_to_renew(actor, held, now) or keep(actor=actor, target=held, at=now)):
        return held
    return _take_first(actor, campaign, now, limits)


@transaction.atomic
def _take_first(actor: User, campaign: Campaign, now: dt.datetime, limits: Engagement | None) -> Target | None:
    for row in queue(user=actor, campaign=campaign, at=now, limits=limits):
        if not row.when.may_be_called:
            continue
        free = Target.objects.waiting().unclaimed_at(now, actor).filter(pk=row.target.pk)
        if free.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True).first():
            return _hold(actor, row.target, now)
    return None


@transaction.atomic
def claim(*, actor: User, target: Target, at: dt.datetime | None = None) -> Target:
    """Take this one, whoever stands before it; refused with a name while a colleague has it."""
    _check(actor, target.campaign)
    now = at or timezone.now()
    refresh_targets(campaign=target.campaign, contact=target.contact)
    current = Target.objects.select_for_update(of=("self",)).select_related("claimed_by").get(pk=target.pk)
    if current.claimed_by is not None and current.is_claimed_by_another(actor, now):
        raise RuleViolation(
            _("%(name)s has this person just now. Take the next one.") % {"name": current.claimed_by.name},
            code="claimed",
        )
    if current.state == TargetState.DONE:
        raise RuleViolation(_("Somebody was done with this person already."), code="done")
    if current.state == TargetState.LEFT_OUT:
        words = current.get_left_out_display()
        raise RuleViolation(_("Not to be called in this campaign: %(why)s.") % {"why": words}, code="left_out")
    release(actor=actor, campaign=target.campaign)
    return _hold(actor, current, now)


@transaction.atomic
def release(*, actor: User, campaign: Campaign) -> int:
    """Give back what the actor has, for others to call."""
    mine = Target.objects.of(campaign).filter(claimed_by=actor)
    return mine.update(claimed_by=None, claimed_until=None)


def keep(*, actor: User, target: Target, at: dt.datetime | None = None) -> bool:
    """Have it longer, while somebody writes. False where a colleague took it meanwhile."""
    now = at or timezone.now()
    free = Target.objects.filter(pk=target.pk).unclaimed_at(now, actor)
    return bool(free.update(claimed_by=actor, claimed_until=now + CLAIMED_FOR))


@transaction.atomic
def put_off(*, actor: User, target: Target) -> None:
    """Somebody else first: this one comes again in an hour. A time agreed with them stays the agreed one; till then
    nobody's claim keeps them out of the queue."""
    current = Target.objects.select_for_update(of=("self",)).get(pk=target.pk)
    now = timezone.now()
    if current.state != TargetState.WAITING or current.is_claimed_by_another(actor, now):
        raise RuleViolation(_("A colleague was quicker. Take the next one."), code="claimed")
    later = now + PUT_OFF_FOR
    if not current.is_agreed and (current.not_before is None or current.not_before < later):
        current.not_before = later
    current.claimed_by, current.claimed_until = None, later if current.is_agreed else None
    current.save(update_fields=["not_before", "claimed_by", "claimed_until"])


def _check(actor: User, campaign: Campaign) -> None:
    if not may_dial(actor, campaign):
        raise RuleViolation(_("Calls are made while a campaign runs."), code="not_running")


def _hold(actor: User, target: Target, now: dt.datetime) -> Target:
    """For a while from now; a reload right after changes nothing."""
    if _is_to_renew(actor, target, now):
        target.claimed_by, target.claimed_until = actor, now + CLAIMED_FOR
        target.save(update_fields=["claimed_by", "claimed_until"])
    return target


def _is_to_renew(actor: User, target: Target, now: dt.datetime) -> bool:
    until = target.claimed_until
    return target.claimed_by_id != actor.pk or until is None or now + CLAIMED_FOR - until > RENEWED_AFTER
