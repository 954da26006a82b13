"""What search finds of accounts and contacts: part of the name in any script, reference, mail, phone digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from pmcrm.lists.search import Hit, SearchKind, register

if TYPE_CHECKING:
    from accounts.models import AccountQuerySet, ContactQuerySet
    from pmcrm.people.models import User

# Fewer letters are near everything, so a spelling mistake is forgiven only from here on.
ENOUGH_LETTERS: Final = 4


def found_accounts(accounts: AccountQuerySet, text: str, limit: int) -> list[Account]:
    """The best first; nearly equal spelling where nothing holds the text. No text: the first by name."""
    if not text:
        return list(accounts.order_by("sort_name", "id")[:limit])
    found = list(accounts.matching(text).best_first(text)[:limit])
    if not found and len(text) >= ENOUGH_LETTERS:
        found = list(accounts.sounding_like(text).best_first(text)[:limit])
    return found


def found_contacts(contacts: ContactQuerySet, text: str, limit: int) -> list[Contact]:
    if not text:
        return list(contacts.order_by("sort_name", "id")[:limit])
    found = list(contacts.matching(text).best_first(text)[:limit])
    if not found and len(text) >= ENOUGH_LETTERS:
        found = list(contacts.sounding_like(text).best_first(text)[:limit])
    return found


def _account_hits(user: User, text: str, limit: int) -> list[Hit]:
    found = found_accounts(Account.objects.visible_to(user), text, limit)
    return [Hit(one.name, " · ".join(filter(None, [one.ref, one.place])), one.get_absolute_url()) for one in found]


def _contact_hits(user: User, text: str, limit: int) -> list[Hit]:
    found = found_contacts(Contact.objects.visible_to(user).select_related("account"), text, limit)
    return [
        Hit(one.name, " · ".join(filter(None, [one.job_title, one.account.name])), one.get_absolute_url())
        for one in found
    ]


def register_kinds() -> None:
    register(SearchKind("account", _("Accounts"), "building-2", _account_hits, order=10))
    register(SearchKind("contact", _("People at accounts"), "user", _contact_hits, order=20))
