"""What needs a person now: one block a question, each with the number and the address of its own list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.core.cache import cache
from django.db import transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Q, QuerySet, Window
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import cadence
from accounts.models import Account, Manners, Promise, StrategicEntry, ValueAssessment
from accounts.services.limits import tier_rules
from correspondence.services.waiting import SHOWN as MAILS_SHOWN
from correspondence.services.waiting import waiting_mails_of
from pmcrm.exchange.models import Import
from pmcrm.figures import number
from pmcrm.home.answers import first_answers_due
from pmcrm.home.calls import calls_waiting_for
from pmcrm.home.silence import first_silent_of
from pmcrm.people.models import Invitation
from pmcrm.people.permissions import ADMINISTRATOR, may
from segmentation.kpis import read_aloud_parts
from segmentation.models import ExitPlan, ProfitRun
from segmentation.services.exit_plan import see_rows
from segmentation.services.figures import sentence_of_run
from touchpoints.forms.lists import whole_day
from touchpoints.models import (
    Attendance,
    Draft,
    Interaction,
    NextStep,
    asked_of_each,
)
from touchpoints.services.contact_load import mark_loads

if TYPE_CHECKING:
    from pmcrm.people.models import User

SHOWN: Final = 8
MOST_PLANS: Final = 100
PROMISE_HORIZON: Final = dt.timedelta(days=7)
IMPORTS_SHOWN: Final = 5
CALLS_SHOWN: Final = 6
RECENT: Final = dt.timedelta(days=7)


@dataclass(frozen=True)
class Block:
    """One answer to "what needs me now?". `count` is that of the whole list at `url`; `rows` are its first few."""

    slug: str
    title: str
    rows: Sequence[Any]
    count: int
    url: str = ""
    is_more: bool = False  # the list is longer than `count`, which is how far it was counted
    late: int = 0
    nothing: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"home/my_day/_{self.slug}.html"

    @property
    def is_cut(self) -> bool:
        return self.count > len(self.rows)

    @property
    def counted(self) -> str:
        return f"{number(self.count)}+" if self.is_more else number(self.count)


def url_or_none(page: str) -> str:
    """The address of a page, empty where this installation has no such page."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def blocks_for(user: User) -> tuple[list[Block], list[Block]]:
    """The two columns of the page: what the person does today, and what else waits for them by role."""
    today = (
        [steps(user), meetings(user), calls(user), drafts(user), mails(user)] if may(user, "next_step.write") else []
    )
    care = [promises(user)] if may(user, "promise.write") else []
    if may(user, "promise.write") and not may(user, "account.write_all"):
        # Who leads sees on the list of what hurts how all accounts stand.
        care.append(answers(user))
    if may(user, "contact_hold.write") and not may(user, "product_decision.write"):
        care.append(plans(user))
    if _is_new(user, today):
        # Whoever is new learns whom they serve and by which rules; all are silent towards them yet.
        today.insert(0, start(user))
    elif may(user, "account.write"):
        care += [silent(user), scores(user)]
    office = _of_office(user)
    # Who works with customers begins with the day; who decides, leads or keeps the books with what only they can do.
    first, second = (today, [*care, *office]) if _works_with_customers(user) else (office, [*today, *care])
    if not first:
        first, second = second, []
    # A block that has nothing to say and no list of its own stays away.
    return [block for block in first if block.count or block.nothing], [
        block for block in second if block.count or block.nothing
    ]


def _works_with_customers(user: User) -> bool:
    return may(user, "flag.read") or not (may(user, "curve.read") or ADMINISTRATOR in user.role_set)


def _of_office(user: User) -> list[Block]:
    """What waits for a person because of the role."""
    found = []
    if may(user, "decision_queue.read"):
        found.append(decisions(user))
    if may(user, "strategic_list.write"):
        found.append(strategic(user))
    elif may(user, "strategic_list.read"):
        found.append(reviews(user))
    if may(user, "curve.run") or (may(user, "curve.read") and not may(user, "account.write")):
        found.append(run(user))
    if may(user, "ledger.write"):
        found.append(imports(user))
    if ADMINISTRATOR in user.role_set:
        found.append(invitations())
    return found


def steps(user: User) -> Block:
    """My steps that are due: late first, then today's."""
    today = timezone.localdate()
    mine = NextStep.objects.of(user).due_by(today).with_names().with_sight(user)
    due = _counted(mine, order_by=("day", "id"))
    return Block(
        "steps",
        _("Due steps"),
        due,
        _total(due),
        url=reverse("next_step_list"),
        late=sum(step.is_late for step in due),
        nothing=_("No step is due. Steps that you agree on in a call come here on their day."),
    )


def meetings(user: User) -> Block:
    """What I take part in today, and what is past its time and not yet marked as held."""
    start, end = whole_day(timezone.localdate())
    mine = Interaction.objects.visible_to(user).waiting_for(user, before=end)
    rows = _counted(mine.with_customers(), order_by=("at", "id"))
    return Block(
        "meetings",
        _("Planned for today"),
        rows,
        _total(rows),
        url=f"{reverse('interaction_list')}?status=planned&whose=mine&until={timezone.localdate():%Y-%m-%d}",
        late=sum(row.at < start for row in rows),
        nothing=_("Nothing is planned for today."),
    )


def promises(user: User) -> Block:
    """Promises that are late or due within a week: mine, and those of my accounts."""
    rows = _counted(promises_due(user), order_by=("due_on", "id"))
    return Block(
        "promises",
        _("Promises due"),
        rows,
        _total(rows),
        url=reverse("promises_due"),
        late=sum(promise.is_late for promise in rows),
        nothing=_("No promise is due within a week."),
    )


def promises_due(user: User) -> QuerySet[Promise]:
    mine = Promise.objects.visible_to(user).concerning(user)
    due = mine.open().filter(due_on__lte=timezone.localdate() + PROMISE_HORIZON)
    return due.select_related("account", "owner")


def answers(user: User) -> Block:
    """Customers who should hear by today what became of a trouble they told."""
    rows, total = first_answers_due(user, SHOWN)
    return Block(
        "answers",
        _("They wait for our answer"),
        rows,
        total,
        url=f"{reverse('pain_list')}?which=waits&whose=mine",
        late=sum(pain.is_late for pain in rows),
    )


def silent(user: User) -> Block:
    """My accounts that we have not heard from for longer than their cadence, the most valuable first."""
    rows, total = first_silent_of(user, SHOWN)
    mark_loads(rows)
    return Block(
        "silent",
        _("Not heard from"),
        rows,
        total,
        url=reverse("silent_list"),
        nothing=_("You have heard from all your accounts within their cadence."),
    )


def scores(user: User) -> Block:
    """Scores of my accounts that nobody has looked at for a year, the oldest first.

    They grow old by the day, so the answer is kept for a minute; a score that somebody renews is gone at once.
    """
    rows = cache.get(_due_scores_key(user.pk))
    if rows is None:
        mine = Account.objects.own_of(user)
        due = ValueAssessment.objects.due_on(mine, tier_rules().score_days)
        rows = _counted(due.select_related("account"), order_by=("assessed_at", "id"))
        cache.set(_due_scores_key(user.pk), rows, 60)
    return Block("scores", _("Scores to renew"), rows, _total(rows))


def _due_scores_key(person: int | None) -> str:
    return f"due-scores-{person}"


def forget_due_scores(*, instance: ValueAssessment, **_signal: object) -> None:
    """A score was given: the reminders of the account's owners are looked up anew once that is certain."""
    account = instance.account
    keys = [_due_scores_key(owner) for owner in (account.product_manager_id, account.relationship_owner_id) if owner]
    transaction.on_commit(partial(cache.delete_many, keys))


def start(user: User) -> Block:
    """For somebody who has logged nothing yet: their accounts with who owns them in sales, and the rules in force."""
    mine = Account.objects.visible_to(user).assigned_to(user).with_open_promises()
    rows = _counted(mine.select_related("figures", "relationship_owner"), order_by=("sort_name", "id"))
    return Block(
        "start",
        _("Your accounts, and how we deal with them"),
        rows,
        _total(rows),
        url=f"{reverse('account_list')}?owner=mine",
        nothing=_("No account is assigned to you yet. A product lead or the sales VP does that."),
        more={"manners": Manners.objects.in_force(), "cadence": cadence.BY_TIER},
    )


def _is_new(user: User, today: list[Block]) -> bool:
    """Somebody who works with accounts of their own and has planned and logged nothing yet."""
    works = may(user, "account.write") and not may(user, "account.write_all")
    return works and not any(block.count for block in today) and not Interaction.objects.filter(author=user).exists()


def drafts(user: User) -> Block:
    """Calls that were begun and not saved."""
    found = Draft.objects.of(user).of_quick_log().naming_accounts(user).order_by("-saved_at")[:SHOWN]
    new = reverse("interaction_create")
    rows = []
    for draft in found:
        _form, _colon, place = draft.form.partition(":")
        kind, _colon, pk = place.partition(":")
        words = (draft.data.get("notes") or draft.data.get("subject") or [""])[-1]
        rows.append(
            {"url": f"{new}?{kind}={pk}" if kind else new, "about": draft.about, "words": words, "draft": draft}
        )
    return Block("drafts", _("Drafts"), rows, len(rows))


def mails(user: User) -> Block:
    """Mails that came in and wait to be placed."""
    rows = waiting_mails_of(user)
    is_more = len(rows) > MAILS_SHOWN
    rows = rows[:MAILS_SHOWN]
    return Block("mails", _("Mails to place"), rows, len(rows), url=reverse("mail_list"), is_more=is_more)


def calls(user: User) -> Block:
    """Call-backs agreed for today, and what calls found that somebody has to look at."""
    rows = calls_waiting_for(user)
    shown = rows[:CALLS_SHOWN]
    return Block("calls", _("Calls"), shown, len(shown), url=reverse("campaign_list"), is_more=len(rows) > CALLS_SHOWN)


def decisions(user: User) -> Block:
    """Exit plans that wait for this person: a signature, a position, a sponsor's word."""
    waiting = ExitPlan.objects.visible_to(user).waiting_for(user).select_related("account", "author")
    rows = _counted(waiting, order_by=("state_since", "id"))
    see_rows(actor=user, plans=rows, through="home")
    nothing = _("No decision waits for you.") if may(user, "exit_plan.decide") else ""
    return Block(
        "decisions", _("Decisions waiting"), rows, _total(rows), url=url_or_none("decision_queue"), nothing=nothing
    )


def strategic(user: User) -> Block:
    """The strategic list: reviews past their day, then from its top, with what moved within a week."""
    since = timezone.now() - RECENT
    # Whose review is past its day comes first, whatever its rank.
    entries = _strategic_entries(user)
    rows = _counted(entries.order_by(F("review_is_due").desc(), "rank"), order_by=None)
    changed = sum(
        bool((at := getattr(getattr(row.account, "figures", None), "last_contact_at", None)) and at >= since)
        for row in rows
    )
    return Block(
        "strategic",
        _("Strategic accounts"),
        rows,
        _total(rows),
        url=url_or_none("strategic_list"),
        late=sum(row.review_is_due for row in rows),
        nothing=_("No account is on the strategic list yet."),
        more={"changed": changed, "since": since},
    )


def reviews(user: User) -> Block:
    """Strategic accounts that this person stands for and whose review is past its day."""
    mine = _strategic_entries(user).filter(sponsor=user, review_by__lt=timezone.localdate())
    rows = _counted(mine, order_by=("review_by", "rank"))
    return Block("strategic", _("Strategic reviews due"), rows, _total(rows), url=url_or_none("strategic_list"))


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


def plans(user: User) -> Block:
    """Calls and meetings that others plan with accounts whose relationship this person owns."""
    taking_part = asked_of_each(Interaction.colleagues.through, "interaction").filter(user=user)
    planned = (
        Attendance.objects.present()
        .current()
        .filter(account__in=Account.objects.own_of(user).filter(relationship_owner=user))
        .filter(interaction__status="planned", interaction__is_private=False, interaction__at__gte=timezone.now())
        .exclude(interaction__author=user)
        .exclude(Exists(taking_part))
    )
    first = planned.order_by("interaction__at", "interaction_id").values("pk")[: MOST_PLANS + 1]
    named = Attendance.objects.filter(pk__in=first).select_related("account", "interaction__author")
    rows = _counted(named, order_by=("at", "id"))
    return Block(
        "plans",
        _("Others plan to talk with your accounts"),
        rows,
        min(_total(rows), MOST_PLANS),
        is_more=_total(rows) > MOST_PLANS,
        url=f"{reverse('interaction_list')}?status=planned",
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
    rows = _counted(open_ones, order_by=("expires_at", "id"))
    return Block(
        "invitations",
        _("Invitations open"),
        rows,
        _total(rows),
        url=url_or_none("person_list"),
        late=sum(not invitation.is_open for invitation in rows),
        nothing=_("Everybody who was invited has come."),
    )


def _counted(rows: QuerySet[Any], *, order_by: Iterable[str] | None) -> list[Any]:
    """The first few rows, each knowing in `total` how many there are: one query for both."""
    if order_by is not None:
        rows = rows.order_by(*(F(name).asc() for name in order_by))
    return list(rows.annotate(total=Window(Count("pk")))[:SHOWN])


def _total(rows: Sequence[Any]) -> int:
    return int(rows[0].total) if rows else 0
