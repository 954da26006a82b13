"""What we say beforehand so that nobody expects too much: the organisation's statements."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, show_refusal, wants_fragment
from touchpoints.forms.pains import StatementForm
from touchpoints.models import Statement, Topic
from touchpoints.services.statements import add_statement, edit_statement, retire_statement


@require_safe
@needs("account.read")
def statement_list(request: Request) -> HttpResponse:
    """What do we say beforehand?"""
    rows = list(Statement.objects.order_by("slug", "-edition").select_related("author"))
    current = [one for one in rows if one.retired_at is None]
    current.sort(key=lambda one: (Topic.values.index(one.topic), not one.unlocks, one.pk))
    context = {
        "statements": [(one, [old for old in rows if old.slug == one.slug and old != one]) for one in current],
        "may_write": request.user.may("statement.write"),
    }
    return page(request, "touchpoints/statement_list/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("statement.write")
def statement_add(request: Request) -> HttpResponse:
    form = StatementForm(request.POST) if request.method == "POST" else StatementForm()
    if form.is_bound and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "edition"}
        try:
            add_statement(actor=request.user, **data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return go_to(request, reverse("statement_list"))
    return _form(request, form, _("What do we say?"), reverse("statement_add"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("statement.write")
def statement_edit(request: Request, pk: int) -> HttpResponse:
    """Word it anew: the next edition."""
    statement = get_object_or_404(Statement.objects.current(), pk=pk)
    form = StatementForm(request.POST) if request.method == "POST" else StatementForm.of(statement)
    if form.is_bound and form.is_valid():
        data = {**form.cleaned_data, "edition": form.cleaned_data["edition"] or 0}
        try:
            edit_statement(actor=request.user, statement=statement, **data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return go_to(request, reverse("statement_list"))
    return _form(request, form, _("What do we say?"), reverse("statement_edit", args=[pk]))


@require_POST
@needs("statement.write")
def statement_retire(request: Request, pk: int) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.current(), pk=pk)
    retire_statement(actor=request.user, statement=statement, edition=statement.edition)
    return go_to(request, reverse("statement_list"))


def _form(request: Request, form: StatementForm, title: str, action: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "action": action,
        "fields": "touchpoints/statement_edit/_fields.html",
        "is_dialog": wants_fragment(request),
    }
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/form/page.html", context, fragment="touchpoints/form/_dialog.html", status=status)
