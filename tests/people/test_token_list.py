from __future__ import annotations

import re
from io import StringIO

from django.core.management import call_command
from django.test import Client
from knox.models import AuthToken

from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.people.conftest import client_of

TOKENS = "/settings/tokens/"


def test_a_token_is_shown_once_and_opens_the_api(site: Client) -> None:
    made = site.post(f"{TOKENS}create/", {"name": "nightly export"})
    text = re.search(r'id="token-text">(\w+)<', made.content.decode())
    assert (made.status_code, text is not None) == (201, True)
    assert text is not None
    listed = site.get(TOKENS).content.decode()
    assert ("nightly export" in listed, text[1] in listed) == (True, False)
    assert AuthToken.objects.get().expiry is None
    assert TrailEntry.objects.get().verb == "token.created"


def test_a_token_without_a_purpose_is_refused(site: Client) -> None:
    assert site.post(f"{TOKENS}create/", {"name": "  "}).status_code == 422
    assert AuthToken.objects.count() == 0


def test_only_its_owner_revokes_a_token(site: Client, ada: User) -> None:
    site.post(f"{TOKENS}create/", {"name": "export"})
    label = AuthToken.objects.get().label
    assert client_of(build.user("administrator")).post(f"{TOKENS}{label.pk}/revoke/").status_code == 404
    assert site.post(f"{TOKENS}{label.pk}/revoke/").status_code == 303
    assert AuthToken.objects.count() == 0


def test_the_command_prints_a_token(ada: User) -> None:
    said = StringIO()
    call_command("api_token", "ADA@example.com", stdout=said)
    assert re.fullmatch(r"\w{64}\n", said.getvalue())
    assert AuthToken.objects.get().user_id == ada.pk
