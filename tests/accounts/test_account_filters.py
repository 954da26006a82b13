"""Filters of the list in groups: every field and operator against the same said in plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.forms import AccountFilters
from accounts.forms.on_offer import forget_own_fields
from accounts.models import Account, ContributionMark, Tag
from accounts.services.accounts import edit_account
from accounts.services.custom_fields import create_field
from accounts.services.figures import publish_figures
from pmcrm.lists.conditions import Condition
from pmcrm.lists.fields import OPERATORS, Field, Kind, Takes
from pmcrm.lists.models import SavedView
from pmcrm.people.models import User
from tests import build
from tests.api.conftest import client_of

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 15)
CUSTOM = [
    ("Nickname", "text"),
    ("Seats", "number"),
    ("Renewal", "date"),
    ("Edition", "choice"),
    ("Hosted", "yes_no"),
    # A key that Django also has as the name of a lookup.
    ("Contains", "text"),
]


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pmcrm.lists.places.timezone.localdate", lambda: TODAY)


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Lea Lead")


@pytest.fixture
def prepared(lead: User) -> dict[str, Account]:
    """Accounts that differ in every field, each value beside one just beyond it, and one where nothing is known."""
    for label, kind in CUSTOM:
        create_field(
            actor=lead,
            thing="account",
            label=label,
            type=kind,
            choices=["Gold", "Basic, old"] if kind == "choice" else [],
        )
    forget_own_fields()
    other = build.user("sales_owner", name="Otto Owner")
    rows: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
        (
            {"name": "Ångström Öl", "ref": "X1", "country": "NO", "city": "Oslo", "region": "East", "industry": "Beer"}
            | {"segment": "Mid", "size": "small", "tier": "A", "relationship_owner": lead, "sales_form": "inside"}
            | {
                "custom": {
                    "nickname": "Olle",
                    "seats": "9.5",
                    "renewal": "2026-03-14",
                    "edition": "Gold",
                    "hosted": True,
                }
            },
            {"revenue_12m": Decimal("99.99"), "contribution_12m": Decimal(-5), "next_step_on": TODAY}
            | {"last_contact_at": dt.datetime(2026, 3, 15, 22, 59, tzinfo=dt.UTC)},
            ["Pilot"],
        ),
        (
            {"name": "angstrom olje", "ref": "x2", "country": "DE", "city": "oslo", "industry": "Oil", "size": "large"}
            | {"state": "prospect", "tier": "B", "product_manager": lead, "relationship_owner": other}
            | {"custom": {"nickname": "olle", "seats": "10", "renewal": "2026-03-15", "edition": "Basic, old"}},
            {"revenue_12m": Decimal(100), "contribution_12m": Decimal(0), "next_step_on": TODAY + dt.timedelta(days=1)}
            | {"last_contact_at": dt.datetime(2026, 3, 15, 23, 0, tzinfo=dt.UTC)}
            | {"load_is_one_at": timezone.now() + dt.timedelta(days=30)},
            ["Pilot", "Beta"],
        ),
        (
            {"name": "Zorn", "ref": "Z", "party": "supplier", "state": "former", "sales_form": "outside"}
            | {"custom": {"seats": "-1", "renewal": "2026-03-16", "hosted": False, "contains": "x,y;(z)"}},
            {"revenue_12m": Decimal("100.01"), "next_step_on": TODAY - dt.timedelta(days=1)}
            | {"last_contact_at": dt.datetime(2026, 3, 14, 23, 0, tzinfo=dt.UTC)}
            | {"load_is_one_at": timezone.now() + dt.timedelta(days=40)},
            [],
        ),
        ({"name": "Nothing known", "ref": "N"}, {}, []),
    ]
    made = {}
    for at, (fields, figures, tags) in enumerate(rows):
        account = build.account(**fields)
        publish_figures(
            [{"account_id": account.pk, **figures}], columns=figures.keys() or ["trend"]
        ) if figures else None
        account = edit_account(actor=lead, account=account, version=1, tags=tags)
        added = dt.datetime(2026, 3, 13 + at, 23, 30, tzinfo=dt.UTC)
        Account.objects.filter(pk=account.pk).update(created_at=added)
        made[account.name] = account
    for fields, _figures, _tags in rows:
        Account.objects.filter(name=fields["name"]).update(tier=fields.get("tier", ""))
    return made


def plain_value(field: Field, account: Account) -> Any:
    """What an account holds in a field, as people say it: None for nothing, a day for an instant, tags as a set."""
    figures = account.figures
    own = {f"custom_{key}": value for key, value in account.custom.items()}
    zone = timezone.get_current_timezone()
    known: dict[str, Any] = {
        "name": account.name,
        "ref": account.ref,
        "tag": {str(tag.pk) for tag in account.tags.all()},
        "sales": account.relationship_owner_id and str(account.relationship_owner_id),
        "product": account.product_manager_id and str(account.product_manager_id),
        "revenue": figures.revenue_12m,
        "contribution": figures.contribution_12m,
        "contact": figures.last_contact_at and figures.last_contact_at.astimezone(zone).date(),
        "step": figures.next_step_on,
        "load": {"angstrom olje": "amber", "Zorn": "red"}.get(account.name, "calm"),
        "added": account.created_at.astimezone(zone).date(),
        "form": account.sales_form or None,
        "proven": set(ContributionMark.objects.proven().filter(account=account).values_list("contribution", flat=True)),
        "rival": account.incumbent_competitor or None,
        "source": account.first_heard_source or None,
        "permission": account.reference_permission_on,
    }
    if field.key in known:
        return known[field.key]
    if field.key.startswith("custom_"):
        value = own.get(field.key)
        if value is None:
            return None
        if isinstance(value, bool):
            return "yes" if value else "no"
        read: dict[Kind, Callable[[str], Any]] = {Kind.NUMBER: Decimal, Kind.DATE: dt.date.fromisoformat}
        return read.get(field.kind, str)(value)
    return getattr(account, field.key) or None


def fold(text: str) -> str:
    return text.lower().replace("å", "a").replace("ö", "o")


def read_as(held: Any, text: str) -> Any:
    return dt.date.fromisoformat(text) if isinstance(held, dt.date) else Decimal(text)


TRUTH: dict[str, Callable[[Any, list[Any]], bool]] = {
    "empty": lambda held, _values: held in (None, set()),
    "filled": lambda held, _values: held not in (None, set()),
    "has": lambda held, values: held is not None and fold(values[0]) in fold(held),
    "is": lambda held, values: held is not None and fold(values[0]) == fold(held),
    "min": lambda held, values: held is not None and held >= Decimal(values[0]),
    "max": lambda held, values: held is not None and held <= Decimal(values[0]),
    "between": lambda held, values: held is not None and read_as(held, values[0]) <= held <= read_as(held, values[1]),
    "before": lambda held, values: held is not None and held < dt.date.fromisoformat(values[0]),
    "after": lambda held, values: held is not None and held > dt.date.fromisoformat(values[0]),
    "last": lambda held, values: held is not None and TODAY - dt.timedelta(days=int(values[0])) <= held <= TODAY,
    "next": lambda held, values: held is not None and TODAY <= held <= TODAY + dt.timedelta(days=int(values[0])),
    "any": lambda held, values: bool(values_of(held) & set(values)),
    "none": lambda held, values: not values_of(held) & set(values),
}


def values_of(held: Any) -> set[Any]:
    return held if isinstance(held, set) else {held}


def samples(field: Field, takes: Takes) -> list[list[str]]:
    """Values to ask for: ends that lie just on and just beside what is held."""
    if takes is Takes.NOTHING:
        return [[]]
    if takes is Takes.DAYS:
        return [["1"], ["3"]]
    if takes is Takes.TWO and field.kind is Kind.DATE:
        return [["2026-03-14", "2026-03-15"], ["2026-03-13", "2026-03-14"]]
    if takes is Takes.TWO:
        return [["100", "100.01"], ["-5", "9.5"]]
    if field.kind is Kind.NUMBER:
        return [["100"], ["10"], ["-1"], ["0"]]
    if field.kind is Kind.DATE:
        return [["2026-03-15"], ["2026-03-14"]]
    if field.kind is Kind.TEXT:
        return [["ol"], ["OLLE"], ["Oslo"], ["x,y;(z)"], ["%"]]
    offered = [value for value, _words in field.options if value != "me"]
    return [[offered[0]], offered[-2:]]


def listed(person: User, text: str) -> set[str]:
    query = QueryDict(mutable=True)
    query.update({"who": "all", "filter": text})
    filters = AccountFilters(query, person=person)
    assert not filters.errors, filters.errors
    return set(filters.narrowed(filters.visible()).values_list("name", flat=True))


def test_each_field_and_operator_says_the_plain_truth(today: None, lead: User, prepared: dict[str, Account]) -> None:
    """All at once: the prepared set is dear, and a failure names its field."""
    accounts = list(Account.objects.select_related("figures").prefetch_related("tags"))
    fields = AccountFilters({}, person=lead).fields_by_key
    asked = 0
    for field in fields.values():
        for operator in field.operators:
            for values in samples(field, operator.takes):
                text = str(Condition(field.key, operator.slug, tuple(values)))
                truth = {one.name for one in accounts if TRUTH[operator.slug](plain_value(field, one), values)}
                assert listed(lead, text) == truth, text
                asked += 1
    assert set(OPERATORS) == {field.kind for field in fields.values()}
    assert asked > 150


def test_groups_join_by_all_and_any(today: None, lead: User, prepared: dict[str, Account]) -> None:
    first, second, third, fourth = prepared
    assert listed(lead, "any(revenue:min:100;tier:any:A)") == {first, second, third}
    assert listed(lead, "revenue:min:100;any(state:any:former;city:is:OSLO)") == {second, third}
    assert listed(lead, "any(all(tier:any:A;sales:any:me);all(ref:is:n;city:empty))") == {first, fourth}
    assert listed(lead, "tier:empty;tag:empty") == {third, fourth}
    assert listed(lead, "any(revenue:empty;contact:before:2026-03-15;tier:any:B)") == {second, third, fourth}
    assert listed(lead, "any(all(step:filled;state:any:former);all(revenue:max:99.99;tier:any:A))") == {first, third}
    assert listed(lead, "any(revenue:max:99.99;step:empty)") == {first, fourth}


@pytest.mark.parametrize(
    ("text", "sentence", "sound"),
    [
        ("colour:is:red;name:has:zorn", "There is no field “colour” to filter by.", "name:has:zorn"),
        ("name:near:x;ref:is:Z", "Account is compared by one of: has, is.", "ref:is:Z"),
        ("revenue:min:lots;ref:is:Z", "Revenue: Write a number, for example 1250 or 12.5.", "ref:is:Z"),
        ("revenue:min:1e99;ref:is:Z", "Revenue: Up to 14 digits", "ref:is:Z"),
        ("revenue:min;ref:is:Z", "Revenue: Say one value.", "ref:is:Z"),
        ("revenue:between:1;ref:is:Z", "Revenue: Say two values, from and to.", "ref:is:Z"),
        ("contact:before:soon;ref:is:Z", "Last contact: Write a day, for example 2026-03-10.", "ref:is:Z"),
        ("contact:last:0;ref:is:Z", "Last contact: Write a number of days from 1 to 3660.", "ref:is:Z"),
        ("tier:any:Q;ref:is:Z", "Tier: “Q” is not on offer.", "ref:is:Z"),
        ("tier:any;ref:is:Z", "Tier: Choose at least one.", "ref:is:Z"),
        ("tag:any:99;ref:is:Z", "Tag: “99” is not on offer.", "ref:is:Z"),
        ("any(tier:any:Q;ref:is:Z)", "Tier: “Q” is not on offer.", "ref:is:Z"),
        ("name:has:;ref:is:Z", "Account: Write 1 to 100 characters.", "ref:is:Z"),
        ("nonsense;ref:is:Z", "“nonsense” is no condition.", "ref:is:Z"),
        (";".join(["ref:is:Z"] * 21), "At most 20 conditions in 6 groups fit", ""),
        ("ref:is:Z\x00", "Null characters are not allowed", ""),
        ("ref:is:" + "Z" * 1000, "at most 1000 characters", ""),
    ],
)
def test_a_part_that_says_nothing_is_named_and_the_rest_holds(
    client: Client, lead: User, text: str, sentence: str, sound: str
) -> None:
    build.account(name="Zorn", ref="Z")
    build.account(name="Elsewhere")
    client.force_login(lead)

    html = client.get(reverse("account_list"), {"filter": text}).content.decode()

    assert sentence in html
    assert ("Elsewhere" in html) == (not sound)
    assert "Zorn" in html


def test_amounts_are_for_whoever_sees_them_everywhere(client: Client) -> None:
    person = build.user("sales_owner")
    account = build.account(relationship_owner=person)
    publish_figures([{"account_id": account.pk, "revenue_12m": Decimal(5)}], columns=["revenue_12m"])
    client.force_login(person)

    html = client.get(reverse("account_list"), {"filter": "revenue:min:10"}).content.decode()

    assert "There is no field “revenue” to filter by." in html
    assert account.name in html


def test_chips_say_it_in_words_and_take_it_off(client: Client, lead: User, prepared: dict[str, Account]) -> None:
    client.force_login(lead)
    pilot = Tag.objects.get(name="Pilot").pk

    def chips(text: str) -> list[tuple[str, str]]:
        answer = client.get(reverse("account_list"), {"filter": text, "who": "all"})
        return [(chip["label"], chip["url"]) for chip in answer.context["chips"]]

    assert chips(f"any(revenue:min:10000;tag:any:{pilot})") == [
        ("Revenue at least 10,000 or Tag is Pilot", "/accounts/?who=all")
    ]
    assert chips("tier:none:A,B;contact:last:30;custom_edition:any:Gold,Basic\\, old") == [
        (
            "Tier is not Tier A nor Tier B",
            "/accounts/?filter=contact:last:30;custom_edition:any:Gold,Basic%5C,+old&who=all",
        ),
        (
            "Last contact in the last 30 days",
            "/accounts/?filter=tier:none:A,B;custom_edition:any:Gold,Basic%5C,+old&who=all",
        ),
        ("Edition is Gold or Basic, old", "/accounts/?filter=tier:none:A,B;contact:last:30&who=all"),
    ]
    assert [label for label, _url in chips("any(all(step:empty;name:has:öl);revenue:between:2,1)")] == [
        "Revenue between 1 and 2",
        "or Next step is empty and Account contains “öl”",
    ]


def test_filters_ask_few_questions(
    client: Client, lead: User, prepared: dict[str, Account], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(lead)
    url = reverse("account_list") + "?who=all&filter=any(revenue:min:1;tag:empty;custom_seats:max:9);added:last:30"
    client.get(url)

    with django_assert_max_num_queries(6):
        client.get(url)


def test_the_api_takes_the_same_filter(lead: User, prepared: dict[str, Account]) -> None:
    client = client_of(lead)
    first, second, third, _fourth = prepared

    def found(text: str) -> Any:
        return client.get("/api/v1/accounts/", {"filter": text})

    names = {row["name"] for row in found("any(revenue:min:100;tier:any:A)").json()["results"]}
    assert names == {first, second, third}
    wrong = found("tier:any:Q;colour:is:red")
    assert wrong.status_code == 400
    assert wrong.json()["errors"] == {
        "filter": ["Tier: “Q” is not on offer.", "There is no field “colour” to filter by."]
    }
    assert client_of(build.user("sales_owner")).get("/api/v1/accounts/?filter=revenue:min:1").status_code == 400


def test_the_dialog_puts_a_filter_together_step_by_step(client: Client, lead: User) -> None:
    """As somebody without a script would: each step is an address."""
    client.force_login(lead)
    url = reverse("list_filters", args=["accounts"])
    page = client.get(url, {"state": "customer", "filter": "revenue:min:5;nonsense"})
    assert [row.key for block in page.context["blocks"] for row in block.rows] == ["revenue"]
    assert ("state", "customer") in page.context["state"]

    sent: dict[str, Any] = {
        "draft": "1",
        "state": "customer",
        "j.0": "all",
        "f.0.0": "revenue",
        "o.0.0": "min",
        "v.0.0": "5",
    }
    grown = client.get(url, sent | {"do": "group"}).context["blocks"]
    assert [[row.key for row in block.rows] for block in grown] == [["revenue"], [""]]
    sent |= {"j.1": "any", "f.1.0": "tier", "o.1.0": "has", "v.1.0": ["A", "x"], "f.1.1": "step", "o.1.1": "empty"}
    changed = client.get(url, sent).context["blocks"][1].rows
    assert [(row.compared.slug, row.values) for row in changed] == [("any", ["A"]), ("empty", [])]
    dropped = client.get(url, sent | {"do": "drop:1:0"}).context["blocks"]
    assert [[row.key for row in block.rows] for block in dropped] == [["revenue"], ["step"]]

    wrong = client.get(url, sent | {"v.0.0": "much", "do": "show"})
    assert wrong.status_code == 422
    assert "Write a number, for example 1250 or 12.5." in wrong.content.decode()
    done = client.get(url, sent | {"v.1.0": "A", "do": "show"})
    assert done["Location"] == "/accounts/?state=customer&filter=revenue:min:5;any(tier:any:A;step:empty)"
    nothing = client.get(url, {"draft": "1", "f.0.0": "", "do": "show"})
    assert nothing["Location"] == "/accounts/"


@pytest.mark.parametrize("query", ["do=drop:9:9&draft=1", "do=add:x", "f.9.99=name&draft=1&do=show", "join=x&do=group"])
def test_a_crooked_step_leaves_the_form_as_it_is(client: Client, lead: User, query: str) -> None:
    client.force_login(lead)
    assert client.get(f"{reverse('list_filters', args=['accounts'])}?{query}").status_code in {200, 303, 422}


def test_choices_are_looked_for_by_their_letters(client: Client, lead: User) -> None:
    client.force_login(lead)
    build.account(country="NO")
    build.account(country="DE")
    url = reverse("list_filter_options", args=["accounts"])

    assert client.get(url, {"field": "country", "q": "orw"}).json()["results"] == [
        {"id": "NO", "label": "Norway", "sub": ""}
    ]
    assert client.get(url, {"field": "nothing"}).json()["results"] == []
    assert client.get(reverse("list_filters", args=["nowhere"])).status_code == 404


def test_a_saved_view_keeps_the_filter(client: Client, lead: User) -> None:
    client.force_login(lead)
    text = "any(name:has:a\\,b;state:any:customer)"
    client.post(
        reverse("saved_view_create", args=["accounts"]),
        {"name": "Mine", "query": f"filter={text}", "sharing": "private"},
    )

    view = SavedView.objects.get()

    assert QueryDict(view.query)["filter"] == text
