"""Accounts and people in the trash."""

from __future__ import annotations

from accounts.models import Account, Contact
from pmcrm.trash.api import RIGHTS, TrashEndpoint


class AccountTrashEndpoint(TrashEndpoint):
    """Deleted accounts."""

    slug = "account"
    queryset = Account.objects.none()
    rights = RIGHTS


class ContactTrashEndpoint(TrashEndpoint):
    """Deleted contacts; those that went with their account come back with it."""

    slug = "contact"
    queryset = Contact.objects.none()
    rights = RIGHTS
