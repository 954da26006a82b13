"""Coming in by invitation: the one public page beside signing in."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pmcrm.errors import RuleViolation
from pmcrm.people import services
from pmcrm.people.forms import AcceptanceForm
from pmcrm.people.models import Invitation, Organisation
from pmcrm.web import go_to, page, refused

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Who holds the link chooses a name and a password, and is in."""
    template = "people/invitation_accept/page.html"
    invitation = Invitation.objects.by_token(token).select_related("invited_by").first()
    if invitation is None or not invitation.is_open:
        return page(request, template, {"invitation": None}, status=404)
    form = AcceptanceForm(request.POST or None, initial={"name": invitation.name})
    context = {"form": form, "invitation": invitation, "token": token, "organisation": Organisation.current()}
    if not form.is_bound:
        return page(request, template, context)
    if form.is_valid():
        try:
            person = services.accept_invitation(token=token, **form.cleaned_data)
        except RuleViolation as refusal:
            form.take(refusal)
        else:
            login(request, person, backend=BACKEND)
            return go_to(request, "/")
    return refused(request, template, context)
