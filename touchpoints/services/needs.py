"""What a customer needs most urgently: raised, settled, and what solving it may have done for their trust."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.models.choices import TrustStage
from accounts.permissions import check_may_edit
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import NeedKind, NeedState, StepState, TrustStep, UrgentNeed
from touchpoints.permissions import may_settle

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

LONGEST: Final = 300
LONGEST_REFERENCE: Final = 60
# To mend what is broken is owed; a ticket closed or an outage over is no reason to be trusted more.
_EARN_TRUST: Final = frozenset({NeedKind.NEED, NeedKind.ESCALATION})
_STAGES: Final = (TrustStage.NEW, TrustStage.PROVING, TrustStage.TRUSTED)


def open_needs(account: Account) -> list[UrgentNeed]:
    """What they need at present, the longest open first; what is wrong is an issue, no need."""
    return list(UrgentNeed.objects.open().needs().filter(account=account).with_names().order_by("since", "pk"))


@transaction.atomic
def raise_need(
    *,
    actor: User,
    account: Account,
    text: str,
    owner: User | None = None,
    since: dt.date | None = None,
    interaction: Interaction | None = None,
    kind: str = NeedKind.NEED,
    reference: str = "",
) -> UrgentNeed:
    """Write down what they need now, or what is wrong. Without an owner whoever raises it sees to it; without a day
    it counts from the talk, else from today."""
    if not may(actor, "urgent_need.write") or not Account.objects.visible_to(actor).filter(pk=account.pk).exists():
        sentence = _("Choose an account from the list.")
        raise RuleViolation(sentence, fields={"account": sentence})
    day = since or (timezone.localdate(interaction.at) if interaction else timezone.localdate())
    made = UrgentNeed(
        account=account,
        kind=kind,
        text=_said(text),
        reference=_said(reference),
        owner=owner or actor,
        since=day,
        interaction=interaction,
        created_by=actor,
    )
    _check(made)
    made.save()
    record(
        actor=actor,
        verb="urgent_need.raised",
        subject=made,
        account_id=_open_to(made),
        since=day,
        kind=made.kind,
    )
    return made


@transaction.atomic
def edit_need(
    *,
    actor: User,
    need: UrgentNeed,
    version: int,
    text: str,
    owner: User,
    since: dt.date,
    kind: str = NeedKind.NEED,
    reference: str = "",
) -> UrgentNeed:
    """Correct an open one as it was read in `version`."""
    found = _locked(actor, need, version)
    if not found.is_open:
        raise RuleViolation(_("This need is settled already."))
    found.text, found.owner, found.since = _said(text), owner, since
    found.kind, found.reference = kind, _said(reference)
    _check(found)
    found.version += 1
    found.save()
    record(actor=actor, verb="urgent_need.edited", subject=found, account_id=_open_to(found))
    return found


@transaction.atomic
def settle_need(*, actor: User, need: UrgentNeed, state: str, how: str, version: int | None = None) -> UrgentNeed:
    """Solved, or dropped: either way with how it ended. Solving a need or an escalation proposes a step up in trust,
    which a person confirms or declines; nothing changes by itself."""
    found = _locked(actor, need, version)
    if not found.is_open:
        raise RuleViolation(_("This need is settled already."))
    if state not in {NeedState.SOLVED, NeedState.DROPPED}:
        sentence = _("Say whether it was solved or dropped.")
        raise RuleViolation(sentence, fields={"state": sentence})
    words = " ".join(how.split())
    if not words or len(words) > LONGEST:
        sentence = _("Say how it ended, in at most %(most)d characters.") % {"most": LONGEST}
        raise RuleViolation(sentence, fields={"how": sentence})
    found.state, found.settled_how, found.settled_at, found.settled_by = state, words, timezone.now(), actor
    found.version += 1
    found.save()
    record(actor=actor, verb=f"urgent_need.{state}", subject=found, account_id=_open_to(found))
    if state == NeedState.SOLVED and found.kind in _EARN_TRUST:
        _propose_step(actor, found)
    return found


@transaction.atomic
def decide_trust_step(*, actor: User, step: TrustStep, confirmed: bool) -> TrustStep:
    """Confirm that they trust us more by now, or decline. Who may change the account decides."""
    found = TrustStep.objects.select_for_update(of=("self",)).select_related("account").get(pk=step.pk)
    check_may_edit(actor, found.account)
    if found.state != StepState.PROPOSED:
        raise RuleViolation(_("This was decided already."))
    found.state = StepState.CONFIRMED if confirmed else StepState.DECLINED
    found.decided_by, found.decided_at = actor, timezone.now()
    found.save()
    account = Account.objects.select_for_update().get(pk=found.account_id)
    before = account.trust_stage
    if confirmed and account.trust_stage != found.to_stage:
        account.trust_stage = found.to_stage
        account.version += 1
        account.save(update_fields=["trust_stage", "version", "updated_at"])
    record(
        actor=actor,
        verb=f"trust_step.{found.state}",
        subject=found,
        account_id=account.pk,
        changes={"trust_stage": [before, account.trust_stage]},
    )
    return found


def hand_over_needs(*, actor: User, person: User, successor: User) -> int:
    """Whoever leaves leaves open needs to somebody else."""
    moved = list(
        UrgentNeed.objects.open().owned_by(person).select_related("interaction").select_for_update(of=("self",))
    )
    for need in moved:
        need.owner, need.version = successor, need.version + 1
        need.save(update_fields=["owner", "version"])
        record(actor=actor, verb="urgent_need.handed_over", subject=need, account_id=_open_to(need))
    return len(moved)


def _propose_step(actor: User, need: UrgentNeed) -> None:
    account = Account.objects.select_for_update(no_key=True).get(pk=need.account_id)
    stage = _STAGES.index(TrustStage(account.trust_stage))
    if stage + 1 == len(_STAGES) or TrustStep.objects.proposed().filter(account=account).exists():
        return
    made = TrustStep.objects.create(account=account, need=need, to_stage=_STAGES[stage + 1])
    record(actor=actor, verb="trust_step.proposed", subject=made, account_id=account.pk, to_stage=made.to_stage)


def _locked(actor: User, need: UrgentNeed, version: int | None) -> UrgentNeed:
    found = UrgentNeed.objects.select_for_update(of=("self",)).select_related("account", "interaction").get(pk=need.pk)
    if not may_settle(actor, found):
        raise RuleViolation(_("Who sees to it, who raised it, the account’s owners and the leads change this."))
    if version is not None and found.version != version:
        current = {"text": found.text, "state": found.state, "since": found.since, "version": found.version}
        raise StaleVersion(_("Somebody changed this in the meantime. Nothing was saved."), current=current)
    return found


def _open_to(need: UrgentNeed) -> int | None:
    """The account in whose history it stands; what comes from a private talk stands in none."""
    return None if need.interaction and need.interaction.is_private else need.account_id


def _said(text: str) -> str:
    return " ".join(text.split())


def _check(need: UrgentNeed) -> None:
    fields = {}
    if not need.text or len(need.text) > LONGEST:
        fields["text"] = _("Say what they need, in at most %(most)d characters.") % {"most": LONGEST}
    if need.kind not in NeedKind.values:
        fields["kind"] = _("Choose one of: %(known)s.") % {"known": ", ".join(NeedKind.values)}
    if len(need.reference) > LONGEST_REFERENCE:
        fields["reference"] = _("At most %(most)d characters.") % {"most": LONGEST_REFERENCE}
    if need.since > timezone.localdate():
        fields["since"] = _("This day has not come yet.")
    if not need.owner.is_active or not may(need.owner, "urgent_need.write"):
        fields["owner"] = _("Choose a colleague who can see to it.")
    elif not Account.objects.visible_to(need.owner).filter(pk=need.account_id).exists():
        fields["owner"] = _("%(name)s does not see this account.") % {"name": need.owner.name}
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
