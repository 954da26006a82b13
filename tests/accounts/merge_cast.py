"""Two accounts with everything hanging on them, and how to merge them."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps

from accounts.models import (
    Account,
    AccountTeam,
    Deal,
    ExternalReference,
    ValueAssessment,
)
from accounts.services.merging import merge
from pmcrm.people.models import User
from segmentation.models import CostPool, ReviewFact
from tests import build

ROOMS: Final = {
    "accounts",
    "touchpoints",
    "preparation",
    "campaigns",
    "meetings",
    "correspondence",
    "segmentation",
    "files",
}


def merged(actor: User, winner: Any, loser: Any, **take: str) -> Any:
    winner.refresh_from_db()
    loser.refresh_from_db()
    return merge(
        actor=actor, winner=winner, loser=loser, version=winner.version, other_version=loser.version, take=take
    )


def everything() -> dict[str, list[Any]]:
    """Every row of every table that a merge may touch, without what says that something happened."""
    said = {"version", "updated_at", "pgh_id", "sort_name", "normalised_name"}
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        is_history = "pgh_obj" in {field.name for field in model._meta.fields}
        if model._meta.app_label not in ROOMS or is_history:
            continue
        if label.startswith(
            (
                "accounts.AccountMerge",
                "accounts.ContactMerge",
                "segmentation.InputChange",
                "touchpoints.LoadChange",
                "accounts.AccountKeys",
                "accounts.ContactKeys",
            )
        ):
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in said | {"made_at"}]
        rows = model._base_manager.values_list(*names)
        found[label] = sorted(repr([bytes(one) if isinstance(one, memoryview) else one for one in row]) for row in rows)
    return found


def full(account: Account, lead: User, pool: CostPool) -> None:
    """Something of every kind hangs on the account."""
    contact = build.contact(account=account, name=f"Kari of {account.name}", email=f"kari@{account.pk}.no")
    build.promise(account=account, owner=lead)
    Deal.objects.create(account=account, name="Licence")
    ValueAssessment.objects.create(account=account, dimension="brand", score=40 + account.pk % 7, assessed_by=lead)
    ExternalReference.objects.create(source="erp", kind="account", value=f"E{account.pk}", account=account)
    AccountTeam.objects.create(account=account, user=build.user("finance"))
    build.interaction(account, author=lead).contacts.add(contact)
    build.next_step(account=account, owner=lead)
    build.ledger_line(account=account, revenue="100", cost="30")
    build.hours(pool=pool, account=account, hours="2")
    ReviewFact.objects.create(account=account, kind="legal_duty", reason="Public contract", set_by=lead)
