"""Troubles that customers told: kept once, told again at most by mistake, answered by a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services.limits import engagement
from pmcrm.errors import RuleViolation
from pmcrm.notices.models import Kind
from pmcrm.notices.services import note
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import (
    Cause,
    ExpectationKind,
    Learning,
    Pain,
    PainAnswer,
    PainState,
    PainTelling,
    Saying,
    Severity,
    Unlocks,
)
from touchpoints.services.similar import same_pain, similar_pains
from touchpoints.services.statements import check_listeners, holding_saying

if TYPE_CHECKING:
    from accounts.models import Contact
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

__all__ = ["recount", "retell_pain", "similar_pains", "take_back_told", "tell_pain"]

LONGEST_WORDS: Final = 4000
LONGEST_REASON: Final = 200
MORNING: Final = dt.time(6)


@transaction.atomic
def tell_pain(
    *,
    actor: User,
    account: Account,
    words: str,
    contact: Contact | None = None,
    interaction: Interaction | None = None,
    severity: str = "",
    cause: str = "",
    expectation: str = "",
    bypass_reason: str = "",
    report_back_on: dt.date | None = None,
) -> Pain:
    """Keep what hurts them. In just the words of an earlier one it is that one, told again.

    Before it they have heard what will and will not come of telling: a statement that allows it was said to the teller
    and holds. Where none was said, `bypass_reason` says why, and the pain is marked "expectation not set".
    """
    _check_may_write(actor, account)
    said = words.strip()
    fields = {}
    if not said or len(said) > LONGEST_WORDS:
        fields["words"] = _("Write down what hurts them, in at most %(most)d characters.") % {"most": LONGEST_WORDS}
    for name, value, known in (
        ("severity", severity, Severity.values),
        ("cause", cause, Cause.values),
        ("expectation", expectation, ExpectationKind.values),
    ):
        if value and value not in known:
            fields[name] = _("Choose one of: %(known)s.") % {"known": ", ".join(known)}
    if interaction is not None and interaction.is_planned:
        fields["words"] = _("It is told in the talk, not before it.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    check_listeners(account, [contact] if contact else [], interaction)
    # Two who save the same at the same time: the second one finds the first one's.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if earlier := same_pain(user=actor, account=account, words=said):
        retell_pain(actor=actor, pain=earlier, contact=contact, interaction=interaction)
        return Pain.objects.get(pk=earlier.pk)
    told_at = interaction.at if interaction else timezone.now()
    told_on = timezone.localdate(told_at)
    saying = holding_saying(account=account, contact=contact, unlocks=Unlocks.PAINS, at=told_at)
    reason = " ".join(bypass_reason.split())[:LONGEST_REASON]
    if saying is None and not reason:
        sentence = _("Say first what they may expect, or say why you did not.")
        raise RuleViolation(sentence, code="expectation_not_set", fields={"bypass_reason": sentence})
    pain = Pain.objects.create(
        account=account,
        words=said,
        teller=contact,
        told_on=told_on,
        interaction=interaction,
        severity=severity,
        cause=cause,
        expectation=expectation,
        saying=saying,
        bypass_reason="" if saying else reason,
        report_back_on=report_back_on or told_on + dt.timedelta(days=engagement().report_back_days),
        author=actor,
    )
    if expectation:
        answer = PainAnswer.objects.create(pain=pain, expectation=expectation, told_on=told_on, author=actor)
        answer.contacts.set([contact] if contact else [])
    _record(actor, "pain.told", pain, expectation_set=pain.is_expectation_set, expectation=expectation)
    return pain


@transaction.atomic
def retell_pain(
    *,
    actor: User,
    pain: Pain,
    words: str = "",
    contact: Contact | None = None,
    interaction: Interaction | None = None,
) -> PainTelling:
    """They had to tell it again. The product manager hears of it, at once where a fix was promised. An answered one
    waits for an answer again."""
    found = Pain.objects.select_for_update(of=("self",)).with_owner().get(pk=pain.pk)
    if found.merged_into_id is not None:
        found = Pain.objects.select_for_update(of=("self",)).with_owner().get(pk=found.merged_into_id)
    _check_may_write(actor, found.account)
    if interaction is not None and interaction.is_planned:
        sentence = _("It is told in the talk, not before it.")
        raise RuleViolation(sentence, fields={"words": sentence})
    check_listeners(found.account, [contact] if contact else [], interaction)
    told_on = timezone.localdate(interaction.at) if interaction else timezone.localdate()
    said = words.strip()[:LONGEST_WORDS]
    telling = PainTelling.objects.create(
        pain=found,
        teller=contact,
        told_on=told_on,
        words="" if said == found.words else said,
        interaction=interaction,
        author=actor,
    )
    found.retold_count = F("retold_count") + 1
    found.version = F("version") + 1
    if found.state != PainState.OPEN:
        found.state = PainState.OPEN
        found.report_back_on = max(found.report_back_on, told_on + dt.timedelta(days=engagement().report_back_days))
    found.save(update_fields=["retold_count", "version", "state", "report_back_on"])
    is_hidden = interaction is not None and interaction.is_private
    _record(actor, "pain.retold", found, is_hidden=is_hidden)
    _tell_manager(actor, found, telling)
    return telling


def _tell_manager(actor: User, pain: Pain, telling: PainTelling) -> None:
    person = pain.account.product_manager
    if person is None or person.pk == actor.pk or not person.is_active:
        return
    wait = None if pain.is_fix_promised else _next_morning(person)
    note(
        person=person,
        kind=Kind.PAIN_RETOLD,
        key=f"pain retold {telling.pk}",
        path=pain.get_absolute_url(),
        not_before=wait,
    )


def _next_morning(person: User) -> dt.datetime:
    """Six o'clock of the person's next day."""
    zone = ZoneInfo(person.time_zone)
    tomorrow = timezone.localdate(timezone=zone) + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, MORNING, tzinfo=zone)


def _check_may_write(actor: User, account: Account) -> None:
    if not may(actor, "pain.write") or not Account.objects.visible_to(actor).filter(pk=account.pk).exists():
        sentence = _("Choose an account from the list.")
        raise RuleViolation(sentence, fields={"account": sentence})


def _record(actor: User, verb: str, pain: Pain, *, is_hidden: bool = False, **data: Any) -> None:
    """One row in the account's trail; what was told in a private talk is in no account's trail."""
    is_private = is_hidden or (pain.interaction is not None and pain.interaction.is_private)
    record(actor=actor, verb=verb, subject=pain, account_id=None if is_private else pain.account_id, **data)


def recount(keys: Iterable[int]) -> None:
    """Count anew how often these were told again: by tellings of their own and by those that turned out to be them."""
    for pain in Pain.objects.select_for_update().filter(pk__in=keys).order_by("pk"):
        merged = pain.merged_here.all()
        pain.retold_count = PainTelling.objects.filter(pain__in=[pain, *merged]).count() + len(merged)
        pain.save(update_fields=["retold_count"])


@transaction.atomic
def take_back_told(interactions: Iterable[int]) -> None:
    """Of talks that never were, what was told, said and learned in them goes."""
    keys = list(interactions)
    tellings = PainTelling.objects.filter(interaction__in=keys)
    counted = list(tellings.values_list("pain", flat=True))
    tellings.delete()
    told = Pain.objects.filter(interaction__in=keys)
    counted += [key for key in told.values_list("merged_into", flat=True) if key]
    told.delete()
    Saying.objects.filter(interaction__in=keys).delete()
    Learning.objects.filter(interaction__in=keys).delete()
    recount(counted)
