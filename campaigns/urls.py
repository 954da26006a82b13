"""The pages of campaigns and its part of the API: calling many customers, each by their own clock."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views import dial

urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns/<int:pk>/dial/", dial.dial, name="dial"),
    path("campaigns/targets/<int:pk>/save/", dial.attempt_save, name="attempt_save"),
    path("campaigns/targets/<int:pk>/draft/save/", dial.dial_draft_save, name="dial_draft_save"),
    path("campaigns/targets/<int:pk>/put-off/", dial.target_put_off, name="target_put_off"),
    path("campaigns/targets/<int:pk>/correct/", dial.target_correct, name="target_correct"),
    path("campaigns/targets/<int:pk>/another/", dial.target_another, name="target_another"),
    path("campaigns/attempts/<int:pk>/undo/", dial.attempt_undo, name="attempt_undo"),
]
api_urlpatterns: list[URLPattern | URLResolver] = []
