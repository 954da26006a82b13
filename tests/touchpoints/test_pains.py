"""Troubles are told once: kept, found while typed, told again, taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Notice
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from tests import build
from touchpoints.models import Interaction, Pain, PainAnswer, PainTelling, Statement
from touchpoints.services.interactions import undo_interaction
from touchpoints.services.pains import retell_pain, similar_pains, tell_pain
from touchpoints.services.statements import say
from touchpoints.services.trash import discard_interaction, remove_interaction, restore_interaction

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
EXPORT = "The export stops at ten thousand rows"


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def statement(slug: str = "pain-heard-not-promised") -> Statement:
    return Statement.objects.current().get(slug=slug)


def told(actor: User, account: Account, words: str = EXPORT, **fields: Any) -> Pain:
    return tell_pain(actor=actor, account=account, words=words, **({"bypass_reason": "They began with it"} | fields))


def talk(account: Account, author: User, **fields: Any) -> Interaction:
    return build.interaction(account, author=author, **({"at": NOW} | fields))


def test_a_pain_is_kept_with_its_teller_day_and_report_back(mia: User, halden: Account, kari: Contact) -> None:
    call = talk(halden, mia)
    call.contacts.add(kari)
    saying = say(actor=mia, statement=statement(), contacts=[kari], account=halden, interaction=call)
    pain = told(mia, halden, contact=kari, interaction=call, severity="serious", cause="technology")
    pain.refresh_from_db()
    assert (pain.words, pain.teller, pain.told_on, pain.severity, pain.cause) == (
        EXPORT,
        kari,
        dt.date(2026, 3, 10),
        "serious",
        "technology",
    )
    assert (pain.state, pain.expectation, pain.retold_count) == ("open", "", 0)
    assert pain.report_back_on == dt.date(2026, 4, 9)
    assert (pain.is_expectation_set, pain.saying, pain.bypass_reason) == (True, saying, "")
    entry = TrailEntry.objects.get(verb="pain.told")
    assert (entry.account_id, entry.data) == (halden.pk, {"expectation_set": True, "expectation": ""})
    assert "export" not in entry.subject_label


def test_without_a_statement_it_takes_a_reason_and_is_marked(mia: User, halden: Account, kari: Contact) -> None:
    with pytest.raises(RuleViolation, match="Say first what they may expect") as refused:
        tell_pain(actor=mia, account=halden, words=EXPORT, contact=kari)
    assert (refused.value.code, Pain.objects.count()) == ("expectation_not_set", 0)
    pain = tell_pain(actor=mia, account=halden, words=EXPORT, contact=kari, bypass_reason="They began with it")
    assert (pain.is_expectation_set, pain.bypass_reason) == (False, "They began with it")


def test_a_statement_said_to_somebody_else_does_not_unlock_it(mia: User, halden: Account, kari: Contact) -> None:
    other = build.contact(account=halden, name="Per Dahl")
    say(actor=mia, statement=statement(), contacts=[other], account=halden)
    with pytest.raises(RuleViolation):
        tell_pain(actor=mia, account=halden, words=EXPORT, contact=kari)
    assert tell_pain(actor=mia, account=halden, words=EXPORT).is_expectation_set


def test_a_statement_holds_until_its_last_day(mia: User, halden: Account, kari: Contact) -> None:
    say(actor=mia, statement=statement(), contacts=[kari], account=halden)
    with time_machine.travel(dt.datetime(2026, 9, 6, 12, tzinfo=dt.UTC), tick=False):
        assert tell_pain(actor=mia, account=halden, words=EXPORT, contact=kari).is_expectation_set
    with (
        time_machine.travel(dt.datetime(2026, 9, 7, 12, tzinfo=dt.UTC), tick=False),
        pytest.raises(RuleViolation),
    ):
        tell_pain(actor=mia, account=halden, words="The price rose", contact=kari)


def test_the_same_words_twice_are_one_pain_told_again(mia: User, halden: Account, kari: Contact) -> None:
    first = told(mia, halden, contact=kari)
    again = told(build.user(), halden, "  the EXPORT stops, at ten thousand rows! ", contact=kari)
    assert again == first
    assert (Pain.objects.count(), again.retold_count) == (1, 1)
    telling = PainTelling.objects.get()
    assert (telling.pain, telling.teller, telling.told_on) == (first, kari, dt.date(2026, 3, 10))


def test_what_is_like_it_is_offered_while_typing(mia: User, halden: Account) -> None:
    export = told(mia, halden)
    told(mia, halden, "Invoices come in the wrong currency")
    elsewhere = build.account(product_manager=mia)
    told(mia, elsewhere, "The export stops at ten thousand rows too")

    def offered(words: str) -> list[Pain]:
        return similar_pains(user=mia, account=halden, words=words)

    assert offered("expor") == [export]
    assert offered("exports stop after 10 thousand row") == [export]
    assert offered("EXPORT: stops again with many thousand rows") == [export]
    assert offered("rows in an exprot stop") == [export]
    assert offered("Nobody answers the phone in the evening") == []
    assert offered("ex") == []
    assert offered("") == []


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Der Bericht lädt zu langsam", "bericht ladt langsam"),
        ("Экспорт обрывается на десяти тысячах строк", "экспорт обрывается"),
        ("导出到一万行就停止", "导出一万行停止"),
        ("Die Größe der Datei ist begrenzt", "GRÖSSE der datei begrenzt"),
    ],
)
def test_scripts_accents_and_case_do_not_hide_it(mia: User, halden: Account, kept: str, typed: str) -> None:
    pain = told(mia, halden, kept)
    told(mia, halden, "Something else entirely")
    assert similar_pains(user=mia, account=halden, words=typed) == [pain]


def test_other_words_chosen_as_the_same_are_kept_beside_it(mia: User, halden: Account, kari: Contact) -> None:
    pain = told(mia, halden)
    telling = retell_pain(actor=mia, pain=pain, words="Long lists break off", contact=kari)
    pain.refresh_from_db()
    assert (telling.words, pain.words, pain.retold_count) == ("Long lists break off", EXPORT, 1)


def test_the_manager_hears_of_a_retelling_next_morning(mia: User, halden: Account) -> None:
    pain = told(mia, halden)
    mia.time_zone = "Asia/Tokyo"
    mia.save()
    retell_pain(actor=build.user(), pain=pain)
    notice = Notice.objects.get()
    assert (notice.person, notice.kind) == (mia, "pain_retold")
    assert notice.not_before == dt.datetime(2026, 3, 10, 21, tzinfo=dt.UTC)


def test_where_a_fix_was_promised_at_once(mia: User, halden: Account) -> None:
    pain = told(mia, halden, expectation="planned")
    assert PainAnswer.objects.get().expectation == "planned"
    retell_pain(actor=build.user(), pain=pain)
    assert Notice.objects.get().not_before == NOW
    retell_pain(actor=mia, pain=pain)
    assert Notice.objects.count() == 1


def test_one_told_again_after_its_answer_waits_again(mia: User, halden: Account) -> None:
    pain = told(mia, halden)
    Pain.objects.update(state="answered", report_back_on=dt.date(2026, 3, 1))
    retell_pain(actor=mia, pain=pain)
    pain.refresh_from_db()
    assert (pain.state, pain.report_back_on) == ("open", dt.date(2026, 4, 9))


def test_who_sees_it(mia: User, halden: Account) -> None:
    open_one = told(mia, halden, interaction=talk(halden, mia))
    private = told(mia, halden, "In confidence", interaction=talk(halden, mia, is_private=True))
    support = build.user("department_member")
    halden.team.add(support)
    assert set(Pain.objects.visible_to(mia)) == {open_one, private}
    assert list(Pain.objects.visible_to(support)) == [open_one]
    assert list(Pain.objects.visible_to(build.user("sales_owner"))) == []
    assert similar_pains(user=support, account=halden, words="In confidence") == []
    # Whoever does not see it tells it as theirs.
    assert told(support, halden, "In confidence") != private
    assert not TrailEntry.objects.filter(subject_id=str(private.pk), account_id=halden.pk).exists()


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"words": "  "}, "words"),
        ({"words": "x" * 4001}, "words"),
        ({"severity": "awful"}, "severity"),
        ({"cause": "weather"}, "cause"),
        ({"expectation": "soon"}, "expectation"),
    ],
)
def test_bad_input_is_refused_in_words(mia: User, halden: Account, fields: dict[str, str], place: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        told(mia, halden, **fields)
    assert (list(refused.value.fields), Pain.objects.count()) == ([place], 0)


def test_strangers_and_unseen_accounts_are_refused(mia: User, halden: Account) -> None:
    stranger = build.contact(account=build.account(), name="Some Body")
    with pytest.raises(RuleViolation, match="Some Body is not at Halden Maritime"):
        told(mia, halden, contact=stranger)
    with pytest.raises(RuleViolation, match="Choose an account from the list"):
        told(build.user("sales_owner"), halden)
    with pytest.raises(RuleViolation, match="Choose an account from the list"):
        told(build.user("administrator"), halden)
    assert Pain.objects.count() == 0


def test_undoing_a_talk_takes_back_what_was_told_in_it(mia: User, halden: Account) -> None:
    earlier = told(mia, halden)
    call = talk(halden, mia)
    say(actor=mia, statement=statement(), contacts=[], account=halden, interaction=call)
    retell_pain(actor=mia, pain=earlier, interaction=call)
    told(mia, halden, "The price rose", interaction=call)
    undo_interaction(actor=mia, interaction=call)
    earlier.refresh_from_db()
    assert (list(Pain.objects.all()), earlier.retold_count) == ([earlier], 0)
    assert halden.sayings.count() == 0


def test_with_its_talk_in_the_trash_it_is_out_of_sight(mia: User, halden: Account) -> None:
    call = talk(halden, mia)
    pain = told(mia, halden, interaction=call)
    discard_interaction(actor=mia, interaction=call)
    assert list(Pain.objects.visible_to(mia)) == []
    restore_interaction(actor=mia, interaction=call)
    assert list(Pain.objects.visible_to(mia)) == [pain]
    discard_interaction(actor=mia, interaction=call)
    assert remove_interaction(actor=None, key=call.pk)
    assert Pain.objects.count() == 0
