"""What must I decide? Signatures, positions and sponsorships that wait for a person, decided on the page."""

from __future__ import annotations

import pytest
from django.test import Client

from pmcrm.people.models import User
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs
from segmentation.services.exit_plan_record import whole
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company


@pytest.fixture
def firm(db: None) -> Company:
    return cast.company()


def as_person(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def waiting_for(firm: Company, *people: str) -> set[str]:
    return {who for who in people if ExitPlan.objects.waiting_for(getattr(firm, who)).exists()}


EVERYBODY = ("manager", "lead", "cfo", "vp_sales", "vp_support", "guard", "approver")


def test_each_plan_waits_for_those_whose_turn_it_is(firm: Company) -> None:
    plan = cast.draft(firm, author=firm.manager)
    assert waiting_for(firm, *EVERYBODY) == {"lead"}
    cast.write(firm, plan)
    cast.sponsored(firm, plan)
    assert waiting_for(firm, *EVERYBODY) == set()
    verbs.open_coalition(actor=firm.lead, plan=plan)
    assert waiting_for(firm, *EVERYBODY) == {"cfo", "vp_sales", "vp_support"}
    cast.heard(firm, plan)
    assert waiting_for(firm, *EVERYBODY) == set()
    verbs.request_approval(actor=firm.lead, plan=plan)
    assert waiting_for(firm, *EVERYBODY) == {"lead", "approver"}
    verbs.approve(actor=firm.approver, plan=plan)
    assert waiting_for(firm, *EVERYBODY) == {"lead"}
    verbs.approve(actor=firm.lead, plan=plan)
    assert waiting_for(firm, *EVERYBODY) == set()


def test_a_refund_waits_for_the_cfo_and_a_guard_for_its_approver(db: None) -> None:
    firm = cast.company(state="customer", tier="A")
    cast.paying(firm)
    cast.in_approval(firm, offers=cast.REFUND)
    assert waiting_for(firm, *EVERYBODY) == {"lead", "cfo", "guard", "approver"}


def test_a_decision_is_taken_on_the_page(firm: Company) -> None:
    plan = cast.in_approval(firm)
    client = as_person(firm.approver)
    text = client.get("/decisions/").content.decode()
    assert "Part with Nordhavn Data?" in text
    assert cast.REASON in text

    sent = {"version": plan.version, "comment": "Agreed.", "from": "decision_queue"}
    answer = client.post(f"/exit-plans/{plan.pk}/approve/", sent)

    assert (answer.status_code, answer["Location"]) == (303, "/decisions/")
    assert "Nordhavn" not in client.get("/decisions/").content.decode()
    assert whole(plan.pk).state == "approval"


def test_a_return_without_comment_is_refused(firm: Company) -> None:
    plan = cast.in_approval(firm)
    sent = {"version": plan.version, "comment": "", "from": "decision_queue"}
    answer = as_person(firm.approver).post(f"/exit-plans/{plan.pk}/return/", sent)
    assert answer.status_code == 422
    assert "Write a comment" in answer.content.decode()
    assert whole(plan.pk).state == "approval"


def test_an_empty_queue_says_so(firm: Company) -> None:
    assert "Nothing waits for you" in as_person(firm.guard).get("/decisions/").content.decode()
