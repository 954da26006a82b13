from __future__ import annotations

from decimal import Decimal

from django.test import Client

from pmcrm.people.models import Organisation, User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.people.conftest import client_of


def test_a_person_sets_name_and_zone_and_never_roles(ada: User) -> None:
    bo = build.user("finance", name="Bo")
    client = client_of(bo)
    new = {"name": "Bo Lind", "time_zone": "Asia/Tokyo", "language": "en", "roles": ["administrator"]}
    assert client.post("/settings/profile/", new).status_code == 303
    bo.refresh_from_db()
    assert (bo.name, bo.time_zone, bo.roles) == ("Bo Lind", "Asia/Tokyo", ["finance"])
    refused = client.post("/settings/profile/", new | {"time_zone": "Mars/Base"})
    assert refused.status_code == 422


def test_the_organisation_is_an_administrators(site: Client) -> None:
    assert client_of(build.user("finance")).get("/settings/organisation/").status_code == 403
    new = {
        "name": "Nordwerk",
        "currency": "eur",
        "time_zone": "Europe/Oslo",
        "fiscal_year_start": 4,
        "month_closes_after": 5,
        "strategic_cap": "12.5",
        "trash_days": 30,
        "version": 1,
    }
    assert site.post("/settings/organisation/", new).status_code == 303
    organisation = Organisation.current()
    assert (organisation.currency, organisation.fiscal_year_start, organisation.version) == ("EUR", 4, 2)
    assert organisation.strategic_cap == Decimal("0.125")
    assert 'value="12.5"' in site.get("/settings/organisation/").content.decode()
    assert TrailEntry.objects.get().data["changes"]["currency"] == ["USD", "EUR"]
    stale = site.post("/settings/organisation/", new | {"name": "Other"})
    assert (stale.status_code, Organisation.current().name) == (422, "Nordwerk")
    assert site.post("/settings/organisation/", new | {"version": 2, "currency": "euro"}).status_code == 422
