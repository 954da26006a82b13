"""Drafts: what is being written, kept while it is not saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from touchpoints.models import Draft

if TYPE_CHECKING:
    from pmcrm.people.models import User

LARGEST: Final = 100_000


def save_draft(*, actor: User, form: str, data: Mapping[str, list[str]]) -> Draft:
    """Keep what was typed into `form` so far, in place of what was kept before."""
    if sum(len(value) for values in data.values() for value in values) > LARGEST:
        raise RuleViolation(_("This is too long for a draft. Save it, or keep it shorter."))
    draft, _created = Draft.objects.update_or_create(user=actor, form=form, defaults={"data": dict(data)})
    return draft


def discard_draft(*, actor: User, form: str) -> None:
    Draft.objects.filter(user=actor, form=form).delete()
