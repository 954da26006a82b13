"""Who calls: `Authorization: Bearer TOKEN`, else the browser's session."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class BearerToken(TokenAuthentication):  # type: ignore[misc]  # knox is untyped
    """Knox's token check. It is first in the settings, so that a missing sign-in is a 401 that names the way in."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isalnum():
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)
