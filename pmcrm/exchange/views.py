"""Data: what came in, what was refused, and can I take it back?"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pmcrm.errors import RuleViolation
from pmcrm.exchange.forms import ConfirmForm, SettingsForm, UploadForm
from pmcrm.exchange.models import Import, State
from pmcrm.exchange.registry import After
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.report import question_sentence, shown_error
from pmcrm.exchange.services.running import progress_key
from pmcrm.exchange.tasks import carry_on
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page, refused

PAGE_SIZE = 30
ERRORS_SHOWN = 100


def _found(request: Request, pk: int) -> Import:
    visible = Import.objects.visible_to(request.user).select_related("created_by", "confirmed_by", "reverted_by")
    return get_object_or_404(visible, pk=pk)


def _list_context(request: Request, form: UploadForm) -> dict[str, Any]:
    visible = Import.objects.visible_to(request.user).select_related("created_by")
    order = ["-created_at", "-id"]
    try:
        found = keyset_page(visible, order=order, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except BadCursor:
        found = keyset_page(visible, order=order, cursor=None, size=PAGE_SIZE)
    return {
        "form": form,
        "may_upload": bool(form.fields["kind"].choices),  # type: ignore[attr-defined]  # a ChoiceField has choices
        "found": found,
        "is_moving": any(job.is_moving for job in found.rows),
    }


@require_GET
@needs("import.read")
def import_list(request: Request) -> HttpResponse:
    context = _list_context(request, UploadForm(user=request.user))
    fragment = "exchange/import_list/_rows.html"
    return page(request, "exchange/import_list/page.html", context, fragment=fragment)


@require_POST
@needs("import.read")
def import_upload(request: Request) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        file, second = form.cleaned_data["file"], form.cleaned_data["join"]
        try:
            job = imports.receive(
                actor=request.user,
                kind=form.cleaned_data["kind"],
                name=file.name,
                chunks=file.chunks(1 << 20),
                source=form.cleaned_data["source"],
                join=second
                and imports.Join(name=second.name, chunks=second.chunks(1 << 20), key=form.cleaned_data["join_key"]),
            )
        except RuleViolation as refusal:
            form.add_error("file", refusal.sentence)
        else:
            carry_on(job.pk)
            return go_to(request, job.get_absolute_url())
    return refused(request, "exchange/import_list/page.html", _list_context(request, form))


@require_GET
@needs("import.read")
def import_detail(request: Request, pk: int) -> HttpResponse:
    job = _found(request, pk)
    return page(request, "exchange/import_detail/page.html", _context(request, job), fragment=_FRAGMENT)


_FRAGMENT = "exchange/import_detail/_import.html"


def _context(request: Request, job: Import, form: SettingsForm | None = None, said: str = "") -> dict[str, Any]:
    written = cache.get(progress_key(job.pk)) if job.state == State.RUNNING else None
    return {
        "job": job,
        "said": said,
        "may_change": request.user.may(job.declaration.right),
        "after": _after(request, job),
        "form": form or (SettingsForm(job=job) if job.is_open and job.findings else None),
        "confirm_form": ConfirmForm(),
        "questions": [
            {"key": one["key"], "sentence": question_sentence(one, is_for_page=True)} for one in job.questions
        ],
        "errors": [shown_error(error) for error in job.first_errors[:ERRORS_SHOWN]],
        "so_far": _so_far(job) if job.preview and (job.state == State.CHECKING or job.is_open) else None,
        "notes": [_(note["template"]).format(**note["params"]) for note in job.notes],
        "failure": _(job.failure) if job.failure else "",
        "written": written,
        "written_percent": None if written is None or not job.good else min(100, written * 100 // job.good),
        "row_word": _("sheet row") if job.findings.get("shape", {}).get("format") == "xlsx" else _("file line"),
        "has_rejected_file": job.rejected_path.is_file(),
    }


def _so_far(job: Import) -> dict[str, Any]:
    """The first rows as they are read; while the file is still being read also the bad rows among those read."""
    names = {target.name: target.label for target in job.declaration.targets}
    numbers = {target.name for target in job.declaration.targets if target.is_amount}
    instants = {target.name for target in job.declaration.targets if target.type == "instant"}
    targets = [job.mapping.get(column, "") for column in job.preview["columns"]]
    rows = [
        {
            "row": row["row"],
            "shown": [
                {"value": _by_own_clock(cell) if target in instants else cell, "is_number": target in numbers}
                for cell, target in zip(row["cells"], targets, strict=True)
            ],
        }
        for row in job.preview["first_rows"]
    ]
    preview: dict[str, Any] = job.preview
    return preview | {
        "first_rows": rows,
        "columns": [
            {"name": column, "label": names.get(target, ""), "is_number": target in numbers}
            for column, target in zip(job.preview["columns"], targets, strict=True)
        ],
        "errors": [shown_error(error) for error in job.preview["errors"]],
        "is_moving": job.is_moving,
    }


def _by_own_clock(written: str) -> str:
    """An instant as it is kept, by the clock of whoever looks."""
    return f"{timezone.localtime(dt.datetime.fromisoformat(written)):%Y-%m-%d %H:%M %Z}" if written else ""


def _after(request: Request, job: Import) -> After | None:
    """What the person may do next with what came in."""
    offered = job.declaration.after(job.summary) if job.state == State.DONE and job.imported else None
    return offered if offered is not None and request.user.may(offered.right) else None


def _refused_here(request: Request, job: Import, refusal: RuleViolation) -> HttpResponse:
    fresh = _found(request, job.pk)
    context = _context(request, fresh, said=refusal.sentence)
    return page(request, "exchange/import_detail/page.html", context, fragment=_FRAGMENT, status=422)


@require_POST
@needs("import.read")
def import_answer(request: Request, pk: int) -> HttpResponse:
    job = _found(request, pk)
    form = SettingsForm(request.POST, job=job)
    if not form.is_valid():
        context = _context(request, job, form)
        return page(request, "exchange/import_detail/page.html", context, fragment=_FRAGMENT, status=422)
    try:
        imports.answer(actor=request.user, job=job, given=form.answers())
    except RuleViolation as refusal:
        return _refused_here(request, job, refusal)
    carry_on(job.pk)
    return go_to(request, job.get_absolute_url())


@require_POST
@needs("import.read")
def import_confirm(request: Request, pk: int) -> HttpResponse:
    job = _found(request, pk)
    form = ConfirmForm(request.POST)
    try:
        imports.confirm(actor=request.user, job=job, is_partial=form.is_valid() and form.is_partial)
    except RuleViolation as refusal:
        return _refused_here(request, job, refusal)
    carry_on(job.pk)
    return go_to(request, job.get_absolute_url())


@require_POST
@needs("import.read")
def import_cancel(request: Request, pk: int) -> HttpResponse:
    job = _found(request, pk)
    try:
        imports.cancel(actor=request.user, job=job)
    except RuleViolation as refusal:
        return _refused_here(request, job, refusal)
    return go_to(request, reverse("import_list"))


@require_POST
@needs("import.read")
def import_take_back(request: Request, pk: int) -> HttpResponse:
    job = _found(request, pk)
    try:
        imports.ask_back(actor=request.user, job=job)
    except RuleViolation as refusal:
        return _refused_here(request, job, refusal)
    carry_on(job.pk)
    return go_to(request, job.get_absolute_url())


@require_GET
@needs("import.read")
def import_rejected(request: Request, pk: int) -> FileResponse:
    """The rejected rows with their reasons, as a file."""
    job = _found(request, pk)
    if not job.rejected_path.is_file():
        raise Http404
    name = f"rejected-rows-{job.pk}.csv"
    return FileResponse(job.rejected_path.open("rb"), as_attachment=True, filename=name, content_type="text/csv")
