"""Invitations: the only way in. The token goes out by mail once; here only its hash is kept."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.people.models import Department, Invitation, Organisation, User
from pmcrm.trail.services import record


@transaction.atomic
def invite_person(
    *, actor: User, email: str, name: str, roles: Iterable[str], office: str = "", department: Department | None = None
) -> tuple[Invitation, str]:
    """Open a door for one e-mail address: the invitation, and the token that nobody can read again."""
    email = email.strip().lower()
    if User.objects.with_email(email).exists():
        sentence = _("%(email)s belongs to somebody here already.") % {"email": email}
        raise RuleViolation(sentence, fields={"email": sentence})
    for earlier in Invitation.objects.select_for_update().filter(email__iexact=email).waiting():
        _revoke(actor, earlier)
    token = Invitation.new_token()
    invitation = Invitation(
        email=email,
        name=name.strip(),
        roles=sorted(set(roles)),
        office=office,
        department=department,
        token_hash=Invitation.hash_of(token),
        invited_by=actor,
    )
    invitation.full_clean()
    invitation.save()
    record(actor=actor, verb="person.invited", subject=invitation, roles=invitation.roles, office=office)
    return invitation, token


@transaction.atomic
def invite_again(*, actor: User, invitation: Invitation) -> tuple[Invitation, str]:
    """A new token with a new fortnight; the old link stops working."""
    _require_waiting(invitation)
    return invite_person(
        actor=actor,
        email=invitation.email,
        name=invitation.name,
        roles=invitation.roles,
        office=invitation.office,
        department=invitation.department,
    )


@transaction.atomic
def revoke_invitation(*, actor: User, invitation: Invitation) -> None:
    """Close the door before anybody came through it."""
    _require_waiting(invitation)
    _revoke(actor, invitation)


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str) -> User:
    """Come in: make the person whom the invitation described, with the name and password they chose."""
    invitation = Invitation.objects.select_for_update().by_token(token).first()
    if invitation is None or not invitation.is_open:
        raise RuleViolation(_("This invitation is used, revoked or too old. Ask for a new one."), code="closed")
    if User.objects.with_email(invitation.email).exists():
        raise RuleViolation(_("There is an account with this e-mail already: sign in."), code="closed")
    zone = Organisation.current().time_zone
    try:
        validate_password(password, User(email=invitation.email, name=name))
    except ValidationError as error:
        raise RuleViolation(" ".join(error.messages), fields={"password": " ".join(error.messages)}) from error
    person: User = User.objects.create_user(
        invitation.email,
        password,
        name=name.strip(),
        roles=invitation.roles,
        office=invitation.office,
        department=invitation.department,
        time_zone=zone,
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(actor=person, verb="person.joined", subject=person, invited_by=invitation.invited_by.name)
    return person


def _require_waiting(invitation: Invitation) -> None:
    if invitation.accepted_at or invitation.revoked_at:
        raise RuleViolation(_("This invitation is used or revoked already."))


def _revoke(actor: User, invitation: Invitation) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record(actor=actor, verb="invitation.revoked", subject=invitation)
