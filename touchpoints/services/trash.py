"""Talks go to the trash, by themselves or with their account, come back, and go for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import forget, record
from pmcrm.trash import registry
from pmcrm.trash.models import Mark
from touchpoints.models import QUICK_LOG, Attendance, Draft, Interaction, NextStep, PersonFact
from touchpoints.permissions import may_change
from touchpoints.services.figures import refresh_contact_figures
from touchpoints.services.pains import take_back_told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmcrm.people.models import User

INTERACTION = "interaction"


@transaction.atomic
def discard_interaction(
    *, actor: User, interaction: Interaction, version: int | None = None, reason: str = ""
) -> Interaction:
    """Put a call, meeting, mail or note in the trash, with its next steps. Its minutes do not count any more. A second
    time changes nothing."""
    found = _locked(interaction)
    if not may_change(actor, found):
        raise RuleViolation(_("Only its author and the colleagues who took part delete this."), code="not_yours")
    if found.is_discarded:
        return found
    if version is not None and found.version != version:
        raise StaleVersion(
            _("Somebody changed this in the meantime. Nothing was deleted."), current={"version": found.version}
        )
    mark = Mark(INTERACTION, found.pk, actor, timezone.now())
    found.put_in_trash(mark)
    _save(found)
    NextStep.objects.filter(interaction=found).go_along(mark)
    told = {} if found.is_private else {"reason": " ".join(reason.split())[:200]}
    _tell(actor, "interaction.discarded", found, **told)
    return found


@transaction.atomic
def restore_interaction(*, actor: User, interaction: Interaction) -> list[str]:
    """Put it back as it was: its minutes count again, its next steps are there again."""
    found = _locked(interaction)
    if not may_restore_interaction(actor, found):
        raise RuleViolation(_("Only its author and the colleagues who took part restore this."), code="not_yours")
    if not found.is_discarded:
        return []
    if not Attendance.objects.filter(interaction=found, account__deleted_at=None).exists():
        raise RuleViolation(
            _("The account it was with is in the trash, too. Restore that account."), code="account_in_trash"
        )
    found.take_out_of_trash()
    _save(found)
    NextStep.objects.come_back(Mark(INTERACTION, found.pk))
    _tell(actor, "interaction.restored", found)
    return []


def may_restore_interaction(actor: User, interaction: Interaction) -> bool:
    mine = interaction.deleted_by_id == actor.pk and may(actor, "interaction.log")
    return mine or may_change(actor, interaction) or (may(actor, "trash.remove") and not interaction.is_private)


@transaction.atomic
def remove_interaction(*, actor: User | None, key: int) -> bool:
    """Delete one in the trash for good, with its files and what was open of its next steps."""
    if actor is not None and not may(actor, "trash.remove"):
        raise RuleViolation(_("Only a product lead or an administrator deletes for good."), code="not_yours")
    rows = Interaction.objects.select_for_update(of=("self",), skip_locked=actor is None).discarded()
    if rows.filter(pk=key).first() is None:
        return False
    _remove([key])
    record(actor=actor, verb="interaction.removed", subject=Interaction(pk=key, is_private=True))
    return True


# With their account -------------------------------------------------------------------------------------------------


def put_talks_along(mark: Mark) -> None:
    """Talks with no other account that is still there, and all next steps with the account."""
    others = Attendance.objects.filter(interaction=OuterRef("pk"), account__deleted_at=None)
    Interaction.objects.filter(attendances__account=mark.key).filter(~Exists(others)).go_along(mark)
    NextStep.objects.filter(account=mark.key).go_along(mark)


def bring_talks_back(mark: Mark) -> None:
    """Talks with the account that went with any of their accounts; one that somebody deleted by itself stays there."""
    talks = Interaction.objects.filter(attendances__account=mark.key).exclude(deleted_with="")
    talks.update(deleted_at=None, deleted_by=None, deleted_with="")
    NextStep.objects.come_back(mark)
    refresh_contact_figures(account_ids=[mark.key])


def remove_talks(account: int) -> None:
    """For good: talks with no other account."""
    others = Attendance.objects.filter(interaction=OuterRef("pk")).exclude(account=account)
    talks = Interaction.objects.filter(attendances__account=account).filter(~Exists(others))
    _remove(talks.values_list("pk", flat=True))


def forget_person(contact: int) -> None:
    """What somebody told of this person, or was just about to, goes for good."""
    PersonFact.objects.filter(contact=contact).delete()
    Draft.objects.filter(form=f"{QUICK_LOG}:contact:{contact}").delete()


def _remove(keys: Iterable[int]) -> None:
    keys = list(keys)
    steps = NextStep.objects.filter(interaction__in=keys).exclude(deleted_at=None)
    forget(
        {
            NextStep._meta.label_lower: list(steps.values_list("pk", flat=True)),
            Interaction._meta.label_lower: keys,
        }
    )
    steps.delete()
    take_back_told(keys)
    for other in registry.along(INTERACTION):
        for key in keys:
            other.remove(key)
    Interaction.objects.filter(pk__in=keys).delete()


def _locked(interaction: Interaction) -> Interaction:
    found = Interaction.objects.select_for_update(of=("self",)).filter(pk=interaction.pk).first()
    if found is None:
        raise RuleViolation(_("This is gone for good."), code="gone")
    return found


def _save(found: Interaction) -> None:
    found.version += 1
    found.save(update_fields=["deleted_at", "deleted_by", "deleted_with", "version"])


def _tell(actor: User, verb: str, found: Interaction, **data: str) -> None:
    ids = list(Attendance.objects.filter(interaction=found).values_list("account_id", flat=True))
    for account_id in [None] if found.is_private else ids:
        record(actor=actor, verb=verb, subject=found, account_id=account_id, **data)
    refresh_contact_figures(account_ids=ids)
