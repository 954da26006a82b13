"""Whose addresses these are: colleagues, people at customers, and accounts that have the same domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from accounts.likeness import domain_of
from accounts.models import Account, Contact
from correspondence.parsing import Person
from pmcrm.notices.drop import is_drop
from pmcrm.people.models import User

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ADDRESSES: Final = 100
MOST_OFFERED: Final = 5


@dataclass(frozen=True)
class Known:
    """The addresses of a mail or an event, told apart. `strangers` are at no account that the person sees."""

    colleagues: tuple[User, ...]
    contacts: tuple[Contact, ...]
    strangers: tuple[Person, ...]


def told_apart(*, user: User, people: Iterable[Person]) -> Known:
    """Colleagues by their sign-in address, customers by that of their record, as far as `user` sees them.

    The same address at two accounts is the one where the person is still there, and of those the newer one.
    """
    asked = {one.email.casefold(): one for one in people if one.email and not is_drop(one.email)}
    emails = list(asked)[:MOST_ADDRESSES]
    if not emails:
        return Known((), (), ())
    ours = {one.email.casefold(): one for one in User.objects.filter(_any("email", emails)).order_by("pk")}
    rest = [email for email in emails if email not in ours]
    found: dict[str, Contact] = {}
    if rest:
        rows = Contact.objects.visible_to(user).filter(_any("email", rest)).select_related("account")
        for contact in rows.order_by("-is_active", "-pk"):
            found.setdefault(contact.email.casefold(), contact)
    strangers = tuple(asked[email] for email in rest if email not in found)
    return Known(tuple(ours.values()), tuple(found[email] for email in rest if email in found), strangers)


def accounts_like(*, user: User, people: Sequence[Person]) -> list[Account]:
    """Accounts whose people or website have the domain of one of these addresses; none for the big mail providers."""
    domains = sorted({domain for one in people if (domain := domain_of(one.email))})[:MOST_OFFERED]
    if not domains:
        return []
    there = Q()
    for domain in domains:
        there |= Q(email__icontains=f"@{domain}")
    seen = Contact.objects.visible_to(user).filter(there).order_by("account_id").values("account_id").distinct()
    ids = [row["account_id"] for row in seen[:MOST_OFFERED]]
    sites = Q()
    for domain in domains:
        sites |= Q(website__icontains=f"//{domain}") | Q(website__icontains=f"//www.{domain}")
    return list(
        Account.objects.visible_to(user).filter(Q(pk__in=ids) | sites).order_by("sort_name", "pk")[:MOST_OFFERED]
    )


def _any(field: str, values: Iterable[str]) -> Q:
    found = Q()
    for value in values:
        found |= Q(**{f"{field}__iexact": value})
    return found
