from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from pmcrm.people.models import User
from tests import build

LOGIN = "/sign-in/login/"
RESET = "/sign-in/password/reset/"


def sign_in(client: Client, email: str, password: str = build.PASSWORD) -> int:
    return client.post(LOGIN, {"login": email, "password": password}).status_code


@pytest.mark.django_db
def test_sign_in_by_email_in_any_case_and_out() -> None:
    build.user(email="bo@example.com")
    client = Client()
    assert sign_in(client, "Bo@Example.com") == 302
    assert client.get("/settings/profile/").status_code == 200
    client.post("/sign-in/logout/")
    assert client.get("/settings/profile/").status_code == 302


@pytest.mark.django_db
def test_after_five_failures_even_the_right_password_waits() -> None:
    build.user(email="bo@example.com")
    build.user(email="cy@example.com")
    for _attempt in range(5):
        assert sign_in(Client(), "bo@example.com", "wrong") == 200
    locked = Client()
    answer = locked.post(LOGIN, {"login": "bo@example.com", "password": build.PASSWORD})
    assert "Too many failed login attempts" in answer.content.decode()
    assert locked.get("/settings/profile/").status_code == 302
    assert sign_in(Client(), "cy@example.com") == 302


@pytest.mark.django_db
def test_nobody_signs_up_alone() -> None:
    Client().post("/sign-in/signup/", {"email": "eve@example.com", "password1": "x" * 20, "password2": "x" * 20})
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_a_forgotten_password_is_set_anew_by_mail() -> None:
    build.user(email="bo@example.com")
    client = Client()
    assert client.post(RESET, {"email": "bo@example.com"}).status_code == 302
    link = re.search(r"http://testserver(/sign-in/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link[1], follow=True)
    path = form.redirect_chain[-1][0]
    new = {"password1": "another-good-secret", "password2": "another-good-secret"}
    assert client.post(path, new).status_code == 302
    assert sign_in(Client(), "bo@example.com", "another-good-secret") == 302
    assert sign_in(Client(), "bo@example.com") == 200


@pytest.mark.django_db
def test_mail_without_a_server_is_kept_and_its_links_are_logged(
    settings: object, tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "pmcrm.people.mail.KeptMail"  # type: ignore[attr-defined]  # pytest-django's settings
    settings.EMAIL_FILE_PATH = tmp_path  # type: ignore[attr-defined]
    build.user(email="bo@example.com")
    with caplog.at_level("INFO", logger="pmcrm.people.mail"):
        Client().post(RESET, {"email": "bo@example.com"})
    kept = [path.read_text() for path in tmp_path.iterdir()]  # type: ignore[attr-defined]  # a folder
    assert (len(kept), "To: bo@example.com" in kept[0]) == (1, True)
    assert re.search(r"Mail for bo@example.com: .*http://testserver/sign-in/", caplog.messages[0])


@pytest.mark.django_db
def test_the_first_administrator_comes_from_the_command_line() -> None:
    said = StringIO()
    call_command("create_administrator", "ada@example.com", stdout=said)
    password = said.getvalue().strip().rpartition(" ")[2]
    assert sign_in(Client(), "ada@example.com", password) == 302
    ada = User.objects.get()
    User.objects.update(is_active=False, roles=["finance"])
    call_command("create_administrator", "ada@example.com", stdout=said)
    ada.refresh_from_db()
    assert (ada.is_active, ada.roles) == (True, ["administrator", "finance"])
    with pytest.raises(CommandError, match="valid email"):
        call_command("create_administrator", "ada")


@pytest.mark.django_db
def test_the_admin_serves_people_and_schedules_only() -> None:
    ada, bo = build.user("administrator", email="ada@example.com"), build.user("product_lead")
    assert Client().get("/admin/").status_code == 302
    assert Client().get("/admin/login/").headers["Location"].startswith(LOGIN)
    client = Client()
    client.force_login(bo)
    assert client.get("/admin/people/user/").status_code in {302, 403}
    client.force_login(ada)
    index = client.get("/admin/").content.decode()
    assert set(re.findall(r'href="/admin/(\w+)/\w+/"', index)) == {"django_celery_beat", "people"}
    assert client.get(f"/admin/people/user/{bo.pk}/change/").status_code == 200
    assert client.post(f"/admin/people/user/{bo.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/mfa/authenticator/").status_code == 404
