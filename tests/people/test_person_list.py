from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people import services
from pmcrm.people.models import Invitation, User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.people.conftest import client_of

PEOPLE = "/settings/people/"
INVITED = {"email": "Kim@Example.com", "name": "Kim Berg", "roles": ["finance", "executive"], "office": "cfo"}


def verbs() -> list[str]:
    return list(TrailEntry.objects.order_by("id").values_list("verb", flat=True))


def test_only_an_administrator_sees_people(site: Client) -> None:
    assert site.get(PEOPLE).status_code == 200
    assert client_of(build.user("product_lead")).get(PEOPLE).status_code == 403
    assert Client().get(PEOPLE).headers["Location"].startswith("/sign-in/login/")


def test_it_lists_people_by_name_and_finds_them(site: Client) -> None:
    build.user("finance", name="Bo Lind", email="bo@example.com")
    build.user("finance", name="Cy Dahl", is_active=False)
    page = site.get(PEOPLE).content.decode()
    assert ("Bo Lind" in page, "Cy Dahl" in page) == (True, False)
    assert "Cy Dahl" in site.get(PEOPLE, {"show": "left"}).content.decode()
    found = site.get(PEOPLE, {"q": "BO@"}).content.decode()
    assert "bo@example.com" in found
    assert site.get(PEOPLE, {"q": "a\x00", "page": "x", "show": "?"}).status_code == 200


@pytest.mark.parametrize("people", [2, 30])
def test_the_number_of_queries_does_not_grow(site: Client, people: int, django_assert_max_num_queries: object) -> None:
    for _number in range(people):
        build.user("finance", department=build.department(name="Finance"))
    site.get(PEOPLE)
    with django_assert_max_num_queries(8):  # type: ignore[operator]  # a fixture
        site.get(PEOPLE)


def test_an_invitation_leads_in_once(site: Client, settings: object) -> None:
    settings.SENDS_MAIL = True  # type: ignore[attr-defined]  # pytest-django's settings
    assert site.post(f"{PEOPLE}invite/", INVITED).status_code == 303
    letter = mail.outbox[0]
    assert letter.to == ["kim@example.com"]
    link = re.search(r"http://testserver(/invitation/\S+/)", str(letter.body))
    assert link is not None
    door, guest = link[1], Client()
    assert "Kim Berg" in guest.get(door).content.decode()
    weak = guest.post(door, {"name": "Kim Berg", "password": "password"})
    assert (weak.status_code, User.objects.filter(email="kim@example.com").exists()) == (422, False)
    came_in = guest.post(door, {"name": "Kim B. Berg", "password": "a-good-long-secret"})
    assert (came_in.status_code, came_in["Location"]) == (303, "/")
    kim = User.objects.get(email="kim@example.com")
    assert (kim.name, kim.roles, kim.office) == ("Kim B. Berg", ["executive", "finance"], "cfo")
    assert guest.session["_auth_user_id"] == str(kim.pk)
    assert Client().get(door).status_code == 404
    assert Client().post(door, {"name": "Eve", "password": "a-good-long-secret"}).status_code == 404
    assert verbs() == ["person.invited", "person.joined"]


def test_without_a_mail_server_the_link_is_shown_once(site: Client) -> None:
    site.post(f"{PEOPLE}invite/", INVITED)
    assert "/invitation/" in site.get(PEOPLE).content.decode()
    assert "/invitation/" not in site.get(PEOPLE).content.decode().replace("/settings/invitations/", "")


def test_a_second_invitation_replaces_the_first(ada: User) -> None:
    first, old = services.invite_person(actor=ada, email="kim@example.com", name="Kim", roles=["finance"])
    _second, new = services.invite_again(actor=ada, invitation=first)
    assert (Client().get(f"/invitation/{old}/").status_code, Client().get(f"/invitation/{new}/").status_code) == (
        404,
        200,
    )
    assert "Choose a password" in client_of(ada).get(f"/invitation/{new}/").content.decode()
    with pytest.raises(RuleViolation, match="used or revoked"):
        services.revoke_invitation(actor=ada, invitation=Invitation.objects.get(pk=first.pk))


def test_an_old_or_revoked_invitation_opens_nothing(ada: User) -> None:
    _made, token = services.invite_person(actor=ada, email="kim@example.com", name="Kim", roles=["finance"])
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert Client().get(f"/invitation/{token}/").status_code == 404
    with pytest.raises(RuleViolation):
        services.accept_invitation(token=token, name="Kim", password="a-good-long-secret")
    assert User.objects.count() == 1


def test_an_invitation_to_somebody_here_is_refused_beside_the_field(site: Client) -> None:
    answer = site.post(f"{PEOPLE}invite/", INVITED | {"email": "ADA@example.com"})
    assert answer.status_code == 422
    assert "ada@example.com belongs to somebody here already." in answer.content.decode()
    assert Invitation.objects.count() == 0


def test_an_edit_changes_roles_at_once(site: Client) -> None:
    bo = build.user("finance", name="Bo Lind")
    door = client_of(bo)
    assert door.get(PEOPLE).status_code == 403
    edit = {"name": "Bo Lind", "roles": ["administrator"], "office": "", "version": 1}
    assert site.post(f"{PEOPLE}{bo.pk}/edit/", edit).status_code == 303
    assert door.get(PEOPLE).status_code == 200
    entry = TrailEntry.objects.get(verb="person.edited")
    assert entry.data["changes"] == {"roles": [["finance"], ["administrator"]]}


def test_the_second_of_two_savers_overwrites_nothing(site: Client) -> None:
    bo = build.user("finance", name="Bo Lind", version=2)
    edit = {"name": "Boris", "roles": ["finance"], "office": "", "version": 1}
    answer = site.post(f"{PEOPLE}{bo.pk}/edit/", edit)
    assert answer.status_code == 422
    assert "Somebody changed Bo Lind in between" in answer.content.decode()
    bo.refresh_from_db()
    assert (bo.name, bo.version) == ("Bo Lind", 2)


def test_the_last_administrator_stays(ada: User) -> None:
    facts: dict[str, Any] = {"name": "Ada", "office": "", "department": None, "job_title": ""}
    with pytest.raises(RuleViolation, match="last administrator"):
        services.edit_person(actor=ada, person=ada, version=1, roles=["finance"], **facts)
    bo = build.user("administrator", name="Bo Lind")
    with pytest.raises(RuleViolation, match="cannot deactivate yourself"):
        services.deactivate_person(actor=ada, person=ada, successor=None, version=1)
    services.deactivate_person(actor=bo, person=ada, successor=None, version=1)
    with pytest.raises(RuleViolation, match="last administrator"):
        services.edit_person(actor=bo, person=bo, version=1, roles=["finance"], **facts)
    assert list(User.objects.with_right("people.write")) == [bo]


def test_who_leaves_hands_over(site: Client) -> None:
    bo, cy = build.user("product_manager", name="Bo Lind"), build.user("product_manager", name="Cy Dahl")
    account = build.account(name="Fjord", product_manager=bo, relationship_owner=bo)
    other = build.account(name="Other", product_manager=cy)
    promise = build.promise(account=account, owner=bo)
    step = build.next_step(account=account, owner=bo)
    path = f"{PEOPLE}{bo.pk}/deactivate/"
    shown = site.get(path).content.decode()
    assert all(words in shown for words in ("Accounts", "Open promises", "Open next steps"))
    refused = site.post(path, {"version": 1})
    assert (refused.status_code, User.objects.get(pk=bo.pk).is_active) == (422, True)
    assert site.post(path, {"version": 1, "successor": cy.pk}).status_code == 303
    for thing in (account, other, promise, step, bo):
        thing.refresh_from_db()
    assert (account.product_manager, account.relationship_owner, account.version) == (cy, cy, 3)
    assert (promise.owner, step.owner, bo.is_active, other.version) == (cy, cy, False, 1)
    entry = TrailEntry.objects.get(verb="person.deactivated")
    assert entry.data["handed_over"] == {"accounts": 1, "next_steps": 1, "promises": 1}
    assert TrailEntry.objects.get(verb="account.handed_over").account_id == account.pk


def test_who_left_is_out_at_once_and_may_come_back(site: Client) -> None:
    bo = build.user("finance", name="Bo Lind")
    door = client_of(bo)
    assert door.get("/settings/profile/").status_code == 200
    site.post(f"{PEOPLE}{bo.pk}/deactivate/", {"version": 1})
    assert door.get("/settings/profile/").status_code == 302
    assert site.post(f"{PEOPLE}{bo.pk}/reactivate/").status_code == 303
    again = site.post(f"{PEOPLE}{bo.pk}/reactivate/")
    assert (again.status_code, "is active already" in again.content.decode()) == (422, True)
    assert verbs() == ["person.deactivated", "person.reactivated"]


def test_a_stale_version_is_refused_by_the_service(ada: User) -> None:
    bo = build.user("finance", version=4)
    with pytest.raises(StaleVersion) as refusal:
        services.deactivate_person(actor=ada, person=bo, successor=None, version=3)
    assert refusal.value.current["version"] == 4
