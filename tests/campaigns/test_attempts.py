"""One dial: every outcome with its next step, what was heard, and taking it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Contact
from accounts.services.limits import engagement
from campaigns.models import Attempt, Campaign, Question, Reached, SelfCheck, Target, TargetState, UsageSign
from campaigns.services.attempts import Dial, Heard, Learned, call_another, correct_number, save_attempt, undo_attempt
from campaigns.services.claims import claim, claim_next
from campaigns.services.gathering import refresh_targets
from campaigns.services.questions import add_question, drop_question, reword_question
from campaigns.services.report import answers_known, findings, learnings
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from tests import build
from touchpoints.models import (
    Hold,
    Interaction,
    Learning,
    NextStep,
    Outcome,
    Pain,
    PersonFact,
    Statement,
    Unlocks,
    UsageFinding,
)
from touchpoints.services.interactions import cancel_interaction
from touchpoints.services.trash import discard_interaction, restore_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> User:
    return build.user("product_lead", name="Liv Lead")


@pytest.fixture
def campaign(lead: User) -> Campaign:
    return build.campaign(owner=lead)


@pytest.fixture
def target(campaign: Campaign) -> Target:
    account = build.account(name="Balti Logistics", time_zone="Europe/Tallinn", country="EE")
    return build.target(
        campaign=campaign, contact=build.contact(account=account, name="Maarja Tamm", phone="+37255550142")
    )


def dialled(lead: User, target: Target, outcome: str, **fields: Any) -> Target:
    save_attempt(actor=lead, target=target, dial=Dial(outcome=outcome, **fields))
    target.refresh_from_db()
    return target


@pytest.mark.parametrize(
    ("outcome", "state", "reached", "has_time"),
    [
        ("no_answer", "waiting", Reached.ATTEMPTED, True),
        ("voicemail", "waiting", Reached.ATTEMPTED, True),
        ("wrong_number", "to_fix", Reached.ATTEMPTED, False),
        ("gatekeeper", "waiting", Reached.UNDETERMINED, True),
        ("not_suitable", "done", Reached.UNDETERMINED, False),
        ("declined_busy", "waiting", Reached.DECLINED, True),
    ],
)
def test_every_outcome_has_its_next_step(
    lead: User, target: Target, outcome: str, state: str, reached: int, has_time: bool
) -> None:
    now = timezone.now()
    found = dialled(lead, target, outcome)
    assert (found.state, found.reached, found.last_outcome, found.attempts) == (state, reached, outcome, 1)
    assert (found.not_before is not None) is has_time
    if found.not_before is not None:
        assert found.not_before >= now + dt.timedelta(days=7 if outcome == "declined_busy" else 0)
    talk = Interaction.objects.get()
    assert (talk.kind, talk.outcome, talk.subject, talk.minutes) == ("call", outcome, "Listening round", 0)
    assert [person.name for person in talk.contacts.all()] == ["Maarja Tamm"]


def test_a_call_back_needs_its_time(lead: User, target: Target) -> None:
    with pytest.raises(RuleViolation, match="Say when to call back"):
        dialled(lead, target, "callback_agreed")
    assert not Interaction.objects.exists()
    then = timezone.now() + dt.timedelta(days=2)
    found = dialled(lead, target, "callback_agreed", call_back_at=then)
    assert (found.state, found.not_before, found.is_agreed, found.reached) == ("waiting", then, True, 2)


def test_who_wants_no_contact_is_called_in_no_campaign(lead: User, target: Target) -> None:
    other = build.target(campaign=build.campaign(owner=lead), contact=target.contact)
    found = dialled(lead, target, "declined_no_contact", reason="Never again")
    assert (found.state, found.reached) == ("done", Reached.DECLINED)
    contact = Contact.objects.get()
    assert (contact.do_not_call_reason, contact.do_not_call_until) == ("Never again", None)
    other.refresh_from_db()
    assert (other.state, other.left_out, other.reason) == ("left_out", "do_not_call", "Never again")
    with pytest.raises(RuleViolation, match="asked not to be called"):
        dialled(lead, other, "no_answer")


def test_who_is_busy_may_ask_for_peace_until_a_day(lead: User, target: Target) -> None:
    until = timezone.localdate() + dt.timedelta(days=30)
    found = dialled(lead, target, "declined_busy", do_not_call=True, do_not_call_until=until, reason="Year's end")
    assert Contact.objects.get().do_not_call_until == until
    assert (found.state, found.left_out) == ("left_out", "do_not_call")


def test_the_best_outcome_stays(lead: User, target: Target) -> None:
    dialled(lead, target, "gatekeeper")
    assert dialled(lead, target, "no_answer").reached == Reached.UNDETERMINED


def test_a_wrong_number_is_corrected_and_called_again(lead: User, target: Target) -> None:
    dialled(lead, target, "wrong_number")
    correct_number(actor=lead, target=target, phone="+37255550143")
    target.refresh_from_db()
    assert (target.state, str(Contact.objects.get().phone)) == ("waiting", "+37255550143")


def test_somebody_else_at_the_account(lead: User, target: Target, campaign: Campaign) -> None:
    other = build.contact(account=target.account, name="Jaan", phone="+37255550144")
    made = call_another(actor=lead, target=target, contact=other)
    assert (made.contact, made.campaign, made.state) == (other, campaign, TargetState.WAITING)
    stranger = build.contact(account=build.account(), name="Stranger")
    with pytest.raises(RuleViolation, match="Choose somebody who works there"):
        call_another(actor=lead, target=target, contact=stranger)


def question(slug: str) -> int:
    return Question.objects.in_use().get(slug=slug).pk


def talked(lead: User, target: Target, **fields: Any) -> Attempt:
    heard = Heard(**({"has_nothing_new": True} | fields))
    return save_attempt(actor=lead, target=target, dial=Dial(outcome="conversation", minutes=25, heard=heard))


def test_answers_land_on_the_contact_with_day_and_call(lead: User, target: Target) -> None:
    attempt = talked(
        lead,
        target,
        answers={
            question("who-title"): "Head of planning",
            question("who-tenure"): "3 years",
            question("who-before"): "DSV",
        },
    )
    contact = Contact.objects.get()
    assert (contact.job_title, contact.previous_employers) == ("Head of planning", "DSV")
    facts = PersonFact.objects.order_by("field").values_list("field", "value", "interaction", "as_of")
    day = timezone.localdate(attempt.interaction.at)
    assert list(facts) == [
        ("job_title", "Head of planning", attempt.interaction_id, day),
        ("joined_company_on", "about 3 years", attempt.interaction_id, day),
        ("previous_employers", "DSV", attempt.interaction_id, day),
    ]
    assert Interaction.objects.get().minutes == 25


def test_who_may_not_change_the_contact_leaves_facts(target: Target) -> None:
    caller = build.user("product_manager")
    talked(caller, target, answers={question("who-title"): "Head of planning"})
    assert Contact.objects.get().job_title == ""
    assert PersonFact.objects.get().value == "Head of planning"


def test_use_is_found_and_asks_for_a_look_once(lead: User, target: Target, campaign: Campaign) -> None:
    keeper = build.user("product_manager")
    target.account.product_manager = keeper
    target.account.save()
    answers = {question("why-start"): "Plan trucks", question("how-other"): "Plans holidays of drivers"}
    talked(lead, target, answers=answers, use_mode="differently", quote="It is our rota")
    finding = UsageFinding.objects.get()
    assert (finding.product, finding.mode, finding.purpose, finding.actual_way, finding.quote) == (
        campaign.product,
        "differently",
        "Plan trucks",
        "Plans holidays of drivers",
        "It is our rota",
    )
    sign = UsageSign.objects.get()
    assert (sign.account, sign.kind, sign.finding) == (target.account, "judge_class", finding)
    assert list(keeper.notices.values_list("kind", flat=True)) == ["usage"]
    again = build.target(campaign=build.campaign(owner=lead, product=campaign.product), contact=target.contact)
    talked(lead, again, answers=answers, use_mode="differently")
    assert (UsageFinding.objects.count(), UsageSign.objects.count(), keeper.notices.count()) == (2, 1, 1)


def test_parked_problems_become_next_steps(lead: User, target: Target) -> None:
    colleague = build.user("department_member")
    talked(lead, target, parked=[("Export fails on Mondays", colleague), ("  ", lead)])
    step = NextStep.objects.get()
    assert (step.text, step.owner, step.account, step.due_on) == (
        "Export fails on Mondays",
        colleague,
        target.account,
        timezone.localdate() + dt.timedelta(days=7),
    )


def test_a_self_check_is_for_ones_own_eyes(lead: User, target: Target) -> None:
    talked(lead, target, did_not_solve=True, did_not_defend=False, talk_share=40)
    assert SelfCheck.objects.visible_to(lead).get().talk_share == 40
    assert not SelfCheck.objects.visible_to(build.user("product_lead")).exists()


def test_a_try_is_taken_back_with_all_that_came_of_it(lead: User, target: Target) -> None:
    attempt = talked(lead, target, answers={question("who-title"): "Head of planning"}, use_mode="not_used")
    before = Target.objects.get(pk=target.pk)
    assert (before.state, before.reached) == ("done", Reached.TALKED)
    for _twice in range(2):
        undo_attempt(actor=lead, attempt=attempt)
    after = Target.objects.get(pk=target.pk)
    assert (after.state, after.reached, after.attempts, after.last_outcome) == ("waiting", 0, 0, "")
    assert Interaction.objects.get().is_cancelled
    assert Contact.objects.get().job_title == ""
    assert not PersonFact.objects.exists()
    assert not UsageFinding.objects.exists()
    assert not Attempt.objects.standing().exists()


def test_a_wish_not_to_be_called_is_taken_back_with_its_try(lead: User, target: Target) -> None:
    attempt = save_attempt(actor=lead, target=target, dial=Dial(outcome="declined_no_contact"))
    undo_attempt(actor=lead, attempt=attempt)
    assert Contact.objects.get().do_not_call_reason == ""
    assert Target.objects.get().state == "waiting"


def test_only_its_caller_takes_it_back_and_not_for_long(lead: User, target: Target) -> None:
    attempt = save_attempt(actor=lead, target=target, dial=Dial(outcome="no_answer"))
    with pytest.raises(RuleViolation, match="too late"):
        undo_attempt(actor=build.user("product_lead"), attempt=attempt)
    Attempt.objects.update(at=timezone.now() - dt.timedelta(minutes=6))
    with pytest.raises(RuleViolation, match="too late"):
        undo_attempt(actor=lead, attempt=attempt)
    assert Target.objects.get().attempts == 1


def test_a_fourth_try_stays_possible(lead: User, target: Target) -> None:
    for _number in range(4):
        dialled(lead, target, "no_answer")
    assert (target.attempts, list(Attempt.objects.order_by("number").values_list("number", flat=True))) == (
        4,
        [1, 2, 3, 4],
    )


def test_an_unknown_outcome_changes_nothing(lead: User, target: Target) -> None:
    with pytest.raises(RuleViolation, match="Choose one of"):
        dialled(lead, target, "sang")
    assert not Interaction.objects.exists()


def test_a_reworded_question_is_a_new_version_and_answers_keep_theirs(lead: User, target: Target) -> None:
    first = Question.objects.in_use().get(slug="who-title")
    attempt = talked(lead, target, answers={first.pk: "Head"})
    second = reword_question(actor=lead, question=first, text="What do you do?", goes="job_title", position=1, number=1)
    assert (second.number, second.is_in_use, attempt.answers.get().question) == (2, True, first)
    assert [one.pk for one in Question.objects.in_use().filter(slug="who-title")] == [second.pk]
    with pytest.raises(RuleViolation, match="in the meantime"):
        reword_question(actor=lead, question=first, text="Other?", goes="", position=1, number=1)
    drop_question(actor=lead, question=second)
    assert not Question.objects.in_use().filter(slug="who-title").exists()
    added = add_question(actor=lead, block="how", text="On which machine?")
    assert (added.slug, added.position) == ("how-on-which-machine", 7)


def test_outcomes_are_all_told_apart() -> None:
    from campaigns.models import REACHED_BY

    assert set(REACHED_BY) == set(Outcome.values)


def test_a_conversation_closes_with_a_learning_or_the_mark(lead: User, target: Target) -> None:
    with pytest.raises(RuleViolation, match="Write down one thing that you learned"):
        save_attempt(actor=lead, target=target, dial=Dial(outcome="conversation"))
    assert not Interaction.objects.exists()
    heard = Heard(learned=[Learned("Excel is the rival", ["rival"], is_surprise=True)])
    attempt = save_attempt(actor=lead, target=target, dial=Dial(outcome="conversation", heard=heard))
    learning = attempt.interaction.learnings.get()
    assert (learning.text, learning.tags, learning.is_surprise) == ("Excel is the rival", ["rival", "surprise"], True)
    assert not attempt.has_nothing_new


def test_pains_wait_for_a_statement_or_a_reason(lead: User, target: Target) -> None:
    answers = {question("pain-list"): "The export is slow"}
    with pytest.raises(RuleViolation, match="Say first what they may expect"):
        talked(lead, target, answers=answers)
    assert not Interaction.objects.exists()
    statement = Statement.objects.unlocking(Unlocks.PAINS).first()
    assert statement is not None
    attempt = talked(lead, target, answers=answers, said=[statement])
    pain = Pain.objects.get()
    assert (pain.words, pain.teller, pain.interaction) == ("The export is slow", target.contact, attempt.interaction)
    assert pain.is_expectation_set
    again = build.target(campaign=build.campaign(owner=lead), contact=target.contact)
    talked(lead, again, answers={question("pain-now"): "Nothing works"}, bypass_reason="They began with it")
    assert Pain.objects.count() == 2


def test_a_hold_that_comes_during_the_call_asks_for_a_reason_and_loses_nothing(lead: User, target: Target) -> None:
    claim(actor=lead, target=target)
    seller = build.user("sales_owner")
    Hold.objects.create(account=target.account, reason="In negotiation", placed_by=seller)
    refresh_targets(campaign=target.campaign)
    target.refresh_from_db()
    assert target.state == "waiting"  # somebody has them on the line
    assert claim_next(actor=lead, campaign=target.campaign) == target
    with pytest.raises(RuleViolation) as refusal:
        dialled(lead, target, "no_answer")
    assert list(refusal.value.fields) == ["override_reason"]
    found = dialled(lead, target, "no_answer", override_reason="The owner agreed")
    assert (found.state, found.attempts) == ("waiting", 1)
    refresh_targets(campaign=target.campaign)
    target.refresh_from_db()
    assert (target.state, target.left_out, target.reason) == ("left_out", "hold", "In negotiation")


def test_a_target_left_out_meanwhile_is_saved_and_put_back_as_it_was(lead: User, target: Target) -> None:
    Target.objects.update(state="left_out", left_out="red_load")
    attempt = save_attempt(actor=lead, target=target, dial=Dial(outcome="no_answer"))
    target.refresh_from_db()
    assert (target.state, target.left_out, target.attempts) == ("waiting", "", 1)
    undo_attempt(actor=lead, attempt=attempt)
    target.refresh_from_db()
    assert (target.state, target.left_out, target.attempts) == ("left_out", "red_load", 0)


def test_what_was_heard_is_kept_whatever_the_outcome(lead: User, target: Target) -> None:
    heard = Heard(
        answers={question("who-title"): "Head of planning"},
        learned=[Learned("They moved to Tartu")],
        use_mode="not_used",
        parked=[("Send the price list", lead)],
    )
    then = timezone.now() + dt.timedelta(days=2)
    dialled(lead, target, "callback_agreed", call_back_at=then, minutes=5, heard=heard)
    assert Contact.objects.get().job_title == "Head of planning"
    assert Learning.objects.get().text == "They moved to Tartu"
    assert NextStep.objects.get().text == "Send the price list"
    assert [one.text for one in learnings(target.campaign, lead)] == ["They moved to Tartu"]
    assert [row[:2] for row in findings(target.campaign, lead)] == [("not_used", 1)]


@pytest.mark.parametrize(
    ("outcome", "fields", "at"),
    [
        ("no_answer", {"call_back_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}, "call_back_at"),
        ("voicemail", {"do_not_call": True}, "do_not_call"),
        ("gatekeeper", {"do_not_call_until": dt.date(2030, 1, 1)}, "do_not_call"),
        ("declined_busy", {"do_not_call": True}, "do_not_call_until"),
    ],
)
def test_an_outcome_takes_only_what_it_asks_for(
    lead: User, target: Target, outcome: str, fields: dict[str, Any], at: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        dialled(lead, target, outcome, **fields)
    assert list(refusal.value.fields) == [at]
    assert not Interaction.objects.exists()


def test_a_day_of_peace_is_the_wish_for_it(lead: User, target: Target) -> None:
    until = timezone.localdate() + dt.timedelta(days=30)
    dialled(lead, target, "declined_busy", do_not_call_until=until)
    assert Contact.objects.get().do_not_call_until == until


def test_a_corrected_or_deleted_call_is_another_one_for_its_campaign_too(lead: User, target: Target) -> None:
    attempt = talked(lead, target)
    talk = attempt.interaction
    talk.refresh_from_db()
    talk.outcome = Outcome.NO_ANSWER
    talk.save()
    target.refresh_from_db()
    assert (target.reached, target.state, target.attempts) == (Reached.ATTEMPTED, "waiting", 1)
    assert Attempt.objects.get().outcome == "no_answer"
    discard_interaction(actor=lead, interaction=talk)
    target.refresh_from_db()
    assert (target.reached, target.attempts, target.last_outcome, target.last_attempt_at) == (0, 0, "", None)
    restore_interaction(actor=lead, interaction=talk)
    target.refresh_from_db()
    assert (target.reached, target.attempts, target.last_outcome) == (Reached.ATTEMPTED, 1, "no_answer")


def test_a_cancelled_call_leaves_what_was_reached_before(lead: User, target: Target) -> None:
    dialled(lead, target, "gatekeeper")
    attempt = talked(lead, target)
    cancel_interaction(actor=lead, interaction=attempt.interaction, reason="Was somebody else")
    target.refresh_from_db()
    assert (target.state, target.reached, target.attempts) == ("waiting", Reached.UNDETERMINED, 1)


def test_what_is_known_of_one_product_is_asked_anew_of_another(lead: User, target: Target) -> None:
    answers = {question("who-day"): "Plans 40 trucks", question("how-last"): "By hand"}
    talked(lead, target, answers=answers)
    slugs = ["who-day", "how-last"]
    same, other = target.campaign.product_id, build.product(name="Another").pk
    assert {one: two.text for one, two in answers_known(target.contact_id, slugs, product_id=same).items()} == {
        "who-day": "Plans 40 trucks",
        "how-last": "By hand",
    }
    assert list(answers_known(target.contact_id, slugs, product_id=other)) == ["who-day"]


def test_a_call_anywhere_leaves_somebody_in_peace_everywhere(lead: User, target: Target) -> None:
    other = build.target(campaign=build.campaign(owner=lead, name="Another round"), contact=target.contact)
    dialled(lead, target, "no_answer")
    other.refresh_from_db()
    talk = Interaction.objects.get()
    assert other.not_before == talk.at + dt.timedelta(hours=engagement().attempt_gap_hours)
    stranger = build.target(
        campaign=target.campaign, contact=build.contact(account=target.account, name="Jaan", phone="+37255550199")
    )
    logged = build.interaction(target.account, author=lead, kind="call", at=timezone.now() - dt.timedelta(minutes=9))
    logged.contacts.add(stranger.contact)
    refresh_targets(campaign=target.campaign)
    stranger.refresh_from_db()
    assert stranger.not_before == logged.at + dt.timedelta(hours=engagement().attempt_gap_hours)


def test_an_undone_call_takes_its_sign_with_it(lead: User, target: Target) -> None:
    attempt = talked(lead, target, use_mode="not_used")
    assert UsageSign.objects.open().count() == 1
    undo_attempt(actor=lead, attempt=attempt)
    assert not UsageSign.objects.exists()
