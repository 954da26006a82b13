"""Mail in: what came in, what waits, and what is nobody's yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from correspondence.forms import AssignForm, LogForm, MailUploadForm
from correspondence.models import Letter, LetterState, MailboxPlace
from correspondence.services.letters import assign_letter, discard_letter, log_letter, people_of, put_aside, upload
from correspondence.services.matching import accounts_like, told_apart
from pmcrm.errors import RuleViolation
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.notices.drop import drop_address
from pmcrm.notices.models import Wishes
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, refused, show_refusal

PAGE_SIZE = 30
MOST_QUARANTINED = 50


@require_safe
@needs("mail_in.read")
def mail_list(request: Request) -> HttpResponse:
    return page(request, "correspondence/mail_list/page.html", _list(request, MailUploadForm()))


@require_POST
@needs("interaction.log")
def mail_upload(request: Request) -> HttpResponse:
    form = MailUploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            letter = upload(actor=request.user, content=form.content)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _said(letter))
            return go_to(request, letter.get_absolute_url() if letter.is_waiting else reverse("mail_list"))
    return refused(request, "correspondence/mail_list/page.html", _list(request, form))


@require_safe
@needs("mail_in.read")
def mail_detail(request: Request, pk: int) -> HttpResponse:
    letter = _own(request, pk)
    return page(request, "correspondence/mail_detail/page.html", _detail(request, letter))


@require_POST
@needs("interaction.log")
def mail_log(request: Request, pk: int) -> HttpResponse:
    letter = _own(request, pk)
    form = _log_form(request, letter, request.POST)
    if form.is_valid():
        account = form.cleaned_data["account"]
        try:
            talk = log_letter(
                actor=request.user,
                letter=letter,
                accounts=[account] if account else [],
                add=form.cleaned_data["add"],
                is_private=form.cleaned_data["is_private"],
            )
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Logged."))
            return go_to(request, talk.get_absolute_url())
    return refused(request, "correspondence/mail_detail/page.html", _detail(request, letter, form))


@require_POST
@needs("interaction.log")
def mail_aside(request: Request, pk: int) -> HttpResponse:
    put_aside(actor=request.user, letter=_own(request, pk))
    messages.success(request, _("Put aside. It can still be logged."))
    return go_to(request, reverse("mail_list"))


@require_safe
@needs("mail_in.read")
def mail_source(request: Request, pk: int) -> FileResponse:
    """The bytes that came in, to be saved."""
    letter = _own(request, pk)
    if not letter.has_bytes or not letter.path.is_file():
        raise Http404
    return FileResponse(
        letter.path.open("rb"), as_attachment=True, filename="mail.eml", content_type="application/octet-stream"
    )


@require_POST
@needs("settings.write")
def mail_assign(request: Request, pk: int) -> HttpResponse:
    letter = get_object_or_404(Letter.objects.quarantined(), pk=pk)
    form = AssignForm(request.POST)
    if not form.is_valid():
        raise RuleViolation(_("Choose whose mail it is."))
    given = assign_letter(actor=request.user, letter=letter, person=form.cleaned_data["person"])
    messages.success(request, _("Given to %(name)s.") % {"name": given.person})
    return go_to(request, reverse("mail_list"))


@require_POST
@needs("settings.write")
def mail_discard(request: Request, pk: int) -> HttpResponse:
    discard_letter(actor=request.user, letter=get_object_or_404(Letter.objects.quarantined(), pk=pk))
    messages.success(request, _("Discarded."))
    return go_to(request, reverse("mail_list"))


def _own(request: Request, pk: int) -> Letter:
    return get_object_or_404(Letter.objects.visible_to(request.user).select_related("interaction"), pk=pk)


def _said(letter: Letter) -> str:
    if letter.state == LetterState.LOGGED:
        return _("The mail stands on the timeline.")
    return letter.why or str(letter.get_state_display())


def _list(request: Request, form: MailUploadForm) -> dict[str, Any]:
    mine = Letter.objects.visible_to(request.user)
    order, cursor = ["-received_at", "-id"], request.GET.get("cursor")
    rows = mine.exclude(state=LetterState.WAITING).select_related("interaction")
    try:
        found = keyset_page(rows, order=order, cursor=cursor, size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(rows, order=order, cursor=None, size=PAGE_SIZE)
    may_log, is_keeper = request.user.may("interaction.log"), request.user.may("settings.write")
    return {
        "form": form,
        "may_log": may_log,
        "waiting": mine.waiting().newest_first()[:PAGE_SIZE] if may_log else [],
        "found": found,
        "address": drop_address(request.user) if may_log else "",
        "is_keeper": is_keeper,
        "has_mailbox": bool(settings.IMAP_URL),
        "quarantined": Letter.objects.quarantined().order_by("-received_at")[:MOST_QUARANTINED] if is_keeper else [],
        "mailboxes": MailboxPlace.objects.order_by("pk")[:5] if is_keeper else [],
        "assign_form": AssignForm() if is_keeper else None,
    }


def _detail(request: Request, letter: Letter, form: LogForm | None = None) -> dict[str, Any]:
    known = told_apart(user=request.user, people=people_of(letter))
    form = form or _log_form(request, letter, None)
    chosen = form["account"].value()
    offered = accounts_like(user=request.user, people=known.strangers)
    account = form.fields["account"].queryset.filter(pk=chosen).first() if str(chosen or "").isdecimal() else None  # type: ignore[attr-defined]  # a ModelChoiceField has one
    picked = [account] if account else [] if form.is_bound else offered[:1]
    return {
        "letter": letter,
        "known": known,
        "form": form,
        "offered": offered,
        "chosen": [{"id": one.pk, "label": one.name} for one in picked],
        "may_log": request.user.may("interaction.log") and letter.state not in (LetterState.LOGGED, LetterState.ANSWER),
    }


def _log_form(request: Request, letter: Letter, data: Any) -> LogForm:
    known = told_apart(user=request.user, people=people_of(letter))
    strangers = [(one.email, f"{one.name} <{one.email}>" if one.name else one.email) for one in known.strangers]
    wishes = Wishes.of(request.user)
    initial = {"is_private": wishes.mail_is_private, "add": [email for email, _name in strangers[:1]]}
    return LogForm(data, user=request.user, letter=letter, strangers=strangers, initial=initial)
