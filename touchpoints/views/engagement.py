"""What did our contact bring, and where did the time go? For coaching: one's own figures, or the sums of all."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints.kpis import KPIS
from touchpoints.models import Brought
from touchpoints.registry import sections
from touchpoints.services.engagement_figures import TAGGED, figures_read


@require_safe
@needs("account.read")
def engagement_figures(request: Request) -> HttpResponse:
    """`whose=all` is for those who lead; everybody else sees the own figures, and nobody those of a colleague."""
    may_see_all = request.user.may("engagement_figures.read_all")
    is_all = may_see_all and request.GET.get("whose") == "all"
    found, as_of = figures_read(person=None if is_all else request.user)
    whose = "all" if is_all else "me"
    context = {
        "found": found,
        "as_of": as_of,
        "whose": whose,
        "may_see_all": may_see_all,
        "kpis": KPIS,
        "outcomes": [(label, found.tags_in_all[slug]) for slug, label in Brought.choices],
        "tagged": [(month, key, name, tags.values()) for month, key, name, tags in found.tagged],
        "most_tagged": TAGGED,
        "by_month": [(month, one, found.tags[month].values()) for month, one in found.brought.items()],
        "most_hours": max((one.customers + one.prospects for one in found.spent.values()), default=0),
        "most_customers": max(found.customers.values(), default=0),
        "sections": [(one, f"{reverse(one.page)}?whose={whose}") for one in sections()],
    }
    return page(request, "touchpoints/engagement_figures/page.html", context)
