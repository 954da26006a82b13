"""Tags: on an account by form and API, in list and history, through a merge, and put in order themselves."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AccountTag, Tag
from accounts.services.accounts import create_account, edit_account
from accounts.services.merging import merge, undo_merge
from accounts.services.tags import delete_tag, merge_tags, rename_tag
from accounts.services.trash import discard_account, remove_account
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.api.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead")


def carried(account: Account) -> list[str]:
    return list(account.tags.values_list("name", flat=True))


def tagged(lead: User, *names: str, account: Account | None = None) -> Account:
    account = account or build.account()
    return edit_account(actor=lead, account=account, version=account.version, tags=names)


def test_a_tag_is_one_word_however_it_is_written(lead: User) -> None:
    first = tagged(lead, "Pilot", "  renewal   2027 ", "pilot")
    second = tagged(lead, "PILOT", "Ünïcode")

    assert carried(first) == ["Pilot", "renewal 2027"]
    assert carried(second) == ["Pilot", "Ünïcode"]
    assert Tag.objects.count() == 3


@pytest.mark.parametrize("names", [["a, b"], ["x" * 41], ["a;b"], ["a\x00b"], [f"tag {n}" for n in range(21)]])
def test_what_is_no_tag_is_refused_and_nothing_changes(lead: User, names: list[str]) -> None:
    account = tagged(lead, "Pilot")

    with pytest.raises(RuleViolation, match="at most"):
        edit_account(actor=lead, account=account, version=2, tags=names)

    assert carried(account) == ["Pilot"]
    assert Tag.objects.count() == 1


def test_so_many_tags_fit(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.services.tags.MOST_TAGS", 2)
    account = tagged(lead, "a", "b")

    with pytest.raises(RuleViolation, match="There are 2 tags already"):
        edit_account(actor=lead, account=account, version=2, tags=["a", "c"])
    edit_account(actor=lead, account=account, version=2, tags=["B"])

    assert carried(account) == ["b"]


def test_the_history_holds_both_sides_and_an_old_version_is_refused(lead: User) -> None:
    account = tagged(lead, "Pilot", account=tagged(lead, "Beta"))

    edit_account(actor=lead, account=account, version=3, tags=["pilot"])  # the same: no row
    with pytest.raises(StaleVersion) as refusal:
        edit_account(actor=lead, account=account, version=2, tags=[])

    assert refusal.value.current["tags"] == ["Pilot"]
    rows = TrailEntry.objects.filter(verb="account.edited").order_by("pk").values_list("data", flat=True)
    assert [row["changes"] for row in rows] == [{"tags": ["", "Beta"]}, {"tags": ["Beta", "Pilot"]}]


def test_the_form_keeps_the_tags_that_it_was_shown(client: Client, lead: User) -> None:
    account = tagged(lead, "Pilot", "Beta", account=build.account(kind="internal"))
    client.force_login(lead)
    url = reverse("account_edit", args=[account.pk])
    form = {"name": account.name, "ref": account.ref, "kind": "internal", "party": "customer", "state": "customer"}
    form |= {"version": "2"}

    shown = client.get(url).content.decode()
    assert 'name="tags" value="Beta"' in shown
    client.post(url, form)
    assert carried(account) == ["Beta", "Pilot"]
    client.post(url, form | {"tags": ["", "Pilot", "new one, Third"]})
    assert carried(account) == ["new one", "Pilot", "Third"]
    stale = client.post(url, form | {"tags": ["", "Mine"]})
    assert stale.status_code == 422
    assert "new one, Pilot, Third" in stale.content.decode()
    client.post(url, form | {"version": "3", "tags": ""})
    assert carried(account) == []


def test_list_head_and_history_show_tags(client: Client, lead: User) -> None:
    account = tagged(lead, "Pilot <b>", "Beta", account=build.account(relationship_owner=lead))
    client.force_login(lead)

    listed = client.get(reverse("account_list"), {"columns": ["state", "tags"]}).content.decode()
    assert '<span class="tag">Beta</span> <span class="tag">Pilot &lt;b&gt;</span>' in listed
    assert "Beta" not in client.get(reverse("account_list")).content.decode()
    head = client.get(account.get_absolute_url()).content.decode()
    key = Tag.objects.get(name="Beta").pk
    assert f'href="/accounts/?who=all&amp;filter=tag:any:{key}"' in head
    assert "Beta, Pilot &lt;b&gt;" in client.get(account.get_absolute_url() + "?tab=history").content.decode()


def test_the_api_reads_and_writes_tags(lead: User) -> None:
    client = client_of(lead)
    made = client.post(
        "/api/v1/accounts/",
        {"name": "Nord", "kind": "external", "relationship_owner": lead.pk, "tags": ["Pilot"]},
        format="json",
    ).json()
    assert made["tags"] == ["Pilot"]
    url = f"/api/v1/accounts/{made['id']}/"

    changed = client.patch(url, {"version": 1, "tags": ["beta", "Pilot"]}, format="json")
    assert changed.json()["tags"] == ["beta", "Pilot"]
    stale = client.patch(url, {"version": 1, "tags": []}, format="json")
    assert stale.status_code == 409
    current = stale.json()["current"]
    assert (current["tags"], current["relationship_owner"]) == (["beta", "Pilot"], lead.pk)
    refused = client.patch(url, {"version": 2, "tags": ["a,b"]}, format="json")
    assert refused.status_code == 422
    assert client.patch(url, {"version": 2, "tags": "x"}, format="json").status_code == 400
    assert [row["name"] for row in client.get("/api/v1/tags/").json()["results"]] == ["beta", "Pilot"]
    assert [row["name"] for row in client.get("/api/v1/tags/?search=PIL").json()["results"]] == ["Pilot"]


def test_whose_account_it_is_not_tags_it_not(lead: User) -> None:
    account = tagged(lead, "Pilot")

    with pytest.raises(RuleViolation, match="not yours"):
        edit_account(actor=build.user("product_manager"), account=account, version=2, tags=["Other"])

    assert not Tag.objects.filter(name="Other").exists()


def test_tags_pass_on_in_a_merge_and_come_back(lead: User) -> None:
    winner, loser = tagged(lead, "Both", "Mine"), tagged(lead, "Both", "Theirs")

    made = merge(actor=lead, winner=winner, loser=loser, version=2, other_version=2, take={})
    assert carried(winner) == ["Both", "Mine", "Theirs"]
    undo_merge(actor=lead, made=made)

    assert (carried(winner), carried(loser)) == (["Both", "Mine"], ["Both", "Theirs"])


def test_a_tag_does_not_hold_an_account_back(lead: User) -> None:
    account = create_account(actor=lead, name="New", kind="internal", tags=["Pilot"], ref="")
    assert carried(account) == ["Pilot"]

    discard_account(actor=lead, account=account)
    assert [vars(tag)["use"] for tag in Tag.objects.with_use()] == [0]
    remove_account(actor=None, key=account.pk)

    assert not AccountTag.objects.exists()


def test_tags_are_renamed_merged_and_removed(client: Client, lead: User) -> None:
    account, other = tagged(lead, "Pilto", "Pilot"), tagged(lead, "Pilto")
    wrong, right = Tag.objects.get(name="Pilto"), Tag.objects.get(name="Pilot")
    client.force_login(lead)

    taken = client.post(reverse("tag_edit", args=[wrong.pk]), {"name": "PILOT", "version": "1"})
    assert taken.status_code == 422
    assert "There is a tag called “PILOT” already. Merge the two instead." in taken.content.decode()
    client.post(reverse("tag_edit", args=[right.pk]), {"name": "Pilots", "version": "1"})
    stale = client.post(reverse("tag_edit", args=[right.pk]), {"name": "Other", "version": "1"})
    assert "it is called “Pilots” now" in stale.content.decode()
    client.post(reverse("tag_merge", args=[wrong.pk]), {"into": right.pk, "version": "1"})
    assert (carried(account), carried(other)) == (["Pilots"], ["Pilots"])
    client.post(reverse("tag_delete", args=[right.pk]), {"version": "1"})
    assert Tag.objects.count() == 1
    client.post(reverse("tag_delete", args=[right.pk]), {"version": "2"})

    assert (carried(account), Tag.objects.count()) == ([], 0)
    verbs = TrailEntry.objects.filter(verb__startswith="tag.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["tag.created", "tag.created", "tag.renamed", "tag.merged", "tag.deleted"]


def test_who_does_not_put_tags_in_order_is_refused(lead: User) -> None:
    tagged(lead, "Pilot", "Beta")
    beta, pilot = Tag.objects.in_order()
    person = build.user("product_manager")

    for refused in (
        lambda: rename_tag(actor=person, tag=pilot, version=1, name="x"),
        lambda: merge_tags(actor=person, tag=pilot, version=1, into=beta),
        lambda: delete_tag(actor=person, tag=pilot, version=1),
    ):
        with pytest.raises(RuleViolation, match="put the tags in order"):
            refused()
    with pytest.raises(RuleViolation, match="another tag"):
        merge_tags(actor=lead, tag=pilot, version=1, into=pilot)
    assert Tag.objects.count() == 2


def test_the_box_offers_what_is_there_and_what_would_be_new(client: Client, lead: User) -> None:
    tagged(lead, "Pilot", "Beta")
    client.force_login(lead)

    def offered(text: str) -> list[tuple[str, str]]:
        results = client.get(reverse("tag_options"), {"q": text}).json()["results"]
        return [(one["id"], one["sub"]) for one in results]

    assert offered("") == [("Beta", ""), ("Pilot", "")]
    assert offered("pilot") == [("Pilot", "")]
    assert offered("pi, lo") == [("pi lo", "new tag")]
    assert offered("Pil\x00") == [("Pilot", ""), ("Pil", "new tag")]
