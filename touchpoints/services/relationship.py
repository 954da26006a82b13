"""How an account uses our products, and how its renewals end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import check_may_edit
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import Renewal, RenewalOutcome, UsageFinding, UsageMode

if TYPE_CHECKING:
    from accounts.models import Product
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

LONGEST_TERM: Final = dt.timedelta(days=20 * 366)


@dataclass(frozen=True)
class Use:
    """What somebody found of how a product is used. Without a day it was found in the talk, else today."""

    mode: str
    product: Product | None = None
    purpose: str = ""
    actual_way: str = ""
    quote: str = ""
    found_on: dt.date | None = None


@transaction.atomic
def note_usage(*, actor: User, account: Account, use: Use, interaction: Interaction | None = None) -> UsageFinding:
    """Keep what was found; earlier findings stay as they were."""
    if not may(actor, "interaction.log") or not Account.objects.visible_to(actor).filter(pk=account.pk).exists():
        sentence = _("Choose an account from the list.")
        raise RuleViolation(sentence, fields={"account": sentence})
    found_on = use.found_on or (timezone.localdate(interaction.at) if interaction else timezone.localdate())
    fields = {}
    if use.mode not in UsageMode.values:
        fields["mode"] = _("Choose one of: %(known)s.") % {"known": ", ".join(UsageMode.values)}
    elif use.mode == UsageMode.DIFFERENTLY and not (use.actual_way.strip() or use.quote.strip()):
        fields["actual_way"] = _("Say how they really use it.")
    if found_on > timezone.localdate():
        fields["found_on"] = _("This day has not come yet.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    made = UsageFinding.objects.create(
        account=account,
        product=use.product,
        mode=use.mode,
        purpose=use.purpose.strip(),
        actual_way=use.actual_way.strip(),
        quote=use.quote.strip(),
        found_on=found_on,
        interaction=interaction,
        author=actor,
    )
    is_private = interaction is not None and interaction.is_private
    record(
        actor=actor,
        verb="usage.found",
        subject=made,
        account_id=None if is_private else account.pk,
        mode=made.mode,
        found_on=found_on,
    )
    return made


@transaction.atomic
def add_renewal(
    *,
    actor: User,
    account: Account,
    renews_on: dt.date,
    product: Product | None = None,
    outcome: str = RenewalOutcome.OPEN,
    note: str = "",
) -> Renewal:
    """A day on which the customer decides whether to go on; a past one with how it ended."""
    check_may_edit(actor, account)
    _check(renews_on, outcome)
    made = Renewal.objects.create(
        account=account, product=product, renews_on=renews_on, outcome=outcome, note=note.strip(), author=actor
    )
    record(actor=actor, verb="renewal.added", subject=made, account_id=account.pk, outcome=outcome)
    return made


@transaction.atomic
def edit_renewal(
    *,
    actor: User,
    renewal: Renewal,
    version: int,
    renews_on: dt.date,
    outcome: str,
    product: Product | None = None,
    note: str = "",
) -> Renewal:
    """Say how it ended, or correct it, as it was read in `version`."""
    found = Renewal.objects.select_for_update(of=("self",)).select_related("account").get(pk=renewal.pk)
    check_may_edit(actor, found.account)
    if found.version != version:
        now = {"renews_on": found.renews_on, "outcome": found.outcome, "note": found.note, "version": found.version}
        raise StaleVersion(_("Somebody changed this renewal in the meantime. Nothing was saved."), current=now)
    _check(renews_on, outcome)
    before = [found.renews_on, found.outcome]
    found.renews_on, found.outcome, found.product, found.note = renews_on, outcome, product, note.strip()
    found.version += 1
    found.save()
    record(
        actor=actor,
        verb="renewal.edited",
        subject=found,
        account_id=found.account_id,
        changes={"renews_on": [before[0], renews_on], "outcome": [before[1], outcome]},
    )
    return found


def _check(renews_on: dt.date, outcome: str) -> None:
    fields = {}
    if outcome not in RenewalOutcome.values:
        fields["outcome"] = _("Choose one of: %(known)s.") % {"known": ", ".join(RenewalOutcome.values)}
    if abs(renews_on - timezone.localdate()) > LONGEST_TERM:
        fields["renews_on"] = _("%(year)s is too far away. Check the year.") % {"year": renews_on.year}
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
