from __future__ import annotations

import pytest
from django.test import Client

from pmcrm.people.models import User
from tests import build


@pytest.fixture
def ada(db: None) -> User:
    """The only administrator."""
    return build.user("administrator", name="Ada Admin", email="ada@example.com")


@pytest.fixture
def site(ada: User) -> Client:
    """The site as Ada sees it."""
    return client_of(ada)


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client
