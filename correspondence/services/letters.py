"""Mails come in, are logged, wait for a word of their person, or are kept apart. Nothing that came in is lost."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from accounts.services.contacts import create_contact
from correspondence.models import Letter, LetterState, Source, folder
from correspondence.models.letter import LONGEST_WHY
from correspondence.parsing import Mail, Person, Unreadable, parse
from correspondence.services.answers import take_replies
from correspondence.services.matching import Known, told_apart
from correspondence.services.waiting import forget_waiting
from meetings.services.answers import meeting_answered
from pmcrm.errors import RuleViolation
from pmcrm.files.services import attach_file
from pmcrm.notices.drop import drop_keys
from pmcrm.notices.models import Kind, Wishes
from pmcrm.notices.services import note
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import Interaction, InteractionKind
from touchpoints.services.interactions import EARLIEST, Facts, log_interaction

if TYPE_CHECKING:
    from pathlib import Path

    from meetings.models import Meeting

LONGEST_NOTES: Final = 50_000
MOST_PEOPLE: Final = 100


# Coming in -----------------------------------------------------------------------------------------------------------


def take_in(content: bytes) -> list[Letter]:
    """A mail of the mailbox: the letters it became, one for each person whose drop address it names.

    What was taken in before comes back as it is. Safe to be killed at any line and to be called again: the bytes are
    kept first, and all else is one transaction.
    """
    digest = digest_of(content)
    if known := list(Letter.objects.filter(sha256=digest)):
        return known
    keep(content)
    try:
        mail = parse(content)
    except Unreadable:
        return [_quarantine(digest, len(content), None, _("This is no mail that can be read."))]
    with transaction.atomic():
        if answered := take_replies(mail):
            return [_entered(digest, len(content), mail, Source.MAILBOX, None, LetterState.ANSWER, answered)]
    owners = list(Wishes.objects.by_drop_keys(drop_keys(mail.delivered_to)))
    if not owners and (meeting := meeting_answered(answers_to=mail.answers_to, email=mail.sender.email)):
        return [_receive_words(digest, len(content), mail, meeting)]
    if not owners:
        return [_quarantine(digest, len(content), mail, _("It names nobody's drop address, or one that was renewed."))]
    return [_receive(digest, len(content), mail, Source.MAILBOX, wishes.person) for wishes in owners]


def keep_apart(content: bytes, *, size: int, why: str) -> Letter:
    """A mail, or the head of one, that cannot be taken in: an administrator hears of it, and its bytes are kept."""
    try:
        mail = parse(content)
    except Unreadable:
        mail = None
    return _quarantine(keep(content), size, mail, why)


def upload(*, actor: User, content: bytes) -> Letter:
    """A mail that its person brings as a file or as text. The same one again changes nothing."""
    if not may(actor, "interaction.log"):
        raise RuleViolation(_("Your role does not log mails."))
    if len(content) > settings.LETTER_MAX_BYTES:
        sentence = _("This mail is larger than %(most)s MB.") % {"most": settings.LETTER_MAX_BYTES // 1000**2}
        raise RuleViolation(sentence, code="too_large", fields={"file": sentence})
    try:
        mail = parse(content)
    except Unreadable as error:
        sentence = _("This is no mail. Save it in your mail program as a file ending in .eml, or copy its source.")
        raise RuleViolation(sentence, code="no_mail", fields={"file": sentence}) from error
    known = Letter.objects.visible_to(actor).filter(sha256=digest_of(content)).first()
    if known is not None:
        return known
    digest = keep(content)
    with transaction.atomic():
        if answered := take_replies(mail):
            return _entered(digest, len(content), mail, Source.UPLOAD, actor, LetterState.ANSWER, answered)
    return _receive(digest, len(content), mail, Source.UPLOAD, actor)


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def keep(content: bytes) -> str:
    """Write the bytes under their digest, whole or not at all. Returns the digest."""
    digest = digest_of(content)
    path: Path = folder() / digest[:2] / digest
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = path.with_suffix(f".{os.getpid()}")
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    return digest


@transaction.atomic
def _receive(digest: str, size: int, mail: Mail, source: Source, person: User) -> Letter:
    # One mail of a person after the other: two workers never log the same twice.
    Wishes.objects.get_or_create(person=person)
    wishes = Wishes.objects.select_for_update().get(person=person)
    forget_waiting(person.pk)
    mine = Letter.objects.visible_to(person)
    known = mine.filter(sha256=digest).first()
    if known is None and mail.message_id:
        known = mine.filter(message_id=mail.message_id).first()
    if known is not None:
        return known
    state, why = LetterState.WAITING, ""
    if mail.is_automatic:
        state, why = LetterState.AUTOMATIC, _("An automatic answer is no contact. Log it all the same if it was one.")
    letter = _entered(digest, size, mail, source, person, state, why)
    is_theirs = source == Source.UPLOAD or mail.sender.email == person.email.casefold()
    if not mail.is_automatic and not is_theirs:
        _explain(letter, _("It came to your drop address from somebody else. Log it if you passed it on yourself."))
    elif not mail.is_automatic:
        _log_what_is_known(letter, wishes.mail_is_private)
    return letter


@transaction.atomic
def _receive_words(digest: str, size: int, mail: Mail, meeting: Meeting) -> Letter:
    """Somebody invited wrote to the address that calendar programs answer to: the organiser hears of it."""
    letter = _receive(digest, size, mail, Source.MAILBOX, meeting.organiser)
    if letter.state == LetterState.WAITING:
        _explain(letter, _("Somebody whom you invited answered in words. Log it if it was a contact."))
        key = f"meeting answered in words {letter.pk}"
        note(person=meeting.organiser, kind=Kind.MEETING_ANSWERED, key=key, path=letter.get_absolute_url())
    return letter


def _entered(
    digest: str, size: int, mail: Mail, source: Source, person: User | None, state: LetterState, why: str
) -> Letter:
    told = mail.passed_on if mail.passed_on is not None and _is_passed_on(mail, person) else mail
    ours = _our_addresses([told.sender, *told.receivers])
    is_incoming = told.sender.email not in ours
    people = [one for one in (told.sender, *told.receivers) if one.email and one.email not in ours]
    text = told.text if not told.above else f"{told.above}\n\n—\n\n{told.text}"
    handled = state not in (LetterState.WAITING, LetterState.QUARANTINED)
    return Letter.objects.create(
        sha256=digest,
        size=size,
        source=source,
        person=person,
        state=state,
        why=why[:LONGEST_WHY],
        message_id=mail.message_id,
        subject=told.subject or mail.subject,
        sender_name=told.sender.name,
        sender_email=told.sender.email,
        people=[{"email": one.email, "name": one.name} for one in people[:MOST_PEOPLE]],
        sent_at=_moment(told.sent_at or mail.sent_at),
        is_incoming=is_incoming,
        # Of a mail that is nobody's yet no word is kept where it could be read.
        text=text if person is not None else "",
        handled_at=timezone.now() if handled else None,
    )


def _is_passed_on(mail: Mail, person: User | None) -> bool:
    """Whoever drops a mail of a customer passes it on; a customer's own answer may quote one as well."""
    return person is not None and mail.sender.email == person.email.casefold()


def _our_addresses(people: Sequence[Person]) -> set[str]:
    emails = [one.email for one in people]
    return {email.casefold() for email in User.objects.filter(email__in=emails).values_list("email", flat=True)}


def _moment(sent_at: datetime | None) -> datetime:
    """When it was sent, as far as that can be: a clock that is years off is not believed."""
    now = timezone.now()
    return now if sent_at is None or sent_at > now or sent_at < EARLIEST else sent_at.astimezone(UTC)


def _quarantine(digest: str, size: int, mail: Mail | None, why: str) -> Letter:
    known = Letter.objects.filter(sha256=digest, person=None).first()
    if known is not None:
        return known
    empty = mail or Mail(subject="", sender=Person(""), receivers=(), delivered_to=(), sent_at=None, text="")
    return _entered(digest, size, empty, Source.MAILBOX, None, LetterState.QUARANTINED, why)


def _explain(letter: Letter, why: str) -> None:
    letter.why = why[:LONGEST_WHY]
    letter.save(update_fields=["why"])


# Logging -------------------------------------------------------------------------------------------------------------


def people_of(letter: Letter) -> list[Person]:
    return [Person(one["email"], one["name"]) for one in letter.people]


def _log_what_is_known(letter: Letter, is_private: bool) -> None:
    """Log it at once where one of the people is known; otherwise it waits for its person."""
    assert letter.person is not None
    known = told_apart(user=letter.person, people=people_of(letter))
    if not known.contacts:
        _explain(letter, _("Nobody in it is known yet. Say which account it belongs to."))
        return
    try:
        with transaction.atomic():
            _log(letter, letter.person, known, accounts=[], is_private=is_private)
    except RuleViolation as refusal:
        _explain(letter, refusal.sentence)


@transaction.atomic
def log_letter(
    *,
    actor: User,
    letter: Letter,
    accounts: Sequence[Account] = (),
    add: Sequence[str] = (),
    is_private: bool = True,
) -> Interaction:
    """Log a mail that waited: at these accounts and at those of the people known. `add` are addresses in it whose
    people become contacts of the first account."""
    found = _locked(actor, letter)
    if found.state == LetterState.LOGGED and found.interaction is not None:
        return found.interaction
    if found.state == LetterState.QUARANTINED:
        raise RuleViolation(_("This mail is kept apart. An administrator gives it to somebody first."))
    known = told_apart(user=actor, people=people_of(found))
    made = list[Contact]()
    wanted = [one for one in known.strangers if one.email in set(add)]
    if wanted and not accounts:
        sentence = _("Choose the account where these people work.")
        raise RuleViolation(sentence, fields={"account": sentence})
    for one in wanted:
        made.append(create_contact(actor=actor, account=accounts[0], name=one.name or one.email, email=one.email))
    if not (known.contacts or made or accounts):
        sentence = _("Nobody in it is known yet. Choose the account it belongs to.")
        raise RuleViolation(sentence, fields={"account": sentence})
    both = Known(known.colleagues, (*known.contacts, *made), known.strangers)
    return _log(found, actor, both, accounts=list(accounts), is_private=is_private)


def _log(letter: Letter, person: User, known: Known, *, accounts: list[Account], is_private: bool) -> Interaction:
    colleagues = {person.pk: person} | {one.pk: one for one in _colleagues_in(letter)}
    facts = Facts(
        kind=InteractionKind.MAIL,
        at=letter.sent_at,
        accounts=accounts,
        subject=letter.subject[:200],
        notes=letter.text[:LONGEST_NOTES],
        contacts=known.contacts,
        colleagues=list(colleagues.values()),
        is_incoming=letter.is_incoming,
        is_private=is_private,
        override_reason=_("The mail was sent already."),
    )
    made = log_interaction(actor=person, facts=facts)
    letter.remarks = _attach(letter, person, made)
    letter.state, letter.why, letter.interaction = LetterState.LOGGED, "", made
    # The words stand on the timeline now, and in one place only.
    letter.text, letter.handled_at = "", timezone.now()
    letter.save(update_fields=["remarks", "state", "why", "interaction", "text", "handled_at"])
    return made


def _colleagues_in(letter: Letter) -> list[User]:
    """Active colleagues whom the mail names: they took part, and see it even where it is private."""
    mail = _kept_mail(letter)
    both = list(filter(None, [mail, mail and mail.passed_on]))
    people = [one for each in both for one in (each.sender, *each.receivers)]
    return list(User.objects.active().filter(email__in=[one.email for one in people]))


def _kept_mail(letter: Letter) -> Mail | None:
    """The mail as it came in; None where its bytes went, because it was handled long ago or names somebody erased."""
    return parse(letter.path.read_bytes()) if letter.has_bytes else None


def _attach(letter: Letter, person: User, made: Interaction) -> list[str]:
    """Keep its attachments beside the talk. Returns a sentence for each that is not kept; the mail itself still is."""
    mail = _kept_mail(letter)
    if mail is None:
        return [_("The mail as it came in is not kept any more, nor is anything attached to it.")]
    told = mail.passed_on if mail.passed_on is not None and _is_passed_on(mail, letter.person) else mail
    # Of mails attached the one that the talk tells is not kept again, the others are.
    mails = (*told.mails, *mail.mails[1:]) if told is not mail else mail.mails
    parts = {(part.name, part.content): part for part in (*told.parts, *mail.parts, *mails)}
    refused = list[str]()
    for part in parts.values():
        try:
            attach_file(actor=person, owner=made, name=part.name, chunks=[part.content])
        except RuleViolation as refusal:
            refused.append(refusal.sentence)
    if mail.is_cut:
        refused.append(_("Its text is longer than 100,000 characters. The beginning stands on the timeline."))
    return refused


# Putting aside, giving to somebody ------------------------------------------------------------------------------------


@transaction.atomic
def put_aside(*, actor: User, letter: Letter) -> Letter:
    """It is no contact with a customer. A second time changes nothing; it can still be logged later."""
    found = _locked(actor, letter)
    if found.state == LetterState.LOGGED:
        raise RuleViolation(_("It stands on a timeline already. Delete it there."))
    if found.state != LetterState.ASIDE:
        found.state, found.why, found.handled_at = LetterState.ASIDE, "", timezone.now()
        found.save(update_fields=["state", "why", "handled_at"])
    return found


@transaction.atomic
def assign_letter(*, actor: User, letter: Letter, person: User) -> Letter:
    """Give a quarantined mail to its person, where it is treated as if it had come to their address."""
    found = _quarantined(actor, letter)
    if not person.is_active or not may(person, "interaction.log"):
        raise RuleViolation(_("%(name)s does not log mails.") % {"name": person.name})
    try:
        mail = parse(found.path.read_bytes())
    except Unreadable as error:
        raise RuleViolation(_("This is no mail that can be read. Discard it once it is not needed.")) from error
    given = _receive(found.sha256, found.size, mail, Source.MAILBOX, person)
    record(actor=actor, verb="mail.assigned", subject=given, person=person.name)
    found.delete()
    return given


@transaction.atomic
def discard_letter(*, actor: User, letter: Letter) -> None:
    """Throw a quarantined mail away, bytes and all."""
    found = _quarantined(actor, letter)
    record(actor=actor, verb="mail.discarded", subject=found, sender=found.sender_email)
    path, digest = found.path, found.sha256
    found.delete()
    if not Letter.objects.filter(sha256=digest, has_bytes=True).exists():
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def forget_handled_bytes() -> int:
    """Called by the clock: bytes of mails that were handled a day ago go, unless something in them was refused."""
    since, count = timezone.now() - timedelta(days=1), 0
    for letter in Letter.objects.done_with().filter(handled_at__lt=since).order_by("pk")[:5000]:
        Letter.objects.filter(pk=letter.pk).update(has_bytes=False)
        if not Letter.objects.filter(sha256=letter.sha256, has_bytes=True).exists():
            letter.path.unlink(missing_ok=True)
        count += 1
    return count


def _locked(actor: User, letter: Letter) -> Letter:
    rows = Letter.objects.select_for_update(of=("self",)).select_related("interaction")
    found = rows.filter(pk=letter.pk).first()
    if found is None or found.person_id != actor.pk:
        raise RuleViolation(_("This mail belongs to somebody else."))
    forget_waiting(actor.pk)
    return found


def _quarantined(actor: User, letter: Letter) -> Letter:
    if not may(actor, "settings.write"):
        raise RuleViolation(_("Only administrators handle mails that are nobody's yet."))
    found = Letter.objects.quarantined().select_for_update().filter(pk=letter.pk).first()
    if found is None:
        raise RuleViolation(_("Somebody handled this mail in the meantime."))
    return found
