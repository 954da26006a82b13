"""What a listening call has still to find out of a person, and how they use the product: only the blanks are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from touchpoints.models import UsageFinding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

    from accounts.models import Contact
    from pmcrm.people.models import User


@dataclass(frozen=True, slots=True)
class Blank:
    """A field of which nothing is known, and how to ask for it."""

    field: str
    question: _StrPromise


OF_PERSON: Final = (
    Blank("job_title", _("What is your part there?")),
    Blank("joined_company_on", _("How long have you been with them?")),
    Blank("previous_employers", _("Where were you before, and what did you do?")),
    Blank("background", _("What fills a usual day of yours?")),
)
OF_USE: Final = (
    Blank("purpose", _("What do you need it for?")),
    Blank("actual_way", _("How did you use it the last time?")),
)


def open_questions(contact: Contact, *, user: User | None = None) -> list[Blank]:
    """What is blank of a person and of how their account uses our products, in the order of asking. `user` sees what
    of it was found in private talks; without one those are left out."""
    return open_questions_of([contact], user=user)[contact.pk]


def open_questions_of(contacts: Iterable[Contact], *, user: User | None = None) -> dict[int, list[Blank]]:
    """The same for several people, by their key, in one query."""
    people = list(contacts)
    findings = UsageFinding.objects.visible_to(user) if user else UsageFinding.objects.filter(interaction=None)
    if user is None:
        findings |= UsageFinding.objects.filter(interaction__is_private=False)
    rows = findings.standing().filter(account__in={contact.account_id for contact in people})
    known: dict[int, set[str]] = {}
    for account, purpose, actual_way in rows.order_by().values_list("account", "purpose", "actual_way"):
        said = {"purpose": purpose, "actual_way": actual_way}
        known.setdefault(account, set()).update(name for name, words in said.items() if words.strip())
    return {
        contact.pk: [one for one in OF_PERSON if not getattr(contact, one.field)]
        + [one for one in OF_USE if one.field not in known.get(contact.account_id, set())]
        for contact in people
    }
