"""Tokens with which a person's own programs call the API."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.api.models import TokenLabel, issue_token
from pmcrm.errors import RuleViolation
from pmcrm.people.models import User
from pmcrm.trail.services import record


@transaction.atomic
def create_token(*, actor: User, name: str) -> tuple[TokenLabel, str]:
    """A token of the actor's own: its label, and its text, which is shown this once and kept only as a digest."""
    name = name.strip()
    if not name:
        sentence = _("Say what the token is for, so that you know later which one to revoke.")
        raise RuleViolation(sentence, fields={"name": sentence})
    label, text = issue_token(person=actor, name=name)
    record(actor=actor, verb="token.created", subject=label)
    return label, text


@transaction.atomic
def revoke_token(*, actor: User, label: TokenLabel) -> None:
    """From now on the token opens nothing. Only its owner may revoke it."""
    if label.token.user_id != actor.pk:
        raise RuleViolation(_("This token belongs to somebody else."))
    record(actor=actor, verb="token.revoked", subject=label)
    label.token.delete()
