"""What was learned of a person goes to the contact, and stays known with its day and its source."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Contact
from accounts.services.contacts import edit_contact
from pmcrm.errors import RuleViolation
from touchpoints.models import Learned, PersonFact

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

MOST_YEARS: Final = 60


@dataclass(frozen=True)
class Told:
    """What somebody learned; what is empty was not spoken of. `years_there` is about right, not exact."""

    job_title: str = ""
    years_there: int | None = None
    joined_company_on: dt.date | None = None
    previous_employers: str = ""
    background: str = ""
    source: str = ""
    as_of: dt.date | None = None

    @property
    def is_empty(self) -> bool:
        words = self.job_title + self.previous_employers + self.background
        return not words.strip() and self.years_there is None and self.joined_company_on is None


@transaction.atomic
def learn(*, actor: User, contact: Contact, told: Told, interaction: Interaction | None = None) -> list[PersonFact]:
    """Write what was learned to the contact, each value with its day and the talk or other source it comes from."""
    if told.is_empty:
        raise RuleViolation(_("Enter what you learned."))
    as_of = told.as_of or (timezone.localdate(interaction.at) if interaction else timezone.localdate())
    fields = {}
    if as_of > timezone.localdate():
        fields["as_of"] = _("This day has not come yet.")
    if told.years_there is not None and not 0 <= told.years_there <= MOST_YEARS:
        fields["years_there"] = _("Enter whole years from 0 to 60.")
    if told.joined_company_on and told.joined_company_on > timezone.localdate():
        fields["joined_company_on"] = _("This day has not come yet.")
    if interaction is None and not told.source.strip():
        fields["source"] = _("Say where it comes from, for example their own page.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    values = _values(told, as_of)
    current = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    edit_contact(
        actor=actor,
        contact=current,
        version=current.version,
        **{name: value for name, (value, _words) in values.items()},
    )
    return PersonFact.objects.bulk_create(
        PersonFact(
            contact=current,
            field=name,
            value=words,
            as_of=as_of,
            source="" if interaction else told.source.strip(),
            interaction=interaction,
            author=actor,
        )
        for name, (_value, words) in values.items()
    )


def _values(told: Told, as_of: dt.date) -> dict[str, tuple[Any, str]]:
    """By column of the contact: the value for it, and how it was said."""
    found: dict[str, tuple[Any, str]] = {}
    for name in (Learned.JOB_TITLE, Learned.EMPLOYERS, Learned.BACKGROUND):
        if words := getattr(told, name).strip():
            found[name] = (words, words)
    if told.joined_company_on:
        found[Learned.JOINED] = (told.joined_company_on, told.joined_company_on.isoformat())
    elif told.years_there is not None:
        # About so many years: the first of this month, so many years ago.
        about = dt.date(as_of.year - told.years_there, as_of.month, 1)
        found[Learned.JOINED] = (about, _("about %(years)d years") % {"years": told.years_there})
    return found
