"""Gathering the targets of a campaign from its audience, and keeping them true while it runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.db import DatabaseError, connection, transaction
from django.db.models import Case, CharField, Max, Q, Value, When
from django.db.models.functions import MD5, Cast, Concat
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from accounts.services.limits import engagement
from campaigns.models import (
    NO_TIER,
    TIERS,
    CallPlace,
    Campaign,
    Gathering,
    GatheringState,
    LeftOut,
    Target,
    TargetState,
    customers_of,
)
from pmcrm.errors import RuleViolation
from pmcrm.jobs.models import ClaimLost
from pmcrm.lists.registry import list_named
from pmcrm.trail.services import record
from touchpoints.models import Hold, Interaction
from touchpoints.models.balance import is_red

if TYPE_CHECKING:
    from accounts.models import ContactQuerySet
    from pmcrm.people.models import User

logger = logging.getLogger(__name__)

AT_ONCE: Final = 2_000
AT_ONCE_INLINE: Final = 500
MOST: Final = 100_000


def audience_of(*, campaign: Campaign, user: User) -> ContactQuerySet:
    """The people whom the campaign is about, one of each customer where it says so, without regard to who may be
    called. A sample is the same every time."""
    if campaign.audience:
        people: ContactQuerySet = _filter_of(campaign, user).narrowed(Contact.objects.visible_to(user))
    else:
        people = customers_of(campaign.product).visible_to(user).still_there()
    people = people.order_by()
    if campaign.one_a_customer:
        people = Contact.objects.filter(pk__in=_one_each(people))
    if campaign.sample_size is not None:
        drawn = MD5(Concat(Value(campaign.seed), Cast("pk", CharField())))
        keys = people.order_by(drawn, "pk").values_list("pk", flat=True)[: campaign.sample_size]
        people = Contact.objects.filter(pk__in=list(keys))
    return people


def check_audience(*, campaign: Campaign, user: User) -> None:
    """Refuse a filter of people that cannot be read, before anything is made of it."""
    if campaign.audience:
        _filter_of(campaign, user)


def _filter_of(campaign: Campaign, user: User) -> Any:
    filters: Any = list_named("contacts")(QueryDict(campaign.audience), person=user)
    if not filters.is_valid():
        raise RuleViolation(
            _("The audience's filter holds a value that is not on offer; choose it anew."), code="audience"
        )
    return filters


def _one_each(people: ContactQuerySet) -> Any:
    """Of each account whom we can reach, a user of the product first."""
    cannot = Case(
        When(phone="", then=2), When(pk__in=Contact.objects.not_to_be_called().values("pk"), then=1), default=0
    )
    rank = Case(When(role="user", then=0), When(role="", then=1), default=2)
    return people.order_by("account", cannot, rank, "pk").distinct("account").values("pk")


def gather(pk: int) -> Gathering | None:
    """Make the targets. None where it is done or in other hands. Killed in between, it goes on from the start and finds
    what is there already."""
    job = Gathering.try_claim(pk, working_state=GatheringState.WORKING)
    if job is None:
        return None
    if job.was_tried_too_often:
        return job.give_up()
    try:
        with job.beating():
            _gather(job)
    except ClaimLost:
        return None
    except RuleViolation as refusal:
        return job.give_up(refusal.sentence)
    except DatabaseError:
        logger.exception("gathering %s broke off", pk)
        return job.give_up(_("The database could not finish it. The log of the worker says why."))
    job.refresh_from_db()
    return job


def _gather(job: Gathering) -> None:
    campaign = job.campaign
    people = audience_of(campaign=campaign, user=campaign.owner)
    keys = list(people.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(keys) > MOST:
        raise RuleViolation(_("At most %(most)d people fit into a campaign; narrow the audience.") % {"most": MOST})
    job.report_progress(0, out_of=len(keys))
    for start in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            locked = job.lock_claimed()
            part = keys[start : start + AT_ONCE]
            _add_targets(campaign, part)
            locked.done_units = start + len(part)
            locked.heartbeat_at = timezone.now()
            locked.save(update_fields=["done_units", "heartbeat_at"])
    with transaction.atomic():
        locked = job.lock_claimed()
        # Who left the audience since an earlier gathering goes, unless somebody called them.
        Target.objects.of(campaign).filter(attempts=0).exclude(contact__in=keys).delete()
        locked.state, locked.finished_at = GatheringState.DONE, timezone.now()
        locked.save(update_fields=["state", "finished_at"])
        record(actor=job.created_by, verb="campaign.gathered", subject=campaign, people=len(keys))


def _add_targets(campaign: Campaign, keys: list[int]) -> None:
    people = Contact.objects.filter(pk__in=keys).select_related("account__figures").order_by("pk")
    rows = list(people)
    places = _places(campaign, {_place_key(one) for one in rows})
    accounts = {one.account_id for one in rows}
    holds = dict(Hold.objects.in_force().filter(account__in=accounts).values_list("account", "reason"))
    red = crowded(accounts)
    targets = []
    for one in rows:
        left_out, reason = why_left_out(one, holds, red)
        targets.append(
            Target(
                campaign=campaign,
                contact=one,
                account_id=one.account_id,
                place_id=places[_place_key(one)],
                state=TargetState.LEFT_OUT if left_out else TargetState.WAITING,
                left_out=left_out,
                reason=reason,
                tier_rank=tier_rank(one.account.tier),
                last_talk_at=one.account.figures.last_two_way_at,
            )
        )
    Target.objects.bulk_create(targets, ignore_conflicts=True)


def why_left_out(person: Contact, holds: dict[int, str], red: set[int]) -> tuple[str, str]:
    """Why somebody is not called, and in which words; two empty texts where they are."""
    if not person.is_active:
        return LeftOut.GONE, ""
    if person.is_not_to_be_called:
        return LeftOut.DO_NOT_CALL, person.do_not_call_reason
    if person.account_id in holds:
        return LeftOut.HOLD, holds[person.account_id]
    if not person.phone:
        return LeftOut.NO_PHONE, ""
    if person.account_id in red:
        return LeftOut.RED_LOAD, ""
    return "", ""


def crowded(accounts: Iterable[int]) -> set[int]:
    """Those of these accounts whose load of contact is red now, as published: private talks and mails count, too."""
    red = is_red(timezone.now(), engagement())
    return set(Account.objects.filter(red, pk__in=accounts).values_list("pk", flat=True))


def digest_of(contact: Contact) -> str:
    """Of the phone number, to tell later whether it is another one; as `md5` of the database makes it."""
    return hashlib.md5(str(contact.phone).encode(), usedforsecurity=False).hexdigest()


def tier_rank(tier: str) -> int:
    return TIERS.index(tier) + 1 if tier in TIERS else NO_TIER


def _place_key(person: Contact) -> tuple[str, str, str]:
    return person.time_zone or person.account.time_zone, person.account.country, person.account.region


def _places(campaign: Campaign, wanted: set[tuple[str, str, str]]) -> dict[tuple[str, str, str], int]:
    rows = [CallPlace(campaign=campaign, zone=zone, country=country, region=region) for zone, country, region in wanted]
    CallPlace.objects.bulk_create(rows, ignore_conflicts=True)
    found = CallPlace.objects.filter(campaign=campaign).values_list("zone", "country", "region", "pk")
    return {(zone, country, region): pk for zone, country, region, pk in found}


# While it runs --------------------------------------------------------------------------------------------------------

_NEW_PLACES: Final = """
INSERT INTO campaigns_callplace (campaign_id, zone, country, region)
SELECT DISTINCT target.campaign_id, coalesce(nullif(contact.time_zone, ''), account.time_zone),
    account.country, account.region
FROM campaigns_target AS target
JOIN accounts_contact AS contact ON contact.id = target.contact_id
JOIN accounts_account AS account ON account.id = contact.account_id
WHERE target.campaign_id = %(campaign)s {only}
ON CONFLICT DO NOTHING
"""
_REFRESH: Final = """
UPDATE campaigns_target AS target
SET place_id = now.place_id, account_id = now.account_id, tier_rank = now.tier_rank, last_talk_at = now.last_talk_at,
    left_out = now.left_out, reason = now.reason,
    state = now.state, wrong_number = CASE WHEN now.is_another_number THEN '' ELSE target.wrong_number END
FROM (
    SELECT target.id, place.id AS place_id, contact.account_id,
        coalesce(array_position(%(tiers)s, account.tier::text), %(no_tier)s) AS tier_rank,
        figures.last_two_way_at AS last_talk_at, why.left_out, number.is_another_number,
        CASE WHEN why.left_out <> '' THEN 'left_out' WHEN target.wrong_number <> '' AND NOT number.is_another_number
            THEN 'to_fix' WHEN target.state = 'left_out' OR number.is_another_number THEN 'waiting'
            ELSE target.state END AS state,
        CASE why.left_out WHEN 'do_not_call' THEN contact.do_not_call_reason WHEN 'hold' THEN hold.reason ELSE '' END
            AS reason
    FROM campaigns_target AS target
    JOIN accounts_contact AS contact ON contact.id = target.contact_id
    JOIN accounts_account AS account ON account.id = contact.account_id
    JOIN accounts_accountfigures AS figures ON figures.account_id = account.id
    JOIN campaigns_callplace AS place ON place.campaign_id = target.campaign_id
        AND place.zone = coalesce(nullif(contact.time_zone, ''), account.time_zone)
        AND place.country = account.country AND place.region = account.region
    LEFT JOIN touchpoints_hold AS hold ON hold.account_id = account.id AND hold.lifted_at IS NULL
    CROSS JOIN LATERAL (SELECT CASE
        WHEN NOT contact.is_active OR contact.deleted_at IS NOT NULL OR contact.erased_at IS NOT NULL
            OR contact.merged_into_id IS NOT NULL OR account.deleted_at IS NOT NULL
            OR account.merged_into_id IS NOT NULL THEN 'gone'
        WHEN contact.do_not_call_reason <> ''
            AND (contact.do_not_call_until IS NULL OR contact.do_not_call_until >= %(today)s) THEN 'do_not_call'
        WHEN hold.id IS NOT NULL THEN 'hold'
        WHEN contact.phone = '' THEN 'no_phone'
        WHEN target.left_out = 'red_load' THEN 'red_load'
        ELSE '' END AS left_out) AS why
    CROSS JOIN LATERAL (SELECT target.wrong_number <> '' AND contact.phone <> ''
        AND target.wrong_number <> md5(contact.phone) AS is_another_number) AS number
    WHERE target.campaign_id = %(campaign)s AND target.state <> 'done'
        AND (target.claimed_until IS NULL OR target.claimed_until <= %(now)s) {only}
) AS now
WHERE target.id = now.id AND (target.place_id, target.account_id, target.tier_rank, target.last_talk_at,
    target.left_out, target.reason, target.state) IS DISTINCT FROM (now.place_id, now.account_id, now.tier_rank,
    now.last_talk_at, now.left_out, now.reason, now.state)
"""


@transaction.atomic
def refresh_targets(*, campaign: Campaign, contact: Contact | None = None) -> int:
    """Look up anew where each target is, its tier and silence, and whether it may be called; of one person or of all.
    Whom somebody has just now, perhaps on the line, is left as they are. Returns how many changed."""
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "tiers": list(TIERS),
        "no_tier": NO_TIER,
        "today": timezone.localdate(),
        "now": timezone.now(),
        "contact": contact.pk if contact else None,
    }
    only = "AND target.contact_id = %(contact)s" if contact else ""
    with connection.cursor() as cursor:
        cursor.execute(_NEW_PLACES.format(only=only), values)
        cursor.execute(_REFRESH.format(only=only), values)
        changed = int(cursor.rowcount)
    return changed + _rest(campaign, contact, values["now"])


def _rest(campaign: Campaign, contact: Contact | None, now: dt.datetime) -> int:
    """Whoever was called elsewhere, in another campaign or outside of any, is left in peace here for as long."""
    gap = dt.timedelta(hours=engagement().attempt_gap_hours)
    rows = Target.objects.of(campaign).waiting().filter(is_agreed=False).unclaimed_at(now)
    if contact is not None:
        rows = rows.filter(contact=contact)
    calls = Interaction.objects.kept().held().filter(kind="call", at__gt=now - gap, at__lte=now)
    called = (
        calls.filter(contacts__call_targets__in=rows)
        .order_by()
        .values_list("contacts__call_targets")
        .annotate(Max("at"))
    )
    changed = 0
    for key, at in called:
        tried = Q(last_attempt_at__gte=at) | Q(not_before__gte=at + gap)
        changed += rows.filter(pk=key).exclude(tried).update(not_before=at + gap)
    return changed


@transaction.atomic
def look_at_loads(*, campaign: Campaign) -> int:
    """Leave out whose load turned red, and take in again whose load did not stay so. Returns how many changed."""
    open_ones = Target.objects.of(campaign).filter(Q(state=TargetState.WAITING) | Q(left_out=LeftOut.RED_LOAD))
    red = crowded(open_ones.order_by().values_list("account", flat=True))
    put = open_ones.waiting().filter(account__in=red, is_agreed=False).unclaimed_at(timezone.now())
    back = open_ones.filter(left_out=LeftOut.RED_LOAD).exclude(account__in=red)
    count = back.update(state=TargetState.WAITING, left_out="")
    return count + put.update(state=TargetState.LEFT_OUT, left_out=LeftOut.RED_LOAD)
