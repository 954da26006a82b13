from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from pmcrm.api.models import issue_token
from pmcrm.people.models import User
from tests import build


@pytest.fixture
def administrator(db: None) -> User:
    return build.user("administrator", name="Ada Admin")


@pytest.fixture
def api(administrator: User) -> APIClient:
    """The API as an administrator calls it, with a token."""
    return client_of(administrator)


def client_of(person: User) -> APIClient:
    client = APIClient()
    _label, text = issue_token(person=person, name="test")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client
