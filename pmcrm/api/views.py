"""The description of the API: for machines at /api/schema/, for people at /api/docs/.

Both are open: they tell what this public program can do, and nothing of what is in it.
"""

from __future__ import annotations

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny


class ApiSchema(SpectacularAPIView):
    """OpenAPI 3 as JSON, or as YAML where that is asked for."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]
    permission_classes = [AllowAny]


class ApiDocs(SpectacularSwaggerSplitView):
    """The operations to read and to try, without inline script or style and without foreign servers."""

    url_name = "api_schema"
    title = "PMCRM API"
    template_name = "api/docs/page.html"
    permission_classes = [AllowAny]
