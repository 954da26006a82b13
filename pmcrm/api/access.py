"""Who may call an operation: its right in the one table. Which rows they see, `visible_to` says.

Endpoints name a right per action in `rights`; a plain APIView names one per method:

    class Health(APIView):
        permission_classes = [HasRight]
        rights = {"GET": "settings.write"}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


def right_of(view: Any, method: str) -> str | None:
    """The right that `view` asks for; None where the view has no such operation (which answers 405)."""
    rights: Mapping[str, str] = view.rights
    action = getattr(view, "action", None) if hasattr(view, "action_map") else method
    return rights[action] if action is not None and (hasattr(view, "action_map") or action in rights) else None


class HasRight(BasePermission):
    """Signed in (401 otherwise) and with the operation's right (403 otherwise)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        right = right_of(view, str(request.method))
        return right is None or bool(request.user.may(right))
