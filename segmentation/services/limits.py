"""Setting the limits of flags, runs and exit plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.models import Organisation
from pmcrm.trail.services import changes, record
from segmentation.limits import faults, settings_of, shown_all, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from pmcrm.people.models import User


@transaction.atomic
def edit_limits(*, actor: User, version: int, values: Mapping[str, Decimal]) -> Organisation:
    """Set limits by name. The next run judges by them; runs and requests for approval already made keep theirs."""
    Organisation.current()
    organisation = Organisation.objects.select_for_update().get()
    before = values_of(organisation.thresholds)
    if organisation.version != version:
        sentence = _("Somebody changed the settings in between. Nothing was overwritten; look at them again.")
        raise StaleVersion(sentence, current={"version": organisation.version})
    after = before | dict(values)
    if wrong := faults(after):
        fields = {name: str(sentence) for name, sentence in wrong.items()}
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    changed = changes(shown_all(before), shown_all(after))
    if not changed:
        return organisation
    organisation.thresholds = settings_of(after, organisation.thresholds)
    organisation.version += 1
    organisation.save(update_fields=["thresholds", "version"])
    record(actor=actor, verb="organisation.limits_edited", subject=organisation, changes=changed)
    return organisation
