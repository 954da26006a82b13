"""Filling the blanks of a sheet that belong elsewhere: each goes where it is kept, and the sheet counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models.contact import Temperament
from accounts.permissions import may_edit, sees_temperament
from accounts.services.business import write_business
from accounts.services.contacts import edit_contact
from pmcrm.errors import RuleViolation
from preparation import quality
from preparation.models import Experience, Telling
from preparation.permissions import may_prepare, may_tell
from preparation.services.sheets import freeze_if_begun, locked_sheet, main_account, talks_to_prepare, touch
from touchpoints.services.needs import raise_need

if TYPE_CHECKING:
    from accounts.models import Account, Contact
    from pmcrm.people.models import User
    from preparation.models import Sheet
    from touchpoints.models import Interaction


@transaction.atomic
def settle(*, actor: User, interaction: Interaction, question: str, is_none: bool) -> Sheet:
    """Answer a question of the sheet with "there is none", or take that back."""
    if question not in quality.MAY_BE_NONE:
        known = ", ".join(sorted(quality.MAY_BE_NONE))
        raise RuleViolation(_("Choose one of: %(known)s.") % {"known": known}, fields={"question": known})
    sheet = _mine(actor, interaction)
    kept = set(sheet.nothing_in) - {question}
    return _save(actor, sheet, "nothing_in", kept | {question} if is_none else kept)


@transaction.atomic
def plan_to_say(*, actor: User, interaction: Interaction, statement: str, is_said: bool) -> Sheet:
    """Choose a statement, by its key, to be said this time, or not."""
    sheet = _mine(actor, interaction)
    kept = set(sheet.to_say) - {statement}
    return _save(actor, sheet, "to_say", kept | {statement} if is_said else kept)


@transaction.atomic
def describe_business(*, actor: User, interaction: Interaction, version: int, words: str) -> Sheet:
    """What they do and for whom, as of today; `version` is that of the account as it was read."""
    sheet = _mine(actor, interaction)
    write_business(actor=actor, account=_account(interaction), version=version, words=words)
    return _counted(actor, sheet, quality.BUSINESS)


@transaction.atomic
def note_need(*, actor: User, interaction: Interaction, words: str) -> Sheet:
    """What they need most urgently; it stands at the account from now on."""
    sheet = _mine(actor, interaction)
    raise_need(actor=actor, account=_account(interaction), text=words)
    sheet.nothing_in = sorted(set(sheet.nothing_in) - {quality.NEED})
    return _counted(actor, sheet, quality.NEED)


@transaction.atomic
def note_temperament(*, actor: User, interaction: Interaction, contact: Contact, temperament: str) -> Sheet:
    """How somebody is to be spoken with; it stands at the person from now on."""
    sheet = _mine(actor, interaction)
    if not (sees_temperament(actor, contact) and may_edit(actor, contact.account)):
        raise RuleViolation(_("The temperament of this person is not yours to see."), code="not_yours")
    if temperament not in Temperament.values:
        raise RuleViolation(_("Choose a temperament from the list."), fields={"temperament": _("Choose one.")})
    edit_contact(actor=actor, contact=contact, version=contact.version, temperament=temperament)
    return _counted(actor, sheet, quality.TEMPERAMENT)


@transaction.atomic
def tell_experience(*, actor: User, interaction: Interaction, experience: Experience, is_told: bool) -> Sheet:
    """Choose a story for this talk: from then on it counts as told to the account and is suggested there no more."""
    sheet = _mine(actor, interaction)
    if not is_told:
        Telling.objects.filter(sheet=sheet, experience=experience).delete()
        return _counted(actor, sheet, quality.EXPERIENCE)
    if not may_tell(actor, experience) or experience.is_retired:
        raise RuleViolation(_("One tells one's own stories."), code="not_yours")
    for account in interaction.present:
        told, is_new = Telling.objects.get_or_create(
            experience=experience, account=account, defaults={"sheet": sheet, "author": actor}
        )
        if is_new or told.sheet_id == sheet.pk:
            continue
        if not told.sheet.interaction.is_cancelled:
            raise RuleViolation(_("%(account)s has heard this already.") % {"account": account.name}, code="told")
        # That talk did not take place.
        told.sheet, told.author = sheet, actor
        told.save(update_fields=["sheet", "author"])
    sheet.nothing_in = sorted(set(sheet.nothing_in) - {quality.EXPERIENCE})
    return _counted(actor, sheet, quality.EXPERIENCE)


def _mine(actor: User, interaction: Interaction) -> Sheet:
    if not may_prepare(actor, interaction):
        raise RuleViolation(_("Who takes part, and who owns the account, prepares this talk."), code="not_yours")
    sheet = locked_sheet(interaction)
    freeze_if_begun(sheet)
    return sheet


def _account(interaction: Interaction) -> Account:
    account = main_account(interaction)
    if account is None:
        raise RuleViolation(_("The account of this talk is in the trash."), code="in_trash")
    return account


def _save(actor: User, sheet: Sheet, name: str, kept: set[str]) -> Sheet:
    if sorted(kept) != sorted(getattr(sheet, name)):
        setattr(sheet, name, sorted(kept))
        touch(actor, sheet, [name])
    return sheet


def _counted(actor: User, sheet: Sheet, what: str) -> Sheet:
    """Something that is kept elsewhere changed: the sheet counts it, with talk and account as they are now."""
    sheet.interaction = talks_to_prepare(actor).get(pk=sheet.interaction_id)
    touch(actor, sheet, [what])
    return sheet
