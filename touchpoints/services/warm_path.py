"""Who of us knows somebody at a customer best: from the talks in which both sides spoke, the recent ones first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.utils import timezone

from accounts.models import Contact
from accounts.services.limits import engagement
from pmcrm.people.models import User
from touchpoints.load import USUAL_MINUTES
from touchpoints.models import Interaction

if TYPE_CHECKING:
    from accounts.models import Account

MOST: Final = 10
# Of what lies further back than four half-lives a sixteenth is left: it warms no path any more.
HALF_LIVES: Final = 4


@dataclass(frozen=True, slots=True)
class Knows:
    """How well a colleague knows a person at a customer. `strength` is the number of half hours they spoke, each
    halving every half-life; `last_at` is when they spoke last."""

    contact: Contact
    colleague: User
    strength: float
    talks: int
    last_at: dt.datetime


def who_knows(
    *, account: Account | None = None, contacts: Sequence[Contact] = (), at: dt.datetime | None = None
) -> list[Knows]:
    """The strongest relations with these people, or with anybody at the account, the warmest path first.

    Private talks do not count, and whoever has left on either side is not named. The caller sees the people asked of.
    """
    if account is None and not contacts:
        return []
    now, half_life = at or timezone.now(), dt.timedelta(days=engagement().relation_half_life_days)
    talks = (
        Interaction.objects.kept().two_way().filter(is_private=False, at__gt=now - HALF_LIVES * half_life, at__lte=now)
    )
    people = Contact.objects.in_sight().still_there()
    if account is not None:
        people, talks = people.filter(account=account), talks.filter(attendances__account=account)
    else:
        people = people.filter(pk__in=[contact.pk for contact in contacts])
    asked, values = talks.order_by().values("pk", "at", "minutes").query.sql_with_params()
    there, keys = people.order_by().values("pk").query.sql_with_params()
    statement = f"""
        SELECT named.contact_id, came.user_id, count(*), max(talk.at), sum(
            coalesce(nullif(talk.minutes, 0), %s)::float8 / %s
            * power(0.5::float8, (extract(epoch FROM %s - talk.at) / %s)::float8)) AS strength
        FROM ({asked}) AS talk (id, at, minutes)
        JOIN touchpoints_interaction_contacts AS named ON named.interaction_id = talk.id
        JOIN touchpoints_interaction_colleagues AS came ON came.interaction_id = talk.id
        JOIN people_user AS colleague ON colleague.id = came.user_id AND colleague.is_active
        WHERE named.contact_id IN ({there}) GROUP BY named.contact_id, came.user_id
        ORDER BY strength DESC, named.contact_id, came.user_id LIMIT {MOST}
    """  # noqa: S608  SQL of QuerySets and of ours
    given = [USUAL_MINUTES, USUAL_MINUTES, now, half_life.total_seconds(), *values, *keys]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows = cursor.fetchall()
    named = Contact.objects.in_bulk([row[0] for row in rows])
    ours = User.objects.in_bulk([row[1] for row in rows])
    return [
        Knows(named[contact], ours[colleague], round(strength, 6), number, last)
        for contact, colleague, number, last, strength in rows
    ]
