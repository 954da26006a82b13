"""The files of an account or an interaction, and each file itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.files.content import TYPES
from pmcrm.files.forms import ClassForm, ShareForm
from pmcrm.files.models import MOST_ON_ONE, Attachment, AttachmentQuerySet, DocumentShare, ForwardDocument
from pmcrm.files.permissions import may_attach, may_remove
from pmcrm.files.services import (
    attach_file,
    class_document,
    remove_file,
    restore_file,
    share_document,
)
from pmcrm.files.serving import CHUNK, served
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, show_refusal, wants_fragment
from touchpoints.models import Interaction

if TYPE_CHECKING:
    pass

# Panels of files listen to this event on the body and load themselves again.
CHANGED: Final = "files-changed"
SHOWN_FROM_INTERACTIONS: Final = 50


@require_safe
@needs("account.read")
def account_files(request: Request, pk: int) -> HttpResponse:
    return _files(request, _account(request, pk))


@require_POST
@needs("file.attach")
def account_files_attach(request: Request, pk: int) -> HttpResponse:
    return _attach(request, _account(request, pk))


@require_safe
@needs("account.read")
def interaction_files(request: Request, pk: int) -> HttpResponse:
    return _files(request, _interaction(request, pk))


@require_POST
@needs("file.attach")
def interaction_files_attach(request: Request, pk: int) -> HttpResponse:
    return _attach(request, _interaction(request, pk))


@require_safe
@needs("account.read")
def file_download(request: Request, pk: int) -> FileResponse:
    """The file itself, streamed, to be saved and never to be shown as a page of ours."""
    return served(get_object_or_404(Attachment.objects.visible_to(request.user).kept(), pk=pk))


@require_POST
@needs("file.attach")
def file_remove(request: Request, pk: int) -> HttpResponse:
    file = remove_file(actor=request.user, file=_file(request, pk))
    return _done(
        request, file, _("%(name)s was removed.") % {"name": file.name}, undo=reverse("file_restore", args=[pk])
    )


@require_POST
@needs("file.attach")
def file_restore(request: Request, pk: int) -> HttpResponse:
    file = restore_file(actor=request.user, file=_file(request, pk))
    return _done(request, file, _("%(name)s is back.") % {"name": file.name})


def _account(request: Request, pk: int) -> Account:
    return get_object_or_404(Account.objects.visible_to(request.user), pk=pk)


def _interaction(request: Request, pk: int) -> Interaction:
    rows = Interaction.objects.visible_to(request.user).prefetch_related("colleagues")
    return get_object_or_404(rows, pk=pk)


def _attach(request: Request, owner: Account | Interaction) -> HttpResponse:
    """Each file on its own: a refused one does not keep the others out."""
    given = request.FILES.getlist("files")
    attached, refusals = 0, []
    for upload in given:
        try:
            attach_file(actor=request.user, owner=owner, name=upload.name or "", chunks=upload.chunks(CHUNK))
        except RuleViolation as refusal:
            refusals.append(refusal.sentence)
        else:
            attached += 1
    if not given:
        refusals.append(_("Choose one or more files first."))
    words = ngettext("%(count)s file attached.", "%(count)s files attached.", attached) % {"count": attached}
    if refusals or wants_fragment(request):
        status = 200 if attached else 422
        return _files(request, owner, refusals=refusals, attached=words if attached else "", status=status)
    messages.success(request, words)
    return go_to(request, _home(owner))


def _files(
    request: Request, owner: Account | Interaction, *, refusals: Any = (), attached: str = "", status: int = 200
) -> HttpResponse:
    everything = Attachment.objects.visible_to(request.user).newest_first()
    mine = list(everything.on(owner)[: 2 * MOST_ON_ONE])
    # An interaction's rights look at who took part; asked once here instead of once a file.
    for file in mine:
        setattr(file, owner._meta.model_name or "", owner)
    kind = "account" if isinstance(owner, Account) else "interaction"
    context = {
        "owner": owner,
        "files": [(file, may_remove(request.user, file)) for file in mine if file.removed_at is None],
        "removed": [file for file in mine if file.removed_at is not None and may_remove(request.user, file)],
        "others": _from_interactions(everything.kept(), owner),
        "may_attach": may_attach(request.user, owner),
        "path": reverse(f"{kind}_files", args=[owner.pk]),
        "attach_url": reverse(f"{kind}_files_attach", args=[owner.pk]),
        "back": _home(owner),
        "accept": ",".join(TYPES),
        "limit": settings.ATTACHMENT_MAX_BYTES,
        "refusals": refusals,
        "attached": attached,
    }
    return page(request, "files/file_list/page.html", context, fragment="files/file_list/_files.html", status=status)


def _from_interactions(files: AttachmentQuerySet, owner: Account | Interaction) -> list[Attachment]:
    """On an account's panel also what was attached to its newest calls and meetings."""
    return list(files.on_interactions_of(owner)[:SHOWN_FROM_INTERACTIONS]) if isinstance(owner, Account) else []


def _home(owner: Account | Interaction) -> str:
    if isinstance(owner, Account):
        return f"{owner.get_absolute_url()}?tab=files"
    return reverse("interaction_detail", args=[owner.pk])


def _done(request: Request, file: Attachment, text: str, *, undo: str = "") -> HttpResponse:
    if wants_fragment(request):
        toast: dict[str, Any] = {"text": text}
        if undo:
            toast["undo"] = {"label": _("Undo"), "url": undo}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({CHANGED: True, "toast": toast})})
    messages.success(request, text)
    return go_to(request, _home(file.owner))


# What looks ahead -----------------------------------------------------------------------------------------------------


MOST_SHOWN = 100


@require_safe
@needs("account.read")
def document_detail(request: Request, pk: int) -> HttpResponse:
    """Which version is it, and who has it?"""
    file = _file(request, pk)
    document = ForwardDocument.objects.filter(file=file).with_file().first()
    shares = DocumentShare.objects.visible_to(request.user).filter(document=document).with_names()
    context = {
        "file": file,
        "document": document,
        "shares": shares.order_by("-shared_at", "-id")[:MOST_SHOWN] if document else [],
        "may_class": may_attach(request.user, file.owner) and file.removed_at is None,
        "may_share": request.user.may("file.attach") and file.removed_at is None,
    }
    return page(request, "files/document_detail/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("file.attach")
def document_class(request: Request, pk: int) -> HttpResponse:
    """Say that it looks ahead, or which version it is now."""
    file = _file(request, pk)
    document = ForwardDocument.objects.filter(file=file).first()
    names = ("edition", "watermark", "version")
    initial = {name: getattr(document, name) for name in names} if document else {"watermark": _usual_mark()}
    form = ClassForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            class_document(actor=request.user, file=file, **form.cleaned_data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return go_to(request, reverse("document_detail", args=[pk]))
    context = {"fields": "files/document_class/_fields.html", "title": _("It looks ahead"), "file": file}
    return _form(request, form, reverse("document_class", args=[pk]), context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("file.attach")
def document_share(request: Request, pk: int) -> HttpResponse:
    """Log with whom it is shared."""
    document = get_object_or_404(
        ForwardDocument.objects.visible_to(request.user).with_file().filter(file__removed_at=None), file=pk
    )
    form = ShareForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            share_document(actor=request.user, document=document, **form.cleaned_data)
        except RuleViolation as refusal:
            show_refusal(form, refusal)
        else:
            return go_to(request, reverse("document_detail", args=[pk]))
    context = {
        "fields": "files/document_share/_fields.html",
        "title": _("Share %(name)s") % {"name": document.file.name},
        "document": document,
    }
    return _form(request, form, reverse("document_share", args=[pk]), context)


@require_safe
@needs("file.attach")
def document_said(request: Request) -> HttpResponse:
    """What the people chosen have to hear first."""
    form = ShareForm(request.GET, person=request.user)
    return page(request, "files/document_share/_said.html", {"form": form})


def _form(request: Request, form: forms.Form, action: str, context: dict[str, Any]) -> HttpResponse:
    context |= {"form": form, "action": action, "is_dialog": wants_fragment(request)}
    status = 422 if form.is_bound else 200
    return page(request, "touchpoints/form/page.html", context, fragment="touchpoints/form/_dialog.html", status=status)


def _usual_mark() -> str:
    return _("Direction, not a promise. In confidence: for your company only.")


def _file(request: Request, pk: int) -> Attachment:
    rows = Attachment.objects.visible_to(request.user).select_related("account", "interaction", "uploaded_by")
    return get_object_or_404(rows.prefetch_related("interaction__colleagues"), pk=pk)
