"""Exit plans in the palette: for those who see them, and as if there were none for everybody else."""

from __future__ import annotations

import pytest

from pmcrm.lists.search import search
from pmcrm.people.models import User
from pmcrm.trail.models import ViewLog
from segmentation.models import ExitPlan
from tests.segmentation import exit_cast as cast

pytestmark = pytest.mark.django_db


def hits(user: User, text: str) -> list[tuple[str, str]]:
    return [(hit.label, hit.url) for kind, found in search(user, text) if kind.slug == "exit_plan" for hit in found]


def test_only_those_named_find_a_plan() -> None:
    firm = cast.company()
    plan = cast.in_coalition(firm, author=firm.manager)
    found = [("Nordhavn Data", f"/exit-plans/{plan.pk}/")]

    assert hits(firm.cfo, "nordhavn") == found
    assert hits(firm.lead, "nord") == found
    assert list(ViewLog.objects.values_list("actor", "through")) == [(firm.cfo.pk, "search"), (firm.lead.pk, "search")]
    for other in (firm.other_lead, firm.sales_owner, firm.guard, firm.approver, firm.administrator):
        assert hits(other, "nordhavn") == []
    assert ExitPlan.objects.count() == 1
