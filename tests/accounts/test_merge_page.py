"""Merging on its page and over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import (
    Account,
    AccountMerge,
)
from pmcrm.people.models import User


@pytest.mark.django_db
def test_the_page_merges_redirects_and_takes_back(
    client: Client, lead: User, two: tuple[Account, Account], django_assert_max_num_queries: Any
) -> None:
    winner, loser = two
    client.force_login(lead)
    url = reverse("account_merge", args=[winner.pk, loser.pk])
    client.get(url)

    with django_assert_max_num_queries(12):
        html = client.get(url).content.decode()
    assert 'name="take_country" value="other" checked' in html
    assert "Ledger lines" in html
    answer = client.post(url, {"version": 1, "other_version": 1, "take_country": "other"})

    assert (answer.status_code, answer["Location"]) == (303, winner.get_absolute_url())
    moved = client.get(loser.get_absolute_url())
    assert (moved.status_code, moved["Location"]) == (302, winner.get_absolute_url())
    assert client.get(reverse("account_edit", args=[loser.pk])).status_code == 404
    listed = client.get(reverse("duplicate_list"), {"state": "merged"}).content.decode()
    assert "took in Nordlys" in listed
    history = client.get(winner.get_absolute_url(), {"tab": "history"}).content.decode()
    assert "Another account went up in this one" in history
    undone = client.post(reverse("merge_undo", args=["accounts", AccountMerge.objects.get().pk]))
    assert undone["Location"] == loser.get_absolute_url()
    assert client.get(loser.get_absolute_url()).status_code == 200


@pytest.mark.django_db
def test_a_stale_page_is_refused_and_shown_anew(client: Client, lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two
    client.force_login(lead)
    url = reverse("account_merge", args=[winner.pk, loser.pk])

    answer = client.post(url, {"version": 9, "other_version": 1, "take_name": "both"})
    assert answer.status_code == 422
    answer = client.post(url, {"version": 9, "other_version": 1})

    assert answer.status_code == 422
    assert "in between" in answer.content.decode()
    assert 'name="version" value="1"' in answer.content.decode()
    assert not AccountMerge.objects.exists()


@pytest.mark.django_db
def test_over_the_api(client: Client, lead: User, two: tuple[Account, Account]) -> None:
    from accounts.models import AccountPair

    winner, loser = two
    pair = AccountPair.objects.create(left=winner, right=loser, score=Decimal("0.9"), parts=[])
    client.force_login(lead)

    (listed,) = client.get("/api/v1/account-duplicates/?state=open").json()["results"]
    assert (listed["left_name"], listed["certainty"]) == ("Nordlys AS", "0.90000")
    body = {"winner": winner.pk, "version": 1, "other_version": 1, "take": {"country": "other"}}
    url = f"/api/v1/account-duplicates/{pair.pk}/merge/"
    assert client.post(url, body | {"winner": 0}, content_type="application/json").status_code == 400
    assert client.post(url, body | {"version": 3}, content_type="application/json").status_code == 409
    answer = client.post(url, body, content_type="application/json")

    assert answer.status_code == 201, answer.content
    assert "details" not in answer.json()
    assert client.get("/api/v1/account-duplicates/").json()["results"] == []
    moved = client.get(f"/api/v1/accounts/{loser.pk}/")
    assert (moved.status_code, moved["Location"]) == (301, f"http://testserver/api/v1/accounts/{winner.pk}/")
    undone = client.post(f"/api/v1/account-merges/{answer.json()['id']}/undo/")
    assert undone.status_code == 200
    assert undone.json()["undone_by"] == lead.pk
    assert client.post(f"/api/v1/account-duplicates/{pair.pk}/dismiss/").json()["state"] == "dismissed"
    assert client.post(f"/api/v1/account-duplicates/{pair.pk}/reopen/").json()["state"] == "open"
