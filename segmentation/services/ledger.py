"""Single ledger lines by hand or over the API. Many lines come in by import."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.people.models import Organisation
from pmcrm.trail.services import record
from segmentation.models import LedgerLine

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User


@transaction.atomic
def add_line(
    *,
    actor: User,
    account: Account,
    date: dt.date,
    revenue: Decimal = Decimal(0),
    cost: Decimal = Decimal(0),
    currency: str = "",
    category: str = "",
    product: str = "",
    region: str = "",
    source: str = "",
    line_ref: str = "",
) -> LedgerLine:
    """Add one line in its own currency, the organisation's by default. A reference is used once per source."""
    try:
        with transaction.atomic():
            line = LedgerLine.objects.create(
                account=account,
                date=date,
                revenue=revenue,
                cost=cost,
                currency=currency or Organisation.current().currency,
                category=category,
                product=product,
                region=region,
                source=source,
                line_ref=line_ref,
            )
    except IntegrityError as error:
        there = LedgerLine.objects.filter(source=source, line_ref=line_ref).exclude(line_ref="").first()
        if there is None:
            raise
        sentence = _("Line %(ref)s is there already: %(date)s, revenue %(revenue)s, cost %(cost)s.") % {
            "ref": line_ref,
            "date": there.date,
            "revenue": there.revenue,
            "cost": there.cost,
        }
        raise RuleViolation(sentence, code="line_exists", fields={"line_ref": sentence}) from error
    line.refresh_from_db()
    record(actor=actor, verb="ledger_line.added", subject=line, account_id=account.pk)
    return line


@transaction.atomic
def reverse_line(*, actor: User, line: LedgerLine) -> LedgerLine:
    """Take a line back by its opposite on the same day; both stay. A line is reversed once, a reversal never."""
    if line.reverses_id is not None:
        raise RuleViolation(_("This line is a reversal itself; add the right line instead."), code="is_reversal")
    try:
        with transaction.atomic():
            opposite = LedgerLine.objects.create(
                account=line.account,
                date=line.date,
                revenue=-line.revenue,
                cost=-line.cost,
                currency=line.currency,
                category=line.category,
                product=line.product,
                region=line.region,
                reverses=line,
            )
    except IntegrityError as error:
        raise RuleViolation(_("This line was reversed before."), code="reversed_before") from error
    opposite.refresh_from_db()
    record(actor=actor, verb="ledger_line.reversed", subject=opposite, account_id=line.account_id, reverses=line.pk)
    return opposite
