"""Row rules of files: who may put one beside a thing that he sees, and who may take one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Account
from accounts.permissions import may_edit
from pmcrm.people.permissions import may
from touchpoints.permissions import may_change

if TYPE_CHECKING:
    from pmcrm.files.models import Attachment
    from pmcrm.people.models import User
    from touchpoints.models import Interaction


def may_attach(user: User, owner: Account | Interaction) -> bool:
    """Whoever may log a call with a visible account; on an interaction whoever may correct it."""
    if not may(user, "file.attach"):
        return False
    return isinstance(owner, Account) or (may_change(user, owner) and not owner.is_cancelled)


def may_remove(user: User, file: Attachment) -> bool:
    """Who attached it, and whoever may change what it lies on."""
    if not may(user, "file.attach"):
        return False
    owner = file.owner
    mine = file.uploaded_by_id == user.pk
    return mine or (may_edit(user, owner) if isinstance(owner, Account) else may_change(user, owner))
