"""Whom to call now: the order of the queue, claims, and who is left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Contact
from accounts.services.do_not_call import lift_do_not_call, set_do_not_call
from campaigns.models import Campaign, LeftOut, Target, TargetState
from campaigns.services.attempts import Dial, save_attempt
from campaigns.services.campaigns import create_campaign, request_gathering
from campaigns.services.claims import claim, claim_next
from campaigns.services.gathering import gather, refresh_targets
from campaigns.services.queue import queue, when
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Hold
from touchpoints.services.contact_load import publish_loads
from touchpoints.services.holds import lift_hold, place_hold

pytestmark = pytest.mark.django_db

DAY = dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC)  # Tuesday 8:00 in Tokyo, midnight in Berlin, 18:00 in New York
NOON = dt.datetime(2026, 11, 24, 15, 30, tzinfo=dt.UTC)  # Berlin till 16:00, New York from 14:00
CITIES = {"Tokyo": ("Asia/Tokyo", "JP"), "Berlin": ("Europe/Berlin", "DE"), "New York": ("America/New_York", "US")}


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Liv Lead")


@pytest.fixture
def campaign(lead: User) -> Campaign:
    return build.campaign(owner=lead)


def somebody(campaign: Campaign, name: str, city: str = "Berlin", *, tier: str = "", **fields: Any) -> Target:
    zone, country = CITIES.get(city, ("", ""))
    account = build.account(name=f"{name} Co", time_zone=zone, country=country, tier=tier)
    person = build.contact(account=account, name=name, phone="+372 5555 0142")
    return build.target(campaign=campaign, contact=person, **fields)


def names(user: User, campaign: Campaign, at: dt.datetime) -> list[str]:
    return [one.target.contact.name for one in queue(user=user, campaign=campaign, at=at)]


def test_a_day_starts_in_the_east(lead: User, campaign: Campaign) -> None:
    for city in ("New York", "Tokyo", "Berlin"):
        somebody(campaign, city, city)
    assert names(lead, campaign, DAY) == ["Tokyo", "Berlin", "New York"]


def test_callable_now_comes_first_and_an_unknown_zone_is_never_skipped(lead: User, campaign: Campaign) -> None:
    for city in ("Tokyo", "Berlin", "New York", "Nowhere"):
        somebody(campaign, city, city)
    found = queue(user=lead, campaign=campaign, at=NOON)
    assert [one.target.contact.name for one in found] == ["Berlin", "New York", "Nowhere", "Tokyo"]
    assert [(one.when.is_now, one.when.is_unknown) for one in found] == [
        (True, False),
        (True, False),
        (False, True),
        (False, False),
    ]


def test_the_zone_of_a_country_with_one_clock_is_known(lead: User, campaign: Campaign) -> None:
    account = build.account(country="NO")
    row = build.target(campaign=campaign, contact=build.contact(account=account, phone="+4722222222"))
    assert when(row, NOON).zone == "Europe/Oslo"
    assert [one.when.is_now for one in queue(user=lead, campaign=campaign, at=NOON)] == [True]


def test_ties_go_by_tier_then_silence_then_id(lead: User, campaign: Campaign) -> None:
    long_ago, lately = NOON - dt.timedelta(days=90), NOON - dt.timedelta(days=9)
    somebody(campaign, "c never", tier="C")
    somebody(campaign, "a lately", tier="A", last_talk_at=lately)
    somebody(campaign, "a never", tier="A")
    somebody(campaign, "a long ago", tier="A", last_talk_at=long_ago)
    somebody(campaign, "a never too", tier="A")
    somebody(campaign, "unknown tier")
    assert names(lead, campaign, NOON) == [
        "a never",
        "a never too",
        "a long ago",
        "a lately",
        "c never",
        "unknown tier",
    ]


def test_other_orders_are_a_setting(lead: User, campaign: Campaign) -> None:
    somebody(campaign, "Berlin", "Berlin", tier="C")
    somebody(campaign, "New York", "New York", tier="A")
    somebody(campaign, "Tokyo", "Tokyo", tier="A")
    campaign.order = "tier"
    assert names(lead, campaign, NOON) == ["New York", "Berlin", "Tokyo"]
    campaign.order = "closing"
    assert names(lead, campaign, NOON) == ["Berlin", "New York", "Tokyo"]


def test_an_agreed_call_back_that_is_due_comes_first_even_outside_the_window(lead: User, campaign: Campaign) -> None:
    somebody(campaign, "Berlin")
    somebody(campaign, "Tokyo", "Tokyo", not_before=NOON - dt.timedelta(minutes=5), is_agreed=True)
    somebody(campaign, "Later", not_before=NOON + dt.timedelta(hours=1))
    assert names(lead, campaign, NOON) == ["Tokyo", "Berlin", "Later"]


def test_after_the_last_usual_try_somebody_leaves_the_queue_and_can_be_taken_all_the_same(
    lead: User, campaign: Campaign
) -> None:
    row = somebody(campaign, "Berlin", attempts=3)
    assert names(lead, campaign, NOON) == []
    assert claim(actor=lead, target=row).claimed_by == lead


def test_a_sales_owner_has_own_accounts_only(campaign: Campaign) -> None:
    owner = build.user("sales_owner")
    somebody(campaign, "Somebody else's")
    own = somebody(campaign, "Own")
    own.account.relationship_owner = owner
    own.account.save()
    assert names(owner, campaign, NOON) == ["Own"]


def test_do_not_call_holds_in_every_campaign_and_ends_with_its_day(lead: User, campaign: Campaign) -> None:
    other = build.campaign(owner=lead)
    row = somebody(campaign, "Berlin")
    build.target(campaign=other, contact=row.contact)
    set_do_not_call(actor=lead, contact=row.contact, reason="Too busy", until=timezone.localdate())
    today = timezone.now()
    assert [names(lead, one, today) for one in (campaign, other)] == [[], []]
    tomorrow = today + dt.timedelta(days=1)
    assert [names(lead, one, tomorrow) for one in (campaign, other)] == [["Berlin"], ["Berlin"]]
    refresh_targets(campaign=campaign)
    row.refresh_from_db()
    assert (row.state, row.left_out, row.reason) == (TargetState.LEFT_OUT, LeftOut.DO_NOT_CALL, "Too busy")
    lift_do_not_call(actor=lead, contact=row.contact)
    refresh_targets(campaign=campaign)
    row.refresh_from_db()
    assert (row.state, row.left_out, row.reason) == (TargetState.WAITING, "", "")


def test_a_held_account_is_skipped_with_its_reason(lead: User, campaign: Campaign) -> None:
    row = somebody(campaign, "Berlin")
    place_hold(actor=lead, account=row.account, reason="Renewal talks")
    assert names(lead, campaign, NOON) == []
    refresh_targets(campaign=campaign)
    row.refresh_from_db()
    assert (row.left_out, row.reason) == (LeftOut.HOLD, "Renewal talks")
    with pytest.raises(RuleViolation, match="Sales asks not to contact them now"):
        claim(actor=lead, target=row)


def test_a_move_to_another_zone_moves_the_target(lead: User, campaign: Campaign) -> None:
    row = somebody(campaign, "Anna", "Tokyo")
    somebody(campaign, "Berlin")
    row.contact.time_zone = "America/New_York"
    row.contact.save()
    assert refresh_targets(campaign=campaign) == 1
    assert names(lead, campaign, DAY) == ["Berlin", "Anna"]


def test_two_colleagues_never_have_the_same_target(lead: User, campaign: Campaign) -> None:
    colleague = build.user("product_manager", name="Ola")
    first, second = somebody(campaign, "One"), somebody(campaign, "Two")
    assert claim_next(actor=lead, campaign=campaign, at=NOON) == first
    assert claim_next(actor=lead, campaign=campaign, at=NOON) == first  # a reload
    assert claim_next(actor=colleague, campaign=campaign, at=NOON) == second
    with pytest.raises(RuleViolation, match="Ola has this person just now"):
        claim(actor=lead, target=second, at=NOON)
    assert claim_next(actor=build.user("product_manager"), campaign=campaign, at=NOON) is None
    later = NOON + dt.timedelta(minutes=15)
    assert claim_next(actor=build.user("product_manager"), campaign=campaign, at=later) == first


def test_who_was_tried_rests_also_where_no_zone_is_known(lead: User, campaign: Campaign) -> None:
    row = somebody(campaign, "Nowhere", "Nowhere", not_before=NOON + dt.timedelta(hours=1))
    assert claim_next(actor=lead, campaign=campaign, at=NOON) is None
    assert when(row, NOON).next_at == NOON + dt.timedelta(hours=1)
    assert claim_next(actor=lead, campaign=campaign, at=NOON + dt.timedelta(hours=1)) == row


def test_nobody_is_called_before_the_start(lead: User) -> None:
    announced = build.campaign(owner=lead, state="announced")
    somebody(announced, "Berlin")
    with pytest.raises(RuleViolation, match="while a campaign runs"):
        claim_next(actor=lead, campaign=announced, at=NOON)


def customer(product: Any, name: str = "", **fields: Any) -> Any:
    from accounts.models import Deal

    account = build.account(name=name, **fields)
    Deal.objects.create(account=account, product=product, name="First", stage="won")
    return account


def gathered(campaign: Campaign, lead: User) -> list[Target]:
    job = request_gathering(actor=lead, campaign=campaign)
    done = gather(job.pk)
    assert done is not None
    assert (done.state, done.percent) in {("done", 100), ("done", None)}
    return list(Target.objects.of(campaign).order_by("contact__name").select_related("contact"))


def new_campaign(lead: User, **fields: Any) -> Campaign:
    product = fields.pop("product", None) or build.product()
    usual: dict[str, Any] = {"name": "Round", "goal": "How do they use it?", "wanted": 30}
    return create_campaign(actor=lead, product=product, **(usual | fields))


def test_the_usual_audience_is_the_products_present_customers(lead: User) -> None:
    product = build.product()
    build.contact(account=customer(product), name="Present", phone="+4722222222")
    build.contact(account=customer(product, state="former"), name="Former", phone="+4722222223")
    build.contact(account=customer(build.product()), name="Of another product", phone="+4722222224")
    build.contact(account=build.account(), name="Bought nothing", phone="+4722222225")
    found = gathered(new_campaign(lead, product=product), lead)
    assert [one.contact.name for one in found] == ["Present"]


def test_one_person_of_each_customer_who_can_be_called(lead: User) -> None:
    product = build.product()
    account = customer(product)
    build.contact(account=account, name="No phone")
    build.contact(account=account, name="Buyer", phone="+4722222222", role="economic_buyer")
    build.contact(account=account, name="User", phone="+4722222223", role="user")
    assert [one.contact.name for one in gathered(new_campaign(lead, product=product), lead)] == ["User"]
    everybody = gathered(new_campaign(lead, product=product, one_a_customer=False), lead)
    assert [(one.contact.name, one.left_out) for one in everybody] == [
        ("Buyer", ""),
        ("No phone", "no_phone"),
        ("User", ""),
    ]


def test_an_audience_by_the_filter_of_contacts(lead: User) -> None:
    build.contact(account=build.account(country="NO"), name="Oslo", phone="+4722222222")
    build.contact(account=build.account(country="DE"), name="Bonn", phone="+4722222223")
    assert [one.contact.name for one in gathered(new_campaign(lead, audience="filter=country:any:NO"), lead)] == [
        "Oslo"
    ]


def test_a_sample_is_the_same_every_time(lead: User) -> None:
    for number in range(12):
        build.contact(account=build.account(country="NO"), name=f"P{number:02}", phone="+4722222222")
    campaign = new_campaign(lead, audience="country=NO", sample_size=5)
    campaign.seed = "one"
    campaign.save()
    first = [one.contact.name for one in gathered(campaign, lead)]
    assert len(first) == 5
    assert [one.contact.name for one in gathered(campaign, lead)] == first
    campaign.seed = "two"
    campaign.save()
    assert [one.contact.name for one in gathered(campaign, lead)] != first


def test_red_load_is_left_out_with_its_reason(lead: User) -> None:
    product = build.product()
    account = customer(product)
    build.contact(account=account, phone="+4722222222")
    for day in range(1, 6):
        at = timezone.now() - dt.timedelta(days=day)
        # Private ones weigh, too.
        build.interaction(account, author=lead, kind="meeting", minutes=120, is_private=True, at=at)
    publish_loads()
    assert [(one.state, one.left_out) for one in gathered(new_campaign(lead, product=product), lead)] == [
        ("left_out", "red_load")
    ]


def test_a_number_corrected_anywhere_brings_somebody_back(lead: User, campaign: Campaign) -> None:
    person = build.contact(account=build.account(), name="Maarja", phone="+37255550142")
    target = build.target(campaign=campaign, contact=person)
    save_attempt(actor=lead, target=target, dial=Dial(outcome="wrong_number"))
    hold = Hold.objects.create(account=person.account, reason="Tender", placed_by=lead)
    refresh_targets(campaign=campaign)
    assert Target.objects.get().state == "left_out"
    lift_hold(actor=lead, hold=hold)
    refresh_targets(campaign=campaign)
    assert Target.objects.get().state == "to_fix"
    Contact.objects.filter(pk=person.pk).update(phone="+37255550143")
    refresh_targets(campaign=campaign)
    assert (Target.objects.get().state, Target.objects.get().wrong_number) == ("waiting", "")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"goal": " "}, "Say what you want to know afterwards."),
        ({"name": ""}, "Give it a name."),
        ({"wanted": 0}, "Want at least one conversation."),
        ({"wanted_by_tier": {"A": 40}}, "The tiers together want more"),
        ({"wanted_by_tier": {"Q": 1}}, "whole numbers of conversations for tiers A, B, C"),
        ({"sample_size": 0}, "Draw 1 to 100000 people"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused(lead: User, fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RuleViolation, match=sentence):
        new_campaign(lead, **fields)
    assert Campaign.objects.count() == 0


def test_who_was_busy_at_the_last_try_has_a_second_chance(lead: User, campaign: Campaign) -> None:
    person = build.contact(account=build.account(), name="Maarja", phone="+37255550142")
    before = timezone.now() - dt.timedelta(days=8)
    tried = {"attempts": 3, "last_attempt_at": before, "not_before": before, "reached": 3}
    target = build.target(campaign=campaign, contact=person, last_outcome="declined_busy", **tried)
    assert [row.target for row in queue(user=lead, campaign=campaign)] == [target]
    Target.objects.update(last_outcome="no_answer")
    assert queue(user=lead, campaign=campaign) == []


def test_an_audience_that_cannot_be_read_makes_no_campaign(lead: User) -> None:
    with pytest.raises(RuleViolation, match="not on offer"):
        new_campaign(lead, product=build.product(), audience="filter=country:any:NOWHERE-AT-ALL")
    assert not Campaign.objects.exists()
