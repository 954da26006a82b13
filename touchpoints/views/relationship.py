"""How does the relationship stand: since when, how often we speak, how they use it, what we decided because of them?"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account, Deal
from accounts.permissions import may_edit
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.web import Request, page
from touchpoints import policy
from touchpoints.forms.relationship import HoldForm, RenewalForm, UsageForm, usual_usage
from touchpoints.models import Hold, ProductDecision, Renewal, UsageFinding, rhythm
from touchpoints.permissions import may_hold
from touchpoints.services.holds import lift_hold, place_hold
from touchpoints.services.relationship import Use, add_renewal, edit_renewal, note_usage
from touchpoints.views.answers import answer_form, done, not_done, without_version

MOST_SHOWN = 50


@require_safe
@needs("account.read")
def account_relationship(request: Request, pk: int) -> HttpResponse:
    """The panel of an account."""
    account = _get(request, pk)
    user, today = request.user, timezone.localdate()
    first = Deal.objects.visible_to(user).filter(account=account).first_signature()
    findings = list(
        UsageFinding.objects.visible_to(user).standing().filter(account=account).newest_first()[:MOST_SHOWN]
    )
    hold = Hold.objects.in_force().filter(account=account).with_names().first()
    spoken = rhythm(account, timezone.now())
    decisions = ProductDecision.objects.visible_to(user).leaning_on(account, user).order_by("-decided_on", "-id")
    context = {
        "account": account,
        "path": request.path,
        "sees_deals": user.may("deal.read"),
        "first": first,
        "months": policy.whole_months(first, today) if first else None,
        "spoken": [(number, 90 * place) for place, number in enumerate(spoken)],
        "most_spoken": max(spoken),
        "trend": policy.trend_of(spoken),
        "renewals": list(Renewal.objects.visible_to(user).filter(account=account).newest_first()[:MOST_SHOWN]),
        "current": _newest_of_each(findings),
        "hold": hold,
        "overrides": hold.overrides.select_related("author").order_by("-id")[:MOST_SHOWN] if hold else [],
        "may_hold": may_hold(user, account),
        "may_lift": hold is not None and (hold.placed_by_id == user.pk or may_hold(user, account)),
        "findings": findings,
        "decisions": list(decisions[:MOST_SHOWN]) if user.may("product_decision.read") else [],
        "may_log": user.may("interaction.log"),
        "may_edit": may_edit(user, account),
    }
    return page(
        request,
        "touchpoints/account_relationship/page.html",
        context,
        fragment="touchpoints/account_relationship/_panel.html",
    )


@require_safe
@needs("account.read")
def account_signs(request: Request, pk: int) -> HttpResponse:
    """What the head of an account's page says of its use."""
    account = _get(request, pk)
    newest = UsageFinding.objects.visible_to(request.user).standing().filter(account=account).newest_first().first()
    hold = Hold.objects.in_force().filter(account=account).with_names().first()
    context = {"account": account, "newest": newest, "hold": hold}
    return page(request, "touchpoints/account_relationship/_signs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("contact_hold.write")
def hold_place(request: Request, pk: int) -> HttpResponse:
    """Ask that nobody contacts the account now, and say why."""
    account = _get(request, pk)
    if not may_hold(request.user, account):
        raise Http404
    return answer_form(
        request,
        HoldForm(request.POST if request.method == "POST" else None),
        lambda data: place_hold(actor=request.user, account=account, reason=data["reason"]),
        said=_("Whoever wants to contact them sees it now."),
        go_on=_panel_of(account),
        template="hold_place",
        title=_("Why should nobody contact them now?"),
    )


@require_POST
@needs("contact_hold.write")
def hold_lift(request: Request, pk: int) -> HttpResponse:
    hold = get_object_or_404(Hold.objects.visible_to(request.user).with_names(), pk=pk)
    go_on = _panel_of(hold.account)
    try:
        lift_hold(actor=request.user, hold=hold)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=go_on)
    return done(request, _("Contact is fine again."), go_on=go_on)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("interaction.log")
def usage_add(request: Request, pk: int) -> HttpResponse:
    """How the account uses a product, found today."""
    account = _get(request, pk)
    return answer_form(
        request,
        UsageForm(request.POST) if request.method == "POST" else UsageForm(initial=usual_usage()),
        lambda data: note_usage(actor=request.user, account=account, use=Use(**data)),
        said=_("Kept. Earlier findings stay."),
        go_on=_panel_of(account),
        template="usage_add",
        title=_("How do they use it?"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("account.write")
def renewal_add(request: Request, pk: int) -> HttpResponse:
    """When the customer decides whether to go on."""
    account = _own(request, _get(request, pk))
    return answer_form(
        request,
        RenewalForm(request.POST) if request.method == "POST" else RenewalForm(),
        lambda data: add_renewal(actor=request.user, account=account, **without_version(data)),
        said=_("Noted."),
        go_on=_panel_of(account),
        template="renewal_form",
        title=_("When do they renew?"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("account.write")
def renewal_edit(request: Request, pk: int) -> HttpResponse:
    """How it ended."""
    rows = Renewal.objects.visible_to(request.user).select_related("account")
    renewal = get_object_or_404(rows, pk=pk)
    _own(request, renewal.account)
    return answer_form(
        request,
        RenewalForm(request.POST) if request.method == "POST" else RenewalForm.of(renewal),
        lambda data: edit_renewal(actor=request.user, renewal=renewal, **data | {"version": data["version"] or 0}),
        said=_("Saved."),
        go_on=_panel_of(renewal.account),
        template="renewal_form",
        title=_("How did the renewal end?"),
    )


def _get(request: Request, pk: int) -> Account:
    account: Account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    return account


def _own(request: Request, account: Account) -> Account:
    if not may_edit(request.user, account):
        raise Http404
    return account


def _panel_of(account: Account) -> str:
    return f"{account.get_absolute_url()}?tab=relation"


def _newest_of_each(findings: list[UsageFinding]) -> list[UsageFinding]:
    """The newest finding of each product."""
    newest: dict[int | None, UsageFinding] = {}
    for finding in findings:
        newest.setdefault(finding.product_id, finding)
    return list(newest.values())
