"""The people at an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from accounts.models.custom import Thing
from accounts.permissions import check_may_edit, may_edit, writes_temperament
from accounts.services.custom_fields import checked_values, named_values, with_values
from accounts.services.matching import ACCOUNT, CONTACT, write_keys
from pmcrm.errors import RuleViolation, StaleVersion, constraints_in_words
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from pmcrm.people.models import User

# What the trail of an account must not repeat: more people read it than may read a temperament.
SENSITIVE: Final = frozenset({"temperament", "temperament_note"})
EDITABLE: Final = (
    "name",
    "job_title",
    "role",
    "joined_company_on",
    "previous_employers",
    "background",
    "email",
    "phone",
    "time_zone",
    "is_active",
    *sorted(SENSITIVE),
    "custom",
)


@transaction.atomic
def create_contact(*, actor: User, account: Account, **values: Any) -> Contact:
    """A new person at an account."""
    _check_may_edit(actor, account, values)
    custom = checked_values(Thing.CONTACT, values.pop("custom", {}))
    contact = Contact(account=account, **values, custom=with_values({}, custom))
    check_contact(contact)
    with constraints_in_words(contact):
        contact.save()
    _look_up_anew(contact)
    record(actor=actor, verb="contact.created", subject=contact, account_id=account.pk)
    return contact


@transaction.atomic
def edit_contact(
    *, actor: User, contact: Contact, version: int, verb: str = "contact.edited", **values: Any
) -> Contact:
    """Change a contact; `verb` is what the trail calls it.

    Refuses with both versions at hand where somebody saved since `version` was read.
    """
    current = _locked(contact, version)
    _check_may_edit(actor, current.account, values)
    custom = checked_values(Thing.CONTACT, values.pop("custom", {}))
    before = _plain(current, values) | named_values(current.custom, custom)
    current.custom = with_values(current.custom, custom)
    for name, value in values.items():
        setattr(current, name, value)
    changed = changes(before, _plain(current, values) | named_values(current.custom, custom))
    if not changed:
        return current
    # What was wrong before and stays as it is holds nothing up: what is new may still be kept.
    check_contact(current, only=values)
    current.version += 1
    with constraints_in_words(current):
        current.save()
    _look_up_anew(current)
    told = {name: pair for name, pair in changed.items() if name not in SENSITIVE}
    record(actor=actor, verb=verb, subject=current, account_id=current.account_id, changes=told)
    return current


@transaction.atomic
def move_contact(
    *, actor: User, contact: Contact, version: int, to: Account, on: dt.date, job_title: str = ""
) -> Contact:
    """The person now works elsewhere. What was said at the old company stays on its timeline and on the person."""
    current = _locked(contact, version)
    left = current.account
    if left == to:
        sentence = _("This is where they work already.")
        raise RuleViolation(sentence, fields={"to": sentence})
    _check_may_edit(actor, left, {})
    if not may_edit(actor, to):
        sentence = _("That account is not yours to change; ask its owner to take the contact over.")
        raise RuleViolation(sentence, fields={"to": sentence})
    was = _("%(company)s (%(position)s until %(month)s)") if current.job_title else _("%(company)s (until %(month)s)")
    earlier = was % {"company": left.name, "position": current.job_title, "month": f"{on:%Y-%m}"}
    current.previous_employers = "\n".join(filter(None, [earlier, current.previous_employers]))
    current.account = to
    current.job_title = job_title
    current.joined_company_on = on
    current.version += 1
    check_contact(current)
    with constraints_in_words(current):
        current.save()
    _look_up_anew(current, left.pk)
    for account in (left, to):
        record(
            actor=actor,
            verb="contact.moved",
            subject=current,
            account_id=account.pk,
            from_account=left.name,
            to_account=to.name,
            on=on,
        )
    return current


def _look_up_anew(contact: Contact, *left: int) -> None:
    """Their mail domain and phone are signs of the account, too."""
    write_keys(CONTACT, [contact.pk])
    write_keys(ACCOUNT, [contact.account_id, *left])


def _locked(contact: Contact, version: int) -> Contact:
    current = Contact.objects.select_for_update(of=("self",)).select_related("account").get(pk=contact.pk)
    if current.is_discarded or current.erased_at is not None:
        raise RuleViolation(_("Somebody deleted this contact meanwhile. Nothing was saved."), code="in_trash")
    if current.version != version:
        raise _stale(current)
    return current


def _stale(current: Contact) -> StaleVersion:
    return StaleVersion(
        _("Somebody saved this contact while you were editing. Nothing was overwritten."),
        current={name: getattr(current, name) for name in EDITABLE} | {"version": current.version},
    )


def _check_may_edit(actor: User, account: Account, values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - set(EDITABLE):
        raise LookupError(f"a contact has no editable {sorted(unknown)}")
    check_may_edit(actor, account)
    if SENSITIVE & values.keys() and not writes_temperament(actor, account):
        raise RuleViolation(_("Your role does not write down how a person is."))


def check_contact(contact: Contact, *, only: Iterable[str] | None = None) -> None:
    """Refuse a contact that is not right, or only what `only` names of it."""
    left_out = {"account"} if only is None else {field.name for field in contact._meta.fields} - set(only)
    try:
        contact.full_clean(exclude=left_out, validate_constraints=False)
    except ValidationError as error:
        fields = {name: str(sentences[0]) for name, sentences in error.message_dict.items() if name != "__all__"}
        raise RuleViolation(next(iter(error.messages)), code="invalid", fields=fields) from error


def _plain(contact: Contact, names: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: getattr(contact, name) for name in names}
    return {name: str(value) if name == "phone" else value for name, value in found.items()}
