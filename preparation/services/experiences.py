"""The library of stories: each product manager keeps their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from preparation.models import Experience
from preparation.permissions import may_tell

if TYPE_CHECKING:
    from pmcrm.people.models import User

LONGEST: Final = {"industry": 100, "problem": 300, "story": 4000}
EDITABLE: Final = (*LONGEST, "is_retired")


@transaction.atomic
def add_experience(*, actor: User, problem: str, story: str, industry: str = "") -> Experience:
    """Keep a story of one's own."""
    if not may(actor, "experience.write"):
        raise RuleViolation(_("Product managers keep experiences."), code="not_yours")
    values = _checked({"problem": problem, "story": story, "industry": industry})
    made = Experience.objects.create(owner=actor, **values)
    record(actor=actor, verb="experience.added", subject=made)
    return made


@transaction.atomic
def edit_experience(*, actor: User, experience: Experience, version: int, **values: Any) -> Experience:
    """Change a story as it was read in `version`, or put it away; where it was told stays known."""
    if unknown := values.keys() - set(EDITABLE):
        raise LookupError(f"an experience has no field {sorted(unknown)}")
    found = Experience.objects.select_for_update(of=("self",)).get(pk=experience.pk)
    if not may_tell(actor, found):
        raise RuleViolation(_("One changes one's own stories."), code="not_yours")
    if found.version != version:
        now = {name: getattr(found, name) for name in EDITABLE} | {"version": found.version}
        raise StaleVersion(_("Somebody changed this in the meantime. Nothing was saved."), current=now)
    for name, value in _checked(values).items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    record(actor=actor, verb="experience.edited", subject=found, fields=sorted(values))
    return found


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    found, wrong = dict(values), {}
    for name in LONGEST.keys() & values.keys():
        found[name] = str(values[name]).strip()
        if len(found[name]) > LONGEST[name]:
            wrong[name] = _("At most %(most)d characters.") % {"most": LONGEST[name]}
    for name in {"problem", "story"} & found.keys():
        if not found[name]:
            wrong[name] = _("Write something.")
    if wrong:
        raise RuleViolation(" ".join(wrong.values()), fields=wrong)
    return found
