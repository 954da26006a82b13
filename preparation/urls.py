"""The pages of preparation and its part of the API: what one knows and still has to find out before a talk."""

from django.urls import URLPattern, URLResolver, path

from preparation.views import sheet

urlpatterns: list[URLPattern | URLResolver] = [
    path("interactions/<int:pk>/prepare/", sheet.preparation_sheet, name="preparation_sheet"),
    path("interactions/<int:pk>/prepare/write/", sheet.preparation_write, name="preparation_write"),
    path("interactions/<int:pk>/prepare/fill/", sheet.preparation_fill, name="preparation_fill"),
    path(
        "interactions/<int:pk>/prepare/line/confirm/", sheet.preparation_line_confirm, name="preparation_line_confirm"
    ),
]
api_urlpatterns: list[URLPattern | URLResolver] = []
