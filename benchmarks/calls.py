"""A call campaign of a hundred thousand people: gathering them, and opening the queue among them."""

from __future__ import annotations

import datetime as dt
from functools import partial
from time import perf_counter

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Contact, Product
from benchmarks.pages import signed_in
from benchmarks.result import Result, side_by_side
from campaigns.models import Campaign, Target
from campaigns.services.campaigns import create_campaign, request_gathering
from campaigns.services.gathering import gather, refresh_targets
from campaigns.services.queue import queue
from pmcrm.people.models import User

PEOPLE = 100_000
ROUNDS = 40
# Every hour of the day, so that somebody can always be called.
ZONES = (
    ("Pacific/Auckland", "NZ"),
    ("Asia/Tokyo", "JP"),
    ("Asia/Shanghai", "CN"),
    ("Asia/Kolkata", "IN"),
    ("Asia/Dubai", "AE"),
    ("Europe/Helsinki", "FI"),
    ("Europe/Berlin", "DE"),
    ("Europe/London", "GB"),
    ("America/Sao_Paulo", "BR"),
    ("America/New_York", "US"),
    ("America/Chicago", "US"),
    ("America/Los_Angeles", "US"),
    ("Pacific/Honolulu", "US"),
)


def measure(lead: User) -> list[Result]:
    campaign = _campaign(lead)
    start = perf_counter()
    gather(request_gathering(actor=lead, campaign=campaign).pk)
    gathered = perf_counter() - start
    assert Target.objects.of(campaign).waiting().count() > PEOPLE // 2
    count = Target.objects.of(campaign).count()
    Campaign.objects.filter(pk=campaign.pk).update(state="running", started_at=timezone.now())
    campaign.refresh_from_db()
    start = perf_counter()
    refresh_targets(campaign=campaign)
    refreshed = perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_target, campaigns_callplace, accounts_contact")
    client = signed_in(lead)
    page = reverse("dial", args=[campaign.pk])
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        taken = side_by_side(
            {
                "minimal": partial(client.get, "/minimal/"),
                "queue": partial(queue, user=lead, campaign=campaign),
                "dial": partial(client.get, page),
            },
            rounds=ROUNDS,
        )
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        _use(campaign)
        used = side_by_side(
            {"queue": partial(queue, user=lead, campaign=campaign), "dial": partial(client.get, page)}, rounds=ROUNDS
        )
    minimal = taken["minimal"].median
    note = f"{count:,} targets at {campaign.places.count()} places, minimal page {minimal * 1000:.1f} ms"
    return [
        Result("calls: gathering", gathered, "s", note=note),
        Result("calls: looked up anew", refreshed, "s", note="all targets, every five minutes"),
        Result("calls: the queue", taken["queue"].median * 1000, "ms", target=60, note=note),
        Result("calls: the page of a dial", taken["dial"].median / minimal, "x minimal", note=f"{len(asked)} queries"),
        Result("calls: the queue, a third tried", used["queue"].median * 1000, "ms", target=60),
        Result("calls: the page of a dial, a third tried", used["dial"].median / minimal, "x minimal"),
        Result("calls: the page of a dial, 95 of 100", taken["dial"].p95 * 1000, "ms"),
    ]


def _use(campaign: Campaign) -> None:
    """A third was tried, and its time to be tried again has come."""
    before = timezone.now() - dt.timedelta(hours=30)
    targets = Target.objects.of(campaign).waiting()
    keys = list(targets.order_by("pk").values_list("pk", flat=True)[::3])
    tried = {"attempts": 1, "reached": 1, "last_outcome": "no_answer"}
    targets.filter(pk__in=keys).update(last_attempt_at=before, not_before=before + dt.timedelta(hours=20), **tried)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_target")


def _campaign(lead: User) -> Campaign:
    """People who can be called, in many zones."""
    first = Account.objects.order_by("pk").values_list("pk", flat=True)[: PEOPLE // 3]
    keys = list(first)
    for at, (zone, country) in enumerate(ZONES):
        Account.objects.filter(pk__in=keys[at :: len(ZONES)]).update(time_zone=zone, country=country, region="")
    Contact.objects.filter(account__in=keys).update(phone="+4722345678", time_zone="", is_active=True)
    Contact.objects.exclude(account__in=keys).update(phone="")
    product = Product.objects.first() or Product.objects.create(name="Berth plan")
    return create_campaign(
        actor=lead,
        product=product,
        name="Benchmark",
        goal="How long does it take?",
        wanted=100,
        audience="has_phone=yes",
        one_a_customer=False,
    )
