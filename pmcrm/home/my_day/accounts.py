"""What waits at a person's accounts: promises, answers, silence, scores; and where to begin."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import cadence
from accounts.models import Account, Manners, Promise, ValueAssessment
from accounts.services.limits import tier_rules
from pmcrm.home.answers import first_answers_due
from pmcrm.home.my_day.block import SHOWN, Block, first_few, total_of
from pmcrm.home.silence import first_silent_of
from touchpoints.services.contact_load import mark_loads

if TYPE_CHECKING:
    from pmcrm.people.models import User

PROMISE_HORIZON: Final = dt.timedelta(days=7)


def promises(user: User) -> Block:
    """Promises that are late or due within a week: mine, and those of my accounts."""
    rows = first_few(promises_due(user), order_by=("due_on", "id"))
    return Block(
        "promises",
        _("Promises due"),
        rows,
        total_of(rows),
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
        rows = first_few(due.select_related("account"), order_by=("assessed_at", "id"))
        cache.set(_due_scores_key(user.pk), rows, 60)
    return Block("scores", _("Scores to renew"), rows, total_of(rows))


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
    rows = first_few(mine.select_related("figures", "relationship_owner"), order_by=("sort_name", "id"))
    return Block(
        "start",
        _("Your accounts, and how we deal with them"),
        rows,
        total_of(rows),
        url=f"{reverse('account_list')}?owner=mine",
        nothing=_("No account is assigned to you yet. A product lead or the sales VP does that."),
        more={"manners": Manners.objects.in_force(), "cadence": cadence.BY_TIER},
    )
