"""Accounts and contacts go to the trash, come back, and go for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import (
    Account,
    AccountMerge,
    AccountPair,
    Contact,
    ContactMerge,
    ContactPair,
    ContactReference,
    StrategicEntry,
)
from accounts.permissions import check_may_edit, may_edit
from accounts.services.matching import ACCOUNT, CONTACT, drop_keys, write_keys
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import forget, record
from pmcrm.trash import registry
from pmcrm.trash.models import Mark

if TYPE_CHECKING:
    from pmcrm.people.models import User


# Accounts -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def discard_account(*, actor: User, account: Account, version: int | None = None, reason: str = "") -> Account:
    """Put an account in the trash, its people and whatever else hangs on it with it. A second time changes nothing.

    One with figures or decisions that others rely on stays (code "held"): its state becomes Former instead.
    """
    current = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if not may(actor, "account.delete"):
        raise RuleViolation(_("Only a product lead or the sales VP deletes an account."), code="not_yours")
    if current.is_discarded:
        return current
    if current.merged_into_id is not None:
        raise RuleViolation(_("%(name)s has been merged already.") % {"name": current}, code="merged")
    if version is not None and current.version != version:
        raise StaleVersion(
            _("Somebody saved this account in between. Nothing was deleted."), current={"version": current.version}
        )
    if StrategicEntry.objects.filter(account=current).exists():
        raise RuleViolation(_("This account is on the strategic list. Take it off there first."), code="held")
    if why := registry.why_held(ACCOUNT, current.pk):
        raise RuleViolation(str(why), code="held")
    mark = Mark(ACCOUNT, current.pk, actor, timezone.now())
    current.put_in_trash(mark)
    current.version += 1
    current.save()
    Account.objects.filter(merged_into=current).go_along(mark)
    people = Contact.objects.filter(account=current)
    people.go_along(mark)
    for other in registry.along(ACCOUNT):
        other.put(mark)
    drop_keys(ACCOUNT, [current.pk])
    drop_keys(CONTACT, people.values_list("pk", flat=True))
    record(actor=actor, verb="account.discarded", subject=current, account_id=current.pk, reason=_one_line(reason))
    return current


@transaction.atomic
def restore_account(*, actor: User, account: Account) -> list[str]:
    """Put an account back as it was, with all that went along. A second time changes nothing."""
    current = Account.objects.select_for_update(of=("self",)).filter(pk=account.pk).first()
    if current is None:
        raise RuleViolation(_("This is gone for good."), code="gone")
    if not may_restore_account(actor):
        sentence = _("Only a product lead, the sales VP or an administrator restores an account.")
        raise RuleViolation(sentence, code="not_yours")
    if not current.is_discarded:
        return []
    current.take_out_of_trash()
    current.version += 1
    current.save()
    mark = Mark(ACCOUNT, current.pk)
    Account.objects.filter(merged_into=current).come_back(mark)
    people = Contact.objects.filter(account=current)
    people.come_back(mark)
    for other in registry.along(ACCOUNT):
        other.back(mark)
    write_keys(ACCOUNT, [current.pk])
    write_keys(CONTACT, list(people.in_sight().values_list("pk", flat=True)))
    record(actor=actor, verb="account.restored", subject=current, account_id=current.pk)
    parent = current.parent
    if parent is not None and parent.is_discarded:
        return [_("Its parent account %(name)s is in the trash.") % {"name": parent.name}]
    return []


def may_restore_account(actor: User) -> bool:
    return may(actor, "account.delete") or may(actor, "trash.remove")


@transaction.atomic
def remove_account(*, actor: User | None, key: int) -> bool:
    """Delete an account in the trash for good; what the trail says of it and its people is that it was there.

    `actor` is None for the clock. False where it is not in the trash any more, or in other hands.
    """
    _check_may_remove(actor)
    rows = Account.objects.select_for_update(of=("self",), skip_locked=actor is None).discarded()
    if rows.filter(pk=key).first() is None or registry.why_held(ACCOUNT, key):
        return False
    for other in registry.along(ACCOUNT):
        other.remove(key)
    forget_people(Contact.objects.filter(account=key).values_list("pk", flat=True), delete=True)
    keys = [key, *Account.objects.filter(merged_into=key).values_list("pk", flat=True)]
    merges = AccountMerge.objects.filter(Q(winner__in=keys) | Q(loser__in=keys))
    pairs = AccountPair.objects.filter(Q(left__in=keys) | Q(right__in=keys))
    subjects = {one.model._meta.label_lower: list(one.values_list("pk", flat=True)) for one in (merges, pairs)}
    merges.delete()
    Account.objects.filter(pk__in=keys).update(merged_into=None)
    Account.objects.filter(pk__in=keys).delete()
    _events("account").filter(pgh_obj__in=keys).delete()
    forget(subjects, account_ids=keys)
    record(actor=actor, verb="account.removed", subject=Account(pk=key), account_id=key)
    return True


# People -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def discard_contact(*, actor: User, contact: Contact, version: int | None = None, reason: str = "") -> Contact:
    """Put a person in the trash. What they said stays on the timelines. A second time changes nothing."""
    current = _locked_contact(contact)
    check_may_edit(actor, current.account)
    if current.is_discarded:
        return current
    if current.merged_into_id is not None:
        raise RuleViolation(_("%(name)s has been merged already.") % {"name": current}, code="merged")
    if version is not None and current.version != version:
        raise StaleVersion(
            _("Somebody saved this contact in between. Nothing was deleted."), current={"version": current.version}
        )
    mark = Mark(CONTACT, current.pk, actor, timezone.now())
    current.put_in_trash(mark)
    current.version += 1
    current.save()
    Contact.objects.filter(merged_into=current).go_along(mark)
    drop_keys(CONTACT, [current.pk])
    write_keys(ACCOUNT, [current.account_id])
    record(
        actor=actor,
        verb="contact.discarded",
        subject=current,
        account_id=current.account_id,
        reason=_one_line(reason),
    )
    return current


@transaction.atomic
def restore_contact(*, actor: User, contact: Contact) -> list[str]:
    """Put a person back as they were. Gives a sentence where somebody else has their address by now."""
    current = _locked_contact(contact)
    if not may_restore_contact(actor, current):
        raise RuleViolation(_("Only who deleted it, or who may change the account, restores it."), code="not_yours")
    if not current.is_discarded:
        return []
    if current.account.is_discarded:
        sentence = _("%(name)s is in the trash, too. Restore that account, and its people come back with it.")
        raise RuleViolation(sentence % {"name": current.account.name}, code="account_in_trash")
    current.take_out_of_trash()
    current.version += 1
    current.save()
    Contact.objects.filter(merged_into=current).come_back(Mark(CONTACT, current.pk))
    write_keys(CONTACT, [current.pk])
    write_keys(ACCOUNT, [current.account_id])
    record(actor=actor, verb="contact.restored", subject=current, account_id=current.account_id)
    others = Contact.objects.visible_to(actor).exclude(pk=current.pk)
    other = others.filter(email__iexact=current.email).first() if current.email else None
    if other is not None:
        return [_("%(name)s has the same e-mail address by now. Merge the two if they are one.") % {"name": other}]
    return []


def may_restore_contact(actor: User, contact: Contact) -> bool:
    mine = contact.deleted_by_id == actor.pk and may(actor, "account.write")
    return mine or may_edit(actor, contact.account) or may(actor, "trash.remove")


@transaction.atomic
def remove_contact(*, actor: User | None, key: int) -> bool:
    """Delete a person in the trash for good. Who was spoken with leaves a row without a name, so that talks count as
    before."""
    _check_may_remove(actor)
    rows = Contact.objects.select_for_update(of=("self",), skip_locked=actor is None).discarded()
    current = rows.filter(pk=key).first()
    if current is None:
        return False
    keys = [key, *Contact.objects.filter(merged_into=key).values_list("pk", flat=True)]
    forget_people(keys, delete=not registry.why_held(CONTACT, key))
    record(actor=actor, verb="contact.removed", subject=Contact(pk=key), account_id=current.account_id)
    return True


def forget_people(keys: Iterable[int], *, delete: bool) -> None:
    """All that this room knows of these people goes: rows or their values, history, merges, pairs, references, words
    of the trail."""
    keys = list(keys)
    merges = ContactMerge.objects.filter(Q(winner__in=keys) | Q(loser__in=keys))
    pairs = ContactPair.objects.filter(Q(left__in=keys) | Q(right__in=keys))
    subjects = {one.model._meta.label_lower: list(one.values_list("pk", flat=True)) for one in (merges, pairs)}
    merges.delete()
    pairs.delete()
    ContactReference.objects.filter(contact__in=keys).delete()
    for other in registry.along(CONTACT):
        for key in keys:
            other.remove(key)
    drop_keys(CONTACT, keys)
    people = Contact.objects.filter(pk__in=keys)
    accounts = list(people.order_by().values_list("account_id", flat=True).distinct())
    if delete:
        people.update(merged_into=None)
        people.delete()
    else:
        people.update(**blank_contact())
    _events("contact").filter(pgh_obj__in=keys).delete()
    forget({Contact._meta.label_lower: keys, **subjects})
    write_keys(ACCOUNT, accounts)


def blank_contact() -> dict[str, Any]:
    """The values of a row that says nothing of a person any more."""
    return {
        "name": _("Erased person"),
        "job_title": "",
        "joined_company_on": None,
        "previous_employers": "",
        "background": "",
        "email": "",
        "phone": "",
        "time_zone": "",
        "temperament": "",
        "temperament_note": "",
        "is_active": False,
        "custom": {},
        "erased_at": timezone.now(),
        "deleted_at": None,
        "deleted_by": None,
        "deleted_with": "",
        "version": F("version") + 1,
    }


def _locked_contact(contact: Contact) -> Contact:
    rows = Contact.objects.select_for_update(of=("self",)).select_related("account")
    found = rows.filter(pk=contact.pk, erased_at=None).first()
    if found is None:
        raise RuleViolation(_("This is gone for good."), code="gone")
    return found


def _events(model: str) -> Any:
    return apps.get_model("accounts", f"{model}event").objects


def _check_may_remove(actor: User | None) -> None:
    if actor is not None and not may(actor, "trash.remove"):
        raise RuleViolation(_("Only a product lead or an administrator deletes for good."), code="not_yours")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
