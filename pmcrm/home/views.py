"""The front door: where everybody lands, and the answers when something is not there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's signature
    """The form came from an old page: say so and offer the way back. Nothing was changed."""
    return render(request, "csrf.html", status=403)
