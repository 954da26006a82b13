"""What the OpenAPI description says beyond what drf-spectacular finds out: tokens, problems, the idempotency key."""

from __future__ import annotations

from typing import Any, Final, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "pmcrm.api.authentication.BearerToken"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    code = serializers.CharField(required=False, help_text="Names a refused rule for machines.")
    errors = serializers.DictField(  # type: ignore[assignment]  # the member's name, not the serializer's errors
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Sentences per field."
    )
    current = serializers.DictField(required=False, help_text="The values that are there now, where yours were stale.")


class Schema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        if self.method not in WRITES:
            return []
        return [
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="The same key and body within 24 hours give the same answer and write once.",
            )
        ]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        refusals = {"400": "Invalid", "401": "Sign in first", "403": "Not allowed", "404": "Not found"}
        refusals |= {"406": "Not acceptable", "429": "Too many requests: wait for Retry-After seconds"}
        if self.method in WRITES:
            refusals |= {"409": "Stale version or key", "415": "Unsupported media type", "422": "Refused by a rule"}
        for status, meaning in refusals.items():
            if status not in bodies:
                bodies[status] = self._problem(meaning, status, direction)
        return bodies

    def _problem(self, meaning: str, status: str, direction: str) -> Any:
        response = OpenApiResponse(Problem, description=meaning)
        return self._get_response_for_code(  # type: ignore[no-untyped-call]
            response, status, ["application/problem+json"], direction
        )
