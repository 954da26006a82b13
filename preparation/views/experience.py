"""Which of my experiences may help a customer, and to whom were they told?"""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, show_refusal, wants_fragment
from preparation.forms import ExperienceFilter, ExperienceForm
from preparation.models import Experience, Telling
from preparation.permissions import may_tell
from preparation.services.experiences import add_experience, edit_experience

SHOWN: Final = 200
# Of the accounts that heard a story.
NAMED: Final = 12


@require_safe
@needs("experience.read")
def experience_list(request: Request) -> HttpResponse:
    """My stories; those of colleagues below."""
    whose = request.GET.get("whose", "mine")
    rows = Experience.objects.visible_to(request.user).newest_first().annotate(told=Count("tellings"))
    rows = rows.exclude(owner=request.user) if whose == "others" else rows.filter(owner=request.user)
    industries = rows.exclude(industry="").order_by("industry").values_list("industry", flat=True).distinct()
    filters = ExperienceFilter(request.GET, industries=industries[:SHOWN])
    asked = filters.asked
    rows = rows.about(asked.get("q", ""), asked.get("industry", ""))
    there = Telling.objects.visible_to(request.user).select_related("account").order_by("-at", "-id")
    shown: list[Any] = list(rows.prefetch_related(Prefetch("tellings", there[:NAMED], to_attr="told_to"))[: SHOWN + 1])
    for one in shown:
        one.told_more = one.told - len(one.told_to)
    context = {
        "rows": shown[:SHOWN],
        "is_cut": len(shown) > SHOWN,
        "whose": whose,
        "filters": filters,
        "is_narrowed": bool(asked),
    }
    return page(request, "preparation/experience_list/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("experience.write")
def experience_add(request: Request) -> HttpResponse:
    """A new story."""
    form = ExperienceForm(request.POST if request.method == "POST" else None)
    del form.fields["is_retired"], form.fields["version"]
    if form.is_bound and form.is_valid():
        try:
            add_experience(actor=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Kept. It is suggested where it fits."))
            return go_to(request, reverse("experience_list"))
    return _form(request, form, _("What have you seen elsewhere?"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("experience.write")
def experience_edit(request: Request, pk: int) -> HttpResponse:
    """Change a story of one's own, or put it away."""
    found = get_object_or_404(Experience.objects.visible_to(request.user), pk=pk)
    if not may_tell(request.user, found):
        raise Http404
    form = ExperienceForm(request.POST) if request.method == "POST" else ExperienceForm.of(found)
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version") or 0
        try:
            edit_experience(actor=request.user, experience=found, version=version, **values)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, reverse("experience_list"))
    return _form(request, form, _("How is it told today?"))


def _form(request: Request, form: ExperienceForm, title: str) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "action": request.path,
        "fields": "preparation/experience_list/_fields.html",
        "is_dialog": wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/form/page.html", context, fragment="touchpoints/form/_dialog.html", status=status)
