from __future__ import annotations

import datetime as dt

import pytest

from tests import build
from tests.segmentation import money_cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_losing_the_worst_tenth_takes_its_revenue_and_direct_cost_and_frees_its_hours() -> None:
    made = money_cast.accounts()
    build.hours(pool=build.pool("support", rate="1"), account=made["Zeta"], hours="10", date=dt.date(2025, 6, 1))
    run = money_cast.run()
    # A tenth of six accounts is six tenths of the last one, Zeta: revenue 100, direct cost 300.
    assert run.figures["avoidable"]["0.1"] == {"effect": "120.0000000", "hours": {"support": "6.00"}}
    # A fifth is Zeta and a fifth part of Epsilon: revenue 50, direct cost 100.
    assert run.figures["avoidable"]["0.2"] == {"effect": "210.0000000", "hours": {"support": "10.00"}}
