"""The pages of exit plans: what each person finds there, what a refusal says, what stays hidden."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from pmcrm.people.models import User
from pmcrm.trail.models import ViewLog
from segmentation import playbook
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs
from segmentation.services.exit_plan_record import whole
from tests import build
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

HTMX = {"HX-Request": "true"}


@pytest.fixture
def firm(db: None) -> Company:
    return cast.company()


def as_person(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form_of(plan: ExitPlan, **values: Any) -> dict[str, Any]:
    return {"version": whole(plan.pk).version, **values}


def sheet_form() -> dict[str, str]:
    """The sheet as a browser sends it."""
    texts = {name: cast.SHEET[name] for name in ("initiative", "option_a", "option_b", "failure_chance")}
    texts |= {name: cast.SHEET[name] for name in ("failure_reason", "embarrassment", "choice")}
    pools = {f"{pool}__{name}": hours for pool, line in cast.SHEET["pools"].items() for name, hours in line.items()}
    waiting = {group: "\n".join(names) for group, names in cast.SHEET["displaced"].items()}
    lines = {f"line__{office}": str(role.either_or) for office, role in playbook.COALITION_ROLES.items()}
    return texts | pools | waiting | lines


def test_from_the_draft_to_the_last_signature_in_the_browser(firm: Company) -> None:
    lead = as_person(firm.lead)
    answer = lead.post(f"/exit-plans/new/?account={firm.account.pk}", {"reason": cast.REASON, "sponsor": firm.lead.pk})
    plan = ExitPlan.objects.get()
    base = f"/exit-plans/{plan.pk}/"
    assert (answer.status_code, answer["Location"]) == (303, base)

    def post(client: Client, path: str, **values: Any) -> int:
        return client.post(base + path, form_of(plan, **values)).status_code

    remedies = {
        f"{slug}__{name}": value
        for slug, (tried, reason) in cast.REMEDIES.items()
        for name, value in (("is_tried", "yes" if tried else "no"), ("reason", reason))
    }
    assert post(lead, "sections/remedies/", **remedies) == 303
    assert post(lead, "sections/trade-off/", **sheet_form()) == 303
    details = cast.PROSPECT_OFFERS["alternative-product"]
    offer = {"alternative-product": "on"} | {f"alternative-product__{name}": text for name, text in details.items()}
    assert post(lead, "sections/offer/", **offer) == 303
    assert post(lead, "sections/people/", final_approver=firm.approver.pk) == 303
    assert post(lead, "sponsor/", statement="It frees what waits elsewhere.") == 303
    assert post(lead, "open-coalition/") == 303
    for office, person in firm.offices.items():
        assert as_person(person).get(base).status_code == 200
        assert post(as_person(person), "talk/", office=office, position="for") == 303
    assert post(lead, "request-approval/") == 303
    assert post(lead, "approve/") == 303
    assert post(as_person(firm.approver), "approve/", comment="Agreed.") == 303

    signed = whole(plan.pk)
    assert signed.state == "approved"
    page = as_person(firm.approver).get(base).content.decode()
    assert "Approved and frozen." in page
    assert signed.snapshot.content_hash[:16] in page


def test_a_refused_step_says_what_is_missing_and_moves_nothing(firm: Company) -> None:
    plan = cast.sponsored(firm, cast.draft(firm))
    answer = as_person(firm.lead).post(f"/exit-plans/{plan.pk}/open-coalition/", form_of(plan), headers=HTMX)
    assert answer.status_code == 422
    assert "Repair: say whether it was tried" in answer.content.decode()
    assert whole(plan.pk).state == "sponsored"


def test_a_refused_section_keeps_what_was_typed(firm: Company) -> None:
    plan = cast.draft(firm)
    values = form_of(plan, **sheet_form() | {"support__extra": "30", "initiative": "Port of the planner"})
    answer = as_person(firm.lead).post(f"/exit-plans/{plan.pk}/sections/trade-off/", values, headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "extra capacity must be zero" in text
    assert "Port of the planner" in text
    assert whole(plan.pk).initiative == ""


def test_the_second_of_two_browsers_sees_the_conflict(firm: Company) -> None:
    plan = cast.draft(firm, author=firm.manager)
    read = form_of(plan)
    assert (
        as_person(firm.manager).post(f"/exit-plans/{plan.pk}/sections/why/", read | {"reason": "First"}).status_code
        == 303
    )
    late = as_person(firm.lead).post(f"/exit-plans/{plan.pk}/sections/why/", read | {"reason": "Second"}, headers=HTMX)
    assert late.status_code == 422
    assert "changed in the meantime" in late.content.decode()
    assert "Second" in late.content.decode()
    assert whole(plan.pk).reason == "First"


def test_who_is_not_named_finds_nothing_anywhere(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    for who in ("other_lead", "sales_owner", "guard", "approver"):
        client = as_person(getattr(firm, who))
        assert client.get(f"/exit-plans/{plan.pk}/").status_code == 404
        assert client.get(f"/exit-plans/{plan.pk}/steps/talk/").status_code == 404
        assert client.post(f"/exit-plans/{plan.pk}/talk/", form_of(plan)).status_code == 404
        assert "Nordhavn" not in client.get("/exit-plans/").content.decode()
        panel = client.get(f"/accounts/{firm.account.pk}/exit/")
        assert f"/exit-plans/{plan.pk}/" not in panel.content.decode()
        if who != "sales_owner":
            assert "Nordhavn" not in client.get("/decisions/").content.decode()
    assert not ViewLog.objects.filter(actor__in=[firm.other_lead, firm.sales_owner, firm.guard]).exists()


def test_an_administrator_never_gets_in(firm: Company) -> None:
    plan = cast.approved(firm)
    client = as_person(firm.administrator)
    for path in ("/exit-plans/", f"/exit-plans/{plan.pk}/", "/decisions/", f"/exit-plans/{plan.pk}/steps/approve/"):
        assert client.get(path).status_code == 403


def test_each_reading_is_in_the_view_log(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    client = as_person(firm.cfo)
    for path in (f"/exit-plans/{plan.pk}/", f"/exit-plans/{plan.pk}/steps/talk/", "/exit-plans/", "/decisions/"):
        assert client.get(path).status_code == 200
    seen = ViewLog.objects.filter(actor=firm.cfo, subject_id=str(plan.pk)).order_by("id")
    assert list(seen.values_list("through", flat=True)) == ["page", "page", "list", "queue"]


def test_who_read_it_is_shown_on_asking(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    as_person(firm.cfo).get(f"/exit-plans/{plan.pk}/")
    text = as_person(firm.lead).get(f"/exit-plans/{plan.pk}/?part=readers", headers=HTMX).content.decode()
    assert "Carla Cash" in text
    assert "Lea Lead" in text
    assert "<!doctype html>" not in text


def test_a_page_shows_an_office_only_its_own_buttons(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    text = as_person(firm.cfo).get(f"/exit-plans/{plan.pk}/").content.decode()
    assert f"/exit-plans/{plan.pk}/steps/talk/?office=cfo" in text
    assert "office=vp_sales" not in text
    assert "/sections/" not in text
    assert "/steps/waive/" not in text
    assert "/steps/approve/" not in text


def test_the_detail_page_costs_at_most_twelve_queries(
    firm: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cast.run(firm)
    plan = cast.in_approval(firm)
    client = as_person(firm.approver)
    client.get(f"/exit-plans/{plan.pk}/")
    with django_assert_max_num_queries(12):
        assert client.get(f"/exit-plans/{plan.pk}/").status_code == 200


def test_the_list_costs_the_same_for_one_and_for_six(
    firm: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cast.draft(firm)
    for _number in range(5):
        firm.account = build.account()
        cast.draft(firm)
    client = as_person(firm.lead)
    client.get("/exit-plans/")
    with django_assert_max_num_queries(12):
        assert client.get("/exit-plans/").status_code == 200


@pytest.mark.parametrize("wanted", ["", "x", "99999999999999999999", "0"])
def test_a_proposal_needs_an_account(firm: Company, wanted: str) -> None:
    assert as_person(firm.lead).get(f"/exit-plans/new/?account={wanted}").status_code == 404


def test_the_account_shows_the_way_to_propose_to_those_who_may(firm: Company) -> None:
    offer = f"/exit-plans/new/?account={firm.account.pk}"
    for who, finds in (("manager", True), ("lead", True), ("vp_sales", False), ("cfo", False)):
        text = as_person(getattr(firm, who)).get(f"/accounts/{firm.account.pk}/exit/").content.decode()
        assert (offer in text) is finds
    plan = cast.draft(firm)
    assert f"/exit-plans/{plan.pk}/" in as_person(firm.lead).get(f"/accounts/{firm.account.pk}/exit/").content.decode()


def test_every_panel_opens_as_a_page_and_as_a_piece(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    client = as_person(firm.lead)
    sections = [f"sections/{section}/" for section in playbook.SECTIONS]
    steps = [f"steps/{verb}/?office=cfo" for verb in playbook.MOVES]
    for path in sections + steps:
        whole_page = client.get(f"/exit-plans/{plan.pk}/{path}")
        piece = client.get(f"/exit-plans/{plan.pk}/{path}", headers=HTMX)
        assert (whole_page.status_code, piece.status_code) == (200, 200), path
        assert b"<!doctype html>" in whole_page.content
        assert b"<!doctype html>" not in piece.content
    assert client.get(f"/exit-plans/{plan.pk}/sections/nothing/").status_code == 404
    assert client.get(f"/exit-plans/{plan.pk}/steps/nothing/").status_code == 404


def test_a_verb_is_post_only(firm: Company) -> None:
    plan = cast.draft(firm)
    for verb in playbook.MOVES:
        assert as_person(firm.lead).get(f"/exit-plans/{plan.pk}/{verb}/").status_code == 405


def test_verbs_of_others_are_refused_with_a_sentence(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    answer = as_person(firm.vp_sales).post(f"/exit-plans/{plan.pk}/request-approval/", form_of(plan), headers=HTMX)
    assert answer.status_code == 422
    assert "is for the sponsor" in answer.content.decode()
    assert whole(plan.pk).state == "coalition"
    verbs.withdraw(actor=firm.lead, plan=plan, reason="Enough.")
    assert whole(plan.pk).state == "withdrawn"
