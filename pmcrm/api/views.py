"""The description of the API: for machines at /api/schema/, for people at /api/docs/.

Both are open: they tell what this public program can do, and nothing of what is in it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request


@cache
def _described(_urlconf: str, _language: str | None) -> dict[str, Any]:
    return SchemaGenerator().get_schema(public=True)  # type: ignore[no-any-return,no-untyped-call]  # the library's own


class OnceDescribed(SchemaGenerator):
    """What anybody may ask for is worked out once in a process: that takes a second, and it never changes. Who is
    signed in also hears of the fields of our own, which do change."""

    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, Any]:
        if request is not None and request.user.is_authenticated:
            found: dict[str, Any] = super().get_schema(request, public)  # type: ignore[no-untyped-call]  # untyped
            return found
        return _described(settings.ROOT_URLCONF, get_language())


class ApiSchema(SpectacularAPIView):
    """OpenAPI 3 as JSON, or as YAML where that is asked for."""

    generator_class = OnceDescribed
    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]
    permission_classes = [AllowAny]


class ApiDocs(SpectacularSwaggerSplitView):
    """The operations to read and to try, without inline script or style and without foreign servers."""

    url_name = "api_schema"
    title = "PMCRM API"
    template_name = "api/docs/page.html"
    permission_classes = [AllowAny]
