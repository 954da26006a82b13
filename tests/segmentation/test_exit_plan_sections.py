"""The sections of an exit plan: remedies, the either/or sheet that has to balance, the fair offer by path."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Deal
from pmcrm.errors import RuleViolation
from segmentation import fair_offer, playbook, trade_off
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_sections as sections
from segmentation.services.exit_plan_offer import edit_offer
from segmentation.services.exit_plan_record import gaps, whole
from tests import build
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company


@pytest.fixture
def firm(db: None) -> Company:
    return cast.company()


@pytest.fixture
def plan(firm: Company) -> ExitPlan:
    return cast.draft(firm)


def test_a_remedy_is_not_passed_over_without_a_reason(firm: Company, plan: ExitPlan) -> None:
    with pytest.raises(RuleViolation, match="Hand over: say what came of it"):
        sections.edit_remedies(actor=firm.lead, plan=plan, remedies=cast.REMEDIES | {"hand_over": (False, " ")})
    assert whole(plan.pk).remedies.count() == 0
    sections.edit_remedies(actor=firm.lead, plan=plan, remedies={"repair": cast.REMEDIES["repair"]})
    assert [sentence.split(":")[0] for sentence in gaps(whole(plan.pk))["remedies"]] == [
        "Reprice",
        "Lighter service",
        "Hand over",
    ]


def test_both_options_cannot_be_chosen(firm: Company, plan: ExitPlan) -> None:
    for both in ("AB", "both"):
        with pytest.raises(RuleViolation, match="Both at once does not exist"):
            sections.edit_trade_off(actor=firm.lead, plan=plan, **cast.SHEET | {"choice": both})
    assert whole(plan.pk).choice == ""

    chosen = sections.edit_trade_off(actor=firm.lead, plan=plan, **cast.SHEET)

    assert (chosen.choice, chosen.chosen_by) == ("B", firm.lead)


@pytest.mark.parametrize("group", list(trade_off.GROUPS))
def test_an_empty_group_needs_a_reason(firm: Company, plan: ExitPlan, group: str) -> None:
    emptied = cast.SHEET | {"displaced": cast.SHEET["displaced"] | {group: []}}
    saved = sections.edit_trade_off(actor=firm.lead, plan=plan, **emptied)
    assert len(gaps(saved)["trade-off"]) == 1
    assert "or say why there is none" in gaps(saved)["trade-off"][0]

    reasoned = sections.edit_trade_off(actor=firm.lead, plan=plan, **emptied, none_reasons={group: "None known."})

    assert "trade-off" not in gaps(reasoned)


def test_a_sheet_out_of_balance_shows_the_difference(firm: Company, plan: ExitPlan) -> None:
    sheet = cast.SHEET | {"pools": {"support": {"needed": "120", "displaced": "90.5"}}}
    saved = sections.edit_trade_off(actor=firm.lead, plan=plan, **sheet)
    assert gaps(saved)["trade-off"] == [
        "Support does not balance: option A needs 120 h, found are 90.5 h, 29.5 h are missing."
    ]
    assert [line.short_by for line in saved.pools.all()] == [Decimal("29.5")]


@pytest.mark.parametrize(
    "extra",
    [
        {"extra": "30"},
        {"extra": "30", "hiring": "Requisition 7"},
        {"extra": "30", "hiring_starts_on": dt.date(2026, 9, 1)},
    ],
)
def test_extra_capacity_without_hiring_and_start_is_refused(
    firm: Company, plan: ExitPlan, extra: dict[str, Any]
) -> None:
    sheet = cast.SHEET | {"pools": {"support": {"needed": "120", "displaced": "90", **extra}}}
    with pytest.raises(RuleViolation, match="extra capacity must be zero"):
        sections.edit_trade_off(actor=firm.lead, plan=plan, **sheet)
    assert whole(plan.pk).pools.count() == 0


def test_backed_capacity_balances(firm: Company, plan: ExitPlan) -> None:
    hired = {"extra": "30", "hiring": "Requisition 7", "hiring_starts_on": dt.date(2026, 9, 1)}
    sheet = cast.SHEET | {"pools": {"support": {"needed": "120", "displaced": "90", **hired}}}
    assert "trade-off" not in gaps(sections.edit_trade_off(actor=firm.lead, plan=plan, **sheet))


def test_idle_hours_count_below_85_percent_only() -> None:
    assert trade_off.idle_hours(logged=Decimal(255), practical=Decimal(300)) == 0
    assert trade_off.idle_hours(logged=Decimal(254), practical=Decimal(300)) == 46
    assert trade_off.idle_hours(logged=Decimal(0), practical=Decimal(0)) == 0


def test_the_choice_in_one_sentence(firm: Company, plan: ExitPlan) -> None:
    saved = sections.edit_trade_off(actor=firm.lead, plan=plan, **cast.SHEET)
    assert saved.if_then == (
        "If Nordhavn Data gets 30 h of Support and 120 h of Engineering a quarter, with a high chance of failing, then"
        " 30 h of Support and 120 h of Engineering are taken from Halden Maritime, Fjord Bank, Bulk export."
    )


def test_each_office_has_its_own_line(firm: Company, plan: ExitPlan) -> None:
    lines = {"cfo": ""}
    saved = sections.edit_trade_off(actor=firm.lead, plan=plan, **cast.SHEET, department_lines=lines)
    assert gaps(saved)["trade-off"] == ["Write the either/or line for CFO."]
    assert saved.department_lines["vp_engineering"] == "Ship the planned update, or build the one-off."


# -- the path ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "collected", "recognised", "path"),
    [
        (False, False, False, "prospect_in_sales_cycle"),
        (True, False, False, "signed_not_paid"),
        (False, True, False, "paying_customer"),
        (False, False, True, "paying_customer"),
        (True, True, True, "paying_customer"),
    ],
)
def test_which_path_is_open(signed: bool, collected: bool, recognised: bool, path: str) -> None:
    assert fair_offer.path_of(is_signed=signed, is_collected=collected, is_recognised=recognised) == path


def test_a_signature_a_payment_or_revenue_rule_the_sales_cycle_out(firm: Company, plan: ExitPlan) -> None:
    deal = Deal.objects.create(account=firm.account, name="Planner")
    assert plan.path == "prospect_in_sales_cycle"

    def path_after() -> str:
        reason = "Nothing fits them."
        return edit_offer(actor=firm.lead, plan=plan, offers={}, no_help_reason=reason).path

    assert path_after() == "prospect_in_sales_cycle"
    Deal.objects.filter(pk=deal.pk).update(signed_on=dt.date(2026, 1, 5))
    assert path_after() == "signed_not_paid"
    Deal.objects.filter(pk=deal.pk).update(signed_on=None, collected=1)
    assert path_after() == "paying_customer"
    Deal.objects.filter(pk=deal.pk).update(collected=0)
    assert path_after() == "prospect_in_sales_cycle"
    cast.paying(firm)
    assert path_after() == "paying_customer"


def test_a_payment_between_offer_and_request_is_noticed(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    cast.heard(firm, plan)
    cast.paying(firm)
    with pytest.raises(RuleViolation, match="Deals and ledger now say “Paying customer”"):
        verbs.request_approval(actor=firm.lead, plan=plan)
    assert whole(plan.pk).state == "coalition"


def test_a_reversed_line_is_no_revenue(firm: Company) -> None:
    line = build.ledger_line(account=firm.account, revenue="100")
    build.ledger_line(account=firm.account, revenue="-100", reverses=line)
    assert cast.draft(firm).path == "prospect_in_sales_cycle"


def test_the_vocabulary_follows_the_playbook(shared_data: Any) -> None:
    yaml = pytest.importorskip("yaml")
    book = yaml.safe_load((shared_data / "domain" / "exit_playbook.yaml").read_text())
    assert list(playbook.STATES) == book["states"]["order"] + book["states"]["side_states"]
    wanted = [role["slug"] for role in book["coalition_roles"]]
    assert set(playbook.COALITION_ROLES) == set(wanted) - {"head_of_product", "account_team"}
    for state in book["deal_states"]:
        for offer in state.get("offers", []):
            ours = {field.slug for field in fair_offer.OFFERS[offer["slug"]].fields}
            asked = set(offer.get("fields", offer.get("needs", []))) - {"approver_cfo"}
            # The requirements ask for three details more than the playbook does.
            more = {
                "data-export": {"hours"},
                "discounted-licence": {"approver"},
                "builder-referral": {"partner_account"},
            }.get(offer["slug"], set())
            assert ours == asked | more, offer["slug"]
