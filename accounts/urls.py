"""The pages of accounts and its part of the API."""

from django.urls import URLPattern, URLResolver, path

from accounts.api import (
    AccountEndpoint,
    AccountMergeEndpoint,
    AccountPairEndpoint,
    AccountTrashEndpoint,
    AssessmentEndpoint,
    BulkChangeEndpoint,
    ContactEndpoint,
    ContactMergeEndpoint,
    ContactPairEndpoint,
    ContactTrashEndpoint,
    ContributionMarkEndpoint,
    DealEndpoint,
    EnrolmentEndpoint,
    MannersEndpoint,
    PlayEndpoint,
    ProductEndpoint,
    PromiseEndpoint,
    ReferenceUseEndpoint,
    RivalOutcomeEndpoint,
    StrategicEntryEndpoint,
    TagEndpoint,
    TierOverrideEndpoint,
)
from accounts.views.account_detail import account_detail
from accounts.views.account_form import account_create, account_delete, account_edit
from accounts.views.account_list import account_list
from accounts.views.bulk import account_bulk, bulk_change_cancel, bulk_change_detail
from accounts.views.cell import account_cell
from accounts.views.contact import contact_create, contact_delete, contact_detail, contact_edit, contact_move
from accounts.views.contact_list import contact_list
from accounts.views.custom_field import (
    custom_field_create,
    custom_field_edit,
    custom_field_list,
    custom_field_restore,
    custom_field_retire,
)
from accounts.views.do_not_call import do_not_call_lift, do_not_call_set
from accounts.views.duplicates import (
    account_duplicates,
    contact_duplicates,
    duplicate_dismiss,
    duplicate_list,
    duplicate_reopen,
    duplicate_search,
)
from accounts.views.erasure import contact_erase, erasure_detail, mention_keep, mention_redact
from accounts.views.gaps import account_gaps
from accounts.views.inside import enrolment_add, enrolment_end, serves_add, serves_end
from accounts.views.manners import customer_manners
from accounts.views.merge import account_merge, account_merge_choose, contact_merge, contact_merge_choose, merge_undo
from accounts.views.options import account_options, contact_options, tag_options
from accounts.views.play import play_board, play_edit, play_end, play_open
from accounts.views.product import product_edit, product_list
from accounts.views.promise import promise_add, promise_settle
from accounts.views.record_history import (
    account_history,
    account_value_restore,
    contact_history,
    contact_value_restore,
)
from accounts.views.references import reference_list
from accounts.views.relation import contribution_add, reference_use_add, relation_remove, rival_add
from accounts.views.relation_report import relation_report
from accounts.views.strategic import (
    strategic_add,
    strategic_edit,
    strategic_list,
    strategic_move,
    strategic_remove,
)
from accounts.views.tag import tag_delete, tag_edit, tag_list, tag_merge
from accounts.views.tier import tier_end, tier_set
from accounts.views.value import value_assess
from pmcrm.api.endpoints import routes

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", account_list, name="account_list"),
    path("accounts/bulk/change/", account_bulk, name="account_bulk"),
    path("accounts/changes/<int:pk>/", bulk_change_detail, name="bulk_change_detail"),
    path("accounts/changes/<int:pk>/cancel/", bulk_change_cancel, name="bulk_change_cancel"),
    path("accounts/gaps/", account_gaps, name="account_gaps"),
    path("accounts/new/", account_create, name="account_create"),
    path("accounts/options/", account_options, name="account_options"),
    path("accounts/duplicates/", duplicate_list, name="duplicate_list"),
    path("accounts/duplicates/search/", duplicate_search, name="duplicate_search"),
    path("accounts/duplicates/typed/", account_duplicates, name="account_duplicates"),
    path("accounts/duplicates/<slug:of>/<int:pk>/dismiss/", duplicate_dismiss, name="duplicate_dismiss"),
    path("accounts/duplicates/<slug:of>/<int:pk>/reopen/", duplicate_reopen, name="duplicate_reopen"),
    path("accounts/merges/<slug:of>/<int:pk>/undo/", merge_undo, name="merge_undo"),
    path("accounts/<int:pk>/merge/", account_merge_choose, name="account_merge_choose"),
    path("contacts/<int:pk>/merge/", contact_merge_choose, name="contact_merge_choose"),
    path("accounts/<int:pk>/merge/<int:other>/", account_merge, name="account_merge"),
    path("accounts/<int:pk>/contacts/typed/", contact_duplicates, name="contact_duplicates"),
    path("contacts/<int:pk>/merge/<int:other>/", contact_merge, name="contact_merge"),
    path("accounts/<int:pk>/", account_detail, name="account_detail"),
    path("accounts/<int:pk>/cell/<slug:field>/", account_cell, name="account_cell"),
    path("accounts/<int:pk>/edit/", account_edit, name="account_edit"),
    path("accounts/<int:pk>/delete/", account_delete, name="account_delete"),
    path("accounts/<int:pk>/assess/", value_assess, name="value_assess"),
    path("accounts/<int:pk>/tier/", tier_set, name="tier_set"),
    path("accounts/<int:pk>/tier/end/", tier_end, name="tier_end"),
    path("accounts/<int:pk>/contacts/new/", contact_create, name="contact_create"),
    path("accounts/<int:pk>/promises/new/", promise_add, name="promise_add"),
    path("accounts/<int:pk>/serves/new/", serves_add, name="serves_add"),
    path("accounts/<int:pk>/serves/<int:other>/end/", serves_end, name="serves_end"),
    path("accounts/<int:pk>/enrolments/new/", enrolment_add, name="enrolment_add"),
    path("enrolments/<int:pk>/end/", enrolment_end, name="enrolment_end"),
    path("accounts/<int:pk>/plays/new/", play_open, name="play_open"),
    path("accounts/<int:pk>/contributions/new/", contribution_add, name="contribution_add"),
    path("accounts/<int:pk>/rivals/new/", rival_add, name="rival_add"),
    path("accounts/<int:pk>/references/new/", reference_use_add, name="reference_use_add"),
    *(
        path(f"accounts/{of}/<int:pk>/remove/", relation_remove, {"of": of}, name=f"{of}_remove")
        for of in ("contribution", "rival", "reference")
    ),
    path("plays/", play_board, name="play_board"),
    path("plays/products/", product_list, name="product_list"),
    path("plays/products/<int:pk>/edit/", product_edit, name="product_edit"),
    path("plays/references/", reference_list, name="reference_list"),
    path("plays/report/", relation_report, name="relation_report"),
    path("plays/<int:pk>/edit/", play_edit, name="play_edit"),
    path("plays/<int:pk>/end/", play_end, name="play_end"),
    path("promises/<int:pk>/settle/", promise_settle, name="promise_settle"),
    path("tags/options/", tag_options, name="tag_options"),
    path("contacts/", contact_list, name="contact_list"),
    path("contacts/options/", contact_options, name="contact_options"),
    path("contacts/<int:pk>/", contact_detail, name="contact_detail"),
    path("accounts/<int:pk>/history/", account_history, name="account_history"),
    path("accounts/<int:pk>/history/restore/", account_value_restore, name="account_value_restore"),
    path("contacts/<int:pk>/history/", contact_history, name="contact_history"),
    path("contacts/<int:pk>/history/restore/", contact_value_restore, name="contact_value_restore"),
    path("contacts/<int:pk>/erase/", contact_erase, name="contact_erase"),
    path("erasures/<int:pk>/", erasure_detail, name="erasure_detail"),
    path("erasures/<int:pk>/mentions/<int:mention>/redact/", mention_redact, name="mention_redact"),
    path("erasures/<int:pk>/mentions/<int:mention>/keep/", mention_keep, name="mention_keep"),
    path("contacts/<int:pk>/edit/", contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/do-not-call/set/", do_not_call_set, name="do_not_call_set"),
    path("contacts/<int:pk>/do-not-call/lift/", do_not_call_lift, name="do_not_call_lift"),
    path("contacts/<int:pk>/move/", contact_move, name="contact_move"),
    path("contacts/<int:pk>/delete/", contact_delete, name="contact_delete"),
    path("settings/customers/", customer_manners, name="customer_manners"),
    path("settings/fields/", custom_field_list, name="custom_field_list"),
    path("settings/fields/new/", custom_field_create, name="custom_field_create"),
    path("settings/fields/<int:pk>/edit/", custom_field_edit, name="custom_field_edit"),
    path("settings/fields/<int:pk>/retire/", custom_field_retire, name="custom_field_retire"),
    path("settings/fields/<int:pk>/restore/", custom_field_restore, name="custom_field_restore"),
    path("settings/tags/", tag_list, name="tag_list"),
    path("settings/tags/<int:pk>/edit/", tag_edit, name="tag_edit"),
    path("settings/tags/<int:pk>/merge/", tag_merge, name="tag_merge"),
    path("settings/tags/<int:pk>/delete/", tag_delete, name="tag_delete"),
    path("strategic/", strategic_list, name="strategic_list"),
    path("strategic/add/", strategic_add, name="strategic_add"),
    path("strategic/<int:pk>/edit/", strategic_edit, name="strategic_edit"),
    path("strategic/<int:pk>/move/", strategic_move, name="strategic_move"),
    path("strategic/<int:pk>/remove/", strategic_remove, name="strategic_remove"),
]
api_urlpatterns = routes(
    accounts=AccountEndpoint,
    enrolments=EnrolmentEndpoint,
    manners=MannersEndpoint,
    plays=PlayEndpoint,
    contribution_marks=ContributionMarkEndpoint,
    reference_uses=ReferenceUseEndpoint,
    rival_outcomes=RivalOutcomeEndpoint,
    promises=PromiseEndpoint,
    strategic_entries=StrategicEntryEndpoint,
    tags=TagEndpoint,
    tier_overrides=TierOverrideEndpoint,
    value_assessments=AssessmentEndpoint,
    account_duplicates=AccountPairEndpoint,
    account_merges=AccountMergeEndpoint,
    bulk_changes=BulkChangeEndpoint,
    contacts=ContactEndpoint,
    contact_duplicates=ContactPairEndpoint,
    contact_merges=ContactMergeEndpoint,
    deals=DealEndpoint,
    products=ProductEndpoint,
    trash_accounts=AccountTrashEndpoint,
    trash_contacts=ContactTrashEndpoint,
)
