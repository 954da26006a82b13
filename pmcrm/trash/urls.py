"""The page of the trash and its part of the API."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.trash import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("trash/", views.trash_list, name="trash_list"),
    path("trash/<slug:of>/<int:pk>/restore/", views.trash_restore, name="trash_restore"),
    path("trash/<slug:of>/<int:pk>/remove/", views.trash_remove, name="trash_remove"),
]
