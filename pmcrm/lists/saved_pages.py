"""The pages of saved views: all that one sees, and what changes them. Each goes back to the list as it was."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.lists.models import SavedView, Sharing, ViewMark
from pmcrm.lists.registry import kinds
from pmcrm.lists.saved_views import (
    address_of_list,
    clean_query,
    delete_view,
    edit_view,
    mark_view,
    may_change_view,
    save_view,
)
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page

PIN, UNPIN, OPEN_WITH, NOT_OPEN_WITH = "pin", "unpin", "open-with", "not-open-with"


class ViewForm(forms.Form):
    """A view's name and its readers."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    sharing = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=Sharing.choices, initial=Sharing.PRIVATE)


class NewViewForm(ViewForm):
    is_pinned = forms.BooleanField(label=gettext_lazy("Pin it as a tab above the list"), required=False, initial=True)
    is_default = forms.BooleanField(label=gettext_lazy("Open the list with it"), required=False)


class EditViewForm(ViewForm):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@needs("saved_view.own")
def saved_view_list(request: Request, kind: str) -> HttpResponse:
    """Which views are there of this list? The address carries the list's state, to be saved as a view."""
    return _listed(
        request, _known(kind), NewViewForm(), clean_query(request.GET.urlencode()), request.GET.get("view", "")
    )


@needs("saved_view.own")
@require_POST
def saved_view_create(request: Request, kind: str) -> HttpResponse:
    form, query = NewViewForm(request.POST), clean_query(request.POST.get("query", ""))
    if form.is_valid():
        try:
            view = save_view(actor=request.user, kind=_known(kind), query=query, **form.cleaned_data)
        except RuleViolation as refusal:
            for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
                form.add_error(name if name in form.fields else None, sentence)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
            return go_to(request, address_of_list(kind, view.query, view=view.pk))
    return _listed(request, _known(kind), form, query, "", status=422)


@needs("saved_view.own")
@require_http_methods(["GET", "POST"])
def saved_view_edit(request: Request, pk: int) -> HttpResponse:
    """Another name, other readers."""
    view = _view(request, pk)
    initial = {name: getattr(view, name) for name in ("name", "sharing", "version")}
    form = EditViewForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            view = edit_view(actor=request.user, view=view, **form.cleaned_data)
        except RuleViolation as refusal:
            if isinstance(refusal, StaleVersion) and refusal.current:
                form.data = {**dict(form.data.items()), "version": str(refusal.current["version"])}
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, address_of_list(view.kind, view.query, view=view.pk))
    context = {"form": form, "view": view, "back": address_of_list(view.kind, view.query, view=pk)}
    status = 422 if form.is_bound else 200
    templates = ("lists/saved_view_edit/page.html", "lists/saved_view_edit/_dialog.html")
    return page(request, templates[0], context, fragment=templates[1], status=status)


@needs("saved_view.own")
@require_POST
def saved_view_update(request: Request, pk: int) -> HttpResponse:
    """Keep the list as it is now under the view's name."""
    view, version = _view(request, pk), request.POST.get("version", "")
    query = clean_query(request.POST.get("query", ""))
    try:
        edit_view(actor=request.user, view=view, version=_whole(version), query=query)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("“%(name)s” now shows the list as it is.") % {"name": view.name})
    return go_to(request, address_of_list(view.kind, query, view=pk))


@needs("saved_view.own")
@require_POST
def saved_view_delete(request: Request, pk: int) -> HttpResponse:
    view, query = _view(request, pk), clean_query(request.POST.get("query", ""))
    try:
        delete_view(actor=request.user, view=view, version=_whole(request.POST.get("version", "")))
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("“%(name)s” is removed.") % {"name": view.name})
    return go_to(request, address_of_list(view.kind, query))


@needs("saved_view.own")
@require_POST
def saved_view_mark(request: Request, pk: int) -> HttpResponse:
    """Pin it, unpin it, open the list with it or no longer: `as` says which."""
    view, query = _view(request, pk), clean_query(request.POST.get("query", ""))
    marks: dict[str, dict[str, Any]] = {
        PIN: {"is_pinned": True},
        UNPIN: {"is_pinned": False},
        OPEN_WITH: {"is_default": True},
        NOT_OPEN_WITH: {"is_default": False},
    }
    asked = request.POST.get("as", "")
    if asked not in marks:
        raise RuleViolation(_("A view is marked as one of: %(known)s.") % {"known": ", ".join(marks)})
    try:
        mark_view(actor=request.user, view=view, **marks[asked])
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    return go_to(request, address_of_list(view.kind, query) if query else address_of_list(view.kind, "view=all"))


def _listed(request: Request, kind: str, form: forms.Form, query: str, opened: str, status: int = 200) -> HttpResponse:
    views = SavedView.objects.visible_to(request.user).of(kind).select_related("owner", "department").in_order()[:300]
    marks = {mark.view_id: mark for mark in ViewMark.objects.filter(user=request.user, kind=kind)}
    shown = [
        {
            "view": view,
            "mark": marks.get(view.pk),
            "url": address_of_list(kind, view.query, view=view.pk),
            "may_change": may_change_view(request.user, view),
            "is_own": view.owner_id == request.user.pk,
            "is_open": str(view.pk) == opened,
        }
        for view in views
    ]
    context = {
        "kind": kind,
        "form": form,
        "query": query,
        "views": shown,
        "opened": next((one for one in shown if one["is_open"]), None),
        "back": address_of_list(kind, query),
    }
    templates = ("lists/saved_view_list/page.html", "lists/saved_view_list/_dialog.html")
    return page(request, templates[0], context, fragment=templates[1], status=status)


def _known(kind: str) -> str:
    if kind not in kinds():
        raise Http404
    return kind


def _view(request: Request, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.visible_to(request.user).select_related("owner"), pk=pk)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
