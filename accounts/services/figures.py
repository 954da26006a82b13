"""Figures from the rooms above, published to where lists of accounts can sort by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from accounts.cadence import silent_from
from accounts.models import Account, AccountFigures
from accounts.services.value import recompute_tiers

if TYPE_CHECKING:
    from django.db.models import QuerySet

PUBLISHED: Final = frozenset(
    field.attname for field in AccountFigures._meta.concrete_fields if field.attname != "account_id"
)


@transaction.atomic
def publish_figures(rows: Iterable[Mapping[str, Any]], *, columns: Iterable[str]) -> int:
    """Write `columns` of the given accounts; other columns stay. Each row holds `account_id` and the columns.

    Returns how many accounts were written.
    """
    names = _known(columns)
    if "revenue_12m" in names:
        # Whoever writes both locks accounts before figures, as a change of an account does that moves its own.
        list(Account.objects.assessed_or_tiered().order_by("pk").select_for_update().values_list("pk"))
    objects = [AccountFigures(account_id=row["account_id"], **{name: row[name] for name in names}) for row in rows]
    AccountFigures.objects.bulk_create(
        objects, update_conflicts=True, unique_fields=["account"], update_fields=names, batch_size=5000
    )
    if "revenue_12m" in names:
        recompute_tiers()
    return len(objects)


def work_out_figures(*, account_ids: list[int], figures: Mapping[str, QuerySet[Any, Any]]) -> int:
    """Write columns of the given accounts inside the database. Each column has a question that gives the key of an
    account and its value, at most once; an account of which it says nothing gets none.

    Returns how many accounts changed; a row that stays as it is is not written.
    """
    names = _known(figures)
    joins: list[str] = []
    values: list[Any] = []
    for name in names:
        asked, given = figures[name].query.sql_with_params()
        joins.append(f" LEFT JOIN ({asked}) AS of_{name} (account_id, value) ON of_{name}.account_id = own.account_id")
        values += given
    before, after = (", ".join(form.format(name) for name in names) for form in ("f.{}", "of_{}.value"))
    changed = _with_silence({name: f"of_{name}.value" for name in names})
    statement = (
        f"UPDATE accounts_accountfigures f SET {changed}"  # noqa: S608  names known above, SQL of QuerySets
        f" FROM accounts_accountfigures own JOIN accounts_account account ON account.id = own.account_id"
        f"{''.join(joins)} WHERE own.account_id = ANY(%s)"
        f" AND f.account_id = own.account_id AND ({before}) IS DISTINCT FROM ({after})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, account_ids])
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class PublishedLoad:
    """When a contact load falls to one, until when that holds if nothing changes, and by which weights."""

    is_one_at: dt.datetime | None
    holds_until: dt.datetime | None
    rules: str


def publish_load(loads: Mapping[int, PublishedLoad]) -> int:
    """Write the contact load of each account. Returns of how many it changed; what moved by less than ten microseconds
    is left alone, it is the rounding of the same load."""
    statement = (
        "UPDATE accounts_accountfigures AS f SET load_is_one_at = given.at, load_holds_until = given.holds,"
        " load_rules = given.rules"
        " FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::text[])"
        " AS given (account_id, at, holds, rules) WHERE f.account_id = given.account_id"
        " AND ((f.load_is_one_at IS NULL) <> (given.at IS NULL)"
        " OR abs(extract(epoch FROM f.load_is_one_at - given.at)) >= 0.00001"
        " OR (f.load_holds_until, f.load_rules) IS DISTINCT FROM (given.holds, given.rules))"
    )
    given = loads.values()
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [
                list(loads),
                [load.is_one_at for load in given],
                [load.holds_until for load in given],
                [load.rules for load in given],
            ],
        )
        return int(cursor.rowcount)


def raise_figures(*, figures: Mapping[str, QuerySet[Any, Any]]) -> int:
    """Write columns where the value that a question gives is larger than what stands there, or nothing does. Questions
    as for `work_out_figures`; accounts of which none speaks are not looked at.

    Returns how many accounts changed.
    """
    names = _known(figures)
    asked = [figures[name].query.sql_with_params() for name in names]
    own, *others = (
        f"({question}) AS of_{name} (account_id, {name})" for name, (question, _given) in zip(names, asked, strict=True)
    )
    joined = " FULL JOIN ".join([own, *(f"{other} USING (account_id)" for other in others)])
    changed = _with_silence({name: f"greatest(f.{name}, own.{name})" for name in names})
    is_larger = " OR ".join(f"own.{name} > f.{name} OR (f.{name} IS NULL AND own.{name} IS NOT NULL)" for name in names)
    statement = (
        f"UPDATE accounts_accountfigures f SET {changed} FROM (SELECT * FROM {joined}) AS own"  # noqa: S608  as above
        " JOIN accounts_account account ON account.id = own.account_id"
        f" WHERE f.account_id = own.account_id AND ({is_larger})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _question, given in asked for value in given])
        return int(cursor.rowcount)


def _with_silence(values: Mapping[str, str]) -> str:
    """The columns to set and their SQL. Who was heard turns silent at another time: worked out here for all at once,
    because a trigger for each row is dear in a transaction that made tables of its own."""
    heard = values.get("last_two_way_at")
    silence = {"silent_from": silent_from("account", heard)} if heard else {}
    return ", ".join(f"{name} = {value}" for name, value in {**values, **silence}.items())


def _known(columns: Iterable[str]) -> list[str]:
    names = sorted(columns)
    if unknown := set(names) - PUBLISHED:
        raise LookupError(f"AccountFigures has no {sorted(unknown)}")
    return names


# What a run published of an account. What follows from talks, its own room works out anew.
_OF_A_RUN: Final = ("revenue_12m", "contribution_12m", "contribution_rank", "trend", "run_id", "figures_at")


def join_figures(winner: int, loser: int) -> dict[str, dict[str, Any]]:
    """Add up what the newest run said of two accounts that become one. Rank and trend are known after the next run.

    Gives both rows as they were, for `part_figures`.
    """
    rows = AccountFigures.objects.select_for_update().in_bulk([winner, loser])
    before = {str(key): {name: getattr(row, name) for name in _OF_A_RUN} for key, row in rows.items()}
    kept, gone = rows[winner], rows[loser]
    if gone.run_id is not None:
        is_sum = kept.run_id == gone.run_id
        for name in ("revenue_12m", "contribution_12m"):
            mine, theirs = getattr(kept, name), getattr(gone, name)
            setattr(kept, name, mine + theirs if is_sum and None not in (mine, theirs) else mine or theirs)
        kept.run_id = kept.run_id or gone.run_id
        kept.figures_at = kept.figures_at or gone.figures_at
        kept.contribution_rank = kept.trend = None
        for name in _OF_A_RUN:
            setattr(gone, name, None)
        AccountFigures.objects.bulk_update([kept, gone], _OF_A_RUN)
    return before


def part_figures(before: Mapping[str, Mapping[str, Any]]) -> None:
    """Put back what `join_figures` found, unless a newer run has spoken since: its figures wait for the next one."""
    rows = AccountFigures.objects.select_for_update().in_bulk([int(key) for key in before])
    runs = {values["run_id"] for values in before.values()}
    if any(row.run_id not in runs | {None} for row in rows.values()):
        return
    for key, values in before.items():
        for name, value in values.items():
            field: Any = AccountFigures._meta.get_field(name)
            setattr(rows[int(key)], name, field.to_python(value))
    AccountFigures.objects.bulk_update(rows.values(), _OF_A_RUN)
