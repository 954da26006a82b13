"""What a talk taught us, with its tags."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Learning
from touchpoints.services.learnings import note_learning

pytestmark = pytest.mark.django_db


def test_it_is_kept_with_its_tags_in_their_order(mia: User) -> None:
    call = build.interaction(build.account(), author=mia)
    made = note_learning(actor=mia, interaction=call, text=" They buy in May. ", tags=["buyer_fact", "goal"])
    assert (made.text, made.tags, made.is_surprise) == ("They buy in May.", ["goal", "buyer_fact"], False)
    assert note_learning(actor=mia, interaction=call, text="A", tags=["surprise"]).is_surprise
    assert note_learning(actor=mia, interaction=call, text="B", is_surprise=True).tags == ["surprise"]
    assert [one.text for one in Learning.objects.surprises().order_by("pk")] == ["A", "B"]
    assert [one.text for one in Learning.objects.tagged("goal")] == ["They buy in May."]


def test_the_list_is_filtered_by_tag(client: Client, mia: User) -> None:
    call = build.interaction(build.account(), author=mia)
    note_learning(actor=mia, interaction=call, text="They buy in May.", tags=["buyer_fact"])
    note_learning(actor=mia, interaction=call, text="Their rival left.", tags=["rival"], is_surprise=True)
    client.force_login(mia)
    shown = {
        tag: [text for text in ("They buy in May.", "Their rival left.") if text in client.get(url, {"tag": tag}).text]
        for url in [reverse("learning_list")]
        for tag in ("", "buyer_fact", "surprise", "goal", "gossip")
    }
    both = ["They buy in May.", "Their rival left."]
    assert shown == {"": both, "buyer_fact": both[:1], "surprise": both[1:], "goal": [], "gossip": both}


def test_how_somebody_thinks_is_told_with_its_day(client: Client, mia: User) -> None:
    account = build.account()
    kari, ola = build.contact(account=account), build.contact(account=account)
    call = build.interaction(account, author=mia, at=dt.datetime(2026, 2, 3, 9, tzinfo=dt.UTC))
    call.contacts.add(kari)
    note_learning(actor=mia, interaction=call, text="Fears a long stop.", tags=["worry"])
    note_learning(actor=mia, interaction=call, text="Buys in May.", tags=["buyer_fact"])
    client.force_login(mia)
    said = client.get(reverse("contact_heard", args=[kari.pk])).text
    assert ("Fears a long stop." in said, "Buys in May." in said) == (True, False)
    line = said.partition("Fears a long stop.")[2]
    assert f'Worry · <a href="{call.get_absolute_url()}">' in line
    assert "2026" in line.partition("</a>")[0]
    assert "Fears a long stop." not in client.get(reverse("contact_heard", args=[ola.pk])).text


def test_only_of_talks_one_sees(mia: User) -> None:
    account = build.account()
    note_learning(actor=mia, interaction=build.interaction(account, author=mia), text="Open")
    note_learning(actor=mia, interaction=build.interaction(account, author=mia, is_private=True), text="Private")
    other = build.user("product_manager")
    assert {one.text for one in Learning.objects.visible_to(mia)} == {"Open", "Private"}
    assert {one.text for one in Learning.objects.visible_to(other)} == {"Open"}


def test_refusals_say_why_and_keep_nothing(mia: User) -> None:
    call = build.interaction(build.account(), author=mia)
    planned = build.interaction(build.account(), author=mia, status="planned")
    for fields, sentence in (
        ({"text": " "}, "Write what you learned"),
        ({"text": "A", "tags": ["gossip"]}, "Choose of these: goal, worry"),
        ({"text": "A", "interaction": planned}, "learned in the talk, not before it"),
        ({"text": "A", "actor": build.user("sales_owner")}, "Only its author"),
    ):
        given = {"actor": mia, "interaction": call} | fields
        with pytest.raises(RuleViolation, match=sentence):
            note_learning(**given)
    assert Learning.objects.count() == 0
