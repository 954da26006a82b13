"""An exit plan from its draft to the last signature: who may do what, what is refused, and that nothing moved then."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.trail.models import TrailEntry, ViewLog
from segmentation.models import ExitPlan, ExitSignature, ExitSnapshot
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_sections as sections
from segmentation.services.exit_plan_proposal import propose
from segmentation.services.exit_plan_record import content, gaps, hash_of, whole
from tests import build
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return cast.company()


def trail_of(plan: ExitPlan) -> list[str]:
    return list(TrailEntry.objects.about(plan).order_by("id").values_list("verb", flat=True))


# -- proposing ---------------------------------------------------------------------------------------------------------


def test_a_plan_from_a_flag_freezes_its_figures(firm: Company) -> None:
    made = cast.run(firm)
    flagged = cast.flag(firm, made)

    plan = propose(actor=firm.lead, account=firm.account, flag=flagged)

    assert plan.state == "private_draft"
    assert (plan.author, plan.sponsor, plan.final_approver) == (firm.lead, firm.lead, firm.approver)
    assert plan.evidence["run"]["contribution"] == "-500.000000"
    assert plan.evidence["run"]["hours_by_pool"] == {"support": "40.00"}
    assert plan.evidence["flag"]["attention_ratio"] == "3.25"
    assert plan.evidence["flag"]["tests"][0]["code"] == "loss"
    made.rows.update(contribution=Decimal(900))
    assert whole(plan.pk).evidence["run"]["contribution"] == "-500.000000"
    assert trail_of(plan) == ["exit_plan.proposed"]


def test_a_product_manager_proposes_with_a_lead_as_sponsor(firm: Company) -> None:
    with pytest.raises(RuleViolation, match="Choose a product lead as sponsor"):
        propose(actor=firm.manager, account=firm.account)
    with pytest.raises(RuleViolation, match="Choose a product lead as sponsor"):
        propose(actor=firm.manager, account=firm.account, sponsor=firm.vp_sales)
    assert ExitPlan.objects.count() == 0

    plan = propose(actor=firm.manager, account=firm.account, sponsor=firm.lead)

    assert (plan.author, plan.sponsor) == (firm.manager, firm.lead)


@pytest.mark.parametrize("who", ["vp_sales", "cfo", "approver", "administrator", "sales_owner", "vp_support"])
def test_others_propose_nothing(firm: Company, who: str) -> None:
    with pytest.raises(PermissionDenied):
        propose(actor=getattr(firm, who), account=firm.account, sponsor=firm.lead)
    assert ExitPlan.objects.count() == 0


def test_an_internal_account_is_not_exited(firm: Company) -> None:
    with pytest.raises(RuleViolation, match="external customer or prospect"):
        propose(actor=firm.lead, account=build.account(kind="internal"))


def test_one_open_plan_an_account(firm: Company) -> None:
    plan = cast.draft(firm)
    with pytest.raises(RuleViolation, match="exit plan for this account already"):
        propose(actor=firm.lead, account=firm.account)
    verbs.withdraw(actor=firm.lead, plan=plan, reason="Repaired after all.")

    assert propose(actor=firm.lead, account=firm.account).pk != plan.pk


def test_a_second_plan_that_its_sponsor_could_not_see_stops_at_the_coalition(firm: Company) -> None:
    cast.in_coalition(firm)
    hidden = propose(actor=firm.other_lead, account=firm.account, reason="Another view.")
    cast.write(firm, hidden)
    verbs.sponsor(actor=firm.other_lead, plan=hidden, statement="Listen.")

    with pytest.raises(RuleViolation, match="Another plan for this account is under way"):
        verbs.open_coalition(actor=firm.other_lead, plan=hidden)
    assert whole(hidden.pk).state == "sponsored"


def test_the_sheet_starts_with_the_hours_of_a_quarter_and_what_stands_idle(firm: Company) -> None:
    support = build.pool("support", practical_hours="100")
    engineering = build.pool("engineering", practical_hours="100")
    from pmcrm.people.models import Organisation
    from segmentation.services.exit_plan_evidence import last_closed_quarter

    first, last = last_closed_quarter(Organisation.current())
    agent = build.user("department_member", department=build.department(pool="support"))
    noon = dt.datetime.combine(last, dt.time(12), tzinfo=dt.UTC)
    build.interaction(firm.account, build.account(), author=agent, at=noon, minutes=120)
    build.hours(pool=support, account=firm.account, hours="253", date=first)
    build.hours(pool=engineering, account=None, hours="200", date=last)
    cast.run(firm)

    lines = {line.pool: line for line in whole(cast.draft(firm).pk).pools.all()}

    # 40 hours in twelve months are 10 a quarter; 253 hours and a call of 2 are 85 % of 300: no idle hour.
    assert (lines["support"].needed, lines["support"].used, lines["support"].idle) == (10, Decimal("0.85"), 0)
    assert (lines["engineering"].used, lines["engineering"].idle) == (Decimal("0.666667"), 100)


# -- sponsor, coalition ------------------------------------------------------------------------------------------------


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


# -- signatures --------------------------------------------------------------------------------------------------------


def test_without_refund_and_guard_two_signatures_approve(firm: Company) -> None:
    plan = cast.in_approval(firm)
    assert plan.signatures_needed == ("sponsor", "final_approver")

    assert verbs.approve(actor=firm.lead, plan=plan).state == "approval"
    signed = verbs.approve(actor=firm.approver, plan=plan, comment="Agreed.")

    assert signed.state == "approved"
    assert trail_of(plan)[-4:] == [
        "exit_plan.approval_requested",
        "exit_plan.signed",
        "exit_plan.signed",
        "exit_plan.approved",
    ]


def test_with_refund_and_guard_four_signatures_approve() -> None:
    firm = cast.company(state="customer", tier="A")
    cast.paying(firm)
    plan = cast.in_approval(firm, offers=cast.REFUND)
    assert plan.signatures_needed == ("sponsor", "cfo", "guard_approver", "final_approver")

    for person in (firm.approver, firm.guard, firm.cfo):
        assert verbs.approve(actor=person, plan=plan).state == "approval"

    assert verbs.approve(actor=firm.lead, plan=plan).state == "approved"
    assert [one.role for one in ExitSignature.objects.filter(plan=plan)] == [
        "final_approver",
        "guard_approver",
        "cfo",
        "sponsor",
    ]


def test_a_guarded_account_asks_for_an_approver_outside_product() -> None:
    firm = cast.company()
    made = cast.run(firm)
    plan = cast.in_coalition(firm, flag=cast.flag(firm, made, guards=["brand"]))
    cast.heard(firm, plan)
    assert plan.is_guarded
    with pytest.raises(RuleViolation, match="outside product"):
        sections.name_people(actor=firm.lead, plan=plan, final_approver=firm.approver, guard_approver=firm.other_lead)
    sections.name_people(actor=firm.lead, plan=plan, final_approver=firm.approver)
    with pytest.raises(RuleViolation, match="The account is guarded"):
        verbs.request_approval(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="another person"):
        sections.name_people(actor=firm.lead, plan=plan, final_approver=firm.approver, guard_approver=firm.approver)
    assert whole(plan.pk).guard_approver is None


def test_a_guard_that_appears_later_is_asked_for_too(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    cast.heard(firm, plan)
    firm.account.tier = "A"
    firm.account.save()

    with pytest.raises(RuleViolation, match="The account is guarded"):
        verbs.request_approval(actor=firm.lead, plan=plan)
    assert not whole(plan.pk).is_guarded


def test_the_proposer_is_never_the_final_approver() -> None:
    firm = cast.company()
    both = build.user("product_lead", "executive", name="Both Hats", office="final_approver")
    plan = propose(actor=both, account=firm.account, reason=cast.REASON)
    assert plan.final_approver == firm.approver
    with pytest.raises(RuleViolation, match="Whoever proposes a plan cannot be its final approver"):
        sections.name_people(actor=both, plan=plan, final_approver=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitPlan.objects.filter(pk=plan.pk).update(final_approver=both)
    assert whole(plan.pk).final_approver == firm.approver


def test_nobody_signs_twice_or_for_another(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="given your decision on this request already"):
        verbs.approve(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="those whose signature the plan needs"):
        verbs.approve(actor=firm.cfo, plan=plan)
    assert ExitSignature.objects.filter(plan=plan).count() == 1


def test_return_and_reject_need_a_comment(firm: Company) -> None:
    plan = cast.in_approval(firm)
    for turn_down in (verbs.return_plan, verbs.reject):
        with pytest.raises(RuleViolation, match="Write a comment"):
            turn_down(actor=firm.approver, plan=plan, comment="  ")
    assert whole(plan.pk).state == "approval"
    assert not ExitSignature.objects.exists()


def test_a_returned_plan_is_signed_anew(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.lead, plan=plan)

    assert verbs.return_plan(actor=firm.approver, plan=plan, comment="Talk to their board first.").state == "returned"
    again = verbs.request_approval(actor=firm.lead, plan=plan)
    assert again.approval_round == 2
    assert verbs.approve(actor=firm.approver, plan=plan).state == "approval"
    assert verbs.approve(actor=firm.lead, plan=plan).state == "approved"


def test_a_rejected_plan_is_over(firm: Company) -> None:
    plan = cast.in_approval(firm)
    assert verbs.reject(actor=firm.approver, plan=plan, comment="We keep them.").state == "rejected"
    with pytest.raises(RuleViolation, match="not possible in the state “Rejected”"):
        verbs.approve(actor=firm.lead, plan=plan)
    with pytest.raises(RuleViolation, match="not changed any more"):
        sections.edit_why(actor=firm.lead, plan=plan, reason="Once more")


def test_a_change_after_the_request_voids_the_signatures(firm: Company) -> None:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.approver, plan=plan)

    changed = sections.edit_why(actor=firm.lead, plan=plan, reason="Another reason")

    assert changed.state == "returned"
    assert trail_of(plan)[-2:] == ["exit_plan.edited", "exit_plan.returned"]
    verbs.request_approval(actor=firm.lead, plan=plan)
    verbs.approve(actor=firm.lead, plan=plan)
    assert whole(plan.pk).state == "approval"


def test_who_withdraws_says_why(firm: Company) -> None:
    plan = cast.in_approval(firm, author=firm.manager)
    with pytest.raises(RuleViolation, match="Give the reason"):
        verbs.withdraw(actor=firm.manager, plan=plan, reason="")
    with pytest.raises(RuleViolation, match="is for the author, the sponsor"):
        verbs.withdraw(actor=firm.cfo, plan=plan, reason="No")
    assert verbs.withdraw(actor=firm.manager, plan=plan, reason="They changed their plans.").state == "withdrawn"


# -- the record --------------------------------------------------------------------------------------------------------


def test_the_last_signature_freezes_text_and_figures(firm: Company) -> None:
    cast.run(firm)
    plan = cast.approved(firm)

    snapshot = ExitSnapshot.objects.get(plan=plan)

    assert snapshot.content["reason"] == cast.REASON
    assert snapshot.content["evidence"]["run"]["contribution"] == "-500.000000"
    assert snapshot.content["choice"] == "B"
    assert snapshot.content["coalition"][2]["person"]["name"] == "Carla Cash"
    assert snapshot.content_hash == hash_of(snapshot.content) == hash_of(content(plan))
    assert {one.content_hash for one in plan.signatures.all()} == {snapshot.content_hash}
    with pytest.raises(RuleViolation, match="not changed any more"):
        sections.edit_why(actor=firm.lead, plan=plan, reason="Later")


def test_the_database_refuses_to_touch_snapshot_and_signatures(firm: Company) -> None:
    plan = cast.approved(firm)
    for rows in (ExitSnapshot.objects.filter(plan=plan), ExitSignature.objects.filter(plan=plan)):
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            rows.update(content_hash="x")
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            rows._raw_delete(rows.db)
    assert ExitSnapshot.objects.get(plan=plan).content["reason"] == cast.REASON


def test_the_second_of_two_writers_sees_a_conflict(firm: Company) -> None:
    plan = cast.draft(firm, author=firm.manager)
    sections.edit_why(actor=firm.manager, plan=plan, reason="First", version=plan.version)
    with pytest.raises(StaleVersion, match="changed in the meantime"):
        sections.edit_why(actor=firm.lead, plan=plan, reason="Second", version=plan.version)
    assert whole(plan.pk).reason == "First"


def test_who_read_an_older_text_does_not_sign_it(firm: Company) -> None:
    read = cast.in_approval(firm)
    sections.edit_why(actor=firm.lead, plan=read, reason="Another reason")
    verbs.request_approval(actor=firm.lead, plan=read)
    with pytest.raises(StaleVersion):
        verbs.approve(actor=firm.approver, plan=read, version=read.version)
    assert not ExitSignature.objects.exists()


def test_the_trail_tells_steps_but_neither_names_nor_words(firm: Company) -> None:
    plan = cast.approved(firm)
    entries = TrailEntry.objects.about(plan)
    told = " ".join(f"{entry.subject_label} {entry.data}" for entry in entries)
    assert set(entries.values_list("account_id", flat=True)) == {None}
    assert "Nordhavn" not in told
    assert "Agreed" not in told
    assert entries.filter(account_id=firm.account.pk).count() == 0


def test_each_view_is_noted(firm: Company) -> None:
    plan = cast.draft(firm)
    verbs.see(actor=firm.lead, plan=plan)
    verbs.see(actor=firm.lead, plan=plan, through="api")
    assert list(ViewLog.objects.order_by("id").values_list("actor", "subject_label", "through")) == [
        (firm.lead.pk, f"Exit plan {plan.pk}", "page"),
        (firm.lead.pk, f"Exit plan {plan.pk}", "api"),
    ]


# -- who sees it -------------------------------------------------------------------------------------------------------

PRIVATE = {"manager", "lead"}
OPEN = PRIVATE | {"vp_support", "vp_engineering", "cfo", "vp_marketing", "vp_sales"}
EVERYBODY = [*sorted(OPEN), "other_lead", "sales_owner", "guard", "approver", "administrator"]


@pytest.mark.parametrize(
    ("state", "seers"),
    [
        ("private_draft", PRIVATE),
        ("coalition", OPEN),
        ("approval", OPEN | {"approver"}),
        ("approved", OPEN | {"approver", "other_lead", "guard"}),
    ],
)
def test_who_sees_a_plan_in_each_state(firm: Company, state: str, seers: set[str]) -> None:
    reach = {
        "private_draft": cast.draft,
        "coalition": cast.in_coalition,
        "approval": cast.in_approval,
        "approved": cast.approved,
    }
    plan = reach[state](firm, author=firm.manager)
    seen = {who for who in EVERYBODY if ExitPlan.objects.visible_to(getattr(firm, who)).filter(pk=plan.pk).exists()}
    assert seen == seers


def test_who_is_not_named_moves_nothing(firm: Company) -> None:
    plan = cast.in_coalition(firm)
    with pytest.raises(PermissionDenied):
        verbs.talk(actor=firm.other_lead, plan=plan, office="cfo", concern="I", talked_on=cast.MARCH)
    with pytest.raises(PermissionDenied):
        sections.edit_why(actor=firm.administrator, plan=plan, reason="I")


@pytest.mark.django_db(transaction=True)
def test_two_sessions_that_sign_at_once_leave_one_signature() -> None:
    firm = cast.company()
    plan = cast.in_approval(firm)
    start = threading.Barrier(2)

    def sign(_number: int) -> str:
        try:
            start.wait()
            verbs.approve(actor=firm.approver, plan=plan, version=plan.version)
        except RuleViolation as violation:
            return violation.code
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(sign, range(2)))

    assert answers == ["already_signed", "signed"]
    assert ExitSignature.objects.count() == 1
