"""How long exit plans are kept, and who takes a copy of one."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pmcrm.people.models import Organisation, User
from pmcrm.trail.models import TrailEntry, ViewLog
from segmentation.models import ExitPlan, ExitSignature
from segmentation.services import exit_plan as verbs
from segmentation.services.exit_plan_keeping import kept_until, remove_outlived
from segmentation.tasks import remove_outlived_plans
from tests import build
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return cast.company()


def ago(plan: ExitPlan, days: int) -> None:
    then = timezone.now() - dt.timedelta(days=days)
    ExitPlan.objects.filter(pk=plan.pk).update(changed_at=then, state_since=then)


def another(firm: Company) -> Company:
    firm.account = build.account(product_manager=firm.manager, state="prospect")
    return firm


def rejected(firm: Company) -> ExitPlan:
    plan = cast.in_approval(firm)
    verbs.approve(actor=firm.lead, plan=plan)
    return verbs.reject(actor=firm.approver, plan=plan, comment="They stay.")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def copy(user: User, plan: ExitPlan) -> Any:
    return signed_in(user).get(reverse("exit_plan_copy", args=[plan.pk]))


def test_forgotten_drafts_and_ended_plans_go_whole_and_twice_does_nothing(firm: Company) -> None:
    old_draft, old_rejected = cast.draft(firm), rejected(another(firm))
    young_draft, young_rejected = cast.draft(another(firm)), rejected(another(firm))
    for plan, days in [(old_draft, 366), (young_draft, 364), (old_rejected, 1096), (young_rejected, 1094)]:
        ago(plan, days)

    assert sorted(remove_outlived()) == sorted([old_draft.pk, old_rejected.pk])
    remove_outlived_plans()

    assert set(ExitPlan.objects.values_list("pk", flat=True)) == {young_draft.pk, young_rejected.pk}
    assert set(ExitSignature.objects.values_list("plan", flat=True)) == {young_rejected.pk}
    removals = TrailEntry.objects.filter(verb="exit_plan.removed")
    assert {(one.subject_id, one.actor, one.account_id) for one in removals} == {
        (str(old_draft.pk), None, None),
        (str(old_rejected.pk), None, None),
    }
    assert TrailEntry.objects.filter(verb="exit_plan.rejected", subject_id=str(old_rejected.pk)).exists()


def test_approved_plans_and_those_under_way_stay(firm: Company) -> None:
    approved = cast.approved(firm)
    under_way = cast.in_coalition(another(firm))
    for plan in (approved, under_way):
        ago(plan, 5000)

    assert remove_outlived() == []
    assert (kept_until(ExitPlan.objects.get(pk=approved.pk)), kept_until(under_way)) == (None, None)


def test_the_organisation_sets_the_days_and_the_page_says_until_when(firm: Company) -> None:
    organisation = Organisation.current()
    organisation.thresholds = {"draft_days": "30"}
    organisation.save()
    plan = cast.draft(firm)
    ago(plan, 29)
    assert remove_outlived() == []
    page = signed_in(firm.lead).get(reverse("exit_plan_detail", args=[plan.pk])).content.decode()
    assert "and then removed whole." in page
    assert kept_until(ExitPlan.objects.get(pk=plan.pk)) == timezone.localdate() + dt.timedelta(days=1)
    ago(plan, 31)
    assert remove_outlived() == [plan.pk]


def test_only_approvers_take_a_copy(firm: Company) -> None:
    cast.paying(firm)
    plan = cast.in_approval(firm, offers=cast.REFUND)

    assert copy(firm.lead, plan).status_code == 422
    assert copy(firm.vp_support, plan).status_code == 422
    assert copy(firm.manager, plan).status_code == 404
    assert copy(firm.administrator, plan).status_code == 403
    assert not ViewLog.objects.filter(through="export").exists()
    for person in (firm.cfo, firm.approver):
        answer = copy(person, plan)
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="exit-plan-{plan.pk}.json"'
        assert answer.json()["is_signed"] is False

    assert list(ViewLog.objects.filter(through="export").values_list("actor", flat=True)) == [
        firm.cfo.pk,
        firm.approver.pk,
    ]
    exports = TrailEntry.objects.filter(verb="exit_plan.exported").order_by("id")
    assert [one.data["role"] for one in exports] == ["cfo", "final_approver"]
    page = signed_in(firm.lead).get(reverse("exit_plan_detail", args=[plan.pk])).content.decode()
    assert "Take a copy" not in page
    assert "Take a copy" in signed_in(firm.cfo).get(reverse("exit_plan_detail", args=[plan.pk])).content.decode()


def test_the_copy_of_an_approved_plan_is_what_was_signed(firm: Company) -> None:
    plan = cast.approved(firm)

    told = copy(firm.approver, plan).json()

    text = json.dumps(told["document"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert told["content_hash"] == hashlib.sha256(text.encode()).hexdigest() == plan.snapshot.content_hash
    assert [(one["role"], one["decision"], one["person"]) for one in told["signatures"]] == [
        ("sponsor", "approve", "Lea Lead"),
        ("final_approver", "approve", "Ada Approver"),
    ]
    assert told["is_signed"] is True
