"""Somebody asked not to be called: kept, and taken off again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.do_not_call import DoNotCallForm
from accounts.models import Contact
from accounts.services.do_not_call import lift_do_not_call, set_do_not_call
from accounts.views.forms import form_page
from pmcrm.people.access import needs
from pmcrm.web import Request, accepted, go_to


@needs("interaction.log")
@require_http_methods(["GET", "POST"])
def do_not_call_set(request: Request, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    form = DoNotCallForm(request.POST or None)
    if accepted(form, set_do_not_call, actor=request.user, contact=contact):
        messages.success(request, _("%(name)s is not called any more.") % {"name": contact.name})
        return go_to(request, contact.get_absolute_url())
    return form_page(
        request,
        "accounts/do_not_call_set/_fields.html",
        form=form,
        title=_("%(name)s asks not to be called") % {"name": contact.name},
        back=contact.get_absolute_url(),
        action=reverse("do_not_call_set", args=[pk]),
        submit=_("Save"),
    )


@needs("interaction.log")
@require_POST
def do_not_call_lift(request: Request, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    lift_do_not_call(actor=request.user, contact=contact)
    messages.success(request, _("%(name)s may be called again.") % {"name": contact.name})
    return go_to(request, contact.get_absolute_url())
