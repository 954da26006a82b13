"""Stories worth telling: suggested where they fit, told once to a customer, their owner's alone to change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from preparation.matching import fit
from preparation.models import Experience, Telling
from preparation.services.experiences import add_experience, edit_experience
from preparation.services.filling import tell_experience
from preparation.services.knowledge import experiences_for
from preparation.services.sheets import sheet_of
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Interaction
from touchpoints.services.interactions import cancel_interaction

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def manager() -> User:
    return build.user("product_manager", name="Mia Manager")


@pytest.fixture
def halden(manager: User) -> Account:
    return build.account(name="Halden", product_manager=manager, industry="Ferry line")


def talk_with(account: Account, manager: User, days: int = 2) -> Interaction:
    return build.interaction(
        account, author=manager, kind="meeting", status="planned", at=NOW + dt.timedelta(days=days)
    )


@pytest.mark.parametrize(
    ("industry", "problem", "words", "weight"),
    [
        ("ferry LINE", "Seats", [], 3),
        ("Shipyard", "Seats", ["They plan by hand"], 0),
        ("", "Planning takes the night", ["The plans are old by night"], 2),
        ("Ferry line", "Planning takes the night", ["plans", "the night"], 5),
        ("", "Übergabe der Schicht", ["ubergabe"], 1),
    ],
)
def test_how_well_a_story_fits(industry: str, problem: str, words: list[str], weight: int) -> None:
    assert fit(industry=industry, problem=problem, of_industry="Ferry line", words=words) == weight


def test_a_story_that_fits_is_suggested_until_it_was_told_there(manager: User, halden: Account) -> None:
    story = add_experience(actor=manager, problem="Seats", story="They paid by berth.", industry="Ferry line")
    add_experience(actor=manager, problem="Rest hours", story="Counted by hand.", industry="Shipyard")
    add_experience(actor=build.user(), problem="Seats", story="A colleague's.", industry="Ferry line")
    talk, later = talk_with(halden, manager), talk_with(halden, manager, days=9)
    assert experiences_for(manager, sheet_of(talk), halden, []) == ([], [story])
    sheet = tell_experience(actor=manager, interaction=talk, experience=story, is_told=True)
    assert experiences_for(manager, sheet, halden, []) == ([story], [])
    assert experiences_for(manager, sheet_of(later), halden, []) == ([], [])
    with pytest.raises(RuleViolation, match="Halden has heard this already"):
        tell_experience(actor=manager, interaction=later, experience=story, is_told=True)
    other = build.account(industry="Ferry line", product_manager=manager)
    assert experiences_for(manager, sheet_of(talk_with(other, manager)), other, []) == ([], [story])


def test_a_talk_that_was_called_off_told_nothing(manager: User, halden: Account) -> None:
    story = add_experience(actor=manager, problem="Seats", story="They paid by berth.", industry="Ferry line")
    talk, later = talk_with(halden, manager), talk_with(halden, manager, days=9)
    tell_experience(actor=manager, interaction=talk, experience=story, is_told=True)
    cancel_interaction(actor=manager, interaction=talk, reason="They are on holiday")
    assert experiences_for(manager, sheet_of(later), halden, []) == ([], [story])
    tell_experience(actor=manager, interaction=later, experience=story, is_told=True)
    assert Telling.objects.get().sheet.interaction == later


def test_only_its_owner_changes_and_tells_a_story(manager: User, halden: Account) -> None:
    story = add_experience(actor=manager, problem="Seats", story="They paid by berth.")
    other = build.user("product_lead")
    with pytest.raises(RuleViolation, match="own stories"):
        edit_experience(actor=other, experience=story, version=1, problem="Mine")
    with pytest.raises(RuleViolation, match="own stories"):
        tell_experience(actor=other, interaction=talk_with(halden, other), experience=story, is_told=True)
    edit_experience(actor=manager, experience=story, version=1, problem="Seats that are shared")
    with pytest.raises(StaleVersion):
        edit_experience(actor=manager, experience=story, version=1, problem="Lost")
    story.refresh_from_db()
    assert (story.problem, story.version) == ("Seats that are shared", 2)
    with pytest.raises(RuleViolation, match="Product managers keep"):
        add_experience(actor=build.user("sales_owner"), problem="x", story="y")


def test_the_page(client: Client, manager: User) -> None:
    client.force_login(manager)
    assert "No experience yet" in client.get(reverse("experience_list")).content.decode()
    refused = client.post(reverse("experience_add"), {"problem": "Seats", "story": ""})
    assert refused.status_code == 422
    client.post(reverse("experience_add"), {"problem": "Seats", "story": "By berth.", "industry": "Ferry line"})
    made = Experience.objects.get()
    assert (made.owner, made.problem) == (manager, "Seats")
    url = reverse("experience_edit", args=[made.pk])
    client.post(url, {"problem": "Seats", "story": "By berth.", "is_retired": "on", "version": 1})
    made.refresh_from_db()
    assert made.is_retired
    client.force_login(build.user())
    assert client.get(url).status_code == 404
    assert "Seats" in client.get(reverse("experience_list"), {"whose": "others"}).content.decode()


def test_to_whom_a_story_was_told_and_how_it_is_found(client: Client, manager: User, halden: Account) -> None:
    seats = add_experience(actor=manager, problem="Seats", story="They paid by berth.", industry="Ferry line")
    add_experience(actor=manager, problem="Rest hours", story="Counted by hand.", industry="Shipyard")
    hidden = build.account(name="Hidden Freight", product_manager=manager)
    for account in (halden, hidden):
        tell_experience(actor=manager, interaction=talk_with(account, manager), experience=seats, is_told=True)
    hidden.deleted_at = NOW
    hidden.save()
    client.force_login(manager)
    url = reverse("experience_list")
    page = client.get(url).content.decode()
    assert f'told to <a class="link" href="{halden.get_absolute_url()}">Halden</a> and 1 other account' in page
    assert "Hidden Freight" not in page
    for asked, found in (
        ({"q": "BERTH paid"}, ["Seats"]),
        ({"q": "by"}, ["Rest hours", "Seats"]),
        ({"industry": "Shipyard"}, ["Rest hours"]),
        ({"industry": "Shipyard", "q": "berth"}, []),
        ({"industry": "Nonsense"}, ["Rest hours", "Seats"]),
    ):
        assert [one.problem for one in client.get(url, asked).context["rows"]] == found
    assert "No story has that" in client.get(url, {"q": "nothing"}).content.decode()
    api = client_of(manager)
    assert [row["id"] for row in api.get(f"{ROOT}/experiences/", {"industry": "ferry LINE"}).json()["results"]] == [
        seats.pk
    ]
    assert [row["id"] for row in api.get(f"{ROOT}/experiences/", {"word": "berth"}).json()["results"]] == [seats.pk]
