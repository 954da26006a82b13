"""The pages of touchpoints and its part of the API."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from touchpoints.api import Interactions, InteractionTrash, NextSteps
from touchpoints.views import interactions, next_steps, quick_log, timelines, voices

urlpatterns: list[URLPattern | URLResolver] = [
    path("interactions/", interactions.interaction_list, name="interaction_list"),
    path("interactions/new/", quick_log.interaction_create, name="interaction_create"),
    path("interactions/new/draft/save/", quick_log.interaction_draft_save, name="interaction_draft_save"),
    path("interactions/new/draft/discard/", quick_log.interaction_draft_discard, name="interaction_draft_discard"),
    path("interactions/new/voice/", voices.interaction_voice, name="interaction_voice"),
    path("interactions/voices/", voices.voice_report, name="voice_report"),
    path("interactions/voices/rules/edit/", voices.voice_rules_edit, name="voice_rules_edit"),
    path("interactions/<int:pk>/", interactions.interaction_detail, name="interaction_detail"),
    path("interactions/<int:pk>/edit/", quick_log.interaction_edit, name="interaction_edit"),
    path("interactions/<int:pk>/cancel/", interactions.interaction_cancel, name="interaction_cancel"),
    path("interactions/<int:pk>/hold/", interactions.interaction_hold, name="interaction_hold"),
    path("interactions/<int:pk>/move/", interactions.interaction_move, name="interaction_move"),
    path("interactions/<int:pk>/undo/", interactions.interaction_undo, name="interaction_undo"),
    path("accounts/<int:pk>/timeline/", timelines.account_timeline, name="account_timeline"),
    path("contacts/<int:pk>/timeline/", timelines.contact_timeline, name="contact_timeline"),
    path("next-steps/", next_steps.next_step_list, name="next_step_list"),
    path("next-steps/new/", next_steps.next_step_create, name="next_step_create"),
    path("next-steps/<int:pk>/edit/", next_steps.next_step_edit, name="next_step_edit"),
    path("next-steps/<int:pk>/finish/", next_steps.next_step_finish, name="next_step_finish"),
    path("next-steps/<int:pk>/reopen/", next_steps.next_step_reopen, name="next_step_reopen"),
    path("next-steps/<int:pk>/snooze/", next_steps.next_step_snooze, name="next_step_snooze"),
    path("next-steps/<int:pk>/reassign/", next_steps.next_step_reassign, name="next_step_reassign"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(
    interactions=Interactions, next_steps=NextSteps, trash_interactions=InteractionTrash
)
