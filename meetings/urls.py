"""The pages of meetings and its part of the API: meetings that were agreed, kept short and followed through."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = []
