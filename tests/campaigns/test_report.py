"""The funnel over unique customers, what it is compared with, the plan, and what was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Campaign, Reached, Target
from campaigns.services.attempts import Dial, Heard, Learned, save_attempt
from campaigns.services.report import (
    Benchmark,
    benchmarks,
    buyers,
    findings,
    funnel_of,
    has_enough,
    learnings,
    own_calls,
    own_listening,
    plan,
    tier_goals,
)
from pmcrm.notices.models import Notice
from pmcrm.people.models import User
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def called(campaign: Campaign, *reached: Reached, tier: str = "") -> None:
    for one in reached:
        person = build.contact(account=build.account(tier=tier), phone="+4722222222")
        build.target(campaign=campaign, contact=person, reached=one, attempts=one > 0)


def golden(campaign: Campaign) -> None:
    called(
        campaign,
        *[Reached.TALKED] * 18,
        *[Reached.DECLINED] * 11,
        *[Reached.UNDETERMINED] * 25,
        *[Reached.ATTEMPTED] * 66,
        *[Reached.NOT_TRIED] * 80,
    )


def test_the_golden_funnel(lead: User, shared_data: Path) -> None:
    campaign = build.campaign(owner=lead)
    golden(campaign)
    wanted = json.loads((shared_data / "domain" / "golden.json").read_text())["funnel"]
    found = funnel_of(campaign)
    rates = found.rates()
    assert {
        "base": found.base,
        "attempted": found.attempted,
        "picked": found.reached,
        "declined": found.declined,
        "talked": found.talked,
        "other": found.undetermined,
        "pick_rate": rates["pick_up"].value,
        "pick_ci": [round(rates["pick_up"].low or 0, 4), round(rates["pick_up"].high or 0, 4)],
        "decline_of_picked": round(rates["decline"].value or 0, 4),
        "talk_of_picked": round(rates["talk"].value or 0, 4),
        "talk_of_attempted": rates["yield"].value,
        "talk_ci": [round(rates["yield"].low or 0, 4), round(rates["yield"].high or 0, 4)],
        "talk_of_base": rates["base_yield"].value,
        "needed_for_30": {"at15": plan(wanted=30, base=10).needed, "at40": plan(wanted=30, base=10).needed_at_best},
    } == wanted
    assert found.declined + found.undetermined + found.talked == found.reached


def test_customers_are_counted_not_people_and_the_best_counts(lead: User) -> None:
    campaign = build.campaign(owner=lead)
    account = build.account()
    for name, reached in (("One", Reached.DECLINED), ("Two", Reached.TALKED), ("Three", Reached.NOT_TRIED)):
        build.target(campaign=campaign, contact=build.contact(account=account, name=name), reached=reached)
    found = funnel_of(campaign)
    assert (found.base, found.attempted, found.declined, found.talked) == (1, 1, 0, 1)


def test_who_is_left_out_is_not_in_the_base(lead: User) -> None:
    campaign = build.campaign(owner=lead)
    called(campaign, Reached.NOT_TRIED)
    Target.objects.update(state="left_out", left_out="hold")
    assert funnel_of(campaign).base == 0


def test_a_published_figure_gives_way_to_our_own_after_a_hundred(lead: User) -> None:
    campaign = build.campaign(owner=lead)
    called(campaign, *[Reached.TALKED] * 30, *[Reached.ATTEMPTED] * 69)
    before = benchmarks()
    assert [(one.value, one.is_own) for one in before.values()] == [
        (0.5, False),
        (0.2, False),
        (0.3, False),
        (0.15, False),
    ]
    called(campaign, Reached.DECLINED)
    after = benchmarks()["yield"]
    assert (after.value, after.is_own, after.whole) == (0.3, True, 100)
    assert plan(wanted=30, base=100).needed == 100


def test_the_plan_warns_of_a_short_list(lead: User) -> None:
    short, enough = plan(wanted=30, base=199), plan(wanted=30, base=200)
    assert (short.needed, short.is_short, short.expected) == (200, True, 29)
    assert (enough.is_short, enough.expected) == (False, 30)


def test_enough_is_the_goal_by_tier_and_not_everybody(lead: User) -> None:
    campaign = build.campaign(owner=lead, wanted=3, wanted_by_tier={"A": 2})
    called(campaign, Reached.TALKED, tier="A")
    called(campaign, Reached.TALKED, Reached.TALKED, *[Reached.NOT_TRIED] * 17, tier="B")
    assert [(goal.tier, goal.wanted, goal.talked) for goal in tier_goals(campaign)] == [("A", 2, 1)]
    assert not has_enough(campaign, funnel_of(campaign))
    called(campaign, Reached.TALKED, tier="A")
    assert has_enough(campaign, funnel_of(campaign))


def test_what_was_found_equals_the_calls(lead: User) -> None:
    campaign = build.campaign(owner=lead)
    for number, (title, mode) in enumerate([("Planner", "differently"), ("Planner", "not_used"), ("", "as_intended")]):
        account = build.account()
        person = build.contact(account=account, name=f"P{number}", job_title=title, previous_employers="DSV\nIBM")
        row = build.target(campaign=campaign, contact=person)
        heard = Heard(
            use_mode=mode,
            quote="As a rota",
            learned=[Learned("Plans holidays with it", ["product_finding"], is_surprise=number == 0)],
            did_not_solve=True,
            talk_share=20 * number,
        )
        save_attempt(actor=lead, target=row, dial=Dial(outcome="conversation", heard=heard))
    assert [(mode, number) for mode, number, _rows in findings(campaign, lead)] == [
        ("differently", 1),
        ("not_used", 1),
        ("as_intended", 1),
    ]
    assert [one.is_surprise for one in learnings(campaign, lead)] == [True, False, False]
    found = buyers(campaign, lead)
    assert (found.talks, found.titles, found.tenure, found.origins) == (
        3,
        [("Planner", 2), ("not known", 1)],
        [("not known", 3)],
        [("DSV", 3)],
    )
    mine = own_calls(lead, goal=5)
    assert (mine.tries_today, mine.talks_this_week, mine.goal) == (3, 3, 5)
    listening = own_listening(lead)
    assert (listening.checks, listening.did_not_solve, listening.did_not_defend, listening.talk_share) == (
        3,
        3,
        0,
        20.0,
    )
    assert own_listening(build.user("product_lead")).checks == 0


def test_pages_of_campaigns_ask_as_often_for_few_as_for_many(client: Client) -> None:
    lead = build.user("product_lead")
    client.force_login(lead)
    counts = []
    for number in (1, 8):
        made = [build.campaign(owner=lead, name=f"Round {number}-{at}") for at in range(number)]
        for url in (reverse("campaign_list"), made[0].get_absolute_url()):
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


def test_a_hundred_tries_without_a_talk_are_no_yield_to_plan_with() -> None:
    none = Benchmark(0.0, True, 100, 0.0, 0.037)
    found = plan(wanted=30, base=500, compared={"yield": none})
    assert (found.talk_yield, found.is_own, found.needed) == (0.15, False, 200)


def test_the_page_draws_the_funnel_with_rates_and_published_figures(client: Client) -> None:
    lead = build.user("product_lead")
    client.force_login(lead)
    campaign = build.campaign(owner=lead)
    for number in range(20):
        person = build.contact(account=build.account(name=f"Customer {number}"), phone="+4722222222")
        reached = 4 if number < 3 else 3 if number < 5 else 1
        build.target(campaign=campaign, contact=person, reached=reached, attempts=1)
    words = " ".join(client.get(campaign.get_absolute_url()).content.decode().split())
    for expected in ("<b>25 %</b>", "11–47", "<b>15 %</b>", "<b>40 %</b>", "50 % are reached, 20 % of these decline"):
        assert expected in words
    assert "after 100 customers tried" in words


def test_a_campaign_is_announced_started_ended_and_gone_on_with(client: Client) -> None:
    lead, seller = build.user("product_lead"), build.user("sales_owner")
    client.force_login(lead)
    campaign = build.campaign(owner=lead, state="draft", started_at=None)
    account = build.account(name="Balti", relationship_owner=seller)
    build.target(campaign=campaign, contact=build.contact(account=account, phone="+4722222222"))
    found = []
    for verb in ("announce", "start", "end", "reopen"):
        assert client.post(reverse(f"campaign_{verb}", args=[campaign.pk])).status_code == 303
        campaign.refresh_from_db()
        found.append(campaign.state)
        # A second time is refused and changes nothing.
        assert client.post(reverse(f"campaign_{verb}", args=[campaign.pk])).status_code == 422
    assert found == ["announced", "running", "done", "running"]
    assert client.post(reverse("campaign_comment", args=[campaign.pk]), {"text": "Mind the tender"}).status_code == 303
    assert [(one.author, one.text) for one in campaign.comments.all()] == [(lead, "Mind the tender")]
    assert Notice.objects.filter(person=seller).count() == 1
