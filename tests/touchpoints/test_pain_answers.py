"""What becomes of a trouble: answered by its day, filed, made one with another, on the lists of who answers for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Account, Contact
from accounts.services.merging import merge
from accounts.services.promises import add_promise, settle_promise
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.notices.models import Notice
from pmcrm.people.models import User
from tests import build
from tests.accounts.test_value_api import ROOT, client_of
from touchpoints.models import Pain, PainAnswer
from touchpoints.services.expectations import expectations_of
from touchpoints.services.figures_of_pains import answers_in_time
from touchpoints.services.pain_answers import (
    answer_pain,
    edit_pain,
    end_pain,
    merge_pains,
    note_due_pains,
    reopen_pain,
    split_pain,
)
from touchpoints.services.pains import retell_pain, tell_pain
from touchpoints.services.statements import say, statements_due

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def told(actor: User, account: Account, words: str = "The export stops", **fields: Any) -> Pain:
    return tell_pain(actor=actor, account=account, words=words, bypass_reason="They began with it", **fields)


def fresh(pain: Pain) -> Pain:
    return Pain.objects.get(pk=pain.pk)


def test_an_answer_keeps_what_was_said_to_whom_and_how(mia: User, halden: Account, kari: Contact) -> None:
    pain = told(mia, halden, contact=kari)
    answer = answer_pain(
        actor=mia,
        pain=pain,
        version=1,
        words="We leave it.",
        contacts=[kari],
        channel="mail",
        expectation="not_planned",
    )
    assert (answer.words, list(answer.contacts.all()), answer.channel, answer.told_on) == (
        "We leave it.",
        [kari],
        "mail",
        dt.date(2026, 3, 10),
    )
    assert (answer.is_report_back, answer.due_on, answer.was_late) == (True, dt.date(2026, 4, 9), False)
    pain = fresh(pain)
    assert (pain.state, pain.expectation, pain.version) == ("answered", "not_planned", 2)


def test_with_another_day_it_waits_on(mia: User, halden: Account) -> None:
    pain = told(mia, halden)
    again = dt.date(2026, 5, 1)
    answer_pain(actor=mia, pain=pain, version=1, words="We look into it.", expectation="under_study", again_on=again)
    pain = fresh(pain)
    assert (pain.state, pain.expectation, pain.report_back_on) == ("open", "under_study", again)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"words": " "}, "words"),
        ({"words": "A", "channel": "pigeon"}, "channel"),
        ({"words": "A", "expectation": "soon"}, "expectation"),
        ({"words": "A", "told_on": dt.date(2026, 3, 11)}, "told_on"),
        ({"words": "A", "told_on": dt.date(2026, 3, 9)}, "told_on"),
        ({"words": "A", "again_on": dt.date(2026, 3, 10)}, "again_on"),
    ],
)
def test_bad_answers_are_refused_and_change_nothing(
    mia: User, halden: Account, fields: dict[str, Any], place: str
) -> None:
    pain = told(mia, halden)
    with pytest.raises(RuleViolation) as refused:
        answer_pain(actor=mia, pain=pain, version=1, **fields)
    assert (list(refused.value.fields), PainAnswer.objects.count(), fresh(pain).state) == ([place], 0, "open")
    with pytest.raises(StaleVersion):
        answer_pain(actor=mia, pain=pain, version=7, words="A")
    with pytest.raises(RuleViolation, match="Your role does not change this"):
        answer_pain(actor=build.user("sales_owner"), pain=pain, version=1, words="A")


def test_late_answers_are_counted(mia: User, halden: Account) -> None:
    first, second, third = (told(mia, halden, words) for words in ("One", "Two", "Three"))
    with time_machine.travel(dt.datetime(2026, 4, 9, 12, tzinfo=dt.UTC)):
        answer_pain(actor=mia, pain=first, version=1, words="In time")
    with time_machine.travel(dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)):
        answer_pain(actor=mia, pain=second, version=1, words="A day late")
        kept = answers_in_time(Pain.objects.visible_to(mia), since=dt.date(2026, 1, 1), today=dt.date(2026, 4, 10))
        # The third one is due and was not answered at all.
        assert (kept.due, kept.in_time, kept.late, str(kept.share)) == (3, 1, 2, "0.333333")
    assert fresh(third).state == "open"
    nothing = answers_in_time(Pain.objects.none(), since=dt.date(2026, 1, 1), today=dt.date(2026, 4, 10))
    assert (nothing.due, nothing.share) == (0, None)


def test_what_ends_unanswered_after_its_day_stays_late(mia: User, halden: Account) -> None:
    early, gone, told_before, late = (told(mia, halden, words) for words in ("One", "Two", "Three", "Four"))
    with time_machine.travel(dt.datetime(2026, 4, 8, 12, tzinfo=dt.UTC)):
        end_pain(actor=mia, pain=early, version=1)
        answer_pain(actor=mia, pain=told_before, version=1, words="In time")
    with time_machine.travel(dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)):
        end_pain(actor=mia, pain=gone, version=1)
        end_pain(actor=mia, pain=told_before, version=2)
        answer_pain(actor=mia, pain=late, version=1, words="A day late")
        end_pain(actor=mia, pain=late, version=2)
        window = {"since": dt.date(2026, 1, 1), "today": dt.date(2026, 4, 10)}
        kept = answers_in_time(Pain.objects.visible_to(mia), **window)
        # Before its day one went by itself; one answered in time, one late; one ended after its day, unheard.
        assert (kept.due, kept.in_time, kept.late, str(kept.share)) == (3, 1, 2, "0.333333")
        assert (list(Pain.objects.ended_late()), fresh(gone).ended_on) == ([gone], dt.date(2026, 4, 10))
        # That it hurts after all wins no time for an answer that never came; one that came starts anew.
        reopen_pain(actor=mia, pain=fresh(gone), version=2)
        reopen_pain(actor=mia, pain=fresh(told_before), version=3)
        days = [fresh(gone).report_back_on, fresh(told_before).report_back_on]
        assert days == [dt.date(2026, 4, 9), dt.date(2026, 4, 10)]
        assert (fresh(gone).is_late, fresh(gone).ended_on) == (True, None)
        assert answers_in_time(Pain.objects.visible_to(mia), **window).late == 2


def test_what_is_late_and_what_nobody_spoke_of_is_on_the_lists(mia: User, halden: Account) -> None:
    waits = told(mia, halden)
    heard = told(mia, halden, "The price rose", expectation="heard_only")
    other = told(build.user(), build.account(), "Somebody else's")
    client = Client()
    client.force_login(mia)
    with time_machine.travel(dt.datetime(2026, 4, 10, 12, tzinfo=dt.UTC)):
        assert set(Pain.objects.late(dt.date(2026, 4, 10))) == {waits, heard, other}
        assert set(Pain.objects.late(dt.date(2026, 4, 10)).owned_by(mia)) == {waits, heard}
        late = client.get("/pains/?which=late&whose=mine").text
        assert ("The export stops" in late, "Somebody else" in late) == (True, False)
    unsaid = client.get("/pains/?which=unsaid").text
    assert ("The export stops" in unsaid, "The price rose" in unsaid) == (True, False)
    only = client.get(f"/pains/?account={other.account_id}").text
    assert ("The export stops" in only, "Somebody else" in only) == (False, True)
    assert "The export stops" in client.get("/pains/?which=unset&q=export").text
    assert client.get("/pains/?which=never&account=x&cursor=x").status_code == 200


def test_who_answers_for_it_is_told_once_for_each_day(mia: User, halden: Account) -> None:
    told(mia, halden)
    assert note_due_pains() == 0
    with time_machine.travel(dt.datetime(2026, 4, 9, 12, tzinfo=dt.UTC)):
        assert (note_due_pains(), note_due_pains()) == (1, 0)
        notice = Notice.objects.get()
        assert (notice.person, notice.kind) == (mia, "pain_due")
    Pain.objects.update(report_back_on=dt.date(2026, 4, 11))
    with time_machine.travel(dt.datetime(2026, 4, 12, 12, tzinfo=dt.UTC)):
        assert note_due_pains() == 1


def test_filing_it_links_promises_of_its_account(mia: User, halden: Account, kari: Contact) -> None:
    pain = told(mia, halden)
    promise = build.promise(account=halden, owner=mia)
    day = dt.date(2026, 4, 1)
    values: dict[str, Any] = {"severity": "blocking", "cause": "price", "teller": kari, "report_back_on": day}
    edit_pain(actor=mia, pain=pain, version=1, promises=[promise], **values)
    pain = fresh(pain)
    assert (pain.severity, pain.cause, pain.teller, pain.report_back_on) == ("blocking", "price", kari, day)
    assert list(pain.promises.all()) == [promise]
    stranger = build.promise(account=build.account(), owner=mia)
    with pytest.raises(RuleViolation, match="Choose promises to this account"):
        edit_pain(actor=mia, pain=pain, version=2, promises=[stranger], **values)


def test_two_are_made_one_and_taken_apart_again(mia: User, halden: Account) -> None:
    one, two, three = (told(mia, halden, words) for words in ("Lists break off", "The export stops", "Rows are lost"))
    retell_pain(actor=mia, pain=two)
    merge_pains(actor=mia, pain=two, into=one, version=2)
    assert (fresh(one).retold_count, fresh(two).merged_into) == (2, one)
    assert list(Pain.objects.told().order_by("pk")) == [one, three]
    merge_pains(actor=mia, pain=fresh(one), into=three, version=fresh(one).version)
    assert (fresh(three).retold_count, fresh(two).merged_into, fresh(one).retold_count) == (3, three, 0)
    # What was told again of the one that went up counts where it went.
    retell_pain(actor=mia, pain=fresh(two))
    assert fresh(three).retold_count == 4
    split_pain(actor=mia, pain=fresh(two))
    assert (fresh(three).retold_count, fresh(two).retold_count, fresh(two).merged_into) == (2, 1, None)
    for into, sentence in ((two, "with itself"), (told(mia, build.account()), "same account")):
        with pytest.raises(RuleViolation, match=sentence):
            merge_pains(actor=mia, pain=fresh(two), into=into, version=fresh(two).version)


def test_it_ends_and_hurts_after_all(mia: User, halden: Account) -> None:
    pain = told(mia, halden)
    end_pain(actor=mia, pain=pain, version=1)
    assert (fresh(pain).state, list(Pain.objects.hurting())) == ("gone", [])
    reopen_pain(actor=mia, pain=fresh(pain), version=2)
    assert list(Pain.objects.open()) == [pain]


def test_the_log_of_expectations_has_all_sources_by_day(mia: User, halden: Account, kari: Contact) -> None:
    statement = next(one for one in statements_due() if one.slug == "listening-only")
    call = build.interaction(halden, author=mia, at=dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC))
    say(actor=mia, statement=statement, contacts=[kari], account=halden, interaction=call)
    pain = told(mia, halden)
    with time_machine.travel(dt.datetime(2026, 3, 12, 12, tzinfo=dt.UTC)):
        answer_pain(actor=mia, pain=pain, version=1, words="We leave it.", contacts=[kari], channel="call")
    with time_machine.travel(dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)):
        build.promise(account=halden, owner=mia, text="A second export")
        # Written down today, promised before.
        early = add_promise(
            actor=mia, account=halden, text="A third", owner=mia, due_on=dt.date(2026, 4, 1),
            promised_on=dt.date(2026, 2, 20),
        )  # fmt: skip
        with pytest.raises(RuleViolation, match="has not come yet"):
            add_promise(
                actor=mia, account=halden, text="x", owner=mia, due_on=dt.date(2026, 4, 1),
                promised_on=dt.date(2026, 3, 21),
            )  # fmt: skip
        agreed = dt.date(2026, 3, 18)
        settle_promise(
            actor=mia, promise=early, version=1, state="renegotiated", agreed_on=agreed, new_due_on=dt.date(2026, 5, 1)
        )
        entries = expectations_of(account=halden, user=mia)
    assert [(one.on.isoformat(), one.source, one.words[:15], one.to) for one in entries] == [
        ("2026-03-20", "promise", "A second export", ""),
        ("2026-03-18", "promise", "A third", ""),
        ("2026-03-12", "pain", "We leave it.", "Kari Lund"),
        ("2026-02-20", "promise", "A third", ""),
        ("2026-02-01", "statement", "I am not callin", "Kari Lund"),
    ]


def test_pages_show_it_where_one_looks(mia: User, halden: Account, kari: Contact) -> None:
    call = build.interaction(halden, author=mia, at=NOW)
    call.contacts.add(kari)
    pain = told(mia, halden, contact=kari, interaction=call)
    support = build.user("department_member")
    halden.team.add(support)
    client = Client()
    client.force_login(support)
    for address in (
        f"/accounts/{halden.pk}/pains/",
        f"/contacts/{kari.pk}/heard/",
        f"/interactions/{call.pk}/heard/",
        f"/pains/{pain.pk}/",
    ):
        assert "The export stops" in client.get(address).text, address
    call.is_private = True
    call.save()
    assert client.get(f"/pains/{pain.pk}/").status_code == 404
    assert "The export stops" not in client.get(f"/accounts/{halden.pk}/pains/").text


def test_it_is_answered_merged_and_ended_on_its_page(mia: User, halden: Account, kari: Contact) -> None:
    pain, other = told(mia, halden, contact=kari), told(mia, halden, "Lists break off")
    client = Client()
    client.force_login(mia)
    page = f"/pains/{pain.pk}/"
    sent: dict[str, Any] = {"words": "We leave it.", "contacts": [kari.pk], "told_on": "2026-03-10", "version": 1}
    assert "We leave it." not in client.get(f"{page}answer/", headers=HTMX).text
    assert client.post(f"{page}answer/", {**sent, "words": ""}, headers=HTMX).status_code == 422
    assert client.post(f"{page}answer/", sent, headers=HTMX).status_code == 204
    assert "We leave it." in client.get(page).text
    filed = {"severity": "serious", "teller": kari.pk, "report_back_on": "2026-04-01", "version": 2}
    assert client.post(f"{page}edit/", filed, headers=HTMX).status_code == 204
    assert client.post(f"{page}retell/", headers=HTMX).status_code == 204
    assert client.post(f"{page}end/", headers=HTMX).status_code == 204
    assert client.post(f"{page}reopen/", headers=HTMX).status_code == 204
    merged = client.post(f"{page}merge/", {"into": other.pk, "version": fresh(pain).version}, headers=HTMX)
    assert (merged.status_code, fresh(other).retold_count) == (204, 2)
    assert "This is the same as another one." in client.get(page).text
    assert client.post(f"{page}split/").status_code == 303
    assert fresh(other).retold_count == 0


def test_it_is_written_down_beside_a_talk(mia: User, halden: Account, kari: Contact) -> None:
    client = Client()
    client.force_login(mia)
    url = f"/accounts/{halden.pk}/pains/tell/"
    rows = {"pain-TOTAL_FORMS": "1", "pain-INITIAL_FORMS": "0", "accounts": halden.pk}
    assert client.get(url, headers=HTMX).status_code == 200
    empty = client.post(url, rows, headers=HTMX)
    assert (empty.status_code, "Write down what hurts them." in empty.text) == (422, True)
    locked = client.post(url, {**rows, "pain-0-words": "It is slow"}, headers=HTMX)
    assert (locked.status_code, Pain.objects.count()) == (422, 0)
    sent = {**rows, "contacts": kari.pk, "pain-0-words": "It is slow", "bypass_reason": "No time"}
    assert client.post(url, sent, headers=HTMX).status_code == 204
    pain = Pain.objects.get()
    assert (pain.words, pain.teller, pain.bypass_reason) == ("It is slow", kari, "No time")


def test_merged_accounts_and_people_bring_theirs_along(mia: User, halden: Account, kari: Contact) -> None:
    lead = build.user("product_lead")
    twin = build.account(name="Halden")
    pain = told(mia, twin, contact=build.contact(account=twin, name="Kari L."))
    merge(actor=lead, winner=halden, loser=twin, take={}, version=1, other_version=1)
    assert fresh(pain).account == halden


def test_search_finds_words_of_visible_accounts_only(mia: User, halden: Account) -> None:
    told(mia, halden, "Экспорт обрывается")
    told(mia, halden, "导出到一万行就停止")
    client = Client()
    client.force_login(mia)
    assert "Экспорт обрывается" in client.get("/search/", {"q": "обрывается"}, headers=HTMX).text
    assert "导出到一万行就停止" in client.get("/search/", {"q": "导出"}, headers=HTMX).text
    client.force_login(build.user("sales_owner"))
    assert "обрывается</" not in client.get("/search/", {"q": "обрывается"}, headers=HTMX).text


def test_the_api_keeps_the_same_rules(mia: User, halden: Account, kari: Contact) -> None:
    client = client_of(mia)
    body = {"account": halden.pk, "words": "The export stops", "teller": kari.pk}
    refused = client.post(f"{ROOT}/pains/", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "expectation_not_set")
    made = client.post(f"{ROOT}/pains/", {**body, "bypass_reason": "No time"}, format="json")
    assert (made.status_code, made.json()["is_expectation_set"], made.json()["retold_count"]) == (201, False, 0)
    again = client.post(f"{ROOT}/pains/", body, format="json")
    assert (again.status_code, again.json()["id"], again.json()["retold_count"]) == (201, made.json()["id"], 1)
    key = made.json()["id"]
    similar = client.post(f"{ROOT}/pains/similar/", {"account": halden.pk, "words": "export"}, format="json")
    assert [one["id"] for one in similar.json()["results"]] == [key]
    answer = {"words": "We leave it.", "contacts": [kari.pk], "version": again.json()["version"]}
    answered = client.post(f"{ROOT}/pains/{key}/answer/", answer, format="json")
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    assert [one["words"] for one in client.get(f"{ROOT}/pains/{key}/answers/").json()] == ["We leave it."]
    statement = client.get(f"{ROOT}/statements/?topic=trial").json()["results"][0]
    said = client.post(
        f"{ROOT}/sayings/",
        {"statement": statement["id"], "account": halden.pk, "contacts": [kari.pk]},
        format="json",
    )
    assert (said.status_code, said.json()["expires_on"]) == (201, "2026-05-09")
