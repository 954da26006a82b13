"""The pages of exports and their part of the API."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from pmcrm.exports.api import ExportEndpoint
from pmcrm.exports.views import export_cancel, export_detail, export_download, export_list, list_export

urlpatterns: list[URLPattern | URLResolver] = [
    path("lists/<slug:kind>/export/", list_export, name="list_export"),
    path("exports/", export_list, name="export_list"),
    path("exports/<int:pk>/", export_detail, name="export_detail"),
    path("exports/<int:pk>/download/", export_download, name="export_download"),
    path("exports/<int:pk>/cancel/", export_cancel, name="export_cancel"),
]
api_urlpatterns = routes(exports=ExportEndpoint)
