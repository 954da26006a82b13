"""How this room shows a form: as a page of its own, or in a dialog where a script asked for it."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse

from pmcrm.web import Request, page, wants_fragment

UNPROCESSABLE = 422


def form_page(
    request: Request, template: str, *, form: BaseForm, title: str, back: str, **context: Any
) -> HttpResponse:
    """Show `form` by the fields of `template`. A bound form was refused, so it answers 422."""
    shown = {
        "form": form,
        "title": title,
        "back": back,
        "fields": template,
        "is_dialog": wants_fragment(request),
        **context,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return page(request, "accounts/form/page.html", shown, fragment="accounts/form/_dialog.html", status=status)
