"""What search finds of accounts and contacts, and what a mistyped text may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.countries import place_words
from accounts.services.finding import (
    AccountLine,
    ContactLine,
    account_lines,
    contact_lines,
    near_accounts,
    near_contacts,
)
from accounts.services.sight import sight_of
from pmcrm.lists.search import Hit, SearchKind, register

if TYPE_CHECKING:
    from pmcrm.people.models import User


def _account_hits(lines: Iterable[AccountLine]) -> list[Hit]:
    return [
        Hit(
            one.name,
            " · ".join(filter(None, [one.ref, place_words(one.city, one.country)])),
            reverse("account_detail", args=[one.pk]),
        )
        for one in lines
    ]


def _contact_hits(lines: Iterable[ContactLine]) -> list[Hit]:
    return [
        Hit(one.name, " · ".join(filter(None, [one.job_title, one.account])), reverse("contact_detail", args=[one.pk]))
        for one in lines
    ]


def _find_accounts(user: User, text: str, limit: int) -> list[Hit]:
    return _account_hits(account_lines(text, limit, sight=sight_of(user)))


def _guess_accounts(user: User, text: str, limit: int) -> list[Hit]:
    return _account_hits(near_accounts(text, limit, sight=sight_of(user)))


def _find_contacts(user: User, text: str, limit: int) -> list[Hit]:
    return _contact_hits(contact_lines(text, limit, sight=sight_of(user)))


def _guess_contacts(user: User, text: str, limit: int) -> list[Hit]:
    return _contact_hits(near_contacts(text, limit, sight=sight_of(user)))


def register_kinds() -> None:
    register(SearchKind("account", _("Accounts"), "building-2", _find_accounts, guess=_guess_accounts, order=10))
    register(SearchKind("contact", _("People at accounts"), "user", _find_contacts, guess=_guess_contacts, order=20))
