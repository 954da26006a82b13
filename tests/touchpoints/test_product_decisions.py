"""Product decisions and the customers behind them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AccountFigures
from accounts.services.merging import merge
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Evidence, Interaction, ProductDecision, accounts_behind
from touchpoints.services.decisions import (
    Cited,
    Decided,
    add_evidence,
    edit_decision,
    record_decision,
    remove_evidence,
)
from touchpoints.services.interactions import Facts, cancel_interaction, log_interaction

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 2, 1)


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def talk(manager: User, halden: Account) -> Interaction:
    return build.interaction(halden, author=manager, notes="They print the plan.")


def decide(actor: User, *cited: Cited, **fields: Any) -> ProductDecision:
    says: dict[str, Any] = {"title": "Tide beside the plan", "decided": "We build it.", "decided_on": DAY} | fields
    return record_decision(actor=actor, says=Decided(**says), cited=cited)


def talks(*interactions: Interaction) -> list[Cited]:
    return [Cited("interaction", one.pk) for one in interactions]


def behind(user: User, decision: ProductDecision) -> list[str]:
    return [account.name for account in accounts_behind(user, [decision])[decision.pk]]


def unsupported(client: Client) -> list[str]:
    rows = client.get("/product-decisions/", {"support": "unsupported"}).context["decisions"]
    return [decision.title for decision, _accounts in rows]


def test_without_evidence_it_is_saved_and_listed_as_unsupported(
    client: Client, manager: User, talk: Interaction
) -> None:
    client.force_login(manager)
    body = {"title": "No offline mode", "decided": "We wait.", "decided_on": "2026-02-01"}
    answer = client.post(reverse("product_decision_create"), body)
    made = ProductDecision.objects.get()
    assert answer["Location"] == f"/product-decisions/{made.pk}/"
    decide(manager, *talks(talk))

    assert unsupported(client) == ["No offline mode"]
    assert "Unsupported" in client.get(made.get_absolute_url()).content.decode()
    assert TrailEntry.objects.filter(verb="product_decision.recorded").count() == 2

    add_evidence(actor=manager, decision=made, cited=talks(talk))
    assert unsupported(client) == []


def test_it_counts_distinct_accounts_of_all_kinds_of_evidence(
    manager: User, halden: Account, talk: Interaction
) -> None:
    lead = build.user("product_lead")
    second = build.interaction(halden, author=manager)
    other = build.account(name="Osterfeld")
    promise = build.promise(account=other, owner=manager)
    third = build.account(name="Crosby")
    AccountFigures.objects.filter(account=third).update(contribution_12m=Decimal("-1200.5"))
    decision = decide(lead, *talks(talk, second), Cited("promise", promise.pk))
    assert behind(lead, decision) == ["Halden Maritime", "Osterfeld"]

    add_evidence(actor=lead, decision=decision, cited=[Cited("figure", "contribution_12m", third)])
    assert behind(lead, decision) == ["Crosby", "Halden Maritime", "Osterfeld"]
    assert Evidence.objects.get(account=third).value == Decimal("-1200.5")
    # Once more changes nothing.
    assert add_evidence(actor=lead, decision=decision, cited=talks(talk)) == 0
    assert Evidence.objects.count() == 4


def test_who_was_only_told_of_does_not_stand_behind_it(manager: User, halden: Account) -> None:
    desk = build.account(name="Port desk", kind="internal")
    told = log_interaction(
        actor=manager,
        facts=Facts(kind="note", at=timezone.now(), accounts=[desk], speaks_for=halden),
    )
    assert behind(manager, decide(manager, *talks(told))) == ["Port desk"]


def test_a_cancelled_talk_supports_nothing(client: Client, manager: User, talk: Interaction) -> None:
    decision = decide(manager, *talks(talk))
    cancel_interaction(actor=manager, interaction=talk, reason="Entered twice")
    client.force_login(manager)
    assert unsupported(client) == ["Tide beside the plan"]
    assert behind(manager, decision) == []


def test_a_reader_sees_only_evidence_of_accounts_that_are_his(
    client: Client, manager: User, halden: Account, talk: Interaction
) -> None:
    owner = build.user("sales_owner")
    own = build.account(name="Osterfeld", relationship_owner=owner)
    AccountFigures.objects.filter(account=halden).update(revenue_12m=Decimal(5000))
    seen = build.interaction(own, halden, author=manager, subject="Seen by him")
    lead = build.user("product_lead")
    decision = decide(lead, *talks(talk, seen), Cited("figure", "revenue_12m", halden))
    hidden = decide(lead, *talks(talk), title="Hidden word")

    assert behind(owner, decision) == ["Osterfeld"]
    client.force_login(owner)
    page = client.get(decision.get_absolute_url()).content.decode()
    assert "Seen by him" in page
    assert "They print the plan." not in page
    assert "Halden Maritime" not in page
    assert "5,000" not in page
    rows = {one.title: accounts for one, accounts in client.get("/product-decisions/").context["decisions"]}
    assert rows["Hidden word"] == []
    assert "evidence you do not see" in client.get("/product-decisions/").content.decode()
    assert unsupported(client) == []
    api = client_of(owner)
    assert [one["kind"] for one in api.get(f"{ROOT}/evidence/?decision={decision.pk}").json()["results"]] == [
        "interaction"
    ]
    assert api.get(f"{ROOT}/product-decisions/{hidden.pk}/").json()["accounts"] == []
    assert api.get(f"{ROOT}/product-decisions/{hidden.pk}/evidence/").json() == []


def test_evidence_that_one_does_not_see_or_that_is_private_is_refused(
    manager: User, halden: Account, talk: Interaction
) -> None:
    private = build.interaction(halden, author=manager, is_private=True)
    foreign = build.interaction(halden, author=build.user("product_lead"), is_private=True)
    for wrong, words in [
        (Cited("interaction", private.pk), "others could not check it"),
        (Cited("interaction", foreign.pk), "Choose evidence that you see."),
        (Cited("promise", 10**9), "Choose evidence that you see."),
        (Cited("rumour", 1), "Choose evidence that you see."),
        (Cited("figure", "revenue_12m", halden), "no such figure yet"),
        (Cited("figure", "tier", halden), "Choose a figure"),
        (Cited("figure", "revenue_12m"), "Choose a figure"),
    ]:
        with pytest.raises(RuleViolation, match=words):
            decide(manager, wrong)
    assert not Evidence.objects.exists()
    assert not ProductDecision.objects.exists()
    with pytest.raises(RuleViolation, match="product people"):
        decide(build.user("sales_vp"), *talks(talk))


def test_what_a_decision_needs(manager: User) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"title": " "}, "Give it a title."),
        ({"decided": " "}, "Say what was decided."),
        ({"decided_on": tomorrow}, "This day has not come yet."),
    ]
    for wrong, words in refusals:
        with pytest.raises(RuleViolation, match=words):
            decide(manager, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductDecision.objects.create(title="", decided="x", decided_on=DAY, author=manager)


def test_a_stale_edit_overwrites_nothing(manager: User) -> None:
    decision = decide(manager)
    edit_decision(actor=manager, decision=decision, says=Decided("Tide", "We build it.", DAY), version=1)
    with pytest.raises(StaleVersion) as refusal:
        edit_decision(actor=manager, decision=decision, says=Decided("Moon", "We build it.", DAY), version=1)
    assert refusal.value.current["title"] == "Tide"
    decision.refresh_from_db()
    assert (decision.title, decision.version) == ("Tide", 2)
    told = TrailEntry.objects.get(verb="product_decision.edited")
    assert told.data["changes"] == {"title": ["Tide beside the plan", "Tide"]}


def test_who_changes_it(manager: User, talk: Interaction) -> None:
    other, decider, lead = (build.user(role) for role in ("product_manager", "product_manager", "product_lead"))
    decision = decide(manager, *talks(talk), deciders=[decider])
    says = Decided("Tide", "We build it.", DAY, deciders=[decider])
    with pytest.raises(RuleViolation, match="who decided"):
        edit_decision(actor=other, decision=decision, says=says, version=1)
    with pytest.raises(RuleViolation, match="take evidence away"):
        remove_evidence(actor=other, evidence=Evidence.objects.get())
    edit_decision(actor=decider, decision=decision, says=says, version=1)
    remove_evidence(actor=lead, evidence=Evidence.objects.get())
    assert not Evidence.objects.exists()


def test_evidence_is_ticked_by_account(client: Client, manager: User, halden: Account, talk: Interaction) -> None:
    decision = decide(manager)
    promise = build.promise(account=halden, owner=manager)
    client.force_login(manager)
    url = reverse("product_decision_evidence", args=[decision.pk])
    page = client.get(url, {"account": halden.pk}).content.decode()
    assert f'value="interaction:{talk.pk}"' in page
    assert f'value="promise:{promise.pk}"' in page
    wrongs: list[dict[str, list[str]]] = [
        {"evidence": []},
        {"evidence": ["rumour:1"]},
        {"evidence": ["figure:nothing"]},
    ]
    for wrong in wrongs:
        assert client.post(url, {"account": halden.pk, **wrong}).status_code == 422
    ticked = {"account": halden.pk, "evidence": [f"interaction:{talk.pk}", f"promise:{promise.pk}"]}
    assert client.post(url, ticked).status_code == 303
    assert Evidence.objects.count() == 2
    assert f'value="interaction:{talk.pk}"' not in client.get(url, {"account": halden.pk}).content.decode()


def test_a_talk_is_cited_from_its_own_page(client: Client, manager: User, talk: Interaction) -> None:
    decision = decide(manager)
    client.force_login(manager)
    url = reverse("interaction_cite", args=[talk.pk])
    assert url in client.get(reverse("interaction_detail", args=[talk.pk])).content.decode()
    assert client.post(url, {"decision": ""}).status_code == 422
    assert client.post(url, {"decision": decision.pk}).status_code == 303
    assert Evidence.objects.get().interaction == talk


def test_the_api(manager: User, halden: Account, talk: Interaction) -> None:
    api = client_of(manager)
    body = {"title": "Tide", "decided": "We build it.", "decided_on": "2026-02-01"}
    made = api.post(f"{ROOT}/product-decisions/", body, format="json")
    assert made.status_code == 201, made.json()
    found = made.json()
    assert (found["is_supported"], found["accounts"], found["deciders"]) == (False, [], [manager.pk])
    url = f"{ROOT}/product-decisions/{found['id']}/"
    assert api.post(f"{url}cite/", {"kind": "interaction"}, format="json").status_code == 400
    cited = api.post(f"{url}cite/", {"kind": "interaction", "id": talk.pk}, format="json").json()
    assert (cited["is_supported"], cited["accounts"]) == (True, [halden.pk])
    assert api.get(f"{ROOT}/product-decisions/?supported=false").json()["results"] == []
    assert api.patch(url, {"title": "Moon", "version": 9}, format="json").status_code == 409
    assert api.patch(url, {"title": "Moon", "version": 1}, format="json").json()["title"] == "Moon"
    evidence = api.get(f"{url}evidence/").json()[0]["id"]
    assert api.delete(f"{ROOT}/evidence/{evidence}/").status_code == 204
    assert api.get(url).json()["is_supported"] is False
    assert client_of(build.user("finance")).post(f"{ROOT}/product-decisions/", body, format="json").status_code == 403


def test_a_merge_carries_the_figures(manager: User, halden: Account) -> None:
    lead = build.user("product_lead")
    twin = build.account(name="Halden Maritime AS")
    AccountFigures.objects.update(revenue_12m=Decimal(10))
    decision = decide(lead, *(Cited("figure", "revenue_12m", one) for one in (halden, twin)))
    merge(actor=lead, winner=halden, loser=twin, version=1, other_version=1, take={})
    assert behind(lead, decision) == ["Halden Maritime"]


def test_the_list_asks_as_much_for_many_as_for_few(client: Client, manager: User) -> None:
    client.force_login(manager)
    counts = []
    for _number in range(4):
        account = build.account()
        decide(manager, *talks(build.interaction(account, author=manager)))
        client.get("/product-decisions/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/product-decisions/")
        counts.append(len(queries))
    assert counts[0] == counts[-1] <= 12
