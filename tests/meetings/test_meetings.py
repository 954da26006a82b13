"""A meeting from draft to closed, as the services do it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from meetings.models import Meeting, Override
from meetings.services.answers import enter_answer
from meetings.services.closing import close_meeting, judge_overdue, reopen_meeting, score_criteria
from meetings.services.judging import strip_of
from meetings.services.planning import (
    Item,
    Setting,
    describe_meeting,
    hand_over_meetings,
    open_meeting,
    plan_meeting,
    write_agenda,
    write_criteria,
)
from meetings.services.reminding import remind
from meetings.services.reviewing import approve_agenda, ask_review, override_rule, return_agenda
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.notices.models import Notice
from pmcrm.trail.models import TrailEntry
from tests import build
from tests.meetings.cast import AGENDA, FRIDAY, NOW, Cast, again, cast, planned, reviewed, with_agenda
from touchpoints.models import InteractionStatus
from touchpoints.services.interactions import Facts, cancel_interaction, hold_interaction, log_interaction
from touchpoints.services.next_steps import PlannedStep, add_next_step

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


def states(meeting: Meeting) -> dict[str, str]:
    return {one.slug: one.state.value for one in strip_of(again(meeting))}


def took_place(people: Cast, meeting: Meeting) -> Meeting:
    hold_interaction(actor=people.mia, interaction=meeting.interaction)
    return again(meeting)


def test_a_planned_meeting_lists_the_owner_of_the_relationship(people: Cast) -> None:
    meeting = planned(people)
    assert (meeting.state, meeting.organiser, meeting.channel) == ("draft", people.mia, "online")
    assert sorted(one.name for one in meeting.interaction.colleagues.all()) == ["Lars Owner", "Mia Manager"]
    assert [(one.user, one.answer) for one in meeting.invitees.all()] == [(people.lars, "")]
    assert list(TrailEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "interaction.planned",
        "meeting.opened",
    ]


def test_the_owner_may_decline_with_a_word_why(people: Cast) -> None:
    meeting = planned(people)
    (invitee,) = meeting.invitees.all()
    with pytest.raises(RuleViolation, match="Say in a word why"):
        enter_answer(actor=people.lars, invitee=invitee, answer="declined")
    assert people.lars in meeting.interaction.colleagues.all()
    enter_answer(actor=people.lars, invitee=invitee, answer="declined", comment="At a fair")
    assert [(one.answer, one.comment) for one in meeting.invitees.all()] == [("declined", "At a fair")]
    assert list(meeting.interaction.colleagues.all()) == [people.mia]
    assert list(Notice.objects.filter(kind="meeting_answered").values_list("person__name", flat=True)) == [
        "Mia Manager"
    ]


def test_what_has_been_is_not_planned(people: Cast) -> None:
    facts = Facts(kind="meeting", at=NOW, accounts=[people.halden])
    with pytest.raises(RuleViolation, match="Choose a time ahead"):
        plan_meeting(actor=people.mia, facts=facts)
    assert not Meeting.objects.exists()


def test_a_meeting_that_was_logged_is_opened_once(people: Cast) -> None:
    talk = log_interaction(actor=people.mia, facts=Facts(kind="meeting", at=NOW, accounts=[people.halden], minutes=30))
    meeting = open_meeting(actor=people.mia, interaction=talk)
    assert open_meeting(actor=people.mia, interaction=talk) == meeting
    assert meeting.state == "held"
    call = log_interaction(actor=people.mia, facts=Facts(kind="call", at=NOW, accounts=[people.halden]))
    with pytest.raises(RuleViolation, match="Only a meeting has an agenda"):
        open_meeting(actor=people.mia, interaction=call)


def test_the_agenda_has_to_fit(people: Cast) -> None:
    meeting = planned(people)
    with pytest.raises(RuleViolation, match="46 minutes of agenda do not fit the 45 minutes of the meeting"):
        write_agenda(actor=people.mia, meeting=meeting, items=[Item("A", 20), Item("B", 26)], version=1)
    with pytest.raises(RuleViolation, match="An agenda has at most 5 items"):
        write_agenda(actor=people.mia, meeting=meeting, items=[Item("A", 5)] * 6, version=1)
    with pytest.raises(RuleViolation, match="Item 2: say what it is about"):
        write_agenda(actor=people.mia, meeting=meeting, items=[Item("A", 5), Item(" ", 5)], version=1)
    with pytest.raises(RuleViolation, match="Item 1: say how many minutes it takes"):
        write_agenda(actor=people.mia, meeting=meeting, items=[Item("A", 0)], version=1)
    assert again(meeting).version == 1
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA, version=1)
    assert [(one.text, one.minutes, one.kind, one.led_by) for one in meeting.items.all()] == [
        ("How the berth plan is used", 20, "listening", "Mia Manager"),
        ("What we measure", 15, "normal", ""),
    ]
    with pytest.raises(StaleVersion):
        write_agenda(actor=people.mia, meeting=meeting, items=[], version=1)


def test_at_most_three_criteria(people: Cast) -> None:
    meeting = planned(people)
    with pytest.raises(RuleViolation, match="At most 3 criteria"):
        write_criteria(actor=people.mia, meeting=meeting, texts=["a", "b", "c", "d"], version=1)
    write_criteria(actor=people.mia, meeting=meeting, texts=["Knows  what", "", "Names a day"], version=1)
    assert [one.text for one in meeting.criteria.all()] == ["Knows what", "Names a day"]


def test_sales_returns_and_approves(people: Cast) -> None:
    meeting = with_agenda(people)
    ask_review(actor=people.mia, meeting=meeting)
    assert list(Notice.objects.filter(kind="review_asked").values_list("person__name", flat=True)) == ["Lars Owner"]
    assert list(Meeting.objects.waiting_for_review_by(people.lars)) == [meeting]
    with pytest.raises(RuleViolation, match="Say what should change"):
        return_agenda(actor=people.lars, meeting=meeting, comment=" ")
    return_agenda(actor=people.lars, meeting=meeting, comment="Not the price")
    assert list(Meeting.objects.waiting_for_review_by(people.lars)) == []
    approve_agenda(actor=people.lars, meeting=meeting, comment="Good now")
    meeting = again(meeting)
    assert meeting.state == "sales_reviewed"
    assert [(one.author.name, one.is_approved, one.comment) for one in meeting.reviews.all()] == [
        ("Lars Owner", False, "Not the price"),
        ("Lars Owner", True, "Good now"),
    ]
    assert states(meeting)["reviewed"] == "met"


def test_nobody_but_sales_reviews_and_nobody_their_own(people: Cast) -> None:
    meeting = with_agenda(people)
    for person in (people.mia, build.user("product_lead"), build.user("sales_owner")):
        with pytest.raises(RuleViolation, match="who leads sales reviews"):
            approve_agenda(actor=person, meeting=meeting)
    assert again(meeting).state == "draft"
    approve_agenda(actor=build.user("sales_vp"), meeting=meeting)
    assert again(meeting).state == "sales_reviewed"


def test_what_was_approved_is_asked_again_when_it_changes(people: Cast) -> None:
    meeting = reviewed(people)
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA, version=meeting.version)
    assert again(meeting).state == "sales_reviewed"
    write_agenda(actor=people.mia, meeting=meeting, items=AGENDA[:1], version=meeting.version)
    meeting = again(meeting)
    assert (meeting.state, meeting.reviewed_at) == ("draft", None)


def test_a_rule_is_set_aside_once_with_a_reason(people: Cast) -> None:
    meeting = planned(people, minutes=90)
    assert states(meeting)["length"] == "broken"
    with pytest.raises(RuleViolation, match="Say why all the same"):
        override_rule(actor=people.mia, meeting=meeting, rule="length", reason=" ")
    with pytest.raises(RuleViolation, match="Choose one of"):
        override_rule(actor=people.mia, meeting=meeting, rule="agenda", reason="Because")
    override_rule(actor=people.mia, meeting=meeting, rule="length", reason="A workshop that they asked for")
    assert states(meeting)["length"] == "overridden"
    with pytest.raises(RuleViolation, match="set aside already"):
        override_rule(actor=people.mia, meeting=meeting, rule="length", reason="Again")
    assert list(Override.objects.values_list("rule", "reason")) == [("length", "A workshop that they asked for")]


def test_in_one_room_a_meeting_may_take_longer(people: Cast) -> None:
    meeting = planned(people, minutes=60)
    assert states(meeting)["length"] == "broken"
    setting = Setting(channel="in_person", place="Halden, quay 2")
    describe_meeting(actor=people.mia, meeting=meeting, setting=setting, version=1)
    assert states(meeting)["length"] == "met"


def test_a_strangers_hands_stay_off(people: Cast) -> None:
    meeting = planned(people)
    with pytest.raises(RuleViolation, match="Only its organiser"):
        write_agenda(actor=build.user("product_manager"), meeting=meeting, items=AGENDA, version=1)
    assert again(meeting).items.count() == 0


def test_both_sides_score_for_themselves(people: Cast) -> None:
    meeting = took_place(people, reviewed(people))
    (criterion,) = meeting.criteria.all()
    with pytest.raises(RuleViolation, match="Product scores for product"):
        score_criteria(actor=people.mia, meeting=meeting, side="sales", scores={criterion.pk: "met"})
    with pytest.raises(RuleViolation, match="Say of each criterion"):
        score_criteria(actor=people.mia, meeting=meeting, side="product", scores={criterion.pk: "good"})
    score_criteria(actor=people.mia, meeting=meeting, side="product", scores={criterion.pk: "met"})
    assert states(meeting)["scored"] == "open"
    score_criteria(actor=people.lars, meeting=meeting, side="sales", scores={criterion.pk: "partly"})
    assert states(meeting)["scored"] == "met"
    criterion.refresh_from_db()
    assert (criterion.product_score, criterion.product_scored_by) == ("met", people.mia)
    assert (criterion.sales_score, criterion.sales_scored_by) == ("partly", people.lars)


def test_a_meeting_is_never_closed_empty(people: Cast) -> None:
    meeting = took_place(people, reviewed(people))
    with pytest.raises(RuleViolation, match="Agree on a next step, or say why there is nothing to do"):
        close_meeting(actor=people.mia, meeting=meeting)
    assert again(meeting).state == "held"
    close_meeting(actor=people.mia, meeting=meeting, nothing_to_do="They only wanted to be heard")
    meeting = again(meeting)
    assert (meeting.state, meeting.nothing_to_do, meeting.closed_by) == (
        "closed",
        "They only wanted to be heard",
        people.mia,
    )
    # It was never sent, and nobody scored it.
    assert meeting.is_kept is False
    reopen_meeting(actor=people.mia, meeting=meeting)
    assert (again(meeting).state, again(meeting).is_kept) == ("held", None)


def test_a_step_is_a_plan(people: Cast) -> None:
    meeting = took_place(people, reviewed(people))
    step = PlannedStep("Send the figures", people.mia, NOW.date())
    add_next_step(actor=people.mia, account=people.halden, step=step, interaction=meeting.interaction)
    close_meeting(actor=people.mia, meeting=meeting, nothing_to_do="ignored")
    assert again(meeting).nothing_to_do == ""
    assert again(meeting).verdicts["follow"] == "met"


def test_nothing_is_closed_before_it_took_place(people: Cast) -> None:
    meeting = reviewed(people)
    with pytest.raises(RuleViolation, match="This meeting is reviewed by sales: that cannot be done now"):
        close_meeting(actor=people.mia, meeting=meeting, nothing_to_do="x")
    cancel_interaction(actor=people.mia, interaction=meeting.interaction, reason="Strike")
    assert again(meeting).state == "cancelled"
    with pytest.raises(RuleViolation, match="This meeting is cancelled"):
        write_agenda(actor=people.mia, meeting=meeting, items=(), version=again(meeting).version)


def test_a_held_meeting_that_nobody_closes_counts_as_not_kept(people: Cast) -> None:
    meeting = took_place(people, reviewed(people))  # on Tuesday at noon
    assert judge_overdue(now=dt.datetime(2026, 3, 17, 11, tzinfo=dt.UTC)) == 0
    assert judge_overdue(now=dt.datetime(2026, 3, 17, 13, tzinfo=dt.UTC)) == 1
    assert judge_overdue(now=dt.datetime(2026, 3, 17, 13, tzinfo=dt.UTC)) == 0
    assert again(meeting).is_kept is False


def test_who_leaves_hands_meetings_on(people: Cast) -> None:
    meeting, ada = planned(people), build.user("product_manager", name="Ada")
    lead = build.user("product_lead")
    assert hand_over_meetings(actor=lead, person=people.mia, successor=ada) == 1
    assert again(meeting).organiser == ada
    assert ada in again(meeting).interaction.colleagues.all()


def test_each_reminder_goes_once(people: Cast) -> None:
    def told() -> list[tuple[str, str]]:
        rows = Notice.objects.filter(kind__in=["meeting_to_send", "meeting_to_close", "step_late", "step_very_late"])
        return list(rows.order_by("id").values_list("kind", "person__name"))

    lead = build.user("product_lead", name="Lea Lead")
    meeting = reviewed(people)  # on Friday; the agenda is in time until Wednesday 9:00
    assert remind(now=NOW - dt.timedelta(hours=4)) == 0
    assert remind(now=NOW) == 1
    assert remind(now=NOW) == 0
    assert told() == [("meeting_to_send", "Mia Manager")]
    with time_machine.travel(FRIDAY, tick=False):
        took_place(people, meeting)
        step = PlannedStep("Send the figures", people.mia, FRIDAY.date() + dt.timedelta(days=3))
        add_next_step(actor=people.mia, account=people.halden, step=step, interaction=meeting.interaction)
    assert remind(now=FRIDAY + dt.timedelta(days=2)) == 1
    assert told()[1:] == [("meeting_to_close", "Mia Manager")]
    assert remind(now=FRIDAY + dt.timedelta(days=4)) == 1
    assert told()[2:] == [("step_late", "Mia Manager")]
    assert remind(now=FRIDAY + dt.timedelta(days=10)) == 1
    assert told()[3:] == [("step_very_late", lead.name)]


def test_the_state_follows_the_interaction(people: Cast) -> None:
    meeting = reviewed(people)
    for state, status in (("held", InteractionStatus.HELD), ("cancelled", InteractionStatus.CANCELLED)):
        meeting.interaction.status = status
        meeting.interaction.save()
        assert again(meeting).state == state
        assert list(Meeting.objects.in_state(state)) == [meeting]
        assert list(Meeting.objects.in_state("draft", "sales_reviewed", "sent", "closed")) == []
