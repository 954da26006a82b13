"""The pages of touchpoints and its part of the API."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from touchpoints.api import (
    EvidenceEndpoint,
    Interactions,
    InteractionTrash,
    NextSteps,
    PersonFacts,
    ProductDecisions,
    Renewals,
    UsageFindings,
)
from touchpoints.views import decisions, interactions, next_steps, people, quick_log, relationship, timelines, voices

urlpatterns: list[URLPattern | URLResolver] = [
    path("interactions/", interactions.interaction_list, name="interaction_list"),
    path("interactions/new/", quick_log.interaction_create, name="interaction_create"),
    path("interactions/new/draft/save/", quick_log.interaction_draft_save, name="interaction_draft_save"),
    path("interactions/new/draft/discard/", quick_log.interaction_draft_discard, name="interaction_draft_discard"),
    path("interactions/new/voice/", voices.interaction_voice, name="interaction_voice"),
    path("interactions/new/person/", quick_log.interaction_person, name="interaction_person"),
    path("interactions/voices/", voices.voice_report, name="voice_report"),
    path("interactions/voices/rules/edit/", voices.voice_rules_edit, name="voice_rules_edit"),
    path("interactions/<int:pk>/", interactions.interaction_detail, name="interaction_detail"),
    path("interactions/<int:pk>/edit/", quick_log.interaction_edit, name="interaction_edit"),
    path("interactions/<int:pk>/cancel/", interactions.interaction_cancel, name="interaction_cancel"),
    path("interactions/<int:pk>/hold/", interactions.interaction_hold, name="interaction_hold"),
    path("interactions/<int:pk>/move/", interactions.interaction_move, name="interaction_move"),
    path("interactions/<int:pk>/undo/", interactions.interaction_undo, name="interaction_undo"),
    path("accounts/<int:pk>/timeline/", timelines.account_timeline, name="account_timeline"),
    path("accounts/<int:pk>/relationship/", relationship.account_relationship, name="account_relationship"),
    path("accounts/<int:pk>/signs/", relationship.account_signs, name="account_signs"),
    path("accounts/<int:pk>/hold/", relationship.hold_place, name="hold_place"),
    path("holds/<int:pk>/lift/", relationship.hold_lift, name="hold_lift"),
    path("interactions/<int:pk>/comment/", interactions.interaction_comment, name="interaction_comment"),
    path("accounts/<int:pk>/usage/add/", relationship.usage_add, name="usage_add"),
    path("accounts/<int:pk>/renewals/add/", relationship.renewal_add, name="renewal_add"),
    path("renewals/<int:pk>/edit/", relationship.renewal_edit, name="renewal_edit"),
    path("contacts/<int:pk>/timeline/", timelines.contact_timeline, name="contact_timeline"),
    path("interactions/<int:pk>/cite/", decisions.interaction_cite, name="interaction_cite"),
    path("product-decisions/", decisions.product_decision_list, name="product_decision_list"),
    path("product-decisions/new/", decisions.product_decision_create, name="product_decision_create"),
    path("product-decisions/<int:pk>/", decisions.product_decision_detail, name="product_decision_detail"),
    path("product-decisions/<int:pk>/edit/", decisions.product_decision_edit, name="product_decision_edit"),
    path("product-decisions/<int:pk>/evidence/", decisions.product_decision_evidence, name="product_decision_evidence"),
    path("evidence/<int:pk>/remove/", decisions.evidence_remove, name="evidence_remove"),
    path("contacts/<int:pk>/facts/", people.contact_facts, name="contact_facts"),
    path("contacts/<int:pk>/learn/", people.contact_learn, name="contact_learn"),
    path("next-steps/", next_steps.next_step_list, name="next_step_list"),
    path("next-steps/new/", next_steps.next_step_create, name="next_step_create"),
    path("next-steps/<int:pk>/edit/", next_steps.next_step_edit, name="next_step_edit"),
    path("next-steps/<int:pk>/finish/", next_steps.next_step_finish, name="next_step_finish"),
    path("next-steps/<int:pk>/reopen/", next_steps.next_step_reopen, name="next_step_reopen"),
    path("next-steps/<int:pk>/snooze/", next_steps.next_step_snooze, name="next_step_snooze"),
    path("next-steps/<int:pk>/reassign/", next_steps.next_step_reassign, name="next_step_reassign"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(
    interactions=Interactions,
    next_steps=NextSteps,
    product_decisions=ProductDecisions,
    evidence=EvidenceEndpoint,
    usage_findings=UsageFindings,
    renewals=Renewals,
    person_facts=PersonFacts,
    trash_interactions=InteractionTrash,
)
