"""Plays: opening, changing and ending the work with an account towards one aim."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Play
from accounts.models.play import Aim
from accounts.permissions import check_may_edit, may_run_play
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pmcrm.people.models import User

EDITABLE: Final = ("aim", "goal", "owner", "started_on")


@transaction.atomic
def open_play(
    *, actor: User, account: Account, aim: str, goal: str, owner: User, started_on: dt.date | None = None
) -> Play:
    """Begin work with an account towards one aim. Several may run at once, also towards the same."""
    check_may_edit(actor, account)
    values = {"aim": aim, "goal": goal.strip(), "owner": owner, "started_on": started_on or timezone.localdate()}
    _check(values)
    play = Play.objects.create(account=account, **values)
    record(actor=actor, verb="play.opened", subject=play, account_id=account.pk, owner=owner.name)
    return play


@transaction.atomic
def change_play(*, actor: User, play: Play, version: int, **values: Any) -> Play:
    """Change aim, goal, owner or first day of a play that runs. The history keeps both values of each."""
    if unknown := values.keys() - set(EDITABLE):
        raise LookupError(f"a play has no editable {sorted(unknown)}")
    current = _locked(actor, play, version)
    if "goal" in values:
        values["goal"] = values["goal"].strip()
    before = {name: _plain(getattr(current, name)) for name in values}
    _check({name: getattr(current, name) for name in EDITABLE} | values)
    for name, value in values.items():
        setattr(current, name, value)
    changed = changes(before, {name: _plain(value) for name, value in values.items()})
    if not changed:
        return current
    current.version += 1
    current.save()
    record(actor=actor, verb="play.changed", subject=current, account_id=current.account_id, changes=changed)
    return current


@transaction.atomic
def end_play(*, actor: User, play: Play, version: int, ended_on: dt.date | None = None, outcome: str = "") -> Play:
    """End a play and say what came of it. It leaves the board and stays with the account."""
    current = _locked(actor, play, version)
    ended_on = ended_on or timezone.localdate()
    fields = {}
    if ended_on > timezone.localdate():
        fields["ended_on"] = _("Enter today or an earlier day.")
    elif ended_on < current.started_on:
        fields["ended_on"] = _("It cannot end before it began.")
    if not outcome.strip():
        fields["outcome"] = _("Say what came of it.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    current.ended_on, current.outcome = ended_on, outcome.strip()
    current.version += 1
    current.save()
    record(actor=actor, verb="play.ended", subject=current, account_id=current.account_id, on=ended_on)
    return current


def _locked(actor: User, play: Play, version: int) -> Play:
    current = Play.objects.select_for_update(of=("self",)).select_related("account", "owner").get(pk=play.pk)
    if not may_run_play(actor, current):
        raise RuleViolation(_("Only its owner or the account's owners change a play."))
    if current.version != version:
        now = {name: getattr(current, name) for name in EDITABLE} | {"version": current.version}
        raise StaleVersion(_("Somebody changed this play in between. Nothing was overwritten."), current=now)
    if current.ended_on is not None:
        raise RuleViolation(_("This play has ended already."))
    return current


def _check(values: Mapping[str, Any]) -> None:
    fields = {}
    if values["aim"] not in Aim.values:
        fields["aim"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Aim.values)}
    if not values["goal"]:
        fields["goal"] = _("Say what this play is to reach.")
    if not values["owner"].is_active:
        fields["owner"] = _("%(name)s has left; choose somebody who can do it.") % {"name": values["owner"].name}
    if values["started_on"] > timezone.localdate():
        fields["started_on"] = _("Enter today or an earlier day.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)


def _plain(value: Any) -> Any:
    return value.name if hasattr(value, "name") else value
