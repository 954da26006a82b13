"""The pages of the house itself."""

from django.urls import URLPattern, path

from pmcrm.home import health, views_my_day, views_shell

urlpatterns: list[URLPattern] = [
    path("", views_my_day.my_day, name="my_day"),
    path("my-day/promises/", views_my_day.promises_due, name="promises_due"),
    path("my-day/silent/", views_my_day.silent_list, name="silent_list"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("appearance/set/", views_shell.appearance_set, name="appearance_set"),
    path("styleguide/", views_shell.styleguide, name="styleguide"),
]
