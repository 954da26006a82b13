"""Two records become one, and two again: everything that hangs on the one passes to the other and back.

What was moved is remembered row by row, so that an undo moves back exactly that; what came after stays with the record
that stayed. Rows of runs stay as they were: a run says what was known when it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import merging
from accounts.merging import ACCOUNT, CONTACT
from accounts.models import Account, AccountMerge, AccountPair, Contact, ContactMerge, ContactPair, CustomField
from accounts.models.duplicates import PairState
from accounts.permissions import may_edit, writes_temperament
from accounts.services.accounts import EDITABLE as ACCOUNT_FIELDS
from accounts.services.accounts import check_account
from accounts.services.contacts import EDITABLE as CONTACT_FIELDS
from accounts.services.contacts import SENSITIVE, check_contact
from accounts.services.figures import join_figures, part_figures
from accounts.services.matching import drop_keys, write_keys
from accounts.services.repointing import lines_may_move, move_all, move_back, rows_of
from accounts.services.value import recompute_tiers
from pmcrm.errors import RuleViolation, StaleVersion, constraints_in_words
from pmcrm.people.permissions import may
from pmcrm.trail.services import changes, record

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from pmcrm.people.models import User

OTHER, BOTH = "other", "both"


@dataclass(frozen=True)
class Side:
    """What merging has to know of a kind of record. A reference stays its record's own and leads to the one kept."""

    kind: str
    model: Any
    merge: Any
    pair: Any
    fields: tuple[str, ...]
    texts: frozenset[str]
    right: str


SIDES: Final = {
    ACCOUNT: Side(
        ACCOUNT,
        Account,
        AccountMerge,
        AccountPair,
        tuple(name for name in ACCOUNT_FIELDS if name != "ref"),
        frozenset({"business_summary", "first_impression"}),
        "account.merge",
    ),
    CONTACT: Side(
        CONTACT,
        Contact,
        ContactMerge,
        ContactPair,
        ("account", *CONTACT_FIELDS),
        frozenset({"background", "previous_employers"}),
        "contact.merge",
    ),
}


@dataclass(frozen=True)
class Choice:
    """A field in which the two differ. `take` is what is proposed: "" keeps `mine`, "other" takes `theirs`."""

    name: str
    label: str
    mine: str
    theirs: str
    take: str
    may_join: bool


@dataclass(frozen=True)
class Moved:
    """How many of a kind pass over."""

    label: str | _StrPromise
    count: int


def side_of(thing: models.Model) -> Side:
    return SIDES[ACCOUNT if isinstance(thing, Account | AccountMerge | AccountPair) else CONTACT]


def may_merge(actor: User, winner: Any, loser: Any) -> bool:
    """Who may change both; accounts carry figures, so that theirs is a right of its own."""
    owners = (winner, loser) if isinstance(winner, Account) else (winner.account, loser.account)
    return may(actor, side_of(winner).right) and all(may_edit(actor, one) for one in owners)


# Before -------------------------------------------------------------------------------------------------------------


def choices(actor: User, winner: Any, loser: Any) -> list[Choice]:
    """The fields in which they differ, each with the fuller or newer value proposed; none the actor may not see."""
    found = []
    for name in _fields_for(actor, winner, loser):
        mine, theirs = getattr(winner, name), getattr(loser, name)
        if mine != theirs:
            label = str(winner._meta.get_field(name).verbose_name)
            may_join = bool(name in side_of(winner).texts and mine and theirs)
            take = "" if name == "account" else _proposed(mine, theirs, winner, loser)
            found.append(Choice(name, label, _words(winner, name), _words(loser, name), take, may_join))
    for field in CustomField.objects.of(side_of(winner).kind).in_order():
        mine, theirs = winner.custom.get(field.key), loser.custom.get(field.key)
        if mine != theirs:
            words = ["" if value is None else str(field.words(value)) for value in (mine, theirs)]
            take = _proposed(mine, theirs, winner, loser)
            found.append(Choice(field.form_name, field.label, words[0], words[1], take, may_join=False))
    return found


def preview(actor: User, loser: Any) -> list[Moved]:
    """What passes over, counted by kind in one statement; without the kinds that the actor may not see."""
    shown = [
        link
        for link in merging.links(side_of(loser).kind)
        if not link.is_quiet and (not link.right or may(actor, link.right))
    ]
    statements = [rows_of(link, loser.pk).order_by().values("pk").query.sql_with_params() for link in shown]
    if not statements:
        return []
    counts = ", ".join(f"(SELECT count(*) FROM ({statement}) AS rows)" for statement, _params in statements)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _statement, params in statements for value in params])
        numbers = cursor.fetchone()
    found: dict[str, Moved] = {}
    for link, number in zip(shown, numbers, strict=True):
        before = found.get(str(link.label))
        found[str(link.label)] = Moved(link.label, number + (before.count if before else 0))
    return [moved for moved in found.values() if moved.count]


def _fields_for(actor: User, winner: Any, loser: Any) -> list[str]:
    fields = list(side_of(winner).fields)
    if isinstance(winner, Contact) and not _sees_temperament(actor, winner, loser):
        return [name for name in fields if name not in SENSITIVE]
    return fields


def _sees_temperament(actor: User, winner: Contact, loser: Contact) -> bool:
    return all(writes_temperament(actor, one.account) for one in (winner, loser))


def _proposed(mine: Any, theirs: Any, winner: Any, loser: Any) -> str:
    """What is there beats what is empty; of two values the one of the record that was changed last."""
    if not _is_there(theirs):
        return ""
    if not _is_there(mine):
        return OTHER
    return OTHER if loser.updated_at > winner.updated_at else ""


def _is_there(value: Any) -> bool:
    return value not in (None, "")


def _words(thing: Any, name: str) -> str:
    shown = getattr(thing, f"get_{name}_display", None)
    value = shown() if shown else getattr(thing, name)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if _is_there(value) else ""


# The merge ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(
    *, actor: User, winner: Any, loser: Any, version: int, other_version: int, take: Mapping[str, str]
) -> AccountMerge | ContactMerge:
    """Let `loser` go up in `winner`, everything that hangs on it with it; one trail row.

    `take` says by field what is taken from the other: "other" or, for long texts, "both". The rest stays as it is,
    except for what the actor may not see: there nothing that only the other one has is lost.
    """
    side = side_of(winner)
    winner, loser = _locked_both(side, winner, loser)
    _check_may(actor, winner, loser)
    for one, read in ((winner, version), (loser, other_version)):
        if one.merged_into_id is not None:
            raise RuleViolation(_("%(name)s has been merged already.") % {"name": one}, code="merged")
        if one.version != read:
            sentence = _("Somebody saved %(name)s in between. Nothing was merged; look at both again.")
            raise StaleVersion(sentence % {"name": one}, current={"version": one.version})
    before, custom_before = _plain(winner, side.fields), dict(winner.custom)
    told_before = _told(winner, side.fields)
    _take_values(actor, side, winner, loser, take)
    with lines_may_move():
        details = move_all(side.kind, winner.pk, loser.pk)
    _settle_values(side, winner, loser)
    details |= {"before": before, "after": _plain(winner, side.fields)}
    details |= {"custom_before": custom_before, "custom_after": winner.custom}
    if side.kind == ACCOUNT:
        details["figures"] = join_figures(winner.pk, loser.pk)
    told = changes(told_before, _told(winner, side.fields))
    made: AccountMerge | ContactMerge = side.merge.objects.create(
        winner=winner, loser=loser, merged_by=actor, details=details
    )
    _finish(side, winner, loser)
    _record(
        actor,
        f"{side.kind}.merged",
        winner,
        merge=made.pk,
        other=str(loser),
        other_ref=getattr(loser, "ref", ""),
        other_id=loser.pk,
        changes={name: pair for name, pair in told.items() if name not in SENSITIVE},
        moved={slug: len(keys) for slug, keys in details["moved"].items() if keys},
    )
    return made


@transaction.atomic
def undo_merge(*, actor: User, made: AccountMerge | ContactMerge) -> tuple[Any, list[str]]:
    """Make two of one again. Gives the record that came back, and the labels of fields that were changed after the
    merge and therefore stay as they are."""
    side = side_of(made)
    current = side.merge.objects.select_for_update(of=("self",)).get(pk=made.pk)
    winner, loser = _locked_both(side, current.winner, current.loser)
    _check_may(actor, winner, loser)
    if current.undone_at is not None:
        raise RuleViolation(_("This merge was undone already."), code="undone")
    if not current.is_undoable:
        raise RuleViolation(_("A merge can be undone for 30 days; this one is older."), code="too_late")
    if winner.merged_into_id is not None or loser.merged_into_id != winner.pk:
        sentence = _("%(name)s has itself been merged since. Undo that merge first.")
        raise RuleViolation(sentence % {"name": winner}, code="merged_since")
    details = current.details
    stays = _restore_values(side, winner, details)
    loser.merged_into = None
    loser.version += 1
    loser.save()
    with lines_may_move():
        move_back(details, winner.pk, loser.pk)
    if side.kind == ACCOUNT:
        part_figures(details["figures"])
    current.undone_at, current.undone_by = timezone.now(), actor
    current.save(update_fields=["undone_at", "undone_by"])
    _finish(side, winner, loser)
    _record(actor, f"{side.kind}.merge_undone", winner, merge=current.pk, other=str(loser), other_id=loser.pk)
    return loser, stays


def forget_old_details() -> int:
    """Empty what was kept for undoing merges that nobody can undo any more: it holds people's data. How many."""
    return sum(side.merge.objects.beyond_undo().exclude(details={}).update(details={}) for side in SIDES.values())


def _locked_both(side: Side, one: Any, other: Any) -> tuple[Any, Any]:
    """Both rows locked, in the order of their keys so that two merges never wait for each other."""
    if one.pk == other.pk:
        raise RuleViolation(_("A record cannot be merged with itself."), code="same")
    rows = side.model.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([one.pk, other.pk])
    return rows[one.pk], rows[other.pk]


def _check_may(actor: User, winner: Any, loser: Any) -> None:
    if not may_merge(actor, winner, loser):
        raise RuleViolation(_("Your role does not merge these two."), code="not_yours")


def _take_values(actor: User, side: Side, winner: Any, loser: Any, take: Mapping[str, str]) -> None:
    visible = _fields_for(actor, winner, loser)
    custom = {field.form_name: field.key for field in CustomField.objects.of(side.kind)}
    for name, how in take.items():
        if name in custom and how in {"", OTHER}:
            if how == OTHER:
                winner.custom = _with(winner.custom, custom[name], loser.custom.get(custom[name]))
            continue
        if name not in visible or how not in {"", OTHER, BOTH} or (how == BOTH and name not in side.texts):
            sentence = _("There is nothing of that name to choose.")
            raise RuleViolation(sentence, code="invalid", fields={name: sentence})
        theirs = getattr(loser, name)
        if how == OTHER:
            setattr(winner, name, theirs)
        elif how == BOTH:
            setattr(winner, name, "\n\n".join(filter(None, [getattr(winner, name), theirs])))
    for name in set(side.fields) - set(visible):
        if not _is_there(getattr(winner, name)):
            setattr(winner, name, getattr(loser, name))


def _with(values: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    rest = {name: one for name, one in values.items() if name != key}
    return rest if value is None else rest | {key: value}


def _settle_values(side: Side, winner: Any, loser: Any) -> None:
    loser.merged_into = winner
    loser.version += 1
    loser.save()
    if side.kind == ACCOUNT:
        if winner.parent_id == loser.pk:
            winner.parent = loser.parent if loser.parent_id != winner.pk else None
        check_account(winner)
    else:
        check_contact(winner)
    winner.version += 1
    with constraints_in_words(winner):
        winner.save()


def _finish(side: Side, winner: Any, loser: Any) -> None:
    """Bring up to date what follows from the rows."""
    in_sight = [one.pk for one in (winner, loser) if one.merged_into_id is None]
    drop_keys(side.kind, {winner.pk, loser.pk} - set(in_sight))
    write_keys(side.kind, in_sight)
    if side.kind == ACCOUNT:
        recompute_tiers(in_sight)
    side.pair.objects.of(winner, loser).dismissed().update(state=PairState.OPEN, settled_by=None, settled_at=None)
    for call in merging.afterwards(side.kind):
        call(winner.pk, loser.pk)


def _restore_values(side: Side, winner: Any, details: Mapping[str, Any]) -> list[str]:
    """Put back what the merge changed in the record that stayed; what somebody changed after it stays."""
    stays = []
    now = _plain(winner, side.fields)
    for name, value in details["before"].items():
        field = winner._meta.get_field(name)
        if now[name] == value:
            continue
        if now[name] != details["after"][name]:
            stays.append(str(field.verbose_name))
            continue
        setattr(winner, field.attname, field.to_python(value) if not field.is_relation else value)
    if winner.custom == details["custom_after"]:
        winner.custom = details["custom_before"]
    else:
        stays.append(_("custom fields"))
    winner.version += 1
    winner.save()
    return stays


def _plain(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Values as they are kept with the merge: keys of other records, everything else as text."""
    found = {}
    for name in names:
        value = getattr(thing, thing._meta.get_field(name).attname)
        found[name] = value if value is None or isinstance(value, bool | int) else str(value)
    return found


def _told(thing: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Values as the trail tells them: other records by their name."""
    return {name: _words(thing, name) for name in names}


def _record(actor: User, verb: str, winner: Any, **data: Any) -> None:
    account = winner.pk if isinstance(winner, Account) else winner.account_id
    record(actor=actor, verb=verb, subject=winner, account_id=account, **data)
