"""The base of every endpoint: rights, once-only writes, and few words for the usual answers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from pmcrm.api.access import HasRight
from pmcrm.api.idempotency import HEADER, once

if TYPE_CHECKING:
    from pmcrm.people.models import User

STANDARD_ACTIONS: Final = ("list", "create", "retrieve", "update", "partial_update", "destroy")


class Endpoint(GenericViewSet[Any]):
    """Operations on one kind of thing. `rights` names the right of every action, from the one table."""

    rights: ClassVar[Mapping[str, str]] = {}
    permission_classes = [HasRight]
    metadata_class = None
    lookup_value_converter = "int"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.rights:
            return
        actions = {name for name in STANDARD_ACTIONS if hasattr(cls, name)}
        actions |= {action.__name__ for action in cls.get_extra_actions()}
        if actions != set(cls.rights):
            raise ImproperlyConfigured(f"{cls.__name__}: actions {sorted(actions)}, rights {sorted(cls.rights)}")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in SAFE_METHODS or self.action is None:
            return
        # The middleware could not know a token's owner: row history gets its actor here.
        pghistory.context(user=request.user.pk)
        if HEADER in request.headers:
            method = str(request.method).lower()
            setattr(self, method, partial(once, getattr(self, method)))

    @property
    def person(self) -> User:
        """Who calls."""
        user: Any = self.request.user
        return user  # type: ignore[no-any-return]  # always a person: HasRight let nobody else in

    def checked(self, *, partial: bool = False, serializer_class: Any = None) -> dict[str, Any]:
        """The body's valid fields; 400 with a sentence per field otherwise."""
        made = serializer_class or self.get_serializer_class()
        serializer = made(data=self.request.data, partial=partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def expected_version(self) -> int:
        """The version that the caller read and means to change; 400 where the body names none."""
        data = self.request.data
        version = data.get("version") if isinstance(data, Mapping) else None
        if isinstance(version, bool) or not isinstance(version, int | str) or not str(version).isdecimal():
            raise ValidationError({"version": _("Send the version that you read; it says what you mean to change.")})
        return int(version)

    def answer(self, thing: Any, *, status: int = 200) -> Response:
        return Response(self.get_serializer(thing).data, status=status)

    def created(self, thing: Any, *, status: int = 201) -> Response:
        """The new thing, with its address."""
        location = self.reverse_action("detail", args=[thing.pk])
        return Response(self.get_serializer(thing).data, status=status, headers={"Location": location})


def routes(**endpoints: type[Endpoint]) -> list[URLPattern | URLResolver]:
    """URL patterns by prefix; an underscore becomes a hyphen: `profit_runs` serves /profit-runs/."""
    router = SimpleRouter(use_regex_path=False)
    for name, endpoint in endpoints.items():
        prefix = name.replace("_", "-")
        router.register(prefix, endpoint, basename=f"api-{prefix}")
    return list(router.urls)
