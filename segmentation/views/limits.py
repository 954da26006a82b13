"""Settings, limits: from when on a flag speaks, and what an exit plan asks for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.engagement import PREFIX
from accounts.tasks import compute_tiers
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.people.models import Organisation
from pmcrm.web import Request, go_to, page, refused
from segmentation.forms.limits import LimitsForm
from segmentation.services.limits import edit_limits
from touchpoints.tasks import publish_all_loads


@needs("settings.write")
@require_http_methods(["GET", "POST"])
def limit_edit(request: Request) -> HttpResponse:
    """Every limit with what it does, changeable within its bounds."""
    template = "segmentation/limit_edit/page.html"
    organisation = Organisation.current()
    form = LimitsForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            edit_limits(actor=request.user, version=form.cleaned_data["version"], values=form.values())
        except RuleViolation as refusal:
            form.refuse(refusal)
        else:
            if any(name.startswith("tier_") for name in form.changed_data):
                compute_tiers.delay_on_commit()  # type: ignore[attr-defined]  # DjangoTask has it
            if any(name.startswith(PREFIX) for name in form.changed_data):
                publish_all_loads.delay_on_commit()  # type: ignore[attr-defined]  # as above
            messages.success(
                request,
                _("Saved. The next run judges by these limits; runs already made keep theirs."),
            )
            return go_to(request, reverse("limit_edit"))
    if form.is_bound:
        return refused(request, template, {"form": form})
    return page(request, template, {"form": form})
