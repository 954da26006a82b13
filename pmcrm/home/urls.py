"""The pages of the house itself."""

from django.urls import URLPattern, path

from pmcrm.home import health, views_shell

urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("appearance/set/", views_shell.appearance_set, name="appearance_set"),
    path("styleguide/", views_shell.styleguide, name="styleguide"),
]
