"""What a person wants of mail, calendar and reminders; and the reminders themselves."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from correspondence.forms import WishesForm
from correspondence.services.feed import feed_url, renew_feed, revoke_feed
from correspondence.services.reminders import due_now
from pmcrm.notices.drop import drop_address
from pmcrm.notices.models import Wishes
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, refused

_TEMPLATE = "correspondence/wishes_edit/page.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("account.read")
def wishes_edit(request: Request) -> HttpResponse:
    wishes = Wishes.of(request.user)
    if request.method != "POST":
        return page(request, _TEMPLATE, _context(request, wishes, WishesForm(instance=wishes)))
    form = WishesForm(request.POST, instance=Wishes.objects.get(pk=wishes.pk))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return go_to(request, reverse("wishes_edit"))
    return refused(request, _TEMPLATE, _context(request, wishes, form))


@never_cache
@require_POST
@needs("account.read")
def feed_renew(request: Request) -> HttpResponse:
    """A new address of the own calendar, shown this once."""
    token = renew_feed(actor=request.user)
    wishes = Wishes.of(request.user)
    context = _context(request, wishes, WishesForm(instance=wishes)) | {"feed": feed_url(token)}
    return page(request, _TEMPLATE, context, status=201)


@require_POST
@needs("account.read")
def feed_revoke(request: Request) -> HttpResponse:
    revoke_feed(actor=request.user)
    messages.success(request, _("Revoked: nobody reads your calendar from outside any more."))
    return go_to(request, reverse("wishes_edit"))


@never_cache
@require_safe
@needs("account.read")
def reminder_list(request: Request) -> HttpResponse:
    """What the person is to be told now, for the page that asks by itself. Mostly nothing."""
    told = [{"text": one.text, "url": one.url, "label": _("Open")} for one in due_now(person=request.user)]
    headers = {"HX-Trigger": json.dumps({"reminders": told})} if told else {}
    return HttpResponse(status=204, headers=headers)


def _context(request: Request, wishes: Wishes, form: WishesForm) -> dict[str, Any]:
    may_log = request.user.may("interaction.log")
    return {
        "wishes": wishes,
        "form": form,
        "may_log": may_log,
        "address": drop_address(request.user) if may_log else "",
    }
