"""Sales owns the relationship: its owner hears of talks that product plans, comments on them, and may put a hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.permissions import PRODUCT_LEAD, PRODUCT_MANAGER, may
from pmcrm.trail.services import record
from touchpoints.models import Hold, HoldOverride, Interaction, InteractionKind, TalkComment
from touchpoints.permissions import may_hold
from touchpoints.services.gates import LONGEST_REASON, Asked, Objection

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST_COMMENT: Final = 4000
_PRODUCT: Final = {PRODUCT_MANAGER, PRODUCT_LEAD}
_TALKS: Final = {InteractionKind.CALL, InteractionKind.MEETING}


@transaction.atomic
def place_hold(*, actor: User, account: Account, reason: str) -> Hold:
    """Ask that nobody contacts the account now. Those who planned a talk with it are told."""
    if not may_hold(actor, account):
        raise RuleViolation(_("A hold is put by the owner of the relationship, or by who leads sales or product."))
    words = " ".join(reason.split())[:LONGEST_REASON]
    if not words:
        raise RuleViolation(_("Say why nobody should contact them."), fields={"reason": _("Say why.")})
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if Hold.objects.in_force().filter(account=account).exists():
        raise RuleViolation(_("There is a hold already."))
    made = Hold.objects.create(account=account, reason=words, placed_by=actor)
    record(actor=actor, verb="hold.placed", subject=made, account_id=account.pk, reason=words)
    planned = (
        Interaction.objects.kept().planned().filter(attendances__account=account, attendances__is_second_hand=False)
    )
    for talk in planned.select_related("author").order_by("pk")[:100]:
        _tell_author(actor, talk, f"hold {made.pk}")
    return made


@transaction.atomic
def lift_hold(*, actor: User, hold: Hold) -> Hold:
    """Contact is fine again. A second time changes nothing."""
    found = Hold.objects.select_for_update(of=("self",)).select_related("account").get(pk=hold.pk)
    if not (found.placed_by_id == actor.pk or may_hold(actor, found.account)):
        raise RuleViolation(_("Who put the hold, the owner of the relationship and the leads lift it."))
    if found.lifted_at is None:
        found.lifted_at, found.lifted_by = timezone.now(), actor
        found.save(update_fields=["lifted_at", "lifted_by"])
        record(actor=actor, verb="hold.lifted", subject=found, account_id=found.account_id)
    return found


@transaction.atomic
def comment_on_talk(*, actor: User, interaction: Interaction, text: str) -> TalkComment:
    """Say something of a planned talk; who planned it is told."""
    if not may(actor, "interaction.log"):
        raise RuleViolation(_("Your role does not comment on talks."))
    words = text.strip()
    if not words or len(words) > LONGEST_COMMENT:
        sentence = _("Write something, of at most %(most)d characters.") % {"most": LONGEST_COMMENT}
        raise RuleViolation(sentence, fields={"text": sentence})
    made = TalkComment.objects.create(interaction=interaction, author=actor, text=words)
    accounts = [None] if interaction.is_private else [account.pk for account in interaction.present]
    for account_id in accounts:
        record(actor=actor, verb="interaction.commented", subject=interaction, account_id=account_id)
    _tell_author(actor, interaction, f"comment {made.pk}")
    return made


def heed_holds(asked: Asked) -> Iterator[Objection]:
    """Contacting an account under a hold takes a reason, once for each hold."""
    if not asked.is_contact:
        return
    holds = list(
        Hold.objects.binding(asked.actor).filter(account__in=[one.pk for one in asked.accounts]).order_by("pk")
    )
    # Most have none: reasons given before and names are asked for where there is one.
    if holds:
        given = set(HoldOverride.objects.filter(interaction=asked.interaction).values_list("hold_id", flat=True))
        holds = [hold for hold in holds if hold.pk not in given]
        prefetch_related_objects(holds, "account", "placed_by")
    for hold in holds:
        sentence = _("%(name)s asks not to contact %(account)s now: %(reason)s Say why all the same.") % {
            "name": hold.placed_by.name,
            "account": hold.account.name,
            "reason": hold.reason.rstrip(".") + ".",
        }
        yield Objection("under_hold", sentence, partial(_override, asked, hold))


def _override(asked: Asked, hold: Hold, reason: str) -> None:
    HoldOverride.objects.create(hold=hold, interaction=asked.interaction, reason=reason, author=asked.actor)
    record(actor=asked.actor, verb="hold.overridden", subject=hold, account_id=hold.account_id, reason=reason)


def tell_relationship_owners(*, actor: User, interaction: Interaction, accounts: Sequence[Account]) -> int:
    """A call or meeting that product plans is told to who owns the relationship. Returns how many were told."""
    is_talk = interaction.is_planned and interaction.kind in _TALKS and not interaction.is_private
    if not is_talk or not actor.role_set & _PRODUCT:
        return 0
    owners = {account.relationship_owner for account in accounts if account.relationship_owner is not None}
    path = reverse("interaction_detail", args=[interaction.pk])
    return sum(
        note(person=owner, kind=Kind.TALK_PLANNED, key=f"talk planned {interaction.pk}", path=path)
        for owner in owners
        if owner.pk != actor.pk and owner.is_active
    )


def tell_of_move(*, actor: User, interaction: Interaction, accounts: Sequence[Account]) -> int:
    """A planned call or meeting under a hold stands at another time: who put the hold hears of each. Returns how many
    were told."""
    if not interaction.is_planned or interaction.kind not in _TALKS or interaction.is_private:
        return 0
    path = reverse("interaction_detail", args=[interaction.pk])
    key = f"hold moved {interaction.pk} {interaction.at.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"
    holds = Hold.objects.in_force().filter(account__in=[one.pk for one in accounts], placed_by__is_active=True)
    people = {hold.placed_by for hold in holds.exclude(placed_by=actor).select_related("placed_by")}
    return sum(note(person=person, kind=Kind.HOLD_MOVED, key=key, path=path) for person in people)


def _tell_author(actor: User, talk: Interaction, occasion: str) -> None:
    author = talk.author
    if author.pk != actor.pk and author.is_active:
        path = reverse("interaction_detail", args=[talk.pk])
        note(person=author, kind=Kind.TALK_ANSWERED, key=f"talk answered {talk.pk} {occasion}", path=path)
