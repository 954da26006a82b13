"""One dial: its outcome, what was heard, and what follows; and taking it back for a few minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Contact
from accounts.permissions import may_edit
from accounts.services.contacts import edit_contact
from accounts.services.do_not_call import lift_do_not_call, set_do_not_call
from campaigns.models import (
    ABOUT_PERSON,
    Answer,
    Attempt,
    CampaignState,
    Goes,
    Question,
    SelfCheck,
    Target,
    TargetState,
    UsageSign,
)
from campaigns.permissions import may_dial
from campaigns.services.gathering import digest_of, refresh_targets, tier_rank
from campaigns.services.outcomes import best, what_next
from campaigns.services.signs import raise_sign
from pmcrm.errors import RuleViolation
from touchpoints.models import UNDO_FOR, Outcome, PersonFact, Statement, UsageFinding
from touchpoints.models import Learned as Column
from touchpoints.services.interactions import Facts, log_interaction, undo_interaction
from touchpoints.services.learnings import note_learning
from touchpoints.services.next_steps import PlannedStep
from touchpoints.services.pains import tell_pain
from touchpoints.services.people import Told, learn
from touchpoints.services.relationship import Use, note_usage
from touchpoints.services.statements import say

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

PARKED_FOR: Final = dt.timedelta(days=7)
_KEPT: Final = (
    "state",
    "reached",
    "last_outcome",
    "attempts",
    "last_attempt_at",
    "not_before",
    "is_agreed",
    "wrong_number",
    "left_out",
    "reason",
)


@dataclass(frozen=True)
class Learned:
    """One thing that the talk taught us."""

    text: str
    tags: Sequence[str] = ()
    is_surprise: bool = False


@dataclass(frozen=True)
class Heard:
    """What a conversation left behind. Answers are by the key of the question; those about pains are kept as pains, for
    which a statement was said, holds from earlier, or `bypass_reason` says why not."""

    answers: Mapping[int, str] = field(default_factory=dict)
    learned: Sequence[Learned] = ()
    said: Sequence[Statement] = ()
    bypass_reason: str = ""
    use_mode: str = ""
    quote: str = ""
    has_nothing_new: bool = False
    parked: Sequence[tuple[str, User]] = ()
    blocks: Sequence[str] = ()
    did_not_solve: bool | None = None
    did_not_defend: bool | None = None
    talk_share: int | None = None


@dataclass(frozen=True)
class Dial:
    """One try as its caller enters it. `minutes` is how long was spoken."""

    outcome: str
    minutes: int = 0
    notes: str = ""
    reason: str = ""
    call_back_at: dt.datetime | None = None
    do_not_call: bool = False
    do_not_call_until: dt.date | None = None
    override_reason: str = ""
    heard: Heard = field(default_factory=Heard)


@transaction.atomic
def save_attempt(*, actor: User, target: Target, dial: Dial) -> Attempt:
    """Keep one dial as an interaction, put what was heard where it belongs, and say when the target is tried again.

    Refused where a colleague has the target, where they asked not to be called, where a hold asks for a reason, and
    for a conversation without a learning that is not marked as bringing nothing new.
    """
    if dial.outcome not in Outcome.values:
        raise RuleViolation(_("Choose one of: %(known)s.") % {"known": ", ".join(Outcome.values)}, code="outcome")
    dial = _consistent(dial)
    current = Target.objects.select_for_update(of=("self",)).with_person().get(pk=target.pk)
    now = timezone.now()
    _check(actor, current, now, dial.outcome)
    following = what_next(target=current, outcome=dial.outcome, at=now, call_back_at=dial.call_back_at)
    is_talk = dial.outcome == Outcome.CONVERSATION
    if is_talk and not (dial.heard.has_nothing_new or any(one.text.strip() for one in dial.heard.learned)):
        sentence = _("Write down one thing that you learned, or mark that there was nothing new.")
        raise RuleViolation(sentence, code="nothing_learned", fields={"learned": sentence})
    minutes = dial.minutes if is_talk else min(dial.minutes, 5) if dial.minutes else 0
    made = log_interaction(
        actor=actor,
        facts=Facts(
            kind="call",
            at=now - dt.timedelta(minutes=minutes),
            accounts=[current.account],
            contacts=[current.contact],
            minutes=minutes,
            subject=current.campaign.name,
            outcome=dial.outcome,
            notes=dial.notes,
            override_reason=dial.override_reason,
        ),
        steps=[
            PlannedStep(text, owner, timezone.localdate() + PARKED_FOR)
            for text, owner in dial.heard.parked
            if text.strip()
        ],
    )
    attempt = Attempt.objects.create(
        target=current,
        interaction=made,
        caller=actor,
        number=current.attempts + 1,
        outcome=dial.outcome,
        at=now,
        reason=dial.reason.strip()[:200],
        blocks=list(dial.heard.blocks),
        has_nothing_new=is_talk and not any(one.text.strip() for one in dial.heard.learned),
        pains_unlocked_by=dial.heard.bypass_reason.strip()[:300],
        before=_as_it_is(current),
    )
    _keep_answers(actor, attempt, made, current, dial)
    if dial.do_not_call or dial.outcome == Outcome.DECLINED_NO_CONTACT:
        reason = dial.reason or _("Said so in a call.")
        set_do_not_call(actor=actor, contact=current.contact, reason=reason, until=dial.do_not_call_until)
    current.state, current.not_before, current.is_agreed = following.state, following.not_before, following.is_agreed
    current.left_out = current.reason = ""
    current.wrong_number = digest_of(current.contact) if following.state == TargetState.TO_FIX else ""
    current.reached, current.last_outcome = best(current.reached, dial.outcome), dial.outcome
    current.attempts += 1
    current.last_attempt_at = now
    current.claimed_by = current.claimed_until = None
    current.save()
    # They are the same person in every other campaign: left in peace there, too.
    others = Target.objects.filter(contact=current.contact, state=TargetState.WAITING).select_related("campaign")
    for other in others.exclude(campaign__state=CampaignState.DONE):
        if dial.do_not_call or dial.outcome == Outcome.DECLINED_NO_CONTACT or other.pk != current.pk:
            refresh_targets(campaign=other.campaign, contact=current.contact)
    return attempt


@transaction.atomic
def undo_attempt(*, actor: User, attempt: Attempt) -> Target:
    """Take back what was just saved, with all that came of it. For a few minutes only; twice changes nothing."""
    found = Attempt.objects.select_for_update(of=("self",)).select_related("interaction").get(pk=attempt.pk)
    target = Target.objects.select_for_update(of=("self",)).with_person().get(pk=found.target_id)
    if found.undone_at is not None:
        return target
    if found.caller_id != actor.pk or timezone.now() - found.at > UNDO_FOR or not found.before:
        raise RuleViolation(_("It is too late to undo this. Open the call to correct it."), code="too_late")
    undo_interaction(actor=actor, interaction=found.interaction)
    found.undone_at = timezone.now()
    found.save(update_fields=["undone_at"])
    before = found.before
    _put_back(actor, target.contact, found.interaction, before)
    for name in _KEPT:
        value = before[name]
        setattr(target, name, parse_datetime(value) if name.endswith(("_at", "before")) and value else value)
    target.save()
    return target


def forget_what_was_before() -> int:
    """What an undo would need goes when its minutes are over; it repeats what is known of a person."""
    old = Attempt.objects.filter(at__lt=timezone.now() - 2 * UNDO_FOR).exclude(before={})
    return old.update(before={})


@transaction.atomic
def correct_number(*, actor: User, target: Target, phone: str) -> Target:
    """The right number of somebody whose number was wrong: they can be called again."""
    current = Target.objects.select_for_update(of=("self",)).with_person().get(pk=target.pk)
    contact = current.contact
    edit_contact(actor=actor, contact=contact, version=contact.version, phone=phone)
    if current.state == TargetState.TO_FIX:
        current.state, current.not_before, current.wrong_number = TargetState.WAITING, None, ""
        current.save(update_fields=["state", "not_before", "wrong_number"])
    return current


@transaction.atomic
def call_another(*, actor: User, target: Target, contact: Contact) -> Target:
    """Take somebody else at the same account into the campaign, because the first was not the right person."""
    current = Target.objects.with_person().get(pk=target.pk)
    if not may_dial(actor, current.campaign):
        raise RuleViolation(_("Calls are made while a campaign runs."), code="not_running")
    there = Contact.objects.of(current.account).still_there().filter(pk=contact.pk).first()
    if there is None:
        raise RuleViolation(_("Choose somebody who works there."), fields={"contact": _("Choose from the list.")})
    made, _is_new = Target.objects.get_or_create(
        campaign=current.campaign,
        contact=there,
        defaults={
            "account": current.account,
            "place": current.place,
            "tier_rank": tier_rank(current.account.tier),
            "last_talk_at": current.last_talk_at,
        },
    )
    refresh_targets(campaign=current.campaign, contact=there)
    made.refresh_from_db()
    return made


def _consistent(dial: Dial) -> Dial:
    """What is said of a later call or of peace belongs to the outcomes that ask for it. A day alone means the wish,
    too; the wish without a day would mean never again, which has an outcome of its own."""
    if dial.call_back_at is not None and dial.outcome not in (Outcome.CALLBACK_AGREED, Outcome.DECLINED_BUSY):
        sentence = _("A time to call back goes with an agreed call-back.")
        raise RuleViolation(sentence, fields={"call_back_at": sentence})
    wishes_peace = dial.do_not_call or dial.do_not_call_until is not None
    if wishes_peace and dial.outcome not in (Outcome.DECLINED_BUSY, Outcome.DECLINED_NO_CONTACT):
        sentence = _("Not to be called goes with somebody who declined.")
        raise RuleViolation(sentence, fields={"do_not_call": sentence})
    if dial.do_not_call and dial.do_not_call_until is None and dial.outcome == Outcome.DECLINED_BUSY:
        sentence = _("Say until which day, or choose the outcome of those who want no call at all.")
        raise RuleViolation(sentence, fields={"do_not_call_until": sentence})
    return replace(dial, do_not_call=wishes_peace)


def _check(actor: User, target: Target, now: dt.datetime, outcome: str) -> None:
    """A talk that was had is never refused because a colleague has opened the same person since."""
    if not may_dial(actor, target.campaign):
        raise RuleViolation(_("Calls are made while a campaign runs."), code="not_running")
    if outcome != Outcome.CONVERSATION and target.is_claimed_by_another(actor, now):
        words = {"name": target.claimed_by}
        raise RuleViolation(_("%(name)s has this person just now. Nothing was saved.") % words, code="claimed")
    if target.contact.is_not_to_be_called:
        raise RuleViolation(_("This person asked not to be called. Nothing was saved."), code="do_not_call")
    if target.state == TargetState.DONE:
        raise RuleViolation(_("Somebody was done with this person already. Nothing was saved."), code="done")


def _keep_answers(actor: User, attempt: Attempt, made: Interaction, target: Target, dial: Dial) -> None:
    heard = dial.heard
    questions = Question.objects.in_bulk([key for key, text in heard.answers.items() if text.strip()])
    answers = [(questions[key], text.strip()) for key, text in heard.answers.items() if key in questions]
    Answer.objects.bulk_create(Answer(attempt=attempt, question=one, text=text[:4000]) for one, text in answers)
    _learn_person(actor, made, target.contact, answers)
    for statement in heard.said:
        say(actor=actor, statement=statement, contacts=[target.contact], account=target.account, interaction=made)
    for one, text in answers:
        if one.goes == Goes.PAIN:
            tell_pain(
                actor=actor,
                account=target.account,
                words=text,
                contact=target.contact,
                interaction=made,
                bypass_reason=heard.bypass_reason,
            )
    for thing in heard.learned:
        if thing.text.strip():
            note_learning(
                actor=actor, interaction=made, text=thing.text, tags=thing.tags, is_surprise=thing.is_surprise
            )
    texts = {
        goes: "\n".join(text for one, text in answers if one.goes == goes) for goes in (Goes.PURPOSE, Goes.ACTUAL_WAY)
    }
    if heard.use_mode:
        use = Use(
            mode=heard.use_mode,
            product=target.campaign.product,
            purpose=texts[Goes.PURPOSE][:300],
            actual_way=texts[Goes.ACTUAL_WAY],
            quote=heard.quote,
        )
        finding = note_usage(actor=actor, account=target.account, use=use, interaction=made)
        raise_sign(actor=actor, finding=finding)
    checks = {name: getattr(heard, name) for name in ("did_not_solve", "did_not_defend", "talk_share")}
    if any(value is not None for value in checks.values()):
        SelfCheck.objects.create(attempt=attempt, **checks)


def _learn_person(actor: User, made: Interaction, contact: Contact, answers: list[tuple[Question, str]]) -> None:
    """Answers about the person go to the contact. Who may not change the contact leaves them as facts with the day and
    the call, which stand on the contact's page all the same."""
    said: dict[str, Any] = {}
    for one, text in answers:
        if one.goes in ABOUT_PERSON:
            said[one.goes] = f"{said[one.goes]}\n{text}" if one.goes in said else text
    if not said:
        return
    if may_edit(actor, contact.account) and _learned(actor, made, contact, dict(said)):
        return
    PersonFact.objects.bulk_create(
        PersonFact(contact=contact, field=name, value=text, interaction=made, author=actor)
        for name, text in said.items()
    )


def _learned(actor: User, made: Interaction, contact: Contact, said: dict[str, Any]) -> bool:
    """Whether the contact took it. Where something else of theirs is wrong since long, such as a number that no phone
    has, the call is kept all the same."""
    joined = said.pop(Column.JOINED, "")
    years = parse_years(joined)
    day = parse_date(joined) if years is None and len(joined) == 10 else None
    rest = joined if joined and years is None and day is None else ""
    # The background grows; what was known before stays.
    background = "\n".join(filter(None, [contact.background, said.pop(Column.BACKGROUND, ""), rest]))
    told = Told(
        **said,
        years_there=years,
        joined_company_on=day,
        background=background if background != contact.background else "",
    )
    if told.is_empty:
        return True
    try:
        with transaction.atomic():
            learn(actor=actor, contact=contact, told=told, interaction=made)
    except RuleViolation:
        return False
    return True


def parse_years(text: str) -> int | None:
    """Years at the company, from how people say since when: "3", "3 years", "2019", "since 2019"."""
    words = text.lower().replace("since", "").replace("years", "").replace("year", "").strip()
    if not (words.isascii() and words.isdecimal() and len(words) <= 4):
        return None
    number = int(words)
    if len(words) == 4:
        number = timezone.localdate().year - number
    return number if 0 <= number <= 60 else None


def _as_it_is(target: Target) -> dict[str, Any]:
    contact = target.contact
    kept: dict[str, Any] = {name: getattr(target, name) for name in _KEPT}
    kept = {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in kept.items()}
    kept["contact"] = {
        "job_title": contact.job_title,
        "joined_company_on": contact.joined_company_on.isoformat() if contact.joined_company_on else None,
        "previous_employers": contact.previous_employers,
        "background": contact.background,
    }
    kept["was_to_be_called"] = not contact.do_not_call_reason
    return kept


def _put_back(actor: User, contact: Contact, made: Interaction, before: dict[str, Any]) -> None:
    current = Contact.objects.select_related("account").get(pk=contact.pk)
    facts = PersonFact.objects.filter(interaction=made)
    learned = {name: before["contact"][name] for name in facts.values_list("field", flat=True)}
    if learned.get("joined_company_on"):
        learned["joined_company_on"] = parse_date(learned["joined_company_on"])
    if learned and may_edit(actor, current.account):
        edit_contact(actor=actor, contact=current, version=current.version, **learned)
    facts.delete()
    UsageSign.objects.open().filter(finding__interaction=made).delete()
    UsageFinding.objects.filter(interaction=made).delete()
    if before["was_to_be_called"] and current.do_not_call_reason:
        lift_do_not_call(actor=actor, contact=current)
