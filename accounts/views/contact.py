"""Who is this person, when may I call, what did they tell us? And the forms around them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import ContactForm, MoveForm
from accounts.models import Account, Contact, CustomField
from accounts.models.custom import Thing
from accounts.permissions import may_edit
from accounts.services.contacts import create_contact, edit_contact, move_contact
from accounts.services.trash import discard_contact
from accounts.views.account_detail import url_or_none
from accounts.views.forms import form_page
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, accepted, go_to, page

FIELDS = "accounts/contact_form/_fields.html"


@needs("account.read")
def contact_detail(request: Request, pk: int) -> HttpResponse:
    people = Contact.objects.visible_to(request.user)
    contact = people.with_whom_to_ask().filter(pk=pk).first()
    if contact is None:
        taken_in_by = get_object_or_404(people.that_took_in(pk))
        return HttpResponseRedirect(taken_in_by.get_absolute_url())
    context = {
        "contact": contact,
        "account": contact.account,
        "shows_temperament": contact.temperament_visible_to(request.user),
        "custom": CustomField.objects.shown(Thing.CONTACT, contact.custom),
        "may_edit": may_edit(request.user, contact.account),
        "may_merge": may(request.user, "contact.merge") and may_edit(request.user, contact.account),
        "may_erase": may(request.user, "contact.erase"),
        "may_log": may(request.user, "interaction.log"),
        "timeline_url": url_or_none("contact_timeline", pk),
        "facts_url": url_or_none("contact_facts", pk),
        "before_call_url": url_or_none("contact_before_call", pk),
        "heard_url": url_or_none("contact_heard", pk),
        "log_call_url": url_or_none("interaction_create"),
    }
    return page(request, "accounts/contact_detail/page.html", context)


@needs("account.write")
@require_http_methods(["GET", "POST"])
def contact_create(request: Request, pk: int) -> HttpResponse:
    """A new person at the account `pk`."""
    account = _own_account(request, pk)
    form = ContactForm(request.POST or None, person=request.user, account=account)
    if form.is_bound and form.is_valid():
        try:
            contact = create_contact(actor=request.user, account=account, **form.values)
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": contact.name})
            return go_to(request, f"{account.get_absolute_url()}?tab=people")
    title = _("New contact at %(account)s") % {"account": account.name}
    action = reverse("contact_create", args=[pk])
    back = f"{account.get_absolute_url()}?tab=people"
    return form_page(
        request,
        FIELDS,
        form=form,
        title=title,
        back=back,
        action=action,
        submit=_("Add the contact"),
        duplicates_url=reverse("contact_duplicates", args=[pk]),
        shows_temperament="temperament" in form.fields,
    )


@needs("account.write")
@require_http_methods(["GET", "POST"])
def contact_edit(request: Request, pk: int) -> HttpResponse:
    contact = _own_contact(request, pk)
    name = contact.name
    form = ContactForm(request.POST or None, instance=contact, person=request.user, account=contact.account)
    if form.is_bound and form.is_valid():
        try:
            edit_contact(actor=request.user, contact=contact, version=form.read_version, **form.values)
        except StaleVersion as refusal:
            form.show_conflict(refusal)
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Saved."))
            return go_to(request, contact.get_absolute_url())
    context: dict[str, Any] = {"action": reverse("contact_edit", args=[pk]), "submit": _("Save"), "contact": contact}
    context["shows_temperament"] = "temperament" in form.fields
    title = _("Edit %(name)s") % {"name": name}
    return form_page(request, FIELDS, form=form, title=title, back=contact.get_absolute_url(), **context)


@needs("account.write")
@require_http_methods(["GET", "POST"])
def contact_move(request: Request, pk: int) -> HttpResponse:
    contact = _own_contact(request, pk)
    form = MoveForm(request.POST or None, person=request.user, initial={"version": contact.version})
    if accepted(form, move_contact, actor=request.user, contact=contact):
        messages.success(request, _("Moved. What was said before stays with the person and the old company."))
        return go_to(request, contact.get_absolute_url())
    title = _("%(name)s works elsewhere now") % {"name": contact.name}
    context: dict[str, Any] = {"action": reverse("contact_move", args=[pk]), "submit": _("Move"), "contact": contact}
    context["chosen"] = _chosen(form)
    back = contact.get_absolute_url()
    return form_page(request, "accounts/contact_move/_fields.html", form=form, title=title, back=back, **context)


@needs("account.write")
@require_POST
def contact_delete(request: Request, pk: int) -> HttpResponse:
    contact = _own_contact(request, pk)
    account = contact.account
    try:
        discard_contact(actor=request.user, contact=contact)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return go_to(request, contact.get_absolute_url())
    undo = reverse("trash_restore", args=["contact", pk])
    messages.success(request, _("%(name)s is in the trash.") % {"name": contact.name}, extra_tags=undo)
    return go_to(request, f"{account.get_absolute_url()}?tab=people")


def _chosen(form: MoveForm) -> list[dict[str, Any]]:
    """The company chosen so far, as the combobox shows it."""
    to = form.cleaned_data.get("to") if form.is_bound else None
    return [{"id": to.pk, "label": to.name}] if to else []


def _own_account(request: Request, pk: int) -> Account:
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    if not may_edit(request.user, account):
        raise PermissionDenied
    return account


def _own_contact(request: Request, pk: int) -> Contact:
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("account"), pk=pk)
    if not may_edit(request.user, contact.account):
        raise PermissionDenied
    return contact
