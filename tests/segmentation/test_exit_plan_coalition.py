"""An exit plan from its sponsor to the offices: who may do what, what is refused, and that nothing moved then."""

from __future__ import annotations

import datetime as dt

import pytest

from pmcrm.errors import RuleViolation
from pmcrm.trail.models import TrailEntry
from segmentation.models import ExitPlan
from segmentation.services import exit_plan as verbs
from segmentation.services.exit_plan_proposal import propose
from segmentation.services.exit_plan_record import gaps, whole
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return cast.company()


def trail_of(plan: ExitPlan) -> list[str]:
    return list(TrailEntry.objects.about(plan).order_by("id").values_list("verb", flat=True))


def test_the_author_alone_does_not_get_out_of_the_private_draft(firm: Company) -> None:
    plan = cast.draft(firm, author=firm.manager)

    with pytest.raises(RuleViolation, match="is for the sponsor"):
        verbs.sponsor(actor=firm.manager, plan=plan, statement="Please.")
    with pytest.raises(RuleViolation, match="talked about it in private"):
        verbs.sponsor(actor=firm.lead, plan=plan, statement="It frees what waits elsewhere.")
    assert whole(plan.pk).state == "private_draft"

    assert cast.sponsored(firm, plan).state == "sponsored"


def test_a_plan_without_words_is_not_sponsored(firm: Company) -> None:
    plan = propose(actor=firm.lead, account=firm.account)
    with pytest.raises(RuleViolation, match="Say in words why"):
        verbs.sponsor(actor=firm.lead, plan=plan, statement="Listen.")
    with pytest.raises(RuleViolation, match="what the others need to hear"):
        verbs.sponsor(actor=firm.lead, plan=plan, statement=" ")
    assert whole(plan.pk).state == "private_draft"


def test_the_coalition_opens_only_after_remedies_and_a_balanced_sheet(firm: Company) -> None:
    plan = cast.sponsored(firm, cast.draft(firm))
    with pytest.raises(RuleViolation) as refusal:
        verbs.open_coalition(actor=firm.lead, plan=plan)
    assert set(refusal.value.fields) == {"remedies", "trade-off"}
    assert "Repair: say whether it was tried" in refusal.value.sentence
    assert whole(plan.pk).coalition.count() == 0

    cast.write(firm, plan)
    opened = verbs.open_coalition(actor=firm.lead, plan=plan)

    assert opened.state == "coalition"
    assert [(row.office, row.person) for row in opened.coalition.all()] == list(firm.offices.items())


def test_approval_waits_until_each_office_was_heard_or_waived(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    for office in ("vp_support", "vp_engineering", "cfo"):
        verbs.talk(actor=firm.offices[office], plan=plan, office=office, position="for")
    verbs.talk(actor=firm.lead, plan=plan, office="vp_marketing", concern="A case study is due.", talked_on=cast.MARCH)
    with pytest.raises(RuleViolation, match="VP Sales was neither talked to nor waived"):
        verbs.request_approval(actor=firm.lead, plan=plan)
    assert whole(plan.pk).state == "coalition"
    with pytest.raises(RuleViolation, match="Give the reason"):
        verbs.waive(actor=firm.lead, plan=plan, office="vp_sales", reason=" ")

    verbs.waive(actor=firm.lead, plan=plan, office="vp_sales", reason="On leave until May; her deputy agrees.")

    assert verbs.request_approval(actor=firm.lead, plan=plan).state == "approval"


def test_a_position_is_taken_by_the_office_alone(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    with pytest.raises(RuleViolation, match="taken by Carla Cash alone"):
        verbs.talk(
            actor=firm.lead, plan=plan, office="cfo", position="for", concern="Recognition", talked_on=cast.MARCH
        )
    with pytest.raises(RuleViolation, match="Each office speaks for itself"):
        verbs.talk(actor=firm.vp_sales, plan=plan, office="cfo", position="for")
    with pytest.raises(RuleViolation, match="conditions or the objection"):
        verbs.talk(actor=firm.cfo, plan=plan, office="cfo", position="against")
    assert not whole(plan.pk).coalition.exclude(position="").exists()

    row = verbs.talk(actor=firm.cfo, plan=plan, office="cfo", position="against", conditions="Forecast of Q3.")

    assert (row.position, row.conditions, row.signed_at is not None) == ("against", "Forecast of Q3.", True)


def test_a_talk_does_not_lie_in_the_future(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    with pytest.raises(RuleViolation, match="lies in the past"):
        verbs.talk(actor=firm.lead, plan=plan, office="cfo", concern="Cash", talked_on=dt.date(2126, 1, 1))


def test_an_office_that_nobody_holds_is_waived(firm: Company) -> None:
    firm.vp_marketing.is_active = False
    firm.vp_marketing.save()
    plan = cast.in_coalition(firm)
    with pytest.raises(RuleViolation, match="Nobody holds the office VP Marketing"):
        verbs.talk(actor=firm.lead, plan=plan, office="vp_marketing", concern="None", talked_on=cast.MARCH)

    verbs.waive(actor=firm.lead, plan=plan, office="vp_marketing", reason="The office is vacant.")

    assert "VP Marketing" not in str(gaps(whole(plan.pk)))
