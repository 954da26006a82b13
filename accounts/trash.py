"""Accounts and people in the trash, and the files of imports and exports that may name somebody erased."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import erasing
from accounts.models import Account, Contact
from accounts.naming import is_named_in
from accounts.services import trash
from accounts.services.matching import ACCOUNT, CONTACT
from pmcrm.exchange.services.forgetting import files_that, forget_files
from pmcrm.exports.services import remove_those_that
from pmcrm.trash import registry
from pmcrm.trash.registry import TrashKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Pattern

    from django.db.models import QuerySet

    from pmcrm.people.models import User


def _accounts(user: User) -> QuerySet[Any]:
    return Account.objects.reachable_by(user).discarded_by_or_all(user)


def _people(user: User) -> QuerySet[Any]:
    return Contact.objects.reachable_by(user).discarded_by_or_all(user).select_related("account")


def _old_accounts() -> Iterable[int]:
    return Account.objects.outdated().values_list("pk", flat=True)


def _old_people() -> Iterable[int]:
    return Contact.objects.outdated().values_list("pk", flat=True)


ACCOUNTS = TrashKind(
    slug=ACCOUNT,
    label=_("Accounts"),
    icon="building-2",
    rows=_accounts,
    place=lambda account: account.place,
    may_restore=lambda user, _account: trash.may_restore_account(user),
    restore=lambda user, account: trash.restore_account(actor=user, account=account),
    outdated=_old_accounts,
    remove=lambda user, key: trash.remove_account(actor=user, key=key),
)
PEOPLE = TrashKind(
    slug=CONTACT,
    label=_("People"),
    icon="user",
    rows=_people,
    place=lambda contact: contact.account.name,
    may_restore=trash.may_restore_contact,
    restore=lambda user, contact: trash.restore_contact(actor=user, contact=contact),
    outdated=_old_people,
    remove=lambda user, key: trash.remove_contact(actor=user, key=key),
)


def _imports(pattern: Pattern[str], _people: list[int]) -> Iterable[int]:
    return files_that(partial(is_named_in, pattern=pattern))


def _exports(pattern: Pattern[str], _people: list[int]) -> Iterable[int]:
    remove_those_that(partial(is_named_in, pattern=pattern))
    return ()


def register() -> None:
    registry.register(ACCOUNTS)
    registry.register(PEOPLE)
    erasing.register(
        erasing.Kept("exchange.import", look=_imports, forget=lambda actor, key: forget_files(actor=actor, key=key))
    )
    erasing.register(erasing.Kept("exports.export", look=_exports))
