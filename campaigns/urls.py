"""The pages of campaigns and its part of the API: calling many customers, each by their own clock."""

from django.urls import URLPattern, URLResolver, path

from campaigns.api import Attempts, Campaigns, Targets, UsageSigns
from campaigns.views import answers, campaigns, dial, questions, signs
from pmcrm.api.endpoints import routes

urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns/", campaigns.campaign_list, name="campaign_list"),
    path("campaigns/new/", campaigns.campaign_create, name="campaign_create"),
    path("campaigns/goal/edit/", campaigns.caller_goal_edit, name="caller_goal_edit"),
    path("campaigns/questions/", questions.question_list, name="question_list"),
    path("campaigns/questions/add/", questions.question_add, name="question_add"),
    path("campaigns/questions/<int:pk>/edit/", questions.question_edit, name="question_edit"),
    path("campaigns/questions/<int:pk>/drop/", questions.question_drop, name="question_drop"),
    path("campaigns/signs/<int:pk>/settle/", signs.usage_sign_settle, name="usage_sign_settle"),
    path("accounts/<int:pk>/usage-signs/", signs.account_usage_signs, name="account_usage_signs"),
    path("interactions/<int:pk>/answers/", answers.interaction_answers, name="interaction_answers"),
    path("campaigns/<int:pk>/", campaigns.campaign_detail, name="campaign_detail"),
    path("campaigns/<int:pk>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaigns/<int:pk>/answer/", campaigns.campaign_answer, name="campaign_answer"),
    path("campaigns/<int:pk>/gather/", campaigns.campaign_gather, name="campaign_gather"),
    path("campaigns/<int:pk>/announce/", campaigns.campaign_announce, name="campaign_announce"),
    path("campaigns/<int:pk>/start/", campaigns.campaign_start, name="campaign_start"),
    path("campaigns/<int:pk>/end/", campaigns.campaign_end, name="campaign_end"),
    path("campaigns/<int:pk>/reopen/", campaigns.campaign_reopen, name="campaign_reopen"),
    path("campaigns/<int:pk>/delete/", campaigns.campaign_delete, name="campaign_delete"),
    path("campaigns/<int:pk>/comment/", campaigns.campaign_comment, name="campaign_comment"),
    path("campaigns/<int:pk>/targets/", campaigns.campaign_targets, name="campaign_targets"),
    path("campaigns/<int:pk>/dial/", dial.dial, name="dial"),
    path("campaigns/<int:pk>/dial/coming/", dial.dial_coming, name="dial_coming"),
    path("campaigns/targets/<int:pk>/save/", dial.attempt_save, name="attempt_save"),
    path("campaigns/targets/<int:pk>/draft/save/", dial.dial_draft_save, name="dial_draft_save"),
    path("campaigns/targets/<int:pk>/put-off/", dial.target_put_off, name="target_put_off"),
    path("campaigns/targets/<int:pk>/correct/", dial.target_correct, name="target_correct"),
    path("campaigns/targets/<int:pk>/another/", dial.target_another, name="target_another"),
    path("campaigns/attempts/<int:pk>/undo/", dial.attempt_undo, name="attempt_undo"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(
    campaigns=Campaigns,
    campaign_targets=Targets,
    campaign_attempts=Attempts,
    usage_signs=UsageSigns,
)
