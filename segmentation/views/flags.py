"""Which outliers need a review, for which reasons, with which guards. A flag suggests; people decide."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Account
from campaigns.services.signs import open_signs
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.people.models import Pool
from pmcrm.trail.services import record_view
from pmcrm.web import Request, go_to, page, refused
from segmentation import wording
from segmentation.forms.flag import DismissForm, ReviewFactForm
from segmentation.models import Flag, Level, ProfitRun, ReviewFact
from segmentation.services import flags as flag_services
from segmentation.services.runs import current_limits

SHOWN: Final = 200
LEVELS: Final = (Level.CANDIDATE, Level.REVIEW, Level.WATCH)


@require_GET
@needs("account.read")
def account_attention(request: Request, pk: int) -> HttpResponse:
    """The attention ratio of an account, for a preparation sheet: nothing where there is none or one may not see it."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=pk)
    found = Flag.objects.visible_to(request.user).filter(account=account).order_by("-run").first()
    return page(request, "segmentation/account_attention/page.html", {"flag": found, "account": account})


@require_GET
@needs("flag.read")
def candidate_list(request: Request) -> HttpResponse:
    run = ProfitRun.objects.visible_to(request.user).readable().newest_first().first()
    found = Flag.objects.visible_to(request.user).select_related("account", "run")
    found = found.of_run(run).exclude(level=Level.NONE) if run else found.none()
    counts: dict[str, int] = dict.fromkeys(LEVELS, 0)
    counts |= flag_services.count_by_level(found.speaking())
    dismissed = found.filter(is_silenced=True).count()
    level = request.GET.get("level", "")
    if level == "dismissed":
        shown = found.filter(is_silenced=True)
    else:
        shown = found.speaking()
        if level in counts:
            shown = shown.filter(level=level)
    rows = list(shown.most_pressing()[:SHOWN])
    return page(
        request,
        "segmentation/candidate_list/page.html",
        {
            "run": run,
            "rows": [(flag, wording.reasons_in_words(flag.verdict)) for flag in rows],
            "levels": [(level_, level_.label, counts[level_]) for level_ in LEVELS],
            "all_count": sum(counts.values()),
            "dismissed_count": dismissed,
            "level": level,
            "sanity_stop": bool(run and run.figures.get("sanity_stop")),
            "largest": max((abs(flag.contribution) for flag in rows), default=0),
            "is_cut": len(rows) == SHOWN,
        },
        fragment="segmentation/candidate_list/_rows.html",
    )


@require_GET
@needs("flag.read")
def flag_detail(request: Request, flag_id: int) -> HttpResponse:
    """The verdict written out, so that the sum can be redone by hand. Opening it is logged."""
    flag = get_object_or_404(Flag.objects.visible_to(request.user).select_related("account", "run"), pk=flag_id)
    record_view(actor=request.user, subject=flag)
    return page(
        request,
        "segmentation/flag_detail/page.html",
        _detail(request, flag) | {"dismiss_form": DismissForm()},
        fragment="segmentation/flag_detail/_flag.html",
    )


def _detail(request: Request, flag: Flag) -> dict[str, Any]:
    return {
        "flag": flag,
        "tests": [(wording.TESTS[test["code"]], test, _numbers(test)) for test in flag.verdict["tests"]],
        "gates": [
            (wording.GATES[gate["code"]], wording.FAILED_GATES[gate["code"]], gate, _numbers(gate))
            for gate in flag.verdict["gates"]
        ],
        "guards": [(wording.GUARDS[guard["code"]], _numbers(guard)) for guard in flag.verdict["guards"]],
        "notes": [wording.VERDICT_NOTES[note] for note in flag.verdict["notes"]],
        "facts": list(ReviewFact.objects.filter(account=flag.account_id).select_related("set_by")[:20]),
        "dismissals": list(flag.account.flag_dismissals.select_related("dismissed_by")[:10]),
        "may_dismiss": request.user.may("flag.dismiss") and not flag.is_silenced,
        "may_propose": request.user.may("exit_plan.propose"),
        "usage_signs_url": reverse("account_usage_signs", args=[flag.account_id]),
        "may_set_fact": request.user.may("review_fact.write"),
    }


def _numbers(answer: dict[str, Any]) -> list[tuple[Any, str, Any]]:
    return list(wording.numbers_in_words(answer["numbers"], dict(Pool.choices)))


@require_http_methods(["POST"])
@needs("flag.dismiss")
def flag_dismiss(request: Request, flag_id: int) -> HttpResponse:
    flag = get_object_or_404(Flag.objects.visible_to(request.user).select_related("account", "run"), pk=flag_id)
    form = DismissForm(request.POST)
    if form.is_valid():
        try:
            flag_services.dismiss_flag(actor=request.user, flag=flag, reason=form.cleaned_data["reason"])
        except RuleViolation as refusal:
            form.add_error(None, refusal.sentence)
        else:
            limits = current_limits()
            words = _("Dismissed. It speaks again when the numbers worsen by %(part)d %%, or after %(days)d days.")
            part = limits.dismissal_worsening * 100
            messages.success(request, words % {"part": part, "days": limits.dismissal_days})
            return go_to(request, reverse("candidate_list"))
    return page(
        request,
        "segmentation/flag_detail/page.html",
        _detail(request, flag) | {"dismiss_form": form},
        fragment="segmentation/flag_detail/_flag.html",
        status=422,
    )


@require_http_methods(["GET", "POST"])
@needs("review_fact.write")
def review_fact_create(request: Request, account_id: int) -> HttpResponse:
    """Say what only a person can know about an account: its class, symptoms, plans, duties."""
    accounts = Account.objects.writable_by(request.user)
    account = get_object_or_404(accounts, pk=account_id)
    form = ReviewFactForm(request.POST or None, initial={"kind": request.GET.get("kind")})
    template = "segmentation/review_fact_create/_form.html"
    signs = open_signs(user=request.user, account=account)
    context = {"form": form, "account": account, "signs": signs}
    if request.method == "POST" and form.is_valid():
        try:
            flag_services.set_review_fact(actor=request.user, account=account, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Noted. It counts in the next run."))
            return go_to(request, reverse("account_detail", args=[account.pk]))
    if request.method == "POST":
        return refused(request, template, context)
    return page(request, "segmentation/review_fact_create/page.html", context, fragment=template)
