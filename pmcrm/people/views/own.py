"""What a person sets for themselves: profile and tokens; and what an administrator sets for all: the organisation."""

from __future__ import annotations

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pmcrm.api.models import TokenLabel
from pmcrm.errors import RuleViolation
from pmcrm.people import services
from pmcrm.people.access import needs
from pmcrm.people.forms import OrganisationForm, ProfileForm, TokenForm
from pmcrm.people.models import Organisation, User
from pmcrm.web import Request, go_to, page, refused


@needs("account.read")
@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """How I am called, and when my day is."""
    template = "people/profile/page.html"
    if request.method == "GET":
        return page(request, template, {"form": ProfileForm(instance=request.user)})
    form = ProfileForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return go_to(request, reverse("profile"))
    return refused(request, template, {"form": form})


@needs("settings.write")
@require_http_methods(["GET", "POST"])
def organisation(request: Request) -> HttpResponse:
    """What holds for all: currency, fiscal year, when a month is closed."""
    template = "people/organisation/page.html"
    current = Organisation.current()
    if request.method == "GET":
        return page(
            request, template, {"form": OrganisationForm(instance=current, initial={"version": current.version})}
        )
    form = OrganisationForm(request.POST, instance=Organisation.current())
    if form.is_valid():
        try:
            services.edit_organisation(actor=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.take(refusal)
        else:
            cache.delete("organisation-name")
            messages.success(request, _("Saved. Runs already made keep the settings they were made with."))
            return go_to(request, reverse("organisation"))
    return refused(request, template, {"form": form})


@needs("token.own")
@never_cache
@require_GET
def token_list(request: Request) -> HttpResponse:
    """The tokens with which my own programs call the API."""
    return page(request, "people/token_list/page.html", _tokens(request, TokenForm()))


@needs("token.own")
@never_cache
@require_POST
def token_create(request: Request) -> HttpResponse:
    """A new token, shown this once."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            _label, text = services.create_token(actor=request.user, name=form.cleaned_data["name"])
        except RuleViolation as refusal:
            form.take(refusal)
        else:
            context = _tokens(request, TokenForm()) | {"text": text}
            return page(request, "people/token_list/page.html", context, status=201)
    return refused(request, "people/token_list/page.html", _tokens(request, form))


@needs("token.own")
@require_POST
def token_revoke(request: Request, pk: int) -> HttpResponse:
    label = get_object_or_404(TokenLabel.objects.of(request.user), pk=pk)
    services.revoke_token(actor=request.user, label=label)
    messages.success(request, _("Revoked: programs with this token are out."))
    return go_to(request, reverse("token_list"))


def _tokens(request: Request, form: TokenForm) -> dict[str, object]:
    return {"tokens": TokenLabel.objects.of(request.user)[:100], "form": form}
