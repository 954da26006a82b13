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
    # Mostly there is none, and then nothing has to be found out about who sees what.
    keys = ExitPlan.objects.keys_matching(text)
    if not keys:
        return []
    plans = ExitPlan.objects.visible_to(user).filter(pk__in=keys).newest_first()
    found = list(plans.select_related("account", "sponsor")[:limit])
    if not found:
        return []
    see_rows(actor=user, plans=found, through="search")
    return [Hit(plan.account.name, f"{plan.get_state_display()} · {plan.sponsor.name}", _url(plan)) for plan in found]


def _url(plan: ExitPlan) -> str:
    return reverse("exit_plan_detail", args=[plan.pk])


EXIT_PLANS = SearchKind("exit_plan", _("Exit plans"), "door-open", find, order=60)
