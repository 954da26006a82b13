"""Meetings are found by how people meet: online, in person, by phone."""

from __future__ import annotations

import pytest
from django.test import Client

from meetings.models import Meeting
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.listing.interactions import interaction_fields
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db


def test_interactions_are_filtered_by_how_people_meet(client: Client) -> None:
    manager = build.user("product_manager")
    account = build.account(product_manager=manager)
    keys = {}
    for channel in ("online", "in_person", "phone"):
        talk = build.interaction(account, author=manager, kind="meeting")
        Meeting.objects.create(interaction=talk, organiser=manager, channel=channel)
        keys[channel] = talk.pk
    call = build.interaction(account, author=manager)
    client.force_login(manager)
    api = client_of(manager)
    for channel, key in keys.items():
        rows = api.get(f"{ROOT}/interactions/", {"channel": channel}).json()["results"]
        assert [row["id"] for row in rows] == [key]
        (field,) = (one for one in interaction_fields(manager, []) if one.key == "channel")
        assert [one.pk for one in Interaction.objects.filter(field.place.condition("any", [channel]))] == [key]
    assert api.get(f"{ROOT}/interactions/", {"channel": "pigeon"}).status_code == 400
    (field,) = (one for one in interaction_fields(manager, []) if one.key == "channel")
    assert [one.pk for one in Interaction.objects.filter(field.place.condition("empty", []))] == [call.pk]
