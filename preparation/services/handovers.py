"""Taking an account over: what came before in ten lines, and the word that it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Contact
from accounts.permissions import sees_temperament
from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record
from preparation.models import Handover
from preparation.services.issues import issues_of
from preparation.services.knowledge import pains_of, promises_of
from touchpoints.models import Attendance, InteractionKind

if TYPE_CHECKING:
    from accounts.models import Account, Promise
    from pmcrm.people.models import User
    from preparation.services.issues import Issue
    from preparation.services.knowledge import Some
    from touchpoints.models import Interaction, Pain

LINES: Final = 10
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Before:
    """What came before: the last ten talks, open promises, pains, and what asks for care."""

    talks: list[Interaction]
    promises: Some[Promise]
    pains: Some[Pain]
    issues: list[Issue]
    people: list[Contact]


def before(user: User, account: Account) -> Before:
    """As far as the person sees it; people with how to speak to them only where that may be read."""
    talks = Attendance.objects.of(account).open_to(user).present().filter(interaction__status="held")
    talks = talks.exclude(interaction__kind=InteractionKind.NOTE).select_related("interaction__author")
    talks = talks.prefetch_related(Prefetch("interaction__contacts", Contact.objects.kept()))
    people = list(Contact.objects.of(account).still_there().exclude(temperament="", temperament_note="")[:MOST])
    for contact in people:
        contact.account = account
    return Before(
        [one.interaction for one in talks.order_by("-at", "-interaction")[:LINES]],
        promises_of(user, account, MOST),
        pains_of(user, account),
        [one for one in issues_of(account, user) if one.kind != "late_promise"],
        [contact for contact in people if sees_temperament(user, contact)],
    )


@transaction.atomic
def confirm_read(*, actor: User, handover: Handover) -> Handover:
    """Whoever took the account over has read what came before. A second time changes nothing."""
    found = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if found.person_id != actor.pk:
        raise RuleViolation(_("Whoever took the account over confirms that."), code="not_yours")
    if found.read_at is None:
        found.read_at = timezone.now()
        found.save(update_fields=["read_at"])
        record(actor=actor, verb="handover.read", subject=found, account_id=found.account_id)
    return found
