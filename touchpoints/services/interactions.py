"""Interactions: logged in seconds, planned, held, moved, corrected, cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.trail.services import changes, record
from touchpoints.models import (
    ENTERED_LATER,
    UNDO_FOR,
    Attendance,
    Brought,
    Interaction,
    InteractionKind,
    InteractionStatus,
    NextStep,
    OutcomeTag,
    Voice,
)
from touchpoints.permissions import may_change
from touchpoints.services.figures import refresh_contact_figures
from touchpoints.services.gates import heed
from touchpoints.services.hearing import Hearing, keep_hearing
from touchpoints.services.holds import tell_of_move, tell_relationship_owners
from touchpoints.services.next_steps import PlannedStep, add_next_step
from touchpoints.services.pains import take_back_told
from touchpoints.services.people import Told, learn
from touchpoints.services.relationship import Use, note_usage

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_MINUTES = 1440
EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Clocks differ, and whoever logs a call of "now" has not lied.
CLOCK_SLACK = dt.timedelta(minutes=5)


_on_planned: list[Callable[[User, Interaction], object]] = []


def register_planned(begin: Callable[[User, Interaction], object]) -> None:
    """`begin` is called with who plans and the talk, whichever way it was planned, in the same transaction."""
    _on_planned.append(begin)


@dataclass(frozen=True)
class Facts:
    """What somebody says of an interaction. Planned is what lies ahead, held is what has been."""

    kind: str
    at: dt.datetime
    accounts: Sequence[Account]
    minutes: int = 0
    subject: str = ""
    outcome: str = ""
    notes: str = ""
    contacts: Sequence[Contact] = ()
    colleagues: Sequence[User] = ()
    is_incoming: bool = False
    is_private: bool = False
    voice: str = ""
    """Whose experience it is; left empty, it follows from who was present."""
    brought: Sequence[str] | None = None
    """What the talk brought, see `models.Brought`; None leaves it as it is."""
    override_reason: str = ""
    """Why they are contacted although something speaks against it, see `gates`."""
    speaks_for: Account | None = None
    """The customer whose experience somebody inside or a partner told."""

    @property
    def lies_ahead(self) -> bool:
        return self.at > timezone.now() + CLOCK_SLACK


@transaction.atomic
def log_interaction(
    *,
    actor: User,
    facts: Facts,
    steps: Iterable[PlannedStep] = (),
    use: Use | None = None,
    told: Told | None = None,
    heard: Hearing | None = None,
) -> Interaction:
    """Enter what happened, or plan what will, with the next steps that were agreed and what was learned.

    Who is named on their side brings their account along. Without named colleagues the actor was the one who attended.
    Next steps belong to the first account.
    """
    accounts = _checked(actor, facts)
    facts = _with_voice(actor, facts, accounts)
    made = Interaction.objects.create(
        author=actor,
        status=InteractionStatus.PLANNED if facts.lies_ahead else InteractionStatus.HELD,
        is_backdated=facts.at < timezone.now() - ENTERED_LATER,
        **_columns(facts),
    )
    _set_people(made, facts, accounts, default=actor, is_new=True)
    heed(actor=actor, interaction=made, accounts=accounts, override_reason=facts.override_reason)
    tell_relationship_owners(actor=actor, interaction=made, accounts=accounts)
    verb = "interaction.planned" if made.is_planned else "interaction.logged"
    _record(actor, verb, made, _touched(facts, accounts), minutes=made.minutes, at=made.at)
    _begin(actor, made)
    for step in steps:
        add_next_step(actor=actor, account=accounts[0], step=step, interaction=made)
    if use is not None:
        _note_use(actor, made, facts, accounts, use)
    if told is not None and not told.is_empty:
        _learn(actor, made, facts, told)
    if heard is not None and not heard.is_empty:
        of = [facts.speaks_for] if facts.speaks_for else accounts
        keep_hearing(actor=actor, interaction=made, accounts=of, contacts=facts.contacts, heard=heard)
    refresh_contact_figures(account_ids=_touched(facts, accounts))
    return made


@transaction.atomic
def edit_interaction(*, actor: User, interaction: Interaction, facts: Facts, version: int) -> Interaction:
    """Correct the interaction as it was read in `version`; what was saved in between is never overwritten."""
    found = _locked(actor, interaction)
    if found.version != version:
        raise StaleVersion(
            _("Somebody changed this in the meantime. Nothing was saved."),
            current={**_plain(found), "version": found.version},
        )
    if found.is_cancelled:
        raise RuleViolation(_("This was cancelled. Log a new one instead."))
    # Who was there stays there for this company, wherever they work by now.
    accounts = _checked(actor, facts, present={contact.pk for contact in found.contacts.all()})
    facts = _with_voice(actor, facts, accounts)
    before, touched = _plain(found), {account.pk for account in found.accounts.all()}
    if found.status == InteractionStatus.HELD and facts.lies_ahead:
        sentence = _("What was held cannot lie in the future.")
        raise RuleViolation(sentence, fields={"at": sentence})
    for name, value in _columns(facts).items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    _set_people(found, facts, accounts, default=found.author)
    new = [account for account in accounts if account.pk not in touched]
    # A note that turns out a call, or a call that was a meeting, is asked what such a one would have been asked.
    is_other = any(getattr(found, name) != before[name] for name in ("kind", "is_incoming"))
    is_moved = found.is_planned and found.at != before["at"]
    heed(
        actor=actor,
        interaction=found,
        accounts=accounts if is_moved or is_other else new,
        override_reason=facts.override_reason,
        is_moved=is_moved,
    )
    tell_relationship_owners(actor=actor, interaction=found, accounts=new)
    if is_moved:
        tell_of_move(actor=actor, interaction=found, accounts=accounts)
    _begin(actor, found)
    ids = _touched(facts, accounts)
    # Words stay out of the trail: it keeps that they changed, the row keeps what they are.
    changed = {name: pair for name, pair in changes(before, _plain(found)).items() if name not in {"notes", "subject"}}
    _record(actor, "interaction.edited", found, ids, changes=changed)
    refresh_contact_figures(account_ids=touched.union(ids))
    return found


@transaction.atomic
def cancel_interaction(*, actor: User, interaction: Interaction, reason: str = "") -> Interaction:
    """Take it off the timelines; the row stays, with the reason. A second time changes nothing."""
    found = _locked(actor, interaction)
    if not found.is_cancelled:
        was = found.status
        found.cancel_reason = " ".join(reason.split())[:200]
        told = {} if found.is_private else {"reason": found.cancel_reason}
        _to_status(actor, found, InteractionStatus.CANCELLED, "interaction.cancelled", was=was, **told)
    return found


@transaction.atomic
def undo_interaction(*, actor: User, interaction: Interaction) -> Interaction:
    """Take back what was just logged, together with the next steps that came with it. For a few minutes only."""
    found = _locked(actor, interaction)
    if found.author_id != actor.pk or timezone.now() - found.created_at > UNDO_FOR:
        raise RuleViolation(_("It is too late to undo this. Open it to correct or cancel it."))
    NextStep.objects.open().filter(interaction=found).delete()
    take_back_told([found.pk])
    if not found.is_cancelled:
        _to_status(actor, found, InteractionStatus.CANCELLED, "interaction.undone")
    return found


@transaction.atomic
def hold_interaction(*, actor: User, interaction: Interaction, override_reason: str = "") -> Interaction:
    """A planned one took place: from now on its minutes count. One held early is held now.

    `override_reason` is why it was held although something speaks against it, such as no preparation.
    """
    found = _locked(actor, interaction)
    _needs_plan(found)
    if found.at > timezone.now():
        _set_time(found, timezone.now())
    found.status = InteractionStatus.HELD
    heed(actor=actor, interaction=found, accounts=found.present, override_reason=override_reason)
    _to_status(actor, found, InteractionStatus.HELD, "interaction.held", minutes=found.minutes)
    return found


@transaction.atomic
def move_interaction(
    *, actor: User, interaction: Interaction, to: dt.datetime, override_reason: str = ""
) -> Interaction:
    """Plan it for another time ahead. What speaks against that time takes a reason anew."""
    found = _locked(actor, interaction)
    _needs_plan(found)
    if to <= timezone.now():
        sentence = _("Choose a time ahead. If it took place already, mark it as held.")
        raise RuleViolation(sentence, fields={"at": sentence})
    before = found.at
    _set_time(found, to)
    heed(actor=actor, interaction=found, accounts=found.present, override_reason=override_reason, is_moved=before != to)
    if before != to:
        tell_of_move(actor=actor, interaction=found, accounts=found.present)
    _to_status(actor, found, InteractionStatus.PLANNED, "interaction.moved", changes={"at": [before, to]})
    return found


def _checked(actor: User, facts: Facts, *, present: Collection[int] = ()) -> list[Account]:
    """The accounts present, each visible to the actor; refuses what cannot have happened. Contacts bring their
    account along, except those who are `present` already: they may have moved to another company since."""
    named = [account.pk for account in facts.accounts]
    brought = [contact.account_id for contact in facts.contacts if not (named and contact.pk in present)]
    wanted = {*named, *brought}
    if not wanted:
        sentence = _("Choose the account, or a person there.")
        raise RuleViolation(sentence, fields={"accounts": sentence})
    seen = Account.objects.visible_to(actor)
    if facts.lies_ahead:  # and is told to them
        seen = seen.select_related("relationship_owner")
        found = {account.pk: account for account in seen.filter(pk__in=wanted)}
    elif wanted <= (given := {account.pk: account for account in facts.accounts}).keys():
        # They were read a moment ago: whether they are seen is all there is to ask.
        found = {pk: given[pk] for pk in seen.filter(pk__in=wanted).values_list("pk", flat=True)}
    else:
        found = {account.pk: account for account in seen.filter(pk__in=wanted)}
    if len(found) < len(wanted):
        sentence = _("Choose accounts from the list.")
        raise RuleViolation(sentence, fields={"accounts": sentence})
    if not 0 <= facts.minutes <= LONGEST_MINUTES:
        sentence = _("A day has 1,440 minutes; enter a longer event as several.")
        raise RuleViolation(sentence, fields={"minutes": sentence})
    if facts.at < EARLIEST:
        sentence = _("%(year)s is too long ago. Check the year.") % {"year": facts.at.year}
        raise RuleViolation(sentence, fields={"at": sentence})
    if facts.at > timezone.now() + dt.timedelta(days=5 * 366):
        sentence = _("%(year)s is too far away. Check the year.") % {"year": facts.at.year}
        raise RuleViolation(sentence, fields={"at": sentence})
    # In the order in which they were named: the first one gets the next steps.
    return [found[pk] for pk in dict.fromkeys([*named, *brought])]


def _with_voice(actor: User, facts: Facts, accounts: Sequence[Account]) -> Facts:
    """The facts with the voice that follows from them; refuses one that nobody present can have."""
    speakers = [account for account in accounts if account.may_speak_for_others]
    usual = Voice.OWN if len(speakers) == len(accounts) else Voice.DIRECT
    voice = facts.voice or (Voice.PROXY if facts.speaks_for else usual)
    wrong: tuple[str, str] | None = None
    if voice not in Voice.values:
        wrong = ("voice", _("Choose one of: %(known)s.") % {"known": ", ".join(Voice.values)})
    elif voice != Voice.PROXY and facts.speaks_for:
        wrong = ("speaks_for", _("Only what is told second-hand has a customer that it is told of."))
    elif voice == Voice.DIRECT and usual == Voice.OWN:
        wrong = ("voice", _("No customer was there to say so. Say whether it is their own experience or a customer's."))
    elif voice != Voice.DIRECT and not speakers:
        wrong = ("voice", _("Only an internal account or a partner speaks for itself here or for a customer."))
    elif voice == Voice.PROXY and facts.speaks_for is None:
        wrong = ("speaks_for", _("Say which customer's experience it is."))
    elif facts.speaks_for and not Account.objects.visible_to(actor).customers().filter(pk=facts.speaks_for.pk).exists():
        wrong = ("speaks_for", _("Choose a customer from the list."))
    elif facts.speaks_for in accounts:
        wrong = ("speaks_for", _("This customer was there: that is their own word."))
    if wrong:
        raise RuleViolation(wrong[1], fields=dict([wrong]))
    return replace(facts, voice=voice)


def _note_use(actor: User, made: Interaction, facts: Facts, accounts: Sequence[Account], use: Use) -> None:
    """How the customer uses a product: the one that was told of, else the first one present."""
    of = facts.speaks_for or next((one for one in accounts if not one.may_speak_for_others), None)
    if of is None:
        sentence = _("Nobody present is a customer who could use it.")
        raise RuleViolation(sentence, fields={"mode": sentence})
    if made.is_planned:
        sentence = _("How they use it is found in the talk, not before it.")
        raise RuleViolation(sentence, fields={"mode": sentence})
    note_usage(actor=actor, account=of, use=use, interaction=made)


def _learn(actor: User, made: Interaction, facts: Facts, told: Told) -> None:
    if len(facts.contacts) != 1:
        sentence = _("Name the one person that you learned this of.")
        raise RuleViolation(sentence, fields={"contacts": sentence})
    learn(actor=actor, contact=facts.contacts[0], told=told, interaction=made)


def _touched(facts: Facts, accounts: Sequence[Account]) -> list[int]:
    return [account.pk for account in (*accounts, facts.speaks_for) if account is not None]


def _columns(facts: Facts) -> dict[str, Any]:
    has_outcome = facts.kind == InteractionKind.CALL and not facts.lies_ahead
    return {
        "kind": facts.kind,
        "at": facts.at,
        "minutes": facts.minutes,
        "subject": facts.subject.strip(),
        "voice": facts.voice,
        "outcome": facts.outcome if has_outcome else "",
        "notes": facts.notes.strip(),
        "is_incoming": facts.is_incoming,
        "is_private": facts.is_private,
    }


def _set_people(
    interaction: Interaction, facts: Facts, accounts: Sequence[Account], *, default: User, is_new: bool = False
) -> None:
    rows = [Attendance(interaction=interaction, account=account, at=interaction.at) for account in accounts]
    if facts.speaks_for:
        told_of = Attendance(interaction=interaction, account=facts.speaks_for, at=interaction.at, is_second_hand=True)
        rows.append(told_of)
    if not is_new:
        gone = Attendance.objects.filter(interaction=interaction, account__deleted_at=None)
        gone.exclude(account__in=[row.account_id for row in rows]).delete()
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["interaction", "account"],
        update_fields=["at", "is_second_hand"],
    )
    if is_new:
        interaction.contacts.add(*facts.contacts)
        interaction.colleagues.add(*(facts.colleagues or [default]))
    else:
        # Who is out of sight stays with what they said.
        unseen = interaction.contacts.exclude(deleted_at=None, erased_at=None)
        interaction.contacts.set([*facts.contacts, *unseen])
        interaction.colleagues.set(facts.colleagues or [default])
    if facts.brought is not None and (facts.brought or not is_new) is not None:
        _set_brought(interaction, facts.brought)


def _set_brought(interaction: Interaction, brought: Sequence[str]) -> None:
    if wrong := set(brought) - set(Brought.values):
        sentence = _("Choose from: %(known)s.") % {"known": ", ".join(Brought.values)}
        raise RuleViolation(sentence, fields={"brought": f"{sentence} ({', '.join(sorted(wrong))})"})
    if brought and interaction.is_planned:
        sentence = _("What a talk brought is known once it was held.")
        raise RuleViolation(sentence, fields={"brought": sentence})
    OutcomeTag.objects.filter(interaction=interaction).exclude(brought__in=brought).delete()
    OutcomeTag.objects.bulk_create(
        [OutcomeTag(interaction=interaction, brought=one) for one in dict.fromkeys(brought)], ignore_conflicts=True
    )


def _locked(actor: User, interaction: Interaction) -> Interaction:
    found = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    if not may_change(actor, found):
        raise RuleViolation(_("Only its author and the colleagues who took part change this."))
    if found.is_discarded:
        raise RuleViolation(_("This is in the trash. Restore it first."), code="in_trash")
    return found


def _needs_plan(interaction: Interaction) -> None:
    if not interaction.is_planned:
        raise RuleViolation(_("This is not planned any more."))


def _begin(actor: User, interaction: Interaction) -> None:
    if interaction.is_planned:
        for begin in _on_planned:
            begin(actor, interaction)


def _set_time(interaction: Interaction, at: dt.datetime) -> None:
    interaction.at = at
    Attendance.objects.filter(interaction=interaction).update(at=at)


def _to_status(actor: User, interaction: Interaction, status: str, verb: str, **data: Any) -> None:
    interaction.status = status
    interaction.version += 1
    interaction.save(update_fields=["status", "at", "cancel_reason", "version"])
    ids = list(Attendance.objects.filter(interaction=interaction).values_list("account_id", flat=True))
    _record(actor, verb, interaction, ids, **data)
    refresh_contact_figures(account_ids=ids)


def _record(actor: User, verb: str, interaction: Interaction, account_ids: Iterable[int], **data: Any) -> None:
    """One row in the trail of each account; a private one is in no account's trail."""
    for account_id in [None] if interaction.is_private else account_ids:
        record(actor=actor, verb=verb, subject=interaction, account_id=account_id, **data)


def _plain(interaction: Interaction) -> dict[str, Any]:
    """The interaction's own columns, as the API names them."""
    names = ("kind", "at", "minutes", "voice", "subject", "outcome", "notes", "is_incoming", "is_private")
    return {name: getattr(interaction, name) for name in names}
