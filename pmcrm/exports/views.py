"""A list as a file: what should it hold, how far is it, and the file itself."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from pmcrm.errors import RuleViolation
from pmcrm.exports.models import Export, ExportState, Format
from pmcrm.exports.services import cancel_export, lines_of, request_export, sheet_of
from pmcrm.exports.tasks import write_export
from pmcrm.lists.registry import kinds, list_named
from pmcrm.lists.saved_views import address_of_list, clean_query
from pmcrm.people.access import needs
from pmcrm.web import Request, go_to, page

MOST_SHOWN: Final = 50
MEDIA_TYPES: Final = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS, EVERYTHING = "columns", "everything"


class ExportForm(forms.Form):
    """What the file holds, and as what it comes. The list's own state travels in `query`."""

    holds = forms.ChoiceField(
        label=_("What it holds"),
        choices=[
            (COLUMNS, _("The columns as shown, in their order")),
            (EVERYTHING, _("Every field, to change elsewhere and import again")),
        ],
        widget=forms.RadioSelect,
        initial=COLUMNS,
    )
    format = forms.ChoiceField(label=_("Format"), choices=Format.choices, widget=forms.RadioSelect, initial=Format.CSV)
    query = forms.CharField(required=False, widget=forms.HiddenInput)


@needs("export.own")
@require_http_methods(["GET", "HEAD", "POST"])
def list_export(request: Request, kind: str) -> HttpResponseBase:
    """Which columns, which format? Then the file itself, or where it is being written."""
    if kind not in kinds():
        raise Http404
    query = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    form = ExportForm(request.POST if request.method == "POST" else None, initial={"query": clean_query(query)})
    if form.is_bound and form.is_valid():
        try:
            export = request_export(
                actor=request.user,
                kind=kind,
                query=query,
                file_format=form.cleaned_data["format"],
                is_everything=form.cleaned_data["holds"] == EVERYTHING,
            )
            if not export.is_moving:
                return _sent(export)
        except RuleViolation as refusal:
            form.add_error(None, refusal.sentence)
        else:
            write_export.delay_on_commit(export.pk)  # type: ignore[attr-defined]  # DjangoTask has it
            return go_to(request, export.get_absolute_url())
    context = {
        "form": form,
        "title": list_named(kind).title,
        "here": reverse("list_export", args=[kind]),
        "back": address_of_list(kind, clean_query(query)),
    }
    status = 422 if form.is_bound else 200
    return page(
        request, "exports/list_export/page.html", context, fragment="exports/list_export/_dialog.html", status=status
    )


@needs("export.own")
def export_list(request: Request) -> HttpResponse:
    """My files, those being written among them."""
    exports = Export.objects.visible_to(request.user).newest_first()[:MOST_SHOWN]
    return page(request, "exports/export_list/page.html", {"exports": [_shown(one) for one in exports]})


@needs("export.own")
def export_detail(request: Request, pk: int) -> HttpResponse:
    """How far is it, and where is it?"""
    export = _own(request, pk)
    context = {
        **_shown(export),
        "here": export.get_absolute_url(),
        "is_cancelled": export.state == ExportState.CANCELLED,
        "is_failed": export.state == ExportState.FAILED,
    }
    return page(request, "exports/export_detail/page.html", context, fragment="exports/export_detail/_progress.html")


@needs("export.own")
def export_download(request: Request, pk: int) -> FileResponse:
    return served(_own(request, pk))


@needs("export.own")
@require_POST
def export_cancel(request: Request, pk: int) -> HttpResponse:
    export = _own(request, pk)
    try:
        cancel_export(actor=request.user, export=export)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    return go_to(request, export.get_absolute_url())


def served(export: Export) -> FileResponse:
    """The kept file; 404 where it is not there yet or not any more."""
    if not export.is_there:
        raise Http404
    try:
        opened = export.path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        opened, as_attachment=True, filename=export.file_name, content_type=MEDIA_TYPES[Format(export.format)]
    )


def _sent(export: Export) -> HttpResponseBase:
    disposition = {"Content-Disposition": f'attachment; filename="{export.file_name}"'}
    media_type = MEDIA_TYPES[Format(export.format)]
    if export.format == Format.CSV:
        return StreamingHttpResponse(lines_of(export), content_type=media_type, headers=disposition)
    with sheet_of(export) as file:
        return HttpResponse(file.read(), content_type=media_type, headers=disposition)


def _shown(export: Export) -> dict[str, Any]:
    known = export.kind in kinds()
    return {
        "export": export,
        "title": list_named(export.kind).title if known else export.kind,
        "list_url": address_of_list(export.kind, export.query) if known else "",
    }


def _own(request: Request, pk: int) -> Export:
    return get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
