"""What we know of our products beyond what sales systems bring in: routes to market and the stage of their life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Product
from accounts.models.deal import LifeStage, Route
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from pmcrm.people.models import User

EDITABLE: Final = ("routes", "life_stage")


@transaction.atomic
def edit_product(*, actor: User, product: Product, version: int, **values: Any) -> Product:
    """Say how a product reaches its users and where it stands. Name and price stay the sales system's."""
    if unknown := values.keys() - set(EDITABLE):
        raise LookupError(f"a product has no editable {sorted(unknown)}")
    if not may(actor, "product.write"):
        raise RuleViolation(_("Your role does not describe products."))
    current = Product.objects.select_for_update().get(pk=product.pk)
    if current.version != version:
        now = {name: getattr(current, name) for name in EDITABLE} | {"version": current.version}
        raise StaleVersion(_("Somebody saved this product in between. Nothing was overwritten."), current=now)
    fields = {}
    if "routes" in values:
        # Kept in one order and once each, so that equal sets are equal.
        values["routes"] = [route for route in Route.values if route in values["routes"]]
    if values.get("life_stage", "") not in ("", *LifeStage.values):
        fields["life_stage"] = _("Choose one of: %(known)s.") % {"known": ", ".join(LifeStage.values)}
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    changed = changes({name: getattr(current, name) for name in values}, values)
    if not changed:
        return current
    for name, value in values.items():
        setattr(current, name, value)
    current.version += 1
    current.save(update_fields=[*values, "version"])
    record(actor=actor, verb="product.edited", subject=current, changes=changed)
    return current
