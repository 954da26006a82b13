"""Fields of our own: deciding on them, their values in forms, pages, history and API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Contact, CustomField
from accounts.models.custom import MOST_FIELDS
from accounts.services.accounts import create_account, edit_account
from accounts.services.contacts import edit_contact
from accounts.services.custom_fields import create_field, edit_field, restore_field, retire_field
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def field(lead: User, label: str, type: str, *choices: str, thing: str = "account") -> CustomField:  # noqa: A002  its word
    return create_field(actor=lead, thing=thing, label=label, type=type, choices=choices)


@pytest.fixture
def fields(lead: User) -> list[CustomField]:
    return [
        field(lead, "Contract end", "date"),
        field(lead, "Seats", "number"),
        field(lead, "Edition", "choice", "Basic", "Gold"),
        field(lead, "On premises", "yes_no"),
        field(lead, "Прозвище", "text"),
    ]


def form_data(account: Account, **more: str) -> dict[str, str]:
    return {
        "name": account.name,
        "ref": account.ref,
        "kind": "internal",
        "party": "customer",
        "state": "customer",
        "version": str(account.version),
        **more,
    }


def test_keys_are_made_of_the_first_name_and_stay(lead: User, fields: list[CustomField]) -> None:
    assert [one.key for one in fields] == ["contract_end", "seats", "edition", "on_premises", "field_1"]

    renamed = edit_field(actor=lead, field=fields[0], version=1, label="End of contract")

    assert (renamed.key, renamed.label, renamed.version) == ("contract_end", "End of contract", 2)
    with pytest.raises(StaleVersion):
        edit_field(actor=lead, field=fields[0], version=1, label="Other")


@pytest.mark.parametrize(
    ("label", "kind", "choices", "sentence"),
    [
        ("  ", "text", (), "Give the field a name"),
        ("seats", "text", (), "There is a field called “seats” already"),
        ("Country", "text", (), "There is a field called “Country” already"),
        ("Edition 2", "choice", ("", " "), "one choice a line"),
        ("Edition 2", "choice", ("x" * 101,), "at most 100 characters"),
        ("Edition 2", "choice", tuple(map(str, range(51))), "At most 50 choices"),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(
    lead: User, fields: list[CustomField], label: str, kind: str, choices: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(RuleViolation, match=sentence):
        field(lead, label, kind, *choices)

    assert CustomField.objects.count() == len(fields)


def test_two_dozen_are_enough_and_only_some_decide(lead: User) -> None:
    for number in range(MOST_FIELDS):
        field(lead, f"Field number {number}", "text")

    with pytest.raises(RuleViolation, match="Retire one first"):
        field(lead, "One more", "text")
    with pytest.raises(RuleViolation, match="Administrators and product leads"):
        field(build.user("product_manager"), "One more", "text", thing="contact")


def test_values_are_kept_as_their_type_and_told_in_the_history(
    client: Client, lead: User, fields: list[CustomField]
) -> None:
    account = build.account(kind="internal")
    client.force_login(lead)
    values = {
        "custom_contract_end": "2027-01-31",
        "custom_seats": "1250.50",
        "custom_edition": "Gold",
        "custom_on_premises": "no",
        "custom_field_1": " Север ",
    }

    answer = client.post(reverse("account_edit", args=[account.pk]), form_data(account, **values))

    assert answer.status_code == 303
    account.refresh_from_db()
    assert account.custom == {
        "contract_end": "2027-01-31",
        "seats": "1250.5",
        "edition": "Gold",
        "on_premises": False,
        "field_1": "Север",
    }
    edit_field(actor=lead, field=fields[1], version=1, label="Users")
    edit_account(actor=lead, account=account, version=2, custom={"seats": 9, "edition": None})
    about = client.get(reverse("account_detail", args=[account.pk]), {"tab": "about"}).content.decode()
    assert "Users" in about
    assert "Gold" not in about
    assert TrailEntry.objects.latest("id").data["changes"] == {
        "custom.seats": ["1250.5", "9"],
        "custom.edition": ["Gold", None],
    }
    history = client.get(reverse("account_detail", args=[account.pk]), {"tab": "history"}).content.decode()
    assert "Users:</span> <del>1250.5</del> → 9" in history


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("custom_contract_end", "31.31.2027"),
        ("custom_seats", "many"),
        ("custom_seats", "NaN"),
        ("custom_seats", "1e30"),
        ("custom_edition", "Platinum"),
        ("custom_on_premises", "perhaps"),
        ("custom_field_1", "x" * 501),
    ],
)
def test_a_wrong_value_is_named_at_its_field(
    client: Client, lead: User, fields: list[CustomField], name: str, value: str
) -> None:
    account = build.account(kind="internal")
    client.force_login(lead)

    answer = client.post(reverse("account_edit", args=[account.pk]), form_data(account, **{name: value}))

    assert answer.status_code == 422
    assert f'href="#id_{name}"' in answer.content.decode()
    account.refresh_from_db()
    assert (account.custom, account.version) == ({}, 1)


def test_a_stale_form_shows_both_values(client: Client, lead: User, fields: list[CustomField]) -> None:
    account = build.account(kind="internal")
    edit_account(actor=lead, account=account, version=1, custom={"edition": "Gold", "contract_end": "2027-01-31"})
    client.force_login(lead)

    stale = form_data(account, version="1", custom_edition="Basic", custom_contract_end="2027-01-31")
    answer = client.post(reverse("account_edit", args=[account.pk]), stale)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="keep-custom_edition"' in html
    assert 'name="keep-custom_contract_end"' not in html
    account.refresh_from_db()
    assert account.custom["edition"] == "Gold"


def test_a_retired_field_keeps_its_values(client: Client, lead: User, fields: list[CustomField]) -> None:
    account = build.account(kind="internal")
    edit_account(actor=lead, account=account, version=1, custom={"seats": 12})
    retire_field(actor=lead, field=fields[1])
    client.force_login(lead)

    assert "custom_seats" not in client.get(reverse("account_edit", args=[account.pk])).content.decode()
    with pytest.raises(RuleViolation, match="no such field"):
        edit_account(actor=lead, account=account, version=2, custom={"seats": 13})
    edit_account(actor=lead, account=account, version=2, custom={"edition": "Basic"})

    account.refresh_from_db()
    assert account.custom == {"seats": "12", "edition": "Basic"}
    about = client.get(reverse("account_detail", args=[account.pk]), {"tab": "about"}).content.decode()
    assert "Seats (retired)" in about
    restore_field(actor=lead, field=fields[1])
    assert 'value="12"' in client.get(reverse("account_edit", args=[account.pk])).content.decode()


def test_a_choice_that_a_row_has_is_not_taken_away(lead: User, fields: list[CustomField]) -> None:
    account = build.account()
    edit_account(actor=lead, account=account, version=1, custom={"edition": "gold"})

    with pytest.raises(RuleViolation, match="“Gold” is chosen in 1 rows"):
        edit_field(actor=lead, field=fields[2], version=1, label="Edition", choices=["Basic"])
    edit_field(actor=lead, field=fields[2], version=1, label="Edition", choices=["Gold", "Silver"])

    fields[2].refresh_from_db()
    assert fields[2].choices == ["Gold", "Silver"]


def test_contacts_have_their_own(client: Client, lead: User, fields: list[CustomField]) -> None:
    field(lead, "Speaks", "choice", "German", "Norwegian", thing="contact")
    contact = build.contact(account=build.account())
    client.force_login(lead)

    answer = client.post(
        reverse("contact_edit", args=[contact.pk]),
        {"name": contact.name, "is_active": "on", "version": "1", "custom_speaks": "Norwegian"},
    )

    assert answer.status_code == 303
    assert Contact.objects.get().custom == {"speaks": "Norwegian"}
    assert "Norwegian" in client.get(reverse("contact_detail", args=[contact.pk])).content.decode()
    with pytest.raises(RuleViolation, match="no such field"):
        edit_contact(actor=lead, contact=contact, version=2, custom={"edition": "Gold"})


def test_a_new_account_takes_them_at_once(lead: User, fields: list[CustomField]) -> None:
    account = create_account(actor=lead, name="New AS", ref="", kind="internal", custom={"seats": "3", "edition": ""})

    assert account.custom == {"seats": "3"}


def test_the_api_reads_and_writes_them_typed(client: Client, lead: User, fields: list[CustomField]) -> None:
    account = build.account(kind="internal")
    client.force_login(lead)
    url = f"/api/v1/accounts/{account.pk}/"

    def patch(custom: Any, version: int) -> Any:
        body = {"custom": custom, "version": version}
        return client.patch(url, body, content_type="application/json")

    made = patch({"contract_end": "2027-01-31", "seats": "12.50", "edition": "Gold", "on_premises": True}, 1)
    wrong = patch({"seats": "many", "edition": "Platinum", "on_premises": "perhaps", "colour": 1}, 2)
    emptied = patch({"edition": None}, 2)

    assert made.json()["custom"] == {
        "contract_end": "2027-01-31",
        "seats": "12.5",
        "edition": "Gold",
        "on_premises": True,
        "field_1": None,
    }
    assert wrong.status_code == 400
    assert set(wrong.json()["errors"]) == {"custom.colour"} or "custom.seats" in wrong.json()["errors"]
    assert emptied.json()["custom"]["edition"] is None
    assert emptied.json()["custom"]["seats"] == "12.5"


def test_the_description_tells_their_types_to_people_only(
    client: Client, lead: User, fields: list[CustomField]
) -> None:
    def described() -> dict[str, Any]:
        schema = client.get("/api/schema/?format=json").json()
        found: dict[str, Any] = schema["components"]["schemas"].get("AccountCustomValues", {})
        return dict(found.get("properties", {}))

    assert described() == {}
    client.force_login(lead)
    assert described()["contract_end"] == {
        "type": "string",
        "format": "date",
        "nullable": True,
        "description": "Contract end",
    }


def test_the_settings_page_decides(client: Client) -> None:
    client.force_login(build.user("administrator"))
    new = {"label": "Edition", "thing": "account", "type": "choice", "choices": "Basic\nGold\n\ngold"}

    assert client.post(reverse("custom_field_create"), new).status_code == 303
    assert client.post(reverse("custom_field_create"), new).status_code == 422
    made = CustomField.objects.get()
    assert made.choices == ["Basic", "Gold"]
    edited = client.post(
        reverse("custom_field_edit", args=[made.pk]), {"label": "Plan", "choices": "Basic\nGold", "version": "1"}
    )
    assert edited.status_code == 303
    assert client.post(reverse("custom_field_retire", args=[made.pk])).status_code == 303
    page = client.get(reverse("custom_field_list")).content.decode()
    assert "Plan" in page
    assert "retired" in page
    assert client.post(reverse("custom_field_restore", args=[made.pk])).status_code == 303
    assert list(TrailEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "custom_field.created",
        "custom_field.edited",
        "custom_field.retired",
        "custom_field.restored",
    ]
