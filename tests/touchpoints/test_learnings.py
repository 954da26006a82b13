"""What a talk taught us, with its tags."""

from __future__ import annotations

import pytest

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
