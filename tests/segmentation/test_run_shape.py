"""The names of a run's figures, and runs from before some of them existed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from segmentation.services import runs
from tests import build
from tests.segmentation import money_cast

pytestmark = pytest.mark.django_db(transaction=True)


def names(figures: Any, prefix: str = "") -> list[str]:
    """Every key with the keys around it."""
    if not isinstance(figures, dict):
        return []
    found = []
    for name, value in figures.items():
        found += [prefix + name, *names(value, f"{prefix}{name}.")]
    return sorted(found)


def test_other_figures_come_with_another_calculation() -> None:
    """Whoever changes the list below raises CALCULATION in the same commit: then the next request makes a new run."""
    money_cast.accounts()
    assert (runs.CALCULATION, " ".join(names(money_cast.run().figures))) == ("2", SHAPE)


def test_a_raised_calculation_makes_a_new_run(monkeypatch: pytest.MonkeyPatch) -> None:
    money_cast.accounts()
    run = money_cast.run()
    assert runs.request_run(actor=None, from_month=money_cast.FROM, to_month=money_cast.TO) == (run, False)

    monkeypatch.setattr(runs, "CALCULATION", "3")

    again, is_new = runs.request_run(actor=None, from_month=money_cast.FROM, to_month=money_cast.TO)
    assert (again.pk != run.pk, is_new) == (True, True)


def test_a_run_from_before_a_figure_shows_the_others(client: Client) -> None:
    money_cast.accounts()
    run = money_cast.run()
    del run.figures["avoidable"]
    run.save()
    lead = build.user("product_lead")
    client.force_login(lead, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(f"/value/?run={run.pk}")
    answer = client.get(f"/api/v1/profit-runs/{run.pk}/")

    assert (page.status_code, answer.status_code) == (200, 200)
    assert "Short-term effect of losing the worst tenth" not in page.content.decode()
    assert "Best fifth" in page.content.decode()
    assert "avoidable" not in answer.json()
    assert answer.json()["total"] == "350.0000"


SHAPE = (
    "about_zero accounts attention attention.count attention.deviation attention.dropped_pools attention.fence "
    "attention.left_out attention.median attention.method attention.weights avoidable avoidable.0.1 "
    "avoidable.0.1.effect avoidable.0.1.hours avoidable.0.2 avoidable.0.2.effect avoidable.0.2.hours best "
    "best.0.1 best.0.1.amount best.0.1.share best.0.1.share_of_peak best.0.2 best.0.2.amount best.0.2.share "
    "best.0.2.share_of_peak candidates direct_cost groups groups.about_zero groups.about_zero.accounts "
    "groups.about_zero.contribution groups.about_zero.direct_cost groups.about_zero.hours "
    "groups.about_zero.people_cost groups.about_zero.revenue groups.earner groups.earner.accounts "
    "groups.earner.contribution groups.earner.direct_cost groups.earner.hours groups.earner.people_cost "
    "groups.earner.revenue groups.loss_maker groups.loss_maker.accounts groups.loss_maker.contribution "
    "groups.loss_maker.direct_cost groups.loss_maker.hours groups.loss_maker.people_cost "
    "groups.loss_maker.revenue hidden_loss hours hours_coverage is_people_time_included is_thin left_out "
    "loss_makers losses_about_zero middle middle.0.1 middle.0.1.amount middle.0.1.share middle.0.1.share_of_peak "
    "middle.0.2 middle.0.2.amount middle.0.2.share middle.0.2.share_of_peak missing_rates multiple multiple.0.1 "
    "multiple.0.2 notes nothing_to_remove nothing_to_remove.0.1 nothing_to_remove.0.2 peak peak_at peak_place "
    "peak_ratio people_cost reach_80 reconciliation reconciliation.base reconciliation.difference "
    "reconciliation.ledger reconciliation.left_out reconciliation.rounding revenue revenue_curve "
    "revenue_curve.0.1 revenue_curve.0.1.amount revenue_curve.0.1.share revenue_curve.0.2 "
    "revenue_curve.0.2.amount revenue_curve.0.2.share revenue_without_credits sanity_stop share_80 total "
    "unexplained_cost_share without_rate_share worst worst.0.1 worst.0.1.amount worst.0.1.share "
    "worst.0.1.share_of_peak worst.0.2 worst.0.2.amount worst.0.2.share worst.0.2.share_of_peak"
)
