"""Who gets past a page's door: `@needs("object.verb")` on every view behind the sign-in wall."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from pmcrm.people.permissions import RIGHTS, may
from pmcrm.web import Request

P = ParamSpec("P")
View = Callable[Concatenate[Request, P], HttpResponseBase]


def needs(right: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Let only people with `right` in (403 otherwise). The right is readable as `view.right` for the table of URLs."""
    if right not in RIGHTS:
        raise LookupError(f"no right is called {right!r}")

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(cast(Any, request.user), right):
                raise PermissionDenied
            return view(cast(Request, request), *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]  # read by the test that walks the URLconf
        update_wrapper(guarded, view)
        return guarded

    return decorate
