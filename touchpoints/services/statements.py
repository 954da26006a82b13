"""The statements of the organisation, and the log of to whom each was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import Channel, Interaction, InteractionKind, Saying, Statement, Topic, Unlocks

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_TEXT: Final = 1000
LONGEST_LIFE: Final = 3650
_CHANNELS: Final = {
    InteractionKind.CALL: Channel.CALL,
    InteractionKind.MEETING: Channel.MEETING,
    InteractionKind.MAIL: Channel.MAIL,
}


@transaction.atomic
def say(
    *,
    actor: User,
    statement: Statement,
    contacts: Iterable[Contact],
    account: Account,
    interaction: Interaction | None = None,
    channel: str = "",
) -> Saying:
    """Log that a statement was said. In a talk it was said when the talk was, in its way; else now.

    Without people named it counts for the account, but for nobody in particular.
    """
    if not may(actor, "pain.write") or not Account.objects.visible_to(actor).filter(pk=account.pk).exists():
        sentence = _("Choose an account from the list.")
        raise RuleViolation(sentence, fields={"account": sentence})
    if channel and channel not in Channel.values:
        sentence = _("Choose one of: %(known)s.") % {"known": ", ".join(Channel.values)}
        raise RuleViolation(sentence, fields={"channel": sentence})
    if statement.retired_at is not None:
        sentence = _("This statement has a newer wording. Say that one.")
        raise RuleViolation(sentence, code="retired", fields={"statement": sentence})
    if interaction is not None and interaction.is_planned:
        sentence = _("It is said in the talk, not before it.")
        raise RuleViolation(sentence, fields={"statement": sentence})
    people = list(contacts)
    check_listeners(account, people, interaction)
    at = interaction.at if interaction else timezone.now()
    usual = _CHANNELS.get(InteractionKind(interaction.kind), "") if interaction else ""
    made = Saying.objects.create(
        statement=statement,
        account=account,
        interaction=interaction,
        channel=channel or usual,
        said_at=at,
        expires_on=timezone.localdate(at) + dt.timedelta(days=statement.expires_days),
        author=actor,
    )
    made.contacts.set(people)
    is_private = interaction is not None and interaction.is_private
    record(
        actor=actor,
        verb="statement.said",
        subject=made,
        account_id=None if is_private else account.pk,
        statement=statement.slug,
        people=len(people),
    )
    return made


def check_listeners(account: Account, contacts: Sequence[Contact], interaction: Interaction | None) -> None:
    """Refuse people who neither work there nor took part in the talk."""
    strangers = [contact for contact in contacts if contact.account_id != account.pk]
    if strangers and interaction is not None:
        there = set(interaction.contacts.values_list("pk", flat=True))
        strangers = [contact for contact in strangers if contact.pk not in there]
    if strangers:
        sentence = _("%(name)s is not at %(account)s.") % {"name": strangers[0].name, "account": account.name}
        raise RuleViolation(sentence, fields={"contacts": sentence})


def statements_due(
    *,
    account: Account | None = None,
    contacts: Iterable[Contact] = (),
    at: dt.datetime | dt.date | None = None,
    unlocking: str = "",
) -> list[Statement]:
    """The statements in use that were not said yet, or have expired, for any of these people; without people for the
    account as a whole. An earlier wording of a statement holds until it expires."""
    day = _day(at)
    people = list(contacts)
    current = Statement.objects.unlocking(unlocking) if unlocking else Statement.objects.current()
    holding = Saying.objects.holding(day)
    if people:
        pairs = holding.heard_by(people).values_list("statement__slug", "contacts").distinct()
        heard: dict[str, set[int]] = {}
        for slug, contact in pairs:
            heard.setdefault(slug, set()).add(contact)
        wanted = {contact.pk for contact in people}
        return [one for one in current if not wanted <= heard.get(one.slug, set())]
    if account is None:
        return list(current)
    said = set(holding.of(account).values_list("statement__slug", flat=True))
    return [one for one in current if one.slug not in said]


def holding_saying(
    *, account: Account, contact: Contact | None, unlocks: str, at: dt.datetime | dt.date | None = None
) -> Saying | None:
    """The saying that still holds and allows this: said to the person, or where none is named, at the account."""
    rows = Saying.objects.holding(_day(at)).filter(statement__unlocks=unlocks)
    rows = rows.heard_by([contact]) if contact is not None else rows.of(account)
    return rows.order_by("-expires_on", "-pk").first()


def _day(at: dt.datetime | dt.date | None) -> dt.date:
    if at is None:
        return timezone.localdate()
    return timezone.localdate(at) if isinstance(at, dt.datetime) else at


# The catalogue -------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_statement(*, actor: User, text: str, topic: str, expires_days: int, unlocks: str = "") -> Statement:
    """A new statement of the organisation."""
    words = _checked(actor, text, topic, expires_days, unlocks)
    base = slugify(" ".join(words.split()[:5]))[:40] or topic
    taken = set(Statement.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(name for number in range(1, len(taken) + 2) if (name := f"{base}-{number}") not in taken)
    made = Statement.objects.create(
        slug=slug, topic=topic, text=words, expires_days=expires_days, unlocks=unlocks, author=actor
    )
    record(actor=actor, verb="statement.added", subject=made, topic=topic, expires_days=expires_days)
    return made


@transaction.atomic
def edit_statement(
    *, actor: User, statement: Statement, edition: int, text: str, topic: str, expires_days: int, unlocks: str = ""
) -> Statement:
    """Word it anew: the next edition. What was said before keeps its wording."""
    words = _checked(actor, text, topic, expires_days, unlocks)
    current = _current(statement.slug, edition)
    same = (current.text, current.topic, current.expires_days, current.unlocks)
    if same == (words, topic, expires_days, unlocks):
        return current
    current.retired_at = timezone.now()
    current.save(update_fields=["retired_at"])
    made = Statement.objects.create(
        slug=current.slug,
        edition=current.edition + 1,
        topic=topic,
        text=words,
        expires_days=expires_days,
        unlocks=unlocks,
        author=actor,
    )
    record(actor=actor, verb="statement.edited", subject=made, edition=made.edition)
    return made


@transaction.atomic
def retire_statement(*, actor: User, statement: Statement, edition: int) -> Statement:
    """Take it out of use. What was said stays in the log. One that allows writing down troubles must remain."""
    _check_right(actor)
    current = _current(statement.slug, edition)
    if current.unlocks and not Statement.objects.unlocking(current.unlocks).exclude(pk=current.pk).exists():
        raise RuleViolation(
            _("Keep at least one statement for this: %(what)s.") % {"what": current.get_unlocks_display()},
            code="last_one",
        )
    current.retired_at = timezone.now()
    current.save(update_fields=["retired_at"])
    record(actor=actor, verb="statement.retired", subject=current)
    return current


def _checked(actor: User, text: str, topic: str, expires_days: int, unlocks: str) -> str:
    _check_right(actor)
    words = " ".join(text.split())
    fields = {}
    if not words or len(words) > LONGEST_TEXT:
        fields["text"] = _("Write what is said, in at most %(most)d characters.") % {"most": LONGEST_TEXT}
    if topic not in Topic.values:
        fields["topic"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Topic.values)}
    if not 1 <= expires_days <= LONGEST_LIFE:
        fields["expires_days"] = _("Enter whole days from 1 to %(most)d.") % {"most": LONGEST_LIFE}
    if unlocks and unlocks not in Unlocks.values:
        fields["unlocks"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Unlocks.values)}
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    return words


def _check_right(actor: User) -> None:
    if not may(actor, "statement.write"):
        raise RuleViolation(_("Statements are worded by a product lead or an administrator."), code="not_yours")


def _current(slug: str, edition: int) -> Statement:
    current = Statement.objects.select_for_update().current().filter(slug=slug).first()
    if current is None:
        raise RuleViolation(_("This statement is not in use any more."), code="retired")
    if current.edition != edition:
        raise StaleVersion(
            _("Somebody changed this in the meantime. Nothing was saved."), current={"edition": current.edition}
        )
    return current
