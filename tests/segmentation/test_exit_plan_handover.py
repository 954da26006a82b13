"""Somebody leaves: what waits for them in exit plans goes on, what they signed stays."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.people.services import deactivate_person
from pmcrm.trail.models import TrailEntry
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs
from segmentation.services.exit_plan_handover import count_charges
from segmentation.services.exit_plan_record import whole
from segmentation.services.exit_plan_turns import seat_offices
from tests import build
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return cast.company()


def leaves(firm: Company, person: User, successor: User) -> dict[str, int]:
    person.refresh_from_db()
    return deactivate_person(actor=firm.administrator, person=person, successor=successor, version=person.version)


def last_handover(plan: ExitPlan) -> dict[str, list[str | None]]:
    entry = TrailEntry.objects.about(plan).filter(verb="exit_plan.handed_over").latest("id")
    assert entry.account_id is None
    changes: dict[str, list[str | None]] = entry.data["changes"]
    return changes


def test_a_draft_goes_to_the_successor(firm: Company) -> None:
    plan = cast.draft(firm, author=firm.manager)
    heir = build.user("product_manager", name="Hedda Heir")

    assert leaves(firm, firm.manager, heir)["decisions"] == 1

    assert whole(plan.pk).author == heir
    assert last_handover(plan) == {"author": ["Mia Manager", "Hedda Heir"]}
    assert count_charges(firm.manager) == 0


def test_a_successor_who_may_not_propose_leaves_the_author_as_he_was(firm: Company) -> None:
    plan = cast.draft(firm, author=firm.manager)
    leaves(firm, firm.manager, firm.vp_sales)
    assert whole(plan.pk).author == firm.manager
    assert cast.sponsored(firm, plan).state == "sponsored"


def test_a_plan_gets_another_lead_where_the_successor_is_none(firm: Company) -> None:
    plan = cast.in_approval(firm, author=firm.manager)
    verbs.approve(actor=firm.lead, plan=plan)

    leaves(firm, firm.lead, firm.vp_sales)

    assert whole(plan.pk).sponsor == firm.other_lead
    # The signature that was given counts, and the last one approves.
    assert verbs.approve(actor=firm.approver, plan=plan).state == "approved"
    assert [one.person for one in whole(plan.pk).signatures.all()] == [firm.lead, firm.approver]


def test_the_last_product_lead_names_a_product_lead(firm: Company) -> None:
    plan = cast.draft(firm, author=firm.manager)
    leaves(firm, firm.other_lead, firm.lead)
    with pytest.raises(RuleViolation, match="only a product lead can take over"):
        leaves(firm, firm.lead, firm.vp_sales)
    firm.lead.refresh_from_db()
    assert firm.lead.is_active
    assert whole(plan.pk).sponsor == firm.lead


def test_a_signature_that_waits_goes_to_the_next_holder_of_the_office(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.lead, plan=plan)
    other = build.user("executive", name="Nils Next", office="final_approver")

    leaves(firm, firm.approver, firm.guard)

    assert whole(plan.pk).final_approver == other
    assert verbs.approve(actor=other, plan=plan).state == "approved"


def test_without_anybody_to_sign_the_plan_returns_to_its_sponsor(firm: Company) -> None:
    plan = cast.in_approval(firm)

    leaves(firm, firm.approver, firm.guard)

    moved = whole(plan.pk)
    assert (moved.state, moved.final_approver) == ("returned", None)
    assert list(ExitPlan.objects.waiting_for(firm.lead)) == [plan]


def test_an_office_that_waits_goes_to_its_holder_and_no_further(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    verbs.talk(actor=firm.cfo, plan=plan, office="cfo", position="for")
    verbs.talk(actor=firm.vp_sales, plan=plan, office="vp_sales", position="for")
    deputy = build.user("department_member", name="Dag Deputy", office="vp_support")

    leaves(firm, firm.vp_support, firm.vp_engineering)
    leaves(firm, firm.vp_marketing, firm.vp_sales)
    leaves(firm, firm.vp_sales, firm.cfo)

    rows = {row.office: row for row in whole(plan.pk).coalition.all()}
    assert (rows["vp_support"].person, rows["vp_marketing"].person) == (deputy, None)
    # A position that was taken stays with whoever took it.
    assert (rows["vp_sales"].person, rows["vp_sales"].signed_by) == (firm.vp_sales, firm.vp_sales)
    assert ExitPlan.objects.visible_to(deputy).filter(pk=plan.pk).exists()


def test_a_vacant_office_gets_its_row_when_it_is_filled(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    leaves(firm, firm.vp_marketing, firm.vp_sales)
    assert seat_offices() == 0
    new = build.user("department_member", name="Nora New", office="vp_marketing")

    assert (seat_offices(), seat_offices()) == (1, 0)

    assert list(ExitPlan.objects.visible_to(new).waiting_for(new)) == [plan]


def test_the_next_cfo_signs_the_refund(firm: Company) -> None:
    cast.paying(firm)
    plan = cast.in_approval(firm, offers=cast.REFUND)
    verbs.approve(actor=firm.lead, plan=plan)
    new = build.user("finance", name="Cato Cash", office="cfo")

    leaves(firm, firm.cfo, new)

    assert list(ExitPlan.objects.visible_to(new).waiting_for(new)) == [plan]
    verbs.approve(actor=new, plan=plan)
    signed = verbs.approve(actor=firm.approver, plan=plan)
    assert signed.state == "approved"
    assert {row.office: row.signed_by for row in signed.coalition.all()}["cfo"] == firm.cfo


def test_ended_plans_keep_their_people(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.reject(actor=firm.approver, plan=plan, comment="We keep them.")
    assert (count_charges(firm.lead), count_charges(firm.approver)) == (0, 0)
    leaves(firm, firm.approver, firm.guard)
    assert whole(plan.pk).final_approver == firm.approver


def test_the_page_of_people_says_how_many_and_never_which(firm: Company, client: Client) -> None:
    cast.in_coalition(firm)

    client.force_login(firm.administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("person_deactivate", args=[firm.cfo.pk])).content.decode()
    assert "Plans and decisions that wait" in page
    assert "Nordhavn" not in page
