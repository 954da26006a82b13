"""The pages of correspondence and its part of the API: calendars and mail, in and out, and reminders."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = []
