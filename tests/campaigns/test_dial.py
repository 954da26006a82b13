"""Whom do I call now? The page of one dial, and what it sends."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services.limits import engagement
from campaigns.models import Attempt, Campaign, Question, Target
from campaigns.services.attempts import Dial, Heard, save_attempt
from campaigns.services.campaigns import end_campaign
from campaigns.services.claims import claim, claim_next, put_off
from campaigns.services.questions import reword_question
from campaigns.services.queue import when
from campaigns.views.dial import _suggested
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from tests import build
from touchpoints.models import Draft, Interaction, Learning

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Liv Lead")


@pytest.fixture
def client(lead: User) -> Client:
    made = Client()
    made.force_login(lead)
    return made


@pytest.fixture
def campaign(lead: User) -> Campaign:
    return build.campaign(owner=lead, name="Listening round Q4")


def somebody(campaign: Campaign, name: str = "Maarja Tamm", **fields: Any) -> Target:
    account = build.account(name=f"{name} Logistics", tier="B")
    person = build.contact(account=account, name=name, phone="+37255550142", **fields)
    return build.target(campaign=campaign, contact=person)


def opened(client: Client, campaign: Campaign) -> str:
    answer = client.get(reverse("dial", args=[campaign.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_card_shows_who_where_and_the_number(client: Client, campaign: Campaign) -> None:
    somebody(campaign, job_title="Head of planning")
    body = opened(client, campaign)
    for words in ("Maarja Tamm", "Head of planning", "Tier B", 'href="tel:', "Time zone not known", "0 of 30 talks"):
        assert words in body
    assert [f'data-key="{key}"' in body for key in range(1, 10)] == [True] * 9


def test_what_is_known_is_not_asked_again(client: Client, campaign: Campaign, lead: User) -> None:
    row = somebody(campaign, job_title="Head of planning")
    day = Question.objects.get(slug="who-day")
    heard = Heard(answers={day.pk: "Plans 40 trucks"}, has_nothing_new=True)
    save_attempt(actor=lead, target=row, dial=Dial(outcome="conversation", heard=heard))
    again = build.campaign(owner=lead, name="Again")
    build.target(campaign=again, contact=row.contact)
    body = opened(client, again)
    assert "Plans 40 trucks" in body
    to_ask, known = body.split("known already", 1)
    assert day.text not in to_ask
    assert day.text in known


def test_an_outcome_is_kept_in_two_steps_and_the_next_one_comes(client: Client, campaign: Campaign) -> None:
    first, second = somebody(campaign, "First"), somebody(campaign, "Second")
    opened(client, campaign)
    answer = client.post(reverse("attempt_save", args=[first.pk]), {"outcome": "no_answer", "notes": ""})
    assert (answer.status_code, answer["Location"]) == (303, reverse("dial", args=[campaign.pk]))
    body = opened(client, campaign)
    assert f'-{second.pk}" novalidate' in body
    attempt = Attempt.objects.get()
    assert reverse("attempt_undo", args=[attempt.pk]) in body
    client.post(reverse("attempt_undo", args=[attempt.pk]))
    assert Interaction.objects.get().is_cancelled


def test_a_conversation_without_a_learning_is_asked_for_it(client: Client, campaign: Campaign) -> None:
    row = somebody(campaign)
    sent = {"outcome": "conversation", "notes": "Three people use it daily", "minutes": "12"}
    answer = client.post(reverse("attempt_save", args=[row.pk]), sent)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Write down one thing that you learned" in body
    assert "Three people use it daily" in body
    assert not Attempt.objects.exists()
    sent |= {
        "learned-0": "Drivers share one seat",
        "tag-0": "product_finding",
        "surprise-0": "on",
        "did_not_solve": "true",
    }
    assert client.post(reverse("attempt_save", args=[row.pk]), sent).status_code == 303
    learning = Learning.objects.get()
    assert (learning.text, learning.is_surprise) == ("Drivers share one seat", True)
    talk = Interaction.objects.get()
    assert (talk.minutes, talk.notes) == (12, "Three people use it daily")


def test_a_call_back_is_entered_by_their_clock(client: Client, campaign: Campaign) -> None:
    account = build.account(time_zone="Asia/Tokyo", country="JP")
    row = build.target(campaign=campaign, contact=build.contact(account=account, phone="+81355550142"))
    day = (timezone.now() + dt.timedelta(days=3)).date()
    sent = {"outcome": "callback_agreed", "call_back_at": f"{day}T10:30"}
    assert client.post(reverse("attempt_save", args=[row.pk]), sent).status_code == 303
    row.refresh_from_db()
    assert row.not_before == dt.datetime.combine(day, dt.time(1, 30), tzinfo=dt.UTC)


def test_notes_are_kept_while_typing_and_the_person_with_them(client: Client, campaign: Campaign, lead: User) -> None:
    row = somebody(campaign)
    opened(client, campaign)
    answer = client.post(reverse("dial_draft_save", args=[row.pk]), {"notes": "Moved from Excel in spring"})
    assert answer.status_code == 200
    assert Draft.objects.get().form == f"dial:{row.pk}"
    assert "Moved from Excel in spring" in opened(client, campaign)
    other = Client()
    other.force_login(build.user("product_manager"))
    taken = other.post(reverse("dial_draft_save", args=[row.pk]), {"notes": "Mine"})
    assert (taken.status_code, Draft.objects.count()) == (409, 2)  # each has the own words
    client.post(reverse("attempt_save", args=[row.pk]), {"outcome": "voicemail", "notes": "Moved from Excel"})
    assert Draft.objects.get().user.name != "Liv Lead"


def test_nonsense_is_named_and_nothing_is_kept(client: Client, campaign: Campaign) -> None:
    row = somebody(campaign)
    for sent in (
        {},
        {"outcome": "sang"},
        {"outcome": "callback_agreed", "call_back_at": "tomorrow"},
        {"outcome": "conversation", "minutes": "99999"},
        {"outcome": "conversation", "has_nothing_new": "on", "talk_share": "140"},
    ):
        assert client.post(reverse("attempt_save", args=[row.pk]), sent).status_code == 422
    assert not Attempt.objects.exists()


def test_the_page_asks_as_often_for_few_as_for_many(client: Client, campaign: Campaign) -> None:
    counts = []
    for number in (2, 30):
        for at in range(number):
            row = somebody(campaign, f"P{number}-{at}")
            row.account.product_manager = row.account.relationship_owner = campaign.owner
            row.account.save()
        opened(client, campaign)
        with CaptureQueriesContext(connection) as asked:
            opened(client, campaign)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_an_answer_to_a_question_reworded_during_the_call_is_kept(
    client: Client, campaign: Campaign, lead: User
) -> None:
    row = somebody(campaign)
    asked = Question.objects.get(slug="who-day")
    reword_question(actor=lead, question=asked, text="How is your day?", goes="", position=1, number=1)
    sent = {"outcome": "conversation", f"answer-{asked.pk}": "Plans 40 trucks"}
    answer = client.post(reverse("attempt_save", args=[row.pk]), sent)
    assert answer.status_code == 422  # the learning is missing; what was answered stands there still
    body = answer.content.decode()
    assert "Plans 40 trucks</textarea>" in body
    assert "Why all the same" not in body
    sent["has_nothing_new"] = "on"
    assert client.post(reverse("attempt_save", args=[row.pk]), sent).status_code == 303
    kept = Attempt.objects.get().answers.get()
    assert (kept.question, kept.text) == (asked, "Plans 40 trucks")


@pytest.mark.parametrize("outcome", ["no_answer", "declined_busy"])
def test_what_another_outcome_asked_for_does_not_leak(client: Client, campaign: Campaign, outcome: str) -> None:
    row = somebody(campaign)
    then = f"{timezone.localdate() + dt.timedelta(days=3)}T10:30"
    sent = {"outcome": outcome, "call_back_at": then, "reason": "Year's end"}
    if outcome == "no_answer":
        sent |= {"do_not_call": "on", "do_not_call_until": "2099-01-01"}
    assert client.post(reverse("attempt_save", args=[row.pk]), sent).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.is_agreed, row.contact.do_not_call_reason) == ("waiting", False, "")


def test_peace_without_a_day_asks_for_the_day(client: Client, campaign: Campaign) -> None:
    row = somebody(campaign)
    sent = {"outcome": "declined_busy", "do_not_call": "on"}
    answer = client.post(reverse("attempt_save", args=[row.pk]), sent)
    assert answer.status_code == 422
    assert "Say until which day" in answer.content.decode()
    assert not Attempt.objects.exists()


def test_the_api_names_a_question_that_it_does_not_know(client: Client, campaign: Campaign) -> None:
    row = somebody(campaign)
    sent = {"target": row.pk, "outcome": "conversation", "has_nothing_new": True, "answers": {"shoe-size": "43"}}
    answer = client.post("/api/v1/campaign-attempts/", sent, content_type="application/json")
    assert answer.status_code == 422
    assert "There is no question with the key shoe-size." in answer.content.decode()
    assert not Attempt.objects.exists()


def test_a_talk_is_never_refused_for_who_opened_the_person_since(
    client: Client, campaign: Campaign, lead: User
) -> None:
    row = somebody(campaign)
    claim(actor=build.user("product_lead", name="Noor"), target=row)
    sent = {"outcome": "no_answer", "notes": "Half a talk"}
    answer = client.post(reverse("attempt_save", args=[row.pk]), sent)
    assert answer.status_code == 422
    assert "Noor has this person just now" in answer.content.decode()
    kept = client.post(reverse("dial_draft_save", args=[row.pk]), sent)
    assert (kept.status_code, kept.json()) == (409, {"detail": "Kept. A colleague has this person by now."})
    assert Draft.objects.get().data["notes"] == ["Half a talk"]
    sent = {"outcome": "conversation", "has_nothing_new": "on"}
    assert client.post(reverse("attempt_save", args=[row.pk]), sent).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.claimed_by) == ("done", None)
    # The colleague's page is refused at once now, not after a call.
    with pytest.raises(RuleViolation, match="done with this person already"):
        claim(actor=lead, target=row)


def test_a_call_of_an_ended_campaign_is_kept_as_a_plain_one(client: Client, campaign: Campaign, lead: User) -> None:
    row = somebody(campaign)
    day = Question.objects.get(slug="who-day")
    sent = {"outcome": "conversation", "notes": "Moves in May", f"answer-{day.pk}": "Plans 40 trucks", "minutes": "9"}
    sent |= {"learned-0": "They share one seat"}
    client.post(reverse("dial_draft_save", args=[row.pk]), sent)
    end_campaign(actor=lead, campaign=campaign)
    body = client.get(campaign.get_absolute_url()).content.decode()
    assert "Calls that you did not save" in body
    body = client.get(f"{reverse('dial', args=[campaign.pk])}?target={row.pk}").content.decode()
    assert "Moves in May" in body
    assert "Keep as a plain call" in body
    answer = client.post(reverse("attempt_save", args=[row.pk]), sent)
    assert answer.status_code == 422
    assert 'name="as_call" value="conversation"' in answer.content.decode()
    sent["as_call"] = sent.pop("outcome")
    answer = client.post(reverse("attempt_save", args=[row.pk]), sent)
    talk = Interaction.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, talk.get_absolute_url())
    assert (talk.outcome, talk.minutes, talk.notes) == (
        "conversation",
        9,
        f"Moves in May\n{day.text} Plans 40 trucks",
    )
    assert Learning.objects.get().text == "They share one seat"
    assert not Attempt.objects.exists()
    assert not Draft.objects.exists()


def test_somebody_else_first_keeps_the_agreed_time_and_the_words(
    client: Client, campaign: Campaign, lead: User
) -> None:
    agreed = timezone.now() - dt.timedelta(minutes=1)
    row = somebody(campaign)
    Target.objects.filter(pk=row.pk).update(not_before=agreed, is_agreed=True)
    assert claim_next(actor=lead, campaign=campaign) == row
    sent = {"notes": "Ask for Kati"}
    assert client.post(reverse("target_put_off", args=[row.pk]), sent).status_code == 303
    assert Draft.objects.get().data["notes"] == ["Ask for Kati"]
    row.refresh_from_db()
    assert (row.not_before, row.is_agreed, row.claimed_by) == (agreed, True, None)
    assert claim_next(actor=lead, campaign=campaign) is None
    in_an_hour = timezone.now() + dt.timedelta(hours=1, minutes=1)
    assert claim_next(actor=lead, campaign=campaign, at=in_an_hour) == row
    other = somebody(campaign, "Jaan Kask")
    put_off(actor=lead, target=other)
    other.refresh_from_db()
    assert other.not_before is not None


def test_a_call_back_is_suggested_in_their_working_hours(lead: User, campaign: Campaign) -> None:
    account = build.account(time_zone="Europe/Oslo", country="NO")
    row = build.target(campaign=campaign, contact=build.contact(account=account, phone="+4722222222"))
    limits = engagement()
    found = []
    # Friday at 11:20; Wednesday before the holidays of Easter; Friday at night.
    for at in ("2026-01-16T11:20+01:00", "2026-04-01T15:10+02:00", "2026-01-16T22:00+01:00"):
        now = dt.datetime.fromisoformat(at)
        found.append(_suggested(row, when(row, now), now, limits))
    assert found == ["2026-01-19T09:00", "2026-04-07T09:00", "2026-01-19T09:00"]
    now = dt.datetime.fromisoformat("2026-01-14T11:20+01:00")
    assert _suggested(row, when(row, now), now, limits) == "2026-01-15T11:00"


def test_answers_are_read_where_the_call_and_the_campaign_are(client: Client, campaign: Campaign, lead: User) -> None:
    row = somebody(campaign)
    way = Question.objects.get(slug="how-last")
    day = Question.objects.get(slug="who-title")
    heard = Heard(answers={way.pk: "By hand, every Friday", day.pk: "Head of planning"}, has_nothing_new=True)
    attempt = save_attempt(actor=lead, target=row, dial=Dial(outcome="conversation", heard=heard))
    body = client.get(attempt.interaction.get_absolute_url()).content.decode()
    address = reverse("interaction_answers", args=[attempt.interaction_id])
    assert address in body
    body = client.get(address).content.decode()
    assert body.index("Head of planning") < body.index(way.text) < body.index("By hand, every Friday")
    body = client.get(campaign.get_absolute_url()).content.decode()
    assert "By hand, every Friday" in body
    found = client.get(f"/api/v1/campaign-attempts/{attempt.pk}/").json()
    assert found["answers"] == {"how-last": "By hand, every Friday", "who-title": "Head of planning"}


def test_an_empty_queue_says_who_is_not_done_with(client: Client, campaign: Campaign) -> None:
    row, other = somebody(campaign), somebody(campaign, "Jaan Kask")
    Target.objects.filter(pk=row.pk).update(attempts=3, last_outcome="no_answer", reached=1)
    Target.objects.filter(pk=other.pk).update(state="to_fix", last_outcome="wrong_number", reached=1)
    body = opened(client, campaign)
    assert "1 person was tried as often as usual" in body
    assert "1 number is to be corrected." in body
    assert "Everybody was called" not in body
    body = client.get(reverse("campaign_targets", args=[campaign.pk])).content.decode()
    assert reverse("target_correct", args=[other.pk]) in body


def test_who_rests_after_a_try_is_not_said_to_be_asleep(client: Client, campaign: Campaign) -> None:
    row = somebody(campaign, time_zone="Europe/Oslo")
    Target.objects.filter(pk=row.pk).update(attempts=1, not_before=timezone.now() + dt.timedelta(hours=30))
    body = client.get(f"{reverse('dial', args=[campaign.pk])}?target={row.pk}").content.decode()
    assert "Left in peace since the last try" in body
    assert "Outside their working hours" not in body


def test_beside_the_card_stands_how_much_contact_they_had(client: Client, campaign: Campaign) -> None:
    row = somebody(campaign)
    body = client.get(f"{reverse('dial_coming', args=[campaign.pk])}?target={row.pk}").content.decode()
    assert "Contact load 0.0, red from" in body
