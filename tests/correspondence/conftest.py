from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import Account, Contact
from pmcrm.notices.drop import drop_address
from pmcrm.people.models import User
from tests import build


@pytest.fixture(autouse=True)
def _mailbox_of_ours(settings: Settings, tmp_path: Path) -> None:
    settings.MAIL_DROP_ADDRESS = "drop@pmcrm.example"
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def pm() -> User:
    return build.user("product_manager", name="Ada Lovelace", email="ada@pmcrm.example")


@pytest.fixture
def acme() -> Account:
    return build.account(name="Acme", website="https://www.acme.example/")


@pytest.fixture
def kari(acme: Account) -> Contact:
    return build.contact(account=acme, name="Kari Lund", email="Kari@acme.example")


def letter(
    *,
    sender: str = "Ada Lovelace <ada@pmcrm.example>",
    to: str = "Kari Lund <kari@acme.example>",
    bcc: str = "",
    subject: str = "Prices",
    text: str = "As promised.",
    date: str = "Mon, 02 Mar 2026 09:00:00 +0100",
    message_id: str = "<1@pmcrm.example>",
    **heads: str,
) -> EmailMessage:
    """A mail as a mail program sends it; `bcc` is how our mailbox got it."""
    made = EmailMessage()
    for name, value in {
        "From": sender,
        "To": to,
        "Delivered-To": bcc,
        "Subject": subject,
        "Date": date,
        "Message-ID": message_id,
        **{name.replace("_", "-"): value for name, value in heads.items()},
    }.items():
        if value:
            made[name] = value
    made.set_content(text)
    return made


def dropped(person: User, **fields: str) -> bytes:
    """A mail that the person sent to a customer, with a blind copy to the own drop address."""
    return letter(bcc=drop_address(person), **fields).as_bytes()
