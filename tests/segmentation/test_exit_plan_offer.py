"""The fair offer: what each offer has to name, who has to sign for it, and what the customer made of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pmcrm.errors import RuleViolation
from pmcrm.people.models import Organisation
from pmcrm.trail.models import TrailEntry
from segmentation import fair_offer
from segmentation.models import ExchangeRate, ExitPlan, ExitTask
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_sections as sections
from segmentation.services.exit_plan_evidence import ExitCost, exit_cost
from segmentation.services.exit_plan_offer import answer_offer, edit_offer, finish_offer
from segmentation.services.exit_plan_record import gaps, whole
from tests import build
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company
from touchpoints.models import NextStep
from touchpoints.services.next_steps import finish_next_step

pytestmark = pytest.mark.django_db

PAID = {"refund", "data-export", "migration-help", "discounted-licence", "notice-period"}


@pytest.fixture
def firm() -> Company:
    return cast.company()


@pytest.fixture
def plan(firm: Company) -> ExitPlan:
    return cast.draft(firm)


def test_a_plan_without_help_for_a_prospect_needs_a_reason(firm: Company, plan: ExitPlan) -> None:
    withdrawal = {"withdraw-proposal": {"vp_sales_informed": "2026-03-02", "forecast_updated": "2026-03-03"}}
    alone = edit_offer(actor=firm.lead, plan=plan, offers=withdrawal)
    assert gaps(alone)["offer"] == ["Offer at least one thing that helps them, or give the reason for none."]

    reasoned = edit_offer(actor=firm.lead, plan=plan, offers=withdrawal, no_help_reason="They want none.")

    assert "offer" not in gaps(reasoned)


COMPLETE: dict[str, dict[str, str]] = {
    "withdraw-proposal": {"vp_sales_informed": "2026-03-02", "forecast_updated": "2026-03-03"},
    "alternative-product": {"what": "StreamBase", "why": "Real time", "contact": "Lea Lead"},
    "architecture-insight": {"engineer": "Eva", "format": "Workshop", "time_limit_hours": "6"},
    "builder-referral": {"partner": "Fjordbyte", "why_trusted": "Four projects", "interest_declared": "None"},
    "peer-introduction": {"contact": "Ingrid Moe", "consent_date": "2026-03-01", "contact_load_ok": "True"},
    "refund": {"amount": "500", "currency": "USD", "share": "50", "basis": "Fees of 2025"},
    "data-export": {
        "scope": "All",
        "format": "CSV",
        "hours": "8",
        "due": "2026-06-01",
        "proof_of_completeness": "Row counts",
    },
    "migration-help": {"target": "StreamBase", "hours": "40", "until": "2999-09-01"},
    "discounted-licence": {"product": "Reports", "discount": "30", "until": "2999-12-31", "approver": "Carla"},
    "notice-period": {"months": "6"},
}


def named(firm: Company, slug: str, **details: str) -> dict[str, str]:
    """A complete example, its colleagues by id."""
    people = {"Eva": str(firm.vp_engineering.pk), "Carla": str(firm.cfo.pk)}
    return {field: people.get(value, value) for field, value in (COMPLETE[slug] | details).items()}


def test_the_examples_cover_every_offer() -> None:
    assert set(COMPLETE) == set(fair_offer.OFFERS)


@pytest.mark.parametrize(("slug", "field"), [(slug, field) for slug, details in COMPLETE.items() for field in details])
def test_an_offer_with_an_empty_detail_is_refused(firm: Company, slug: str, field: str) -> None:
    if slug in PAID:
        cast.paying(firm)
    plan = cast.draft(firm)
    complete = named(firm, slug)
    with pytest.raises(RuleViolation) as refusal:
        edit_offer(actor=firm.lead, plan=plan, offers={slug: complete | {field: " "}})
    assert list(refusal.value.fields) == [slug]
    assert whole(plan.pk).offers.count() == 0

    saved = edit_offer(actor=firm.lead, plan=plan, offers={slug: complete})

    names = {
        "architecture-insight": {"engineer_name": "Eva Engineer"},
        "discounted-licence": {"approver_name": "Carla Cash"},
    }
    assert saved.offers.get().details == complete | names.get(slug, {})


REFERRAL = {"why_trusted": "Four projects", "interest_declared": "None"}


@pytest.mark.parametrize("party", ["channel_partner", "supplier"])
def test_a_referral_names_a_partner_by_its_account(firm: Company, plan: ExitPlan, party: str) -> None:
    partner = build.account(name="Fjordbyte", party=party)

    saved = edit_offer(
        actor=firm.lead, plan=plan, offers={"builder-referral": REFERRAL | {"partner_account": str(partner.pk)}}
    )

    offer = saved.offers.get()
    assert offer.partner_account == partner
    assert offer.details == REFERRAL | {
        "partner": "Fjordbyte",
        "partner_account": str(partner.pk),
        "partner_account_name": "Fjordbyte",
    }
    assert [(field.slug, text) for field, text in offer.rows] == [
        ("partner_account", "Fjordbyte"),
        ("why_trusted", "Four projects"),
        ("interest_declared", "None"),
    ]


def test_a_referral_without_a_named_party_or_to_a_customer_is_refused(firm: Company, plan: ExitPlan) -> None:
    customer = build.account(name="Halden Maritime")
    with pytest.raises(RuleViolation, match="name the partner"):
        edit_offer(actor=firm.lead, plan=plan, offers={"builder-referral": REFERRAL | {"partner": " "}})
    with pytest.raises(RuleViolation, match="Partner: choose a channel partner or supplier"):
        edit_offer(
            actor=firm.lead,
            plan=plan,
            offers={"builder-referral": REFERRAL | {"partner": "Halden", "partner_account": str(customer.pk)}},
        )
    assert whole(plan.pk).offers.count() == 0


def test_the_panel_offers_partners_and_keeps_the_one_chosen(firm: Company, plan: ExitPlan, client: Client) -> None:
    partner = build.account(name="Fjordbyte", party="channel_partner")
    build.account(name="Fjord Bank")
    client.force_login(firm.lead, backend="allauth.account.auth_backends.AuthenticationBackend")
    found = client.get(reverse("account_options"), {"q": "fjord", "of": "partners"}).json()["results"]
    assert [one["label"] for one in found] == ["Fjordbyte"]

    address = reverse("exit_plan_section", args=[plan.pk, "offer"])
    client.post(
        address,
        {
            "builder-referral": "on",
            "builder-referral__partner_account": str(partner.pk),
            **{f"builder-referral__{name}": value for name, value in REFERRAL.items()},
        },
    )

    assert whole(plan.pk).offers.get().partner_account == partner
    assert f'value="{partner.pk}"' in client.get(address).content.decode()
    page = client.get(reverse("exit_plan_detail", args=[plan.pk])).content.decode()
    assert f'<a href="{reverse("account_detail", args=[partner.pk])}">Fjordbyte</a>' in page


@pytest.mark.parametrize(
    ("slug", "field", "value", "words"),
    [
        ("peer-introduction", "consent_date", "soon", "write the day as YYYY-MM-DD"),
        ("architecture-insight", "time_limit_hours", "-3", "a number above zero"),
        ("architecture-insight", "time_limit_hours", "NaN", "a number above zero"),
        ("refund", "amount", "much", "a number above zero"),
        ("refund", "currency", "usd", "three capital letters"),
        ("refund", "share", "120", "at most 100"),
        ("notice-period", "months", "1.5", "a whole number"),
    ],
)
def test_a_malformed_detail_is_named(slug: str, field: str, value: str, words: str) -> None:
    faults = fair_offer.offer_faults(slug, COMPLETE[slug] | {field: value}, today=dt.date(2026, 3, 5))
    assert words in str(faults[field])


def test_a_refund_is_not_offered_to_a_prospect(firm: Company, plan: ExitPlan) -> None:
    with pytest.raises(RuleViolation, match="On the path “Prospect in the sales cycle” these can be offered"):
        edit_offer(actor=firm.lead, plan=plan, offers=cast.REFUND)
    assert whole(plan.pk).offers.count() == 0


def test_a_refund_makes_the_cfo_sign(firm: Company) -> None:
    cast.paying(firm)
    plan = cast.draft(firm)
    assert plan.signatures_needed == ("sponsor", "final_approver")
    saved = edit_offer(actor=firm.lead, plan=plan, offers=cast.REFUND)
    assert saved.signatures_needed == ("sponsor", "cfo", "final_approver")


def test_the_paying_path_opens_legal_and_finance_reviews(firm: Company, plan: ExitPlan) -> None:
    assert ExitTask.objects.count() == 0
    cast.paying(firm)
    saved = edit_offer(
        actor=firm.lead,
        plan=plan,
        offers=cast.NOTICE,
        tasks={"legal": (dt.date(2026, 3, 4), "No clause speaks against it.")},
    )
    found = [(task.department, task.done_on, task.result) for task in saved.tasks.all()]
    assert found[0][0] == "legal"
    assert [department for department, _on, _result in found] == ["legal", "finance"]


# -- the engineer's task -----------------------------------------------------------------------------------------------

INSIGHT = "architecture-insight"


def test_the_named_engineer_gets_the_task_once_the_plan_is_approved(firm: Company) -> None:
    plan = cast.in_approval(firm, offers={INSIGHT: named(firm, INSIGHT)})
    task = plan.tasks.get()
    assert (task.department, task.person, task.hours) == ("engineering", firm.vp_engineering, 6)
    verbs.approve(actor=firm.lead, plan=plan)
    assert not NextStep.objects.exists()

    verbs.approve(actor=firm.approver, plan=plan)

    step = NextStep.objects.get()
    assert (step.owner, step.account, step.created_by) == (firm.vp_engineering, firm.account, firm.lead)
    assert step.text == "Share what we learned about their architecture (Workshop), at most 6 h."
    assert step.due_on == timezone.localdate() + dt.timedelta(days=30)
    assert whole(plan.pk).tasks.get().finished_on is None
    finish_next_step(actor=firm.vp_engineering, step=step)
    assert whole(plan.pk).tasks.get().finished_on == timezone.localdate()


def test_whoever_is_no_active_colleague_shares_nothing(firm: Company, plan: ExitPlan) -> None:
    for engineer, words in (("999999", "choose an active colleague"), ("Eva", "choose an active colleague")):
        with pytest.raises(RuleViolation, match=words):
            edit_offer(actor=firm.lead, plan=plan, offers={INSIGHT: COMPLETE[INSIGHT] | {"engineer": engineer}})
    told = COMPLETE[INSIGHT] | {"engineer": str(firm.administrator.pk)}
    with pytest.raises(RuleViolation, match="Adam Admin cannot take next steps"):
        edit_offer(actor=firm.lead, plan=plan, offers={INSIGHT: told})
    assert not ExitTask.objects.exists()


def test_an_engineer_who_left_is_named_before_the_request(firm: Company, plan: ExitPlan) -> None:
    edit_offer(actor=firm.lead, plan=plan, offers={INSIGHT: named(firm, INSIGHT)})
    firm.vp_engineering.is_active = False
    firm.vp_engineering.save()

    assert gaps(whole(plan.pk))["offer"] == ["Eva Engineer has left: name another engineer."]
    edit_offer(actor=firm.lead, plan=plan, offers=cast.PROSPECT_OFFERS)
    assert not ExitTask.objects.exists()


def test_hours_and_refund_are_the_cost_of_the_exit(firm: Company) -> None:
    cast.paying(firm)
    build.pool("services", rate="80")
    offers = cast.REFUND | {slug: named(firm, slug) for slug in ("data-export", "migration-help")}
    plan = edit_offer(actor=firm.lead, plan=cast.draft(firm), offers=offers)

    # 8 hours of export and 40 of moving, at 80 an hour.
    assert exit_cost(plan) == ExitCost(Decimal(500), "USD", {"services": Decimal(48)}, Decimal(3840), "USD")


def test_hours_without_a_rate_stay_hours(firm: Company, plan: ExitPlan) -> None:
    saved = edit_offer(actor=firm.lead, plan=plan, offers={INSIGHT: named(firm, INSIGHT)})
    assert exit_cost(saved) == ExitCost(None, "", {"engineering": Decimal(6)}, None, "")
    assert exit_cost(edit_offer(actor=firm.lead, plan=saved, offers=cast.PROSPECT_OFFERS)) is None


# -- large refunds -----------------------------------------------------------------------------------------------------


def refund(amount: str, currency: str = "USD") -> dict[str, dict[str, str]]:
    return {"refund": cast.REFUND["refund"] | {"amount": amount, "currency": currency}}


def limit(amount: str) -> None:
    organisation = Organisation.current()
    organisation.thresholds = {"refund_limit": amount}
    organisation.save()


@pytest.mark.parametrize(
    ("amount", "currency", "is_large"),
    [
        ("2000", "USD", False),
        ("2000.01", "USD", True),
        ("1000", "EUR", False),
        ("1001", "EUR", True),
        ("1", "CHF", True),
    ],
)
def test_only_a_refund_above_the_limit_asks_a_second_approver(
    firm: Company, amount: str, currency: str, *, is_large: bool
) -> None:
    cast.paying(firm)
    limit("2000")
    ExchangeRate.objects.create(month=dt.date(2026, 2, 1), from_currency="EUR", to_currency="USD", rate=Decimal(2))

    plan = edit_offer(actor=firm.lead, plan=cast.draft(firm), offers=refund(amount, currency))

    second = ("refund_approver",) if is_large else ()
    assert plan.signatures_needed == ("sponsor", "cfo", *second, "final_approver")


def test_a_large_refund_is_signed_by_cfo_and_second_approver(firm: Company) -> None:
    cast.paying(firm)
    plan = cast.in_coalition(firm, offers=refund("10000.01"))
    cast.heard(firm, plan)
    with pytest.raises(RuleViolation, match="name a second approver beside the CFO"):
        verbs.request_approval(actor=firm.lead, plan=plan)
    who: dict[str, Any] = {"actor": firm.lead, "plan": plan, "final_approver": firm.approver}
    with pytest.raises(RuleViolation, match="an executive or from finance"):
        sections.name_people(**who, refund_approver=firm.vp_sales)
    with pytest.raises(RuleViolation, match="Each signature comes from another person"):
        sections.name_people(**who, refund_approver=firm.cfo)
    assert not ExitPlan.objects.visible_to(firm.guard).exists()
    sections.name_people(**who, refund_approver=firm.guard)
    verbs.request_approval(actor=firm.lead, plan=plan)

    assert list(ExitPlan.objects.visible_to(firm.guard).waiting_for(firm.guard)) == [plan]
    for person in (firm.lead, firm.cfo, firm.approver):
        assert verbs.approve(actor=person, plan=plan).state == "approval"
    assert verbs.approve(actor=firm.guard, plan=plan).state == "approved"


def test_the_limit_of_the_day_of_the_request_counts(firm: Company) -> None:
    cast.paying(firm)
    plan = cast.in_coalition(firm, offers=refund("20000"))
    cast.heard(firm, plan)
    assert plan.is_refund_large
    limit("50000")

    asked = verbs.request_approval(actor=firm.lead, plan=plan)

    assert asked.signatures_needed == ("sponsor", "cfo", "final_approver")


# -- what the customer made of it --------------------------------------------------------------------------------------


def approved_with(firm: Company, slug: str, **details: str) -> ExitPlan:
    cast.paying(firm)
    return cast.approved(firm, offers={slug: named(firm, slug, **details)})


def test_an_expired_licence_offer_is_not_accepted(firm: Company) -> None:
    today = timezone.localdate()
    yesterday = today - dt.timedelta(days=1)
    plan = approved_with(firm, "discounted-licence", until=str(today))
    made = plan.offers.get()
    made.details["until"] = str(yesterday)
    made.save()
    assert made.is_expired

    with pytest.raises(RuleViolation, match="it cannot be accepted any more"):
        answer_offer(actor=firm.lead, plan=plan, offer=made.slug, answer="accepted")
    assert whole(plan.pk).offers.get().answer == ""

    # It was accepted in time and is only written down late.
    answer_offer(actor=firm.lead, plan=plan, offer=made.slug, answer="accepted", answered_on=yesterday)
    assert whole(plan.pk).offers.get().answer == "accepted"


def test_an_offer_that_ended_is_renewed_before_the_request(firm: Company) -> None:
    cast.paying(firm)
    offers = {"discounted-licence": named(firm, "discounted-licence", until="2026-01-31")}
    plan = edit_offer(actor=firm.lead, plan=cast.draft(firm), offers=offers)
    assert gaps(plan)["offer"] == [
        "Cheaper licences of products that suit them: it stood until 31 Jan 2026; give a later day."
    ]


def test_promised_work_is_done_only_with_proof(firm: Company) -> None:
    plan = approved_with(firm, "data-export")
    who: dict[str, Any] = {"actor": firm.lead, "plan": plan, "offer": "data-export"}
    with pytest.raises(RuleViolation, match="Only an accepted offer can be kept"):
        finish_offer(**who, proof="Row counts agree")
    answer_offer(**who, answer="accepted")
    with pytest.raises(RuleViolation, match="Say what shows that it is done"):
        finish_offer(**who)
    assert whole(plan.pk).offers.get().done_on is None

    kept = finish_offer(**who, proof="Row counts agree").offers.get()

    assert (kept.done_on, kept.proof) == (timezone.localdate(), "Row counts agree")
    assert list(TrailEntry.objects.about(plan).order_by("-id").values_list("verb", flat=True)[:2]) == [
        "exit_plan.offer_kept",
        "exit_plan.offer_answered",
    ]
    with pytest.raises(RuleViolation, match="is done already"):
        answer_offer(**who, answer="declined")


def test_answers_come_after_approval_and_from_author_or_sponsor(firm: Company) -> None:
    cast.paying(firm)
    plan = cast.in_approval(firm)
    with pytest.raises(RuleViolation, match="not possible in the state “Approval”"):
        answer_offer(actor=firm.lead, plan=plan, offer="notice-period", answer="accepted")
    verbs.approve(actor=firm.lead, plan=plan)
    signed = verbs.approve(actor=firm.approver, plan=plan)
    with pytest.raises(RuleViolation, match="is for the author, the sponsor"):
        answer_offer(actor=firm.approver, plan=plan, offer="notice-period", answer="accepted")
    with pytest.raises(RuleViolation, match="no offer of this plan"):
        answer_offer(actor=firm.lead, plan=plan, offer="refund", answer="accepted")
    assert signed.offers.get().answer == ""
