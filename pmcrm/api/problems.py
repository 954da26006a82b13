"""Every refusal as RFC 9457 problem details. What a client can send never ends as a 500.

    {"type": "about:blank", "title": "Invalid fields", "status": 400, "detail": "...", "errors": {"name": ["..."]}}

A refused rule adds its `code`, a stale version the `current` values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation, TooManyFilesSent
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError
from django.db.models import Model
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from pmcrm.errors import RuleViolation, StaleVersion

CONTENT_TYPE = "application/problem+json"


class Conflict(exceptions.APIException):
    """The request does not fit what is there now; the same request may fit later."""

    status_code = 409
    default_code = "conflict"

    def __init__(self, detail: str, *, wait: int | None = None) -> None:
        super().__init__(detail)
        self.wait = wait


def problem(status: int, title: str, detail: str = "", **members: Any) -> dict[str, Any]:
    """The members of one problem; those without a value are left out."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return {name: value for name, value in body.items() if value not in ("", None, {}, [])}


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001  DRF's signature
    """DRF's EXCEPTION_HANDLER. None (a 500) only for faults that are ours."""
    found = _problem_of(error)
    if found is None:
        return None
    body, headers = found
    set_rollback()
    response = Response(body, status=body["status"], headers=headers)
    response.content_type = CONTENT_TYPE
    return response


def _problem_of(error: Exception) -> tuple[dict[str, Any], dict[str, str]] | None:
    if isinstance(error, RuleViolation):
        return _of_rule(error), {}
    if isinstance(error, exceptions.APIException):
        return _of_api(error), _headers(error)
    if isinstance(error, DjangoValidationError):
        return _invalid(_fields_of(error)), {}
    if isinstance(error, Http404):
        return problem(404, _("Not found"), _("There is nothing here, or nothing that you may see.")), {}
    if isinstance(error, PermissionDenied):
        return problem(403, _("Not allowed"), _("Your roles do not allow this.")), {}
    if isinstance(error, SuspiciousOperation | TooManyFilesSent):
        return problem(400, _("Bad request"), _("The request is too large or not well formed.")), {}
    if isinstance(error, DataError):
        return problem(400, _("Bad request"), _("A value is too large or is no valid text or number.")), {}
    if isinstance(error, IntegrityError) and getattr(error.__cause__, "pgcode", "") in {"23505", "23503", "23P01"}:
        return problem(409, _("Conflict"), _("Somebody changed this at the same moment. Load it again.")), {}
    return None


def _of_rule(error: RuleViolation) -> dict[str, Any]:
    if isinstance(error, StaleVersion):
        current = {name: _as_sent(value) for name, value in error.current.items()}
        return problem(409, _("Stale version"), error.sentence, code=error.code, current=current)
    errors = {name: [sentence] for name, sentence in error.fields.items()}
    return problem(422, _("Refused by a rule"), error.sentence, code=error.code, errors=errors)


def _as_sent(value: object) -> object:
    """A value as a body carries it: another record by its id, a phone number as text."""
    if isinstance(value, Model):
        return value.pk
    return str(value) if isinstance(value, PhoneNumber) else value


def _of_api(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return _invalid(_flatten(error.detail))
    titles = {
        400: _("Bad request"),
        401: _("Sign in first"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        406: _("Not acceptable"),
        409: _("Conflict"),
        415: _("Unsupported media type"),
        429: _("Too many requests"),
    }
    return problem(error.status_code, titles.get(error.status_code, _("Refused")), str(error.detail))


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def _invalid(errors: dict[str, list[str]]) -> dict[str, Any]:
    general = errors.pop("", [])
    detail = " ".join(general) or _("Some fields are not valid; each is named with what would be right.")
    return problem(400, _("Invalid fields"), detail, errors=errors)


def _flatten(detail: Any, name: str = "") -> dict[str, list[str]]:
    """DRF's nested error detail as {"field": [sentences]}; what belongs to no field stands under ""."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            own = "" if key in {"non_field_errors", "__all__"} else str(key)
            for inner, sentences in _flatten(value, ".".join(part for part in (name, own) if part)).items():
                found.setdefault(inner, []).extend(sentences)
        return found
    if isinstance(detail, list | tuple):
        found = {}
        for number, value in enumerate(detail):
            inner_name = f"{name}.{number}" if isinstance(value, Mapping | list) and value else name
            for inner, sentences in _flatten(value, inner_name).items():
                found.setdefault(inner, []).extend(sentences)
        return found
    return {name: [str(detail)]}


def _fields_of(error: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return _flatten(error.message_dict)
    return {"": list(error.messages)}


@login_not_required
def not_found(request: HttpRequest, rest: str = "") -> JsonResponse:  # noqa: ARG001  a view's signature
    """Whatever under /api/ no endpoint answers to."""
    body = problem(404, _("Not found"), _("No endpoint has this address; /api/docs/ lists them all."))
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)
