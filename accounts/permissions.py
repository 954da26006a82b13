"""Row rules of accounts: what a person may do or see on one account beyond the table of rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_noop

from pmcrm.errors import RuleViolation
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import Account, Contact, Play
    from pmcrm.people.models import User

NOT_YOURS: Final = gettext_noop("This account is not yours to change; its owner or a product lead can.")


def may_edit(user: User, account: Account) -> bool:
    """Own accounts for most, every account for the product lead and the sales VP."""
    return may(user, "account.write") and (may(user, "account.write_all") or account.is_own_of(user))


def check_may_edit(user: User, account: Account) -> None:
    """Refuse whoever may not change the account."""
    if not may_edit(user, account):
        raise RuleViolation(gettext(NOT_YOURS), code="not_yours")


def may_promise(user: User, account: Account) -> bool:
    return may(user, "promise.write") and (may(user, "account.write_all") or account.is_own_of(user))


def may_run_play(user: User, play: Play) -> bool:
    """Its own owner, and whoever may change the account."""
    return may_edit(user, play.account) or (play.owner_id == user.pk and may(user, "account.read"))


def sees_all_figures(user: User) -> bool:
    """Revenue and contribution of every account: whoever reads the whole curve reads each point of it."""
    return may(user, "contribution.read_all") or may(user, "curve.read")


def sees_figures(user: User, account: Account) -> bool:
    return sees_figures_owned_by(user)(account.relationship_owner_id, account.product_manager_id)


def sees_figures_owned_by(user: User) -> Callable[..., bool]:
    """Whether the person sees the figures of an account with these owners; for many accounts, asked once."""
    if sees_all_figures(user):
        return lambda *_owners: True
    if not may(user, "contribution.read"):
        return lambda *_owners: False
    return lambda *owners: user.pk in owners


def sees_temperament(user: User, contact: Contact) -> bool:
    return contact.temperament_visible_to(user)


def sees_temperament_at(user: User) -> Callable[..., bool]:
    """Whether the person sees temperaments at an account with these owners; for many people, asked once."""
    if may(user, "temperament.read_all"):
        return lambda *_owners: True
    if not may(user, "temperament.read"):
        return lambda *_owners: False
    return lambda *owners: user.pk in owners


def writes_temperament(user: User, account: Account) -> bool:
    """Who may read it may write it, where the account is theirs to edit."""
    if not may_edit(user, account):
        return False
    return may(user, "temperament.read_all") or (may(user, "temperament.read") and account.is_own_of(user))
