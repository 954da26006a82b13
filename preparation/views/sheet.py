"""Am I ready for this talk? One page that gathers itself and asks only for what nobody can look up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Contact
from accounts.models.contact import Temperament
from accounts.permissions import may_edit, sees_figures, sees_temperament
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, page, wants_fragment
from preparation.models import Experience, ListenerRole, Sheet
from preparation.permissions import may_confirm_line, may_prepare
from preparation.services import filling
from preparation.services.first_contact import first_for
from preparation.services.issues import issues_of
from preparation.services.knowledge import around, told
from preparation.services.requirements import named
from preparation.services.sheets import (
    TEXTS,
    State,
    completeness,
    confirm_line,
    is_line_agreed,
    is_stale,
    line_due,
    main_account,
    sheet_read_with,
    state_of,
    talks_to_prepare,
    write_sheet,
)
from preparation.views.places import state_context
from touchpoints.models import Interaction, UrgentNeed
from touchpoints.services.questions import open_questions_of
from touchpoints.views.answers import not_done

if TYPE_CHECKING:
    from pmcrm.people.models import User

TEMPLATES: Final = "preparation/preparation_sheet"


@require_safe
@needs("account.read")
def preparation_sheet(request: Request, pk: int) -> HttpResponse:
    """The sheet of one call or meeting."""
    return page(request, f"{TEMPLATES}/page.html", _context(request.user, _talk(request, pk)))


@require_safe
@needs("account.read")
def preparation_known(request: Request, pk: int) -> HttpResponse:
    """What is known: promises, pains and stories; or, asked for what is around, who knows them and the last talks."""
    talk = _talk(request, pk)
    sheet = sheet_read_with(talk)
    account = main_account(talk)
    if account is None:
        raise Http404
    context: dict[str, Any] = {"talk": talk, "sheet": sheet, "account": account}
    if request.GET.get("part") == "around":
        context["around"] = around(request.user, account)
        return page(request, f"{TEMPLATES}/_around.html", context)
    context |= {
        "told": told(request.user, sheet, account),
        "may_prepare": may_prepare(request.user, talk),
        "may_tell": may(request.user, "experience.write"),
        "asks_experience": bool(first_for(talk)) or sheet.is_introduction,
    }
    return page(request, f"{TEMPLATES}/_told.html", context)


@require_POST
@needs("interaction.log")
def preparation_write(request: Request, pk: int) -> HttpResponse:
    """One field of the sheet, as soon as it is typed."""
    talk = _talk(request, pk)
    name, value = request.POST.get("field", ""), request.POST.get("value", "")
    version = request.POST.get("version", "")
    # Asked beside a talk that was held, where there is no sheet to show anew.
    is_beside = bool(request.POST.get("beside")) and wants_fragment(request)
    try:
        _write(request.user, talk, name, value, int(version) if version.isdecimal() else 0)
    except StaleVersion as refusal:
        if is_beside:
            return _beside(request, talk, refusal.sentence)
        return _kept(request, talk, name, refusal=refusal.sentence, theirs=True)
    except RuleViolation as refusal:
        return _beside(request, talk, refusal.sentence) if is_beside else _kept(request, talk, name, refusal.sentence)
    return _beside(request, talk) if is_beside else _kept(request, talk, name)


@require_POST
@needs("interaction.log")
def preparation_fill(request: Request, pk: int) -> HttpResponse:
    """A choice on the sheet: none there is, this is said, this is told, they are like that, they need this."""
    talk = _talk(request, pk)
    try:
        _fill(request, talk)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=_address(talk))
    return _anew(request, talk)


@require_POST
@needs("account.read")
def preparation_line_confirm(request: Request, pk: int) -> HttpResponse:
    """The owner of the relationship agrees to the line with sales."""
    talk = _talk(request, pk)
    try:
        confirm_line(actor=request.user, interaction=talk)
    except RuleViolation as refusal:
        return not_done(request, refusal.sentence, go_on=_address(talk))
    return _anew(request, talk)


def _write(user: User, talk: Interaction, name: str, value: str, version: int) -> None:
    if name == "business":
        filling.describe_business(actor=user, interaction=talk, version=version, words=value)
        return
    values: dict[str, Any] = {name: value}
    if name == "is_introduction":
        values[name] = value == "on"
    elif name == "talk_share":
        values[name] = _share(value)
    elif name not in {*TEXTS, "listener_role"}:
        raise Http404
    write_sheet(actor=user, interaction=talk, version=version, values=values, is_whole=False)


def _share(text: str) -> Decimal | None:
    """A percentage as a fraction of 1."""
    if not text.strip():
        return None
    try:
        share = Decimal(text.strip().removesuffix("%").strip()) / 100
    except InvalidOperation:
        share = Decimal(-1)
    if not (share.is_finite() and 0 <= share <= 1):
        raise RuleViolation(_("Enter a percentage from 0 to 100."))
    return share.quantize(Decimal("0.01"))


def _fill(request: Request, talk: Interaction) -> None:
    about, of, value = (request.POST.get(name, "") for name in ("about", "of", "value"))
    user, is_on = request.user, value == "on"
    chosen: dict[str, Callable[[], Sheet]] = {
        "none": lambda: filling.settle(actor=user, interaction=talk, question=of, is_none=is_on),
        "say": lambda: filling.plan_to_say(actor=user, interaction=talk, statement=of[:60], is_said=is_on),
        "need": lambda: filling.note_need(actor=user, interaction=talk, words=value),
        "temperament": lambda: filling.note_temperament(
            actor=user,
            interaction=talk,
            contact=get_object_or_404(Contact.objects.visible_to(user).select_related("account"), pk=_key(of)),
            temperament=value,
        ),
        "tell": lambda: filling.tell_experience(
            actor=user,
            interaction=talk,
            experience=get_object_or_404(Experience.objects.visible_to(user), pk=_key(of)),
            is_told=is_on,
        ),
    }
    if about not in chosen:
        raise Http404
    chosen[about]()


def _key(text: str) -> int:
    if not (text.isdecimal() and len(text) < 19):
        raise Http404
    return int(text)


def _talk(request: Request, pk: int) -> Interaction:
    talk: Interaction = get_object_or_404(talks_to_prepare(request.user), pk=pk)
    return talk


def _address(talk: Interaction) -> str:
    return reverse("preparation_sheet", args=[talk.pk])


def _beside(request: Request, talk: Interaction, refusal: str = "") -> HttpResponse:
    context = state_context(request.user, _talk(request, talk.pk)) | {"refusal": refusal}
    return page(request, "preparation/preparation_state/page.html", context, status=422 if refusal else 200)


def _kept(request: Request, talk: Interaction, name: str, refusal: str = "", *, theirs: bool = False) -> HttpResponse:
    """After a field was typed: its state and the completeness; the field itself stays as it is being typed in."""
    if not wants_fragment(request) or request.POST.get("whole"):
        return not_done(request, refusal, go_on=_address(talk)) if refusal else _anew(request, talk)
    talk = _talk(request, talk.pk)
    context = _context(request.user, talk)
    sheet = context["sheet"]
    now = context["account"].business_summary if name == "business" else getattr(sheet, name)
    context |= {"field": name, "refusal": refusal, "theirs": theirs, "now": now}
    context["version"] = context["account"].version if name == "business" else sheet.version
    return page(request, f"{TEMPLATES}/_kept.html", context, status=422 if refusal else 200)


def _anew(request: Request, talk: Interaction) -> HttpResponse:
    if not wants_fragment(request):
        return HttpResponse(status=303, headers={"Location": _address(talk)})
    return page(request, f"{TEMPLATES}/_blocks.html", _context(request.user, _talk(request, talk.pk)))


def _context(user: User, talk: Interaction) -> dict[str, Any]:
    sheet = sheet_read_with(talk)
    account = main_account(talk)
    if account is None:
        raise Http404
    issues = issues_of(account, user)
    state = state_of(sheet, issues=issues)
    found = completeness(sheet, state)
    is_mine = may_prepare(user, talk)
    return {
        "talk": talk,
        "sheet": sheet,
        "account": account,
        "others": [one for one in talk.present if one.pk != account.pk],
        "state": state,
        "completeness": found,
        "percent": round(found.share * 100),
        "missing": named(found.missing, talk),
        "is_missing": set(found.missing),
        "issues": issues,
        "open_needs": _needs(user, state),
        "people": _people(user, state),
        "knows_temperament": any(contact.temperament for contact in state.contacts),
        "others_due": [one for one in state.due if one.slug not in sheet.to_say],
        "temperaments": [choice for choice in Temperament.choices if choice[0]],
        "roles": ListenerRole.choices,
        "strategic": getattr(account, "strategic_entry", None) if may(user, "strategic_list.read") else None,
        "sees_figures": sees_figures(user, account),
        "there": _there(talk, state),
        "may_prepare": is_mine,
        "may_edit_account": is_mine and may_edit(user, account),
        "may_confirm": may_confirm_line(user, account),
        "is_stale": is_stale(account, state.limits),
        "is_agreed": is_line_agreed(sheet, account, state.limits),
        "line_due": line_due(sheet, account, state.limits),
        "is_first": state.is_first,
        "shows_share": sheet.talk_share is None or sheet.talk_share_by_id == user.pk,
        "talked_too_much": sheet.talk_share is not None and sheet.talk_share > state.limits.talk_share,
        "limits": state.limits,
    }


def _needs(user: User, state: State) -> list[UrgentNeed]:
    """Those that the person sees: one may come from a private talk."""
    if all(one.interaction_id is None for one in state.needs):
        return state.needs
    seen = set(UrgentNeed.objects.visible_to(user).filter(account=state.account).open().values_list("pk", flat=True))
    return [one for one in state.needs if one.pk in seen]


def _there(talk: Interaction, state: State) -> str:
    """Day and time at the customer's, by the clock of who comes, else of the account: Tue 18:00. Words, because a
    template shows every moment by the reader's clock."""
    zones = [contact.zone_name for contact in state.contacts] + ([state.account.time_zone] if state.account else [])
    zone = next(filter(None, zones), "")
    return date_format(talk.at.astimezone(ZoneInfo(zone)), "D H:i") if zone else ""


def _people(user: User, state: State) -> list[dict[str, Any]]:
    questions = open_questions_of(state.contacts, user=user)
    return [
        {
            "contact": contact,
            "sees": sees_temperament(user, contact),
            "may_edit": may_edit(user, contact.account),
            "asks": questions[contact.pk],
        }
        for contact in state.contacts
    ]
