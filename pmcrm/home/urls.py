"""The pages of the house itself."""

from django.urls import path

from pmcrm.home import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
