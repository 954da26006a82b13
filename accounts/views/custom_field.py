"""Which fields of our own do we keep? The settings page and its forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.custom import CustomFieldEditForm, CustomFieldForm
from accounts.forms.on_offer import forget_own_fields
from accounts.models import CustomField
from accounts.models.custom import MOST_FIELDS, Thing
from accounts.services.custom_fields import create_field, edit_field, restore_field, retire_field
from accounts.views.forms import form_page
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, go_to, page

FIELDS = "accounts/custom_field_form/_fields.html"


@require_safe
@needs("custom_field.write")
def custom_field_list(request: Request) -> HttpResponse:
    fields = list(CustomField.objects.in_order())
    groups = [
        {
            "thing": thing,
            "label": label,
            "active": [field for field in fields if field.thing == thing and not field.is_retired],
            "retired": [field for field in fields if field.thing == thing and field.is_retired],
        }
        for thing, label in Thing.choices
    ]
    context = {"groups": groups, "most": MOST_FIELDS, "is_administrator": may(request.user, "settings.write")}
    return page(request, "accounts/custom_field_list/page.html", context)


@require_http_methods(["GET", "POST"])
@needs("custom_field.write")
def custom_field_create(request: Request) -> HttpResponse:
    form = CustomFieldForm(request.POST or None, initial={"thing": request.GET.get("of", Thing.ACCOUNT)})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            field = create_field(
                actor=request.user,
                thing=given["thing"],
                label=given["label"],
                type=given["type"],
                choices=form.choice_lines(),
            )
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            return _done(request, _("%(name)s is asked for from now on.") % {"name": field.label})
    return _form(request, form, title=_("New field"), action=reverse("custom_field_create"), submit=_("Add the field"))


@require_http_methods(["GET", "POST"])
@needs("custom_field.write")
def custom_field_edit(request: Request, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=pk)
    form = CustomFieldEditForm(request.POST or None, field=field)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            edit_field(
                actor=request.user,
                field=field,
                version=given["version"],
                label=given["label"],
                choices=form.choice_lines(),
            )
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            return _done(request, _("Saved. All values are as they were."))
    title = _("Edit the field %(name)s") % {"name": field.label}
    action = reverse("custom_field_edit", args=[pk])
    return _form(request, form, title=title, action=action, submit=_("Save"), custom_field=field)


@require_POST
@needs("custom_field.write")
def custom_field_retire(request: Request, pk: int) -> HttpResponse:
    field = retire_field(actor=request.user, field=get_object_or_404(CustomField, pk=pk))
    return _done(request, _("%(name)s is not asked for any more; its values are kept.") % {"name": field.label})


@require_POST
@needs("custom_field.write")
def custom_field_restore(request: Request, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=pk)
    try:
        restore_field(actor=request.user, field=field)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return go_to(request, reverse("custom_field_list"))
    return _done(request, _("%(name)s is asked for again.") % {"name": field.label})


def _form(request: Request, form: Any, **context: Any) -> HttpResponse:
    return form_page(request, FIELDS, form=form, back=reverse("custom_field_list"), **context)


def _done(request: Request, text: str) -> HttpResponse:
    forget_own_fields()
    messages.success(request, text)
    return go_to(request, reverse("custom_field_list"))
