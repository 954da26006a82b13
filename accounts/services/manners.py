"""How we deal with customers: every change is a version of its own, the newest holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Manners
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from pmcrm.people.models import User

TEXTS: Final = ("ownership", "contact_rules", "approval_path")


@transaction.atomic
def write_manners(
    *, actor: User, read_version: int | None, ownership: str = "", contact_rules: str = "", approval_path: str = ""
) -> Manners:
    """A new version. `read_version` is the key of the one that was read, None where there was none yet."""
    if not may(actor, "manners.write"):
        raise RuleViolation(_("Only a product lead or an administrator writes down how we deal with customers."))
    # One writer at a time: the newest version stays the newest until this one is in.
    present = Manners.objects.order_by("-id").select_for_update().first()
    if (present.pk if present else None) != read_version:
        raise StaleVersion(_("Somebody wrote a new version in between. Nothing was overwritten; read it first."))
    after = {"ownership": ownership.strip(), "contact_rules": contact_rules.strip()}
    after["approval_path"] = approval_path.strip()
    if not any(after.values()):
        raise RuleViolation(_("Write at least one of the three."), fields={"ownership": _("Write something.")})
    before = {name: getattr(present, name) for name in TEXTS} if present else {}
    if present is not None and before == after:
        return present
    made = Manners.objects.create(**after, written_by=actor)
    record(actor=actor, verb="manners.written", subject=made, changes=changes(before, after))
    return made
