"""What was signed and read: frozen, hashed, noted; and who sees a plan in each state."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection, transaction

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.trail.models import TrailEntry, ViewLog
from segmentation.models import ExitPlan, ExitSignature, ExitSnapshot
from segmentation.services import exit_plan as verbs
from segmentation.services import exit_plan_sections as sections
from segmentation.services.exit_plan_record import content, hash_of, whole
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return cast.company()


def trail_of(plan: ExitPlan) -> list[str]:
    return list(TrailEntry.objects.about(plan).order_by("id").values_list("verb", flat=True))


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


def test_what_is_signed_keeps_the_form_it_was_asked_for_in(firm: Company) -> None:
    """A later version of the product may add to the document, and names may change; signatures given stay good."""
    plan = cast.in_approval(firm)
    asked = dict(plan.requested_document or {})
    del asked["talked_in_private_on"]
    asked["offers"] = [{"slug": offer["slug"]} for offer in asked["offers"]]
    ExitPlan.objects.filter(pk=plan.pk).update(requested_document=asked)
    firm.account.name = "Nordhavn Holding"
    firm.account.save()

    verbs.approve(actor=firm.lead, plan=plan)
    plan = verbs.approve(actor=firm.approver, plan=plan, comment="Agreed.")

    assert plan.state == "approved"
    assert plan.snapshot.content == asked
    assert {one.content_hash for one in plan.signatures.all()} == {plan.snapshot.content_hash} == {hash_of(asked)}


def test_nobody_signs_a_plan_that_says_something_else_by_now(firm: Company) -> None:
    plan = cast.in_approval(firm)
    ExitPlan.objects.filter(pk=plan.pk).update(reason="Slipped in past the sections")

    with pytest.raises(RuleViolation, match="not what the others signed"):
        verbs.approve(actor=firm.approver, plan=plan)

    assert not ExitSignature.objects.exists()
    verbs.return_plan(actor=firm.approver, plan=plan, comment="Read it again.")
    assert whole(plan.pk).state == "returned"


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
