"""Two who press the key at the same moment get two people."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connection

from campaigns.services.claims import claim_next
from pmcrm.run import state
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_row_that_a_colleague_is_taking_is_skipped_not_waited_for() -> None:
    lead = build.user("product_lead")
    campaign = build.campaign(owner=lead)
    # No zone is known, so that they can be called at any hour at which this runs.
    first, second = (
        build.target(campaign=campaign, contact=build.contact(account=build.account(), name=name, phone="+4722222222"))
        for name in ("One", "Two")
    )
    other = psycopg2.connect(
        urlsplit(state.database_url())._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    )
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM campaigns_target WHERE id = %s FOR UPDATE", [first.pk])
            assert claim_next(actor=lead, campaign=campaign) == second
    finally:
        other.close()
