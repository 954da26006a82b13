"""What passes on when a colleague leaves: their accounts and their open promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Play, Promise
from pmcrm.people.handover import Charge
from pmcrm.trail.services import record_all

if TYPE_CHECKING:
    from pmcrm.people.models import User


def count_accounts(person: User) -> int:
    return Account.objects.owned_by(person).count()


def move_accounts(actor: User, person: User, successor: User) -> int:
    """Give the successor every account that was the person's in sales or in product."""
    mine = list(Account.objects.owned_by(person).select_for_update().order_by("pk"))
    keys = [account.pk for account in mine]
    for field in ("relationship_owner", "product_manager"):
        Account.objects.filter(pk__in=keys, **{field: person}).update(**{field: successor}, version=F("version") + 1)
    return record_all(
        actor=actor, verb="account.handed_over", subjects=mine, account_ids=keys, changes=_from_to(person, successor)
    )


def count_promises(person: User) -> int:
    return Promise.objects.open().filter(owner=person).count()


def move_promises(actor: User, person: User, successor: User) -> int:
    """Give the successor every open promise; the account is told by nobody but the trail."""
    mine = list(Promise.objects.open().filter(owner=person).select_for_update().order_by("pk"))
    Promise.objects.filter(pk__in=[promise.pk for promise in mine]).update(owner=successor, version=F("version") + 1)
    return record_all(
        actor=actor,
        verb="promise.handed_over",
        subjects=mine,
        account_ids=[promise.account_id for promise in mine],
        changes=_from_to(person, successor),
    )


def count_plays(person: User) -> int:
    return Play.objects.running().owned_by(person).count()


def move_plays(actor: User, person: User, successor: User) -> int:
    """Give the successor every play that runs."""
    mine = list(Play.objects.running().owned_by(person).select_for_update(of=("self",)).order_by("pk"))
    Play.objects.filter(pk__in=[play.pk for play in mine]).update(owner=successor, version=F("version") + 1)
    return record_all(
        actor=actor,
        verb="play.handed_over",
        subjects=mine,
        account_ids=[play.account_id for play in mine],
        changes=_from_to(person, successor),
    )


def _from_to(person: User, successor: User) -> dict[str, list[str]]:
    return {"owner": [person.name, successor.name]}


CHARGES = (
    Charge("accounts", _("accounts"), count=count_accounts, move=move_accounts),
    Charge("promises", _("open promises"), count=count_promises, move=move_promises),
    Charge("plays", _("plays under way"), count=count_plays, move=move_plays),
)
