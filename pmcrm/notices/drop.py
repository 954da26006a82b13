"""The secret address of each person to which they send or pass on mails, so that these are logged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings

from pmcrm.notices.models import Wishes

if TYPE_CHECKING:
    from pmcrm.people.models import User


def drop_address(person: User) -> str:
    """The person's own drop address; empty where the operator set up no mailbox."""
    local, at, domain = settings.MAIL_DROP_ADDRESS.partition("@")
    return f"{local}+{Wishes.of(person).drop_key}{at}{domain}" if at else ""


def answer_address(person: User) -> str:
    """Where calendar programs send answers to the person's invitations: our mailbox, which knows them by the event's
    identifier; without one the person's own address. The secret drop address is told to no customer."""
    return settings.MAIL_DROP_ADDRESS or person.email


def drop_keys(addresses: Iterable[str]) -> list[str]:
    """The keys in addresses of our mailbox, in their order."""
    local, _at, domain = settings.MAIL_DROP_ADDRESS.casefold().partition("@")
    if not domain:
        return []
    ours = re.compile(rf"{re.escape(local)}\+([0-9a-z]{{1,40}})@{re.escape(domain)}")
    return [found[1] for address in addresses if (found := ours.fullmatch(address.casefold()))]


def is_drop(address: str) -> bool:
    """Whether the address is our mailbox itself or one of the secret ones."""
    ours = settings.MAIL_DROP_ADDRESS.casefold()
    return bool(ours) and (address.casefold() == ours or bool(drop_keys([address])))
