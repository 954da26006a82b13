"""The pages of segmentation and its part of the API."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from segmentation import playbook
from segmentation.api.exit_plans import ExitPlanEndpoint
from segmentation.api.flags import FlagEndpoint
from segmentation.api.ledger import LedgerLineEndpoint
from segmentation.api.runs import ProfitRunEndpoint
from segmentation.views import (
    account_profit,
    costs,
    curve,
    decision_queue,
    exit_plan,
    exit_plan_copy,
    flags,
    limits,
    worth,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/limits/", limits.limit_edit, name="limit_edit"),
    path("value/", curve.profit_curve, name="profit_curve"),
    path("value/runs/create/", curve.profit_run_create, name="profit_run_create"),
    path("value/runs/<int:run_id>/accounts/", curve.curve_accounts, name="curve_accounts"),
    path("value/worth/", worth.worth_grid, name="worth_grid"),
    path("value/flags/", flags.candidate_list, name="candidate_list"),
    path("value/flags/<int:flag_id>/", flags.flag_detail, name="flag_detail"),
    path("value/flags/<int:flag_id>/dismiss/", flags.flag_dismiss, name="flag_dismiss"),
    path("value/pools/", costs.cost_pool_list, name="cost_pool_list"),
    path("value/pools/create/", costs.pool_rate_create, name="pool_rate_create"),
    path("value/exchange-rates/create/", costs.exchange_rate_create, name="exchange_rate_create"),
    path("accounts/<int:account_id>/profit/", account_profit.account_profit, name="account_profit"),
    path("accounts/<int:pk>/attention/", flags.account_attention, name="account_attention"),
    path("accounts/<int:account_id>/money/", account_profit.account_money, name="account_money"),
    path("accounts/<int:account_id>/hours/create/", account_profit.hour_entry_create, name="hour_entry_create"),
    path("accounts/<int:account_id>/facts/create/", flags.review_fact_create, name="review_fact_create"),
    path("exit-plans/", exit_plan.exit_plan_list, name="exit_plan_list"),
    path("exit-plans/new/", exit_plan.exit_plan_create, name="exit_plan_create"),
    path("exit-plans/<int:pk>/", exit_plan.exit_plan_detail, name="exit_plan_detail"),
    path("exit-plans/<int:pk>/copy/", exit_plan_copy.exit_plan_copy, name="exit_plan_copy"),
    path("exit-plans/<int:pk>/sections/<slug:section>/", exit_plan.exit_plan_section, name="exit_plan_section"),
    path("exit-plans/<int:pk>/steps/<slug:verb>/", exit_plan.exit_plan_step, name="exit_plan_step"),
    *(
        path(
            f"exit-plans/<int:pk>/{verb}/",
            exit_plan.exit_plan_move,
            {"verb": verb},
            name=f"exit_plan_{verb.replace('-', '_')}",
        )
        for verb in playbook.MOVES
    ),
    path("accounts/<int:pk>/exit/", exit_plan.exit_plan_panel, name="exit_plan_panel"),
    path("decisions/", decision_queue.decision_queue, name="decision_queue"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(
    exit_plans=ExitPlanEndpoint, profit_runs=ProfitRunEndpoint, ledger_lines=LedgerLineEndpoint, flags=FlagEndpoint
)
