"""The pages of data coming in and their part of the API."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from pmcrm.exchange import views
from pmcrm.exchange.api import ImportEndpoint

urlpatterns = [
    path("imports/", views.import_list, name="import_list"),
    path("imports/upload/", views.import_upload, name="import_upload"),
    path("imports/<int:pk>/", views.import_detail, name="import_detail"),
    path("imports/<int:pk>/answer/", views.import_answer, name="import_answer"),
    path("imports/<int:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/cancel/", views.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/take-back/", views.import_take_back, name="import_take_back"),
    path("imports/<int:pk>/rejected-rows/", views.import_rejected, name="import_rejected"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(imports=ImportEndpoint)
