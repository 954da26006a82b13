"""Whom do we neglect, whom do we crowd?"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, page
from touchpoints.chart import Zone
from touchpoints.services.balance import (
    accounts_in_view,
    accounts_of_cell,
    accounts_of_zone,
    balance_in_view,
    begins_with_own,
)
from touchpoints.views.lists import keyset

PAGE_SIZE = 25
LABELS = {
    Zone.NEGLECTED: _("Neglected"),
    Zone.HEALTHY: _("Healthy"),
    Zone.CROWDED: _("Crowded"),
    Zone.BOTH: _("Both"),
}
MEANINGS = {
    Zone.NEGLECTED: _("Silent for longer than their cadence, and not crowded. The longest silent come first."),
    Zone.HEALTHY: _("Heard from in time, and not crowded. Who falls silent next comes first."),
    Zone.CROWDED: _("Heard from, and with much contact. The most loaded come first."),
    Zone.BOTH: _("Much contact, yet no talk in which both sides spoke. The most loaded come first."),
}
LOADED_FIRST = ["-figures__load_is_one_at", "-figures__account_id"]
SILENT_FIRST = ["figures__silent_from", "figures__account_id"]


@require_safe
@needs("account.read")
def contact_balance(request: Request) -> HttpResponse:
    """Silence against load, drawn, and the accounts of one zone or of one heap of points."""
    is_all = request.GET.get("whose", "mine" if begins_with_own(request.user) else "all") == "all"
    accounts = accounts_in_view(request.user, all_of_them=is_all)
    found = balance_in_view(request.user, accounts, all_of_them=is_all)
    asked = request.GET.get("zone", "")
    zone = Zone(asked) if asked in set(Zone) else _first_with_any(found.zones)
    cell = request.GET.get("cell", "")
    rows = accounts_of_cell(accounts, cell, found) if cell else None
    if rows is None:
        cell, rows = "", accounts_of_zone(accounts, zone, found)
    order = LOADED_FIRST if zone in {Zone.CROWDED, Zone.BOTH} and not cell else SILENT_FIRST
    listed = keyset(request, rows.select_related("figures"), order=order, size=PAGE_SIZE)
    for account in listed.rows:
        account.amber, account.red = found.limits.limits_of(account.tier)
    context = {
        "found": found,
        "listed": listed,
        "whose": "all" if is_all else "mine",
        "zone": zone,
        "cell": cell,
        "meaning": MEANINGS[zone],
        "tabs": [(one, LABELS[one], found.zones[one]) for one in Zone],
        "may_log": may(request.user, "interaction.log"),
        "words": {one.value: LABELS[one] for one in Zone},
    }
    template = "touchpoints/contact_balance/"
    return page(request, f"{template}page.html", context, fragment=f"{template}_rows.html")


def _first_with_any(zones: dict[Zone, int]) -> Zone:
    """Where one should look first."""
    wanted = (Zone.BOTH, Zone.NEGLECTED, Zone.CROWDED, Zone.HEALTHY)
    return next((zone for zone in wanted if zones[zone]), Zone.HEALTHY)
