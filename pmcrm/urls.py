"""The site map by prefix. Each room has its own list; a page's URL name is its one word."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", include("allauth.urls")),
]
