"""The pages of mail in, and their part of the API."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Contact
from correspondence.models import Letter
from correspondence.services.letters import take_in
from pmcrm.people.models import User
from tests import build
from tests.correspondence.conftest import dropped, letter
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(pm: User) -> Client:
    client = Client()
    client.force_login(pm)
    return client


def test_a_mail_is_brought_as_a_file_or_as_text(client_of: Client, kari: Contact) -> None:
    file = SimpleUploadedFile("mail.eml", letter().as_bytes())
    assert client_of.post("/mails/upload/", {"file": file}).status_code == 303
    assert Interaction.objects.get().subject == "Prices"
    source = letter(message_id="<2@x>", subject="Pasted").as_string()
    assert client_of.post("/mails/upload/", {"source": source}).status_code == 303
    assert Interaction.objects.filter(subject="Pasted").count() == 1
    refused = client_of.post("/mails/upload/", {"source": ""})
    assert refused.status_code == 422
    assert "Choose a file, or paste the source of a mail." in refused.content.decode()
    wrong = client_of.post("/mails/upload/", {"file": SimpleUploadedFile("a.eml", b"\x89PNG")})
    assert "This is no mail." in wrong.content.decode()
    assert "Prices" in client_of.get("/mails/").content.decode()


def test_a_waiting_mail_is_logged_on_its_page(client_of: Client, pm: User, acme: Account, kari: Contact) -> None:
    acme.product_manager = pm
    acme.save()
    take_in(dropped(pm, to="Jo Berg <jo@acme.example>"))
    mail = Letter.objects.get()
    page = client_of.get(f"/mails/{mail.pk}/")
    assert page.context["chosen"] == [{"id": acme.pk, "label": "Acme"}]
    assert "As promised." in page.content.decode()
    refused = client_of.post(f"/mails/{mail.pk}/log/", {"add": "jo@acme.example"})
    assert refused.status_code == 422
    assert "Choose the account where these people work." in refused.content.decode()
    done = client_of.post(f"/mails/{mail.pk}/log/", {"add": "jo@acme.example", "account": acme.pk, "is_private": "on"})
    assert (done.status_code, done["Location"]) == (303, f"/interactions/{Interaction.objects.get().pk}/")
    assert client_of.get(f"/mails/{mail.pk}/source/").getvalue() == mail.path.read_bytes()


def test_another_persons_mail_is_not_there(pm: User, kari: Contact) -> None:
    take_in(dropped(pm, to="jo@nowhere.example"))
    mail, other = Letter.objects.get(), Client()
    other.force_login(build.user("product_lead", "administrator"))
    addresses = [f"/mails/{mail.pk}/", f"/mails/{mail.pk}/source/"]
    assert [other.get(address).status_code for address in addresses] == [404, 404]
    assert [other.post(f"/mails/{mail.pk}/{verb}/").status_code for verb in ("log", "aside")] == [404, 404]
    assert other.post(f"/mails/{mail.pk}/assign/", {"person": pm.pk}).status_code == 404
    assert "Prices" not in other.get("/mails/").content.decode()


def test_an_administrator_sees_who_sent_what_is_nobodys_but_not_what(pm: User, kari: Contact) -> None:
    take_in(letter(subject="Top secret", text="Hidden words", bcc="drop+x@pmcrm.example").as_bytes())
    administrator = Client()
    administrator.force_login(build.user("administrator"))
    text = administrator.get("/mails/").content.decode()
    assert "ada@pmcrm.example" in text
    assert "Top secret" not in text
    mail = Letter.objects.get()
    assert administrator.get(f"/mails/{mail.pk}/").status_code == 404
    assert administrator.post(f"/mails/{mail.pk}/assign/", {"person": pm.pk}).status_code == 303
    assert Interaction.objects.get().author == pm
    assert administrator.post(f"/mails/{mail.pk}/discard/").status_code == 404


@pytest.mark.parametrize("number", [1, 20])
def test_the_same_few_queries_for_few_and_many(client_of: Client, pm: User, kari: Contact, number: int) -> None:
    for each in range(number):
        take_in(dropped(pm, message_id=f"<{each}@x>"))
        take_in(dropped(pm, message_id=f"<w{each}@x>", to="jo@nowhere.example"))
    client_of.get("/mails/")
    with CaptureQueriesContext(connection) as queries:
        client_of.get("/mails/")
    assert len(queries) <= 7


def test_the_api_of_mails(client_of: Client, pm: User, acme: Account, kari: Contact) -> None:
    file = SimpleUploadedFile("mail.eml", letter(to="jo@nowhere.example").as_bytes())
    made = client_of.post("/api/v1/mails/", {"file": file})
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    pk = made.json()["id"]
    logged = client_of.post(f"/api/v1/mails/{pk}/log/", {"account": acme.pk}, content_type="application/json")
    assert (logged.status_code, logged.json()["state"]) == (200, "logged")
    assert Interaction.objects.get().is_private
    rows = client_of.get("/api/v1/mails/?state=logged").json()["results"]
    assert [row["subject"] for row in rows] == ["Prices"]
    assert client_of.post(f"/api/v1/mails/{pk}/aside/").status_code == 422
    feed = client_of.post("/api/v1/calendar-feed/renew/")
    assert feed.status_code == 201
    path = feed.json()["url"].removeprefix("http://127.0.0.1:8000")
    assert Client().get(path).status_code == 200
    assert client_of.post("/api/v1/calendar-feed/revoke/").status_code == 204
    assert Client().get(path).status_code == 404
