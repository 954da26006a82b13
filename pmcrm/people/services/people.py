"""People: their roles, their leaving and coming back. There is always an administrator left."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _
from knox.models import AuthToken

from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people import handover
from pmcrm.people.models import Department, Role, User
from pmcrm.trail.services import changes, record


@transaction.atomic
def edit_person(
    *,
    actor: User,
    person: User,
    version: int,
    name: str,
    roles: Iterable[str],
    office: str,
    department: Department | None,
    job_title: str,
) -> User:
    """Change who somebody is here and what they may do. Takes effect with their next click."""
    locked = _locked(person, version)
    chosen = sorted(set(roles))
    if Role.ADMINISTRATOR in locked.roles and Role.ADMINISTRATOR not in chosen:
        _refuse_to_lose_the_last_administrator(locked, field="roles")
    before = _facts(locked)
    locked.name, locked.roles, locked.office = name.strip(), chosen, office
    locked.department, locked.job_title = department, job_title.strip()
    changed = changes(before, _facts(locked))
    if not changed:
        return locked
    locked.version += 1
    locked.full_clean(exclude=["password"])
    locked.save()
    record(actor=actor, verb="person.edited", subject=locked, changes=changed)
    return locked


@transaction.atomic
def deactivate_person(*, actor: User, person: User, successor: User | None, version: int) -> dict[str, int]:
    """Close the door for somebody and give what they were in charge of to `successor`.

    Returns what was handed over, by kind. Their sessions end, their tokens are gone, their history stays.
    """
    locked = _locked(person, version)
    if not locked.is_active:
        raise RuleViolation(_("%(name)s is deactivated already.") % {"name": locked.name})
    if locked.pk == actor.pk:
        raise RuleViolation(_("You cannot deactivate yourself; ask another administrator."))
    if Role.ADMINISTRATOR in locked.roles:
        _refuse_to_lose_the_last_administrator(locked)
    moved = _hand_over(actor=actor, person=locked, successor=successor)
    locked.is_active = False
    locked.version += 1
    locked.save(update_fields=["is_active", "version"])
    AuthToken.objects.filter(user=locked).delete()
    record(
        actor=actor,
        verb="person.deactivated",
        subject=locked,
        successor=successor.name if successor else None,
        handed_over=moved,
    )
    return moved


def _hand_over(*, actor: User, person: User, successor: User | None) -> dict[str, int]:
    left = handover.in_charge_of(person)
    if not left:
        return {}
    if successor is None:
        sentence = _("%(name)s is still in charge of things. Name the colleague who takes them over.")
        raise RuleViolation(sentence % {"name": person.name}, fields={"successor": sentence % {"name": person.name}})
    if not successor.is_active or successor.pk == person.pk:
        sentence = _("Choose an active colleague.")
        raise RuleViolation(sentence, fields={"successor": sentence})
    return {charge.slug: charge.move(actor, person, successor) for charge, _number in left}


@transaction.atomic
def reactivate_person(*, actor: User, person: User, version: int) -> User:
    """Open the door again, with the roles of before. What was handed over stays where it is."""
    locked = _locked(person, version)
    if locked.is_active:
        raise RuleViolation(_("%(name)s is active already.") % {"name": locked.name})
    locked.is_active = True
    locked.version += 1
    locked.save(update_fields=["is_active", "version"])
    record(actor=actor, verb="person.reactivated", subject=locked)
    return locked


@transaction.atomic
def provide_administrator(*, email: str, name: str, password: str) -> tuple[User, bool]:
    """From the command line: make an administrator, or give the role (and the way in) back to somebody known.

    Returns the person and whether they are new. A known person keeps their password.
    """
    known = User.objects.select_for_update().with_email(email).first()
    if known is None:
        made: User = User.objects.create_user(email, password, name=name, roles=[Role.ADMINISTRATOR])
        record(actor=None, verb="person.created", subject=made, through="command line")
        return made, True
    known.roles = sorted({*known.roles, Role.ADMINISTRATOR})
    known.is_active = True
    known.version += 1
    known.save()
    record(actor=None, verb="person.edited", subject=known, through="command line", changes={"roles": known.roles})
    return known, False


def _locked(person: User, version: int) -> User:
    locked: User = User.objects.select_for_update().get(pk=person.pk)
    if locked.version != version:
        sentence = _("Somebody changed %(name)s in between. Nothing was overwritten; look at it again.")
        raise StaleVersion(sentence % {"name": locked.name}, current={"version": locked.version, **_facts(locked)})
    return locked


def _refuse_to_lose_the_last_administrator(person: User, *, field: str = "") -> None:
    # Locked in one order, so that two who each remove the other wait for one another instead.
    others = User.objects.with_right("people.write").exclude(pk=person.pk).order_by("pk").select_for_update()
    if not list(others):
        sentence = _("%(name)s is the last administrator. Make somebody else one first.") % {"name": person.name}
        raise RuleViolation(sentence, code="last_administrator", fields={field: sentence} if field else None)


def _facts(person: User) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": list(person.roles),
        "office": person.office,
        "department": person.department.name if person.department else None,
        "job_title": person.job_title,
    }
