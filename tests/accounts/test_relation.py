"""Contribution marks, rivals and references: the tab Relationship, the list of references and the report."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AccountFigures, ContributionMark, ReferenceUse, RivalOutcome
from accounts.services.merging import merge
from accounts.services.relation import log_reference_use, mark_contribution, note_rival_outcome, take_back
from accounts.services.relation_report import by_sales_form, contributions, first_heard, rivals
from pmcrm.errors import RuleViolation
from pmcrm.people.models import Organisation, User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.accounts.test_value_api import ROOT, client_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Lea Lead")


@pytest.fixture
def halden(lead: User) -> Account:
    return build.account(name="Halden Maritime", product_manager=lead)


def allowed(account: Account, **fields: object) -> Account:
    values = {"reference_ok": True, "reference_permission_on": DAY} | fields
    Account.objects.filter(pk=account.pk).update(**values)
    account.refresh_from_db()
    return account


def test_only_a_dated_proof_makes_an_evangelist(lead: User, halden: Account) -> None:
    claimed, undated, other = (build.account(name=name) for name in ("Claimed", "Undated", "Other"))
    mark_contribution(actor=lead, account=claimed, contribution="evangelist", on=DAY)
    mark_contribution(actor=lead, account=undated, contribution="evangelist", proof_url="https://example.com/a")
    mark_contribution(actor=lead, account=other, contribution="payer", on=DAY, proof_url="/interactions/1/")
    for _twice in range(2):
        mark_contribution(
            actor=lead, account=halden, contribution="evangelist", on=DAY, proof_url="https://example.com/talk"
        )
    assert list(Account.objects.with_proven("evangelist")) == [halden]
    found = client_of(lead).get(f"{ROOT}/accounts/", {"contribution": "evangelist"}).json()["results"]
    assert [one["name"] for one in found] == ["Halden Maritime"]
    client = Client()
    client.force_login(lead)
    page = client.get(reverse("account_list"), {"filter": "proven:any:evangelist", "who": "all"}).content.decode()
    shown = [name for name in ("Halden Maritime", "Claimed", "Undated") if f">{name}</a>" in page]
    assert shown == ["Halden Maritime"]
    wrong = client_of(lead).get(f"{ROOT}/accounts/", {"contribution": "prophet"})
    assert wrong.status_code == 400
    assert [(row["contribution"], row["proven"], row["marked"]) for row in contributions(user=lead)] == [
        ("payer", 1, 1),
        ("innovation_partner", 0, 0),
        ("evangelist", 1, 3),
        ("evidence_giver", 0, 0),
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "talk", "https://", "https://a b"])
def test_a_proof_is_an_address(lead: User, halden: Account, address: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        mark_contribution(actor=lead, account=halden, contribution="payer", on=DAY, proof_url=address)
    assert set(refused.value.fields) == {"proof_url"}
    assert not ContributionMark.objects.exists()


def test_the_tab_tells_proof_from_claim(client: Client, lead: User, halden: Account) -> None:
    client.force_login(lead)
    kari = build.contact(account=halden, name="Kari Lund")
    posted = {"contribution": "evangelist", "contact": kari.pk, "on": "2026-03-01", "note": "Spoke in Bergen"}
    answer = client.post(reverse("contribution_add", args=[halden.pk]), posted | {"proof_url": "https://example.com/t"})
    assert answer["Location"] == f"/accounts/{halden.pk}/?tab=relation"
    mark_contribution(actor=lead, account=halden, contribution="payer")
    page = client.get(f"{halden.get_absolute_url()}?tab=relation").content.decode()
    assert 'href="https://example.com/t"' in page
    assert page.count("without day and proof") == 1
    stranger = build.contact(account=build.account(), name="Elsewhere")
    with pytest.raises(RuleViolation, match="works elsewhere"):
        mark_contribution(actor=lead, account=halden, contribution="payer", contact=stranger)


def test_two_accounts_won_from_one_rival_are_two_in_the_report(client: Client, lead: User, halden: Account) -> None:
    other, third = build.account(name="Other"), build.account(name="Third")
    for account, rival in ((halden, "Harbourmaster"), (other, "harbourmaster "), (halden, "Harbourmaster")):
        note_rival_outcome(actor=lead, account=account, outcome="won_from", rival=rival, reason="Price", on=DAY)
    note_rival_outcome(actor=lead, account=third, outcome="lost_to", rival="Harbourmaster", reason="Speed")
    note_rival_outcome(actor=lead, account=third, outcome="lost_to", rival="Quayline", reason="Speed", on=DAY)
    assert [(row["rival"], row["won"], row["lost"]) for row in rivals(user=lead)] == [
        ("Harbourmaster", 2, 1),
        ("Quayline", 0, 1),
    ]
    told = client_of(lead).get(f"{ROOT}/rival-outcomes/by-rival/").json()
    assert [(one["rival"], one["won"], one["lost"]) for one in told] == [("Harbourmaster", 2, 1), ("Quayline", 0, 1)]
    client.force_login(lead)
    assert "Quayline" in client.get(reverse("relation_report")).content.decode()
    client.force_login(build.user("sales_owner"))
    assert "Quayline" not in client.get(reverse("relation_report")).content.decode()


def test_a_loss_has_a_rival_and_a_reason(lead: User, halden: Account) -> None:
    with pytest.raises(RuleViolation) as refused:
        note_rival_outcome(
            actor=lead,
            account=halden,
            outcome="drawn",
            rival=" ",
            reason="",
            on=timezone.localdate() + dt.timedelta(days=1),
        )
    assert set(refused.value.fields) == {"outcome", "rival", "reason", "on"}
    assert not RivalOutcome.objects.exists()


def test_the_picker_hides_who_gave_no_permission_and_warns_of_recent_use(
    client: Client, lead: User, halden: Account
) -> None:
    build.account(name="Silent")
    rested = allowed(build.account(name="Rested"), speaker_ok=True)
    allowed(halden)
    today = timezone.localdate()
    for account, days in ((halden, 10), (halden, 400), (rested, 91)):
        log_reference_use(
            actor=lead,
            account=account,
            occasion="reference",
            what_for="Fjord",
            on=today - dt.timedelta(days=days),
        )
    client.force_login(lead)
    page = client.get(reverse("reference_list"))
    shown = [(row["account"].name, row["account"].uses, row["is_resting"]) for row in page.context["rows"]]
    assert shown == [("Halden Maritime", 2, True), ("Rested", 1, False)]
    assert page.content.decode().count("let them rest") == 1
    speakers = client.get(reverse("reference_list"), {"occasion": "speaker"})
    assert [row["account"].name for row in speakers.context["rows"]] == ["Rested"]
    assert [r["account"].name for r in client.get(reverse("reference_list"), {"q": "hald"}).context["rows"]] == [
        "Halden Maritime"
    ]
    Organisation.objects.update(thresholds={"reference_rest_days": "100"})
    again = client.get(reverse("reference_list")).context["rows"]
    assert [row["is_resting"] for row in again] == [True, True]


def test_a_use_needs_the_permission_for_it(client: Client, lead: User, halden: Account) -> None:
    for account in (halden, allowed(build.account())):
        with pytest.raises(RuleViolation, match="has not allowed this"):
            log_reference_use(actor=lead, account=account, occasion="speaker", what_for="Harbour days")
    assert not ReferenceUse.objects.exists()
    allowed(halden)
    client.force_login(lead)
    posted = {"occasion": "reference", "what_for": "Fjord", "on": timezone.localdate().isoformat()}
    client.post(reverse("reference_use_add", args=[halden.pk]), posted)
    assert ReferenceUse.objects.get().logged_by == lead
    dialog = client.get(reverse("reference_use_add", args=[halden.pk])).content.decode()
    assert "They last spoke for us on" in dialog
    assert TrailEntry.objects.get(verb="reference.used").account_id == halden.pk


def test_what_was_entered_by_mistake_goes_and_the_history_keeps_it(client: Client, lead: User, halden: Account) -> None:
    mark = mark_contribution(actor=lead, account=halden, contribution="payer")
    with pytest.raises(RuleViolation, match="not yours"):
        take_back(actor=build.user("product_manager"), row=mark)
    client.force_login(lead)
    client.post(reverse("contribution_remove", args=[mark.pk]))
    assert not ContributionMark.objects.exists()
    assert TrailEntry.objects.get(verb="contribution.removed").subject_label == "Payer"
    noted = note_rival_outcome(actor=lead, account=halden, outcome="won_from", rival="R", reason="x")
    assert client_of(lead).delete(f"{ROOT}/rival-outcomes/{noted.pk}/").status_code == 204


def test_how_much_is_known_of_the_first_hour(lead: User) -> None:
    build.account(first_heard_on=DAY, first_heard_source="Harbour days", first_impression="Too big")
    build.account(first_heard_source="A customer", state="prospect")
    build.account()
    build.account(kind="internal", first_heard_source="Left out")
    build.account(party="supplier", first_heard_source="Left out")
    filled = first_heard(user=lead)
    assert (filled.accounts, filled.on, filled.source, filled.impression) == (3, 1, 2, 1)
    assert filled.shares["source"] == Decimal(2) / 3


def test_the_report_splits_by_form_of_selling(client: Client, lead: User) -> None:
    for form, revenue in (("inside", "100"), ("inside", "50"), ("outside", "700"), ("", "1")):
        account = build.account(sales_form=form)
        AccountFigures.objects.filter(account=account).update(revenue_12m=revenue, contribution_12m="-5")
    rows = by_sales_form(user=lead)
    assert [(row["sales_form"], row["accounts"], row["revenue"], row["contribution"]) for row in rows] == [
        ("inside", 2, Decimal(150), Decimal(-10)),
        ("outside", 1, Decimal(700), Decimal(-5)),
        ("", 1, Decimal(1), Decimal(-5)),
    ]
    client.force_login(build.user("department_member"))
    assert "Revenue</th>" not in client.get(reverse("relation_report")).content.decode()


def test_all_of_it_passes_on_in_a_merge(lead: User, halden: Account) -> None:
    twin = allowed(build.account(name="Halden Maritim"))
    mark_contribution(actor=lead, account=twin, contribution="payer")
    note_rival_outcome(actor=lead, account=twin, outcome="won_from", rival="R", reason="x")
    log_reference_use(actor=lead, account=twin, occasion="reference", what_for="Fjord")
    merge(actor=lead, winner=halden, loser=twin, version=1, other_version=1, take={})
    for model in (ContributionMark, RivalOutcome, ReferenceUse):
        assert model.objects.get().account_id == halden.pk


@pytest.mark.parametrize("name", ["reference_list", "relation_report"])
def test_few_questions_for_few_and_many(client: Client, lead: User, name: str) -> None:
    client.force_login(lead)

    def queries() -> int:
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(name))
        return len(asked)

    def one_more() -> None:
        account = allowed(build.account())
        note_rival_outcome(actor=lead, account=account, outcome="won_from", rival=account.name, reason="x")

    one_more()
    few = queries()
    for _number in range(10):
        one_more()
    assert queries() == few <= 12


def test_the_tab_asks_few_questions(client: Client, lead: User, halden: Account) -> None:
    client.force_login(lead)
    url = f"{halden.get_absolute_url()}?tab=relation"
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    assert len(asked) <= 12
