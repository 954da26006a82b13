"""The organisation's own defaults."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.errors import StaleVersion
from pmcrm.people.models import Organisation, User
from pmcrm.trail.services import changes, record

FIELDS = ("name", "currency", "time_zone", "fiscal_year_start", "month_closes_after", "strategic_cap", "trash_days")


@transaction.atomic
def edit_organisation(
    *,
    actor: User,
    version: int,
    name: str,
    currency: str,
    time_zone: str,
    fiscal_year_start: int,
    month_closes_after: int,
    strategic_cap: Decimal,
    trash_days: int = 30,
) -> Organisation:
    """Change the defaults. Runs already made keep the settings they were made with."""
    Organisation.current()
    organisation = Organisation.objects.select_for_update().get()
    before = {field: getattr(organisation, field) for field in FIELDS}
    if organisation.version != version:
        sentence = _("Somebody changed the settings in between. Nothing was overwritten; look at them again.")
        raise StaleVersion(sentence, current={"version": organisation.version, **before})
    after = dict(
        zip(
            FIELDS,
            (name.strip(), currency, time_zone, fiscal_year_start, month_closes_after, strategic_cap, trash_days),
            strict=True,
        )
    )
    changed = changes(before, after)
    if not changed:
        return organisation
    for field, value in after.items():
        setattr(organisation, field, value)
    organisation.version += 1
    organisation.full_clean()
    organisation.save()
    record(actor=actor, verb="organisation.edited", subject=organisation, changes=changed)
    return organisation
