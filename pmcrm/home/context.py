"""What the shell of every page knows."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  the shell is empty before sign-in
    return {}
