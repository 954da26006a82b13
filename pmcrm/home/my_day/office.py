"""What waits for a person because of the role or the office: decisions, reviews, figures, imports, invitations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, StrategicEntry
from pmcrm.exchange.models import Import
from pmcrm.home.my_day.block import Block, first_few, total_of, url_or_none
from pmcrm.people.models import Invitation
from pmcrm.people.permissions import may
from segmentation.kpis import read_aloud_parts
from segmentation.models import ExitPlan, ProfitRun
from segmentation.services.exit_plan import see_rows
from segmentation.services.figures import sentence_of_run

if TYPE_CHECKING:
    from pmcrm.people.models import User

IMPORTS_SHOWN: Final = 5
RECENT: Final = dt.timedelta(days=7)


def decisions(user: User) -> Block:
    """Exit plans that wait for this person: a signature, a position, a sponsor's word."""
    waiting = ExitPlan.objects.visible_to(user).waiting_for(user).select_related("account", "author")
    rows = first_few(waiting, order_by=("state_since", "id"))
    see_rows(actor=user, plans=rows, through="home")
    nothing = _("No decision waits for you.") if may(user, "exit_plan.decide") else ""
    return Block(
        "decisions", _("Decisions waiting"), rows, total_of(rows), url=url_or_none("decision_queue"), nothing=nothing
    )


def strategic(user: User) -> Block:
    """The strategic list: reviews past their day, then from its top, with what moved within a week."""
    since = timezone.now() - RECENT
    # Whose review is past its day comes first, whatever its rank.
    entries = _strategic_entries(user)
    rows = first_few(entries.order_by(F("review_is_due").desc(), "rank"), order_by=None)
    changed = sum(
        bool((at := getattr(getattr(row.account, "figures", None), "last_contact_at", None)) and at >= since)
        for row in rows
    )
    return Block(
        "strategic",
        _("Strategic accounts"),
        rows,
        total_of(rows),
        url=url_or_none("strategic_list"),
        late=sum(row.review_is_due for row in rows),
        nothing=_("No account is on the strategic list yet."),
        more={"changed": changed, "since": since},
    )


def reviews(user: User) -> Block:
    """Strategic accounts that this person stands for and whose review is past its day."""
    mine = _strategic_entries(user).filter(sponsor=user, review_by__lt=timezone.localdate())
    rows = first_few(mine, order_by=("review_by", "rank"))
    return Block("strategic", _("Strategic reviews due"), rows, total_of(rows), url=url_or_none("strategic_list"))


def _strategic_entries(user: User) -> QuerySet[StrategicEntry]:
    today = timezone.localdate()
    late = Q(account__promises__state="open", account__promises__due_on__lt=today)
    return (
        StrategicEntry.objects.filter(account__in=Account.objects.visible_to(user))
        .select_related("account__figures")
        .annotate(
            late_promises=Count("account__promises", filter=late),
            review_is_due=ExpressionWrapper(Q(review_by__lt=today), output_field=BooleanField()),
        )
    )


def run(user: User) -> Block:
    """The last run of the figures in one sentence, and its age."""
    last = ProfitRun.objects.visible_to(user).readable().newest_first().first()
    return Block(
        "run",
        _("Who earns our profit?"),
        [last] if last else [],
        1 if last else 0,
        url=url_or_none("profit_curve"),
        nothing=_("No figures were computed yet. Import a ledger first."),
        more={"sentence": read_aloud_parts(sentence_of_run(last), last.currency)} if last and last.figures else {},
    )


def imports(user: User) -> Block:
    """The last imports and how they ended; what waits for an answer counts."""
    newest = list(Import.objects.visible_to(user).newest_first()[:IMPORTS_SHOWN])
    waiting = sum(one.state in {"needs_answers", "ready"} for one in newest)
    return Block(
        "imports",
        _("Imports"),
        newest,
        len(newest),
        url=url_or_none("import_list"),
        nothing=_("Nothing was imported yet. Begin with the ledger."),
        more={"waiting": waiting},
    )


def invitations() -> Block:
    """Invitations that were not accepted yet."""
    open_ones = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    rows = first_few(open_ones, order_by=("expires_at", "id"))
    return Block(
        "invitations",
        _("Invitations open"),
        rows,
        total_of(rows),
        url=url_or_none("person_list"),
        late=sum(not invitation.is_open for invitation in rows),
        nothing=_("Everybody who was invited has come."),
    )
