"""What search finds of exit plans: by the account's name, for those who see the plan and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pmcrm.lists.search import Hit, SearchKind
from segmentation.models import ExitPlan
from segmentation.services.exit_plan import see_rows

if TYPE_CHECKING:
    from pmcrm.people.models import User


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The plans last changed first; that they were seen is noted, as in a list."""
    plans = ExitPlan.objects.visible_to(user).matching(text).newest_first()
    keys = list(plans.values_list("pk", flat=True)[:limit])
    if not keys:
        return []
    found = list(plans.filter(pk__in=keys).select_related("account", "sponsor"))
    see_rows(actor=user, plans=found, through="search")
    return [Hit(plan.account.name, f"{plan.get_state_display()} · {plan.sponsor.name}", _url(plan)) for plan in found]


def _url(plan: ExitPlan) -> str:
    return reverse("exit_plan_detail", args=[plan.pk])


EXIT_PLANS = SearchKind("exit_plan", _("Exit plans"), "door-open", find, order=60)
