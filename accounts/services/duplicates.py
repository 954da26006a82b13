"""Duplicates: warned of while somebody types, searched for among all there is, and decided upon pair by pair."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.likeness import LISTED, MOST_BY_SPELLING, MOST_IN_BLOCK, NEARLY_CERTAIN, WARNED, Facts, Part, compare
from accounts.models import Account, AccountPair, Contact, ContactPair, DuplicateSearch
from accounts.models.duplicates import PairState, SearchState
from accounts.permissions import may_edit
from accounts.services.matching import ACCOUNT, CONTACT, facts_of, refresh_keys, sharing_keys
from accounts.wording import certainty
from pmcrm.errors import RuleViolation
from pmcrm.jobs.models import ClaimLost
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User

logger = logging.getLogger(__name__)

MOST_WARNED: Final = 5
MOST_BY_NAME: Final = 20
PAIRS_AT_ONCE: Final = 2000


# While somebody types -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Likely:
    """An account or contact that may be the one being typed, with why."""

    record: Account | Contact
    score: float
    parts: tuple[Part, ...]

    @property
    def certainty(self) -> str:
        return certainty(self.score)


@dataclass(frozen=True)
class Notice:
    """What to tell who types: the likely ones he sees, and whether there is one that he does not see."""

    likely: list[Likely]
    is_one_hidden: bool = False

    def __bool__(self) -> bool:
        return bool(self.likely) or self.is_one_hidden


def likely_accounts(*, actor: User, typed: Facts, except_for: Account | None = None) -> Notice:
    """Accounts that may be the typed one, the likeliest first.

    Of one that the person may not see nothing is said but that it is there, and that only where it is nearly certain:
    without it two colleagues would court one customer unknowingly; with its name the lists would have no walls.
    """
    if len(typed.name.strip()) < 2:
        return Notice([])
    name = typed.name.strip()
    by_name = Account.objects.in_sight().called_nearly(name)[:MOST_BY_NAME]
    ids = sharing_keys(ACCOUNT, typed) | set(by_name.values_list("pk", flat=True))
    scored = _scored(ACCOUNT, typed, ids - ({except_for.pk} if except_for else set()))
    seen = {one.pk: one for one in Account.objects.visible_to(actor).filter(pk__in=[key for key, *_rest in scored])}
    likely = [Likely(seen[key], score, parts) for key, score, parts in scored if key in seen]
    unseen = [key for key, score, _parts in scored if key not in seen and score >= NEARLY_CERTAIN]
    is_hidden = bool(unseen) and Account.objects.in_sight().filter(pk__in=unseen).exists()
    return Notice(likely[:MOST_WARNED], is_hidden)


def likely_contacts(*, actor: User, typed: Facts, except_for: Contact | None = None) -> Notice:
    """People who may be the typed one, among those whom the person sees. Nothing is said of others: they are people."""
    if len(typed.name.strip()) < 2 and not typed.emails and not typed.phones:
        return Notice([])
    people = Contact.objects.visible_to(actor)
    exact = Q(pk__in=[])
    for email in typed.emails:
        exact |= Q(email__iexact=email)
    for phone in typed.phones:
        exact |= Q(phone=phone)
    ids = sharing_keys(CONTACT, typed) | set(people.filter(exact).values_list("pk", flat=True)[:MOST_BY_NAME])
    scored = _scored(CONTACT, typed, ids - ({except_for.pk} if except_for else set()))
    found = people.select_related("account").in_bulk([key for key, *_rest in scored])
    return Notice([Likely(found[key], score, parts) for key, score, parts in scored if key in found][:MOST_WARNED])


def _scored(kind: str, typed: Facts, ids: set[int]) -> list[tuple[int, float, tuple[Part, ...]]]:
    verdicts = {key: compare(typed, facts) for key, facts in facts_of(kind, ids).items()}
    found = [(key, one.score, one.parts) for key, one in verdicts.items() if one.score >= WARNED]
    return sorted(found, key=lambda one: (-one[1], one[0]))


# Deciding -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def dismiss_pair(*, actor: User, pair: AccountPair | ContactPair) -> None:
    """These two are not the same: no search proposes them again. Whoever may change both may say so."""
    current = _to_settle(actor, pair)
    if current.state == PairState.DISMISSED:
        return
    current.state, current.settled_by, current.settled_at = PairState.DISMISSED, actor, timezone.now()
    current.save(update_fields=["state", "settled_by", "settled_at"])
    _note(actor, "duplicate.dismissed", current)


@transaction.atomic
def reopen_pair(*, actor: User, pair: AccountPair | ContactPair) -> None:
    """Take back that two are not the same."""
    current = _to_settle(actor, pair)
    if current.state == PairState.OPEN:
        return
    current.state, current.settled_by, current.settled_at = PairState.OPEN, None, None
    current.save(update_fields=["state", "settled_by", "settled_at"])
    _note(actor, "duplicate.reopened", current)


def may_settle(actor: User, pair: AccountPair | ContactPair) -> bool:
    sides = (pair.left, pair.right)
    return all(may_edit(actor, side if isinstance(side, Account) else side.account) for side in sides)


def _to_settle(actor: User, pair: Any) -> Any:
    current = type(pair).objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if not may_settle(actor, current):
        raise RuleViolation(_("Only who may change both says whether they are the same."), code="not_yours")
    return current


def _note(actor: User, verb: str, pair: AccountPair | ContactPair) -> None:
    account = pair.left_id if isinstance(pair, AccountPair) else pair.left.account_id
    record(actor=actor, verb=verb, subject=pair, account_id=account)


# Searching ----------------------------------------------------------------------------------------------------------


def request_search(*, actor: User | None) -> tuple[DuplicateSearch, bool]:
    """The search that is under way, or a new one that has to be started; `actor` is None for the clock."""
    if actor is not None and not may(actor, "duplicate.search"):
        raise RuleViolation(_("Only a product lead or the sales VP starts a search."))
    present = DuplicateSearch.objects.filter(state__in=DuplicateSearch.WAITING | DuplicateSearch.WORKING).first()
    if present is not None:
        return present, False
    try:
        with transaction.atomic():
            search = DuplicateSearch.objects.create(created_by=actor)
            record(actor=actor, verb="duplicate_search.requested", subject=search)
    except IntegrityError:
        # Somebody asked in the same moment.
        return request_search(actor=actor)
    return search, True


def newest_search() -> DuplicateSearch | None:
    return DuplicateSearch.objects.select_related("created_by").order_by("-created_at", "-id").first()


def search(pk: int) -> DuplicateSearch | None:
    """Do a search that waits, or whose worker fell silent. None where it is done, gone, or in other hands.

    Keys are kept part by part, which does no harm when done twice; pairs come in with the last state at once.
    """
    job = DuplicateSearch.try_claim(pk, working_state=SearchState.WORKING)
    if job is None:
        return None
    if job.was_tried_too_often:
        return job.give_up()
    try:
        with job.beating():
            return _search(job)
    except ClaimLost:
        return None
    except DatabaseError:
        logger.exception("search for duplicates %s broke off", pk)
        return job.give_up(_("The database could not finish it. The log of the worker says why."))


def _search(job: DuplicateSearch) -> DuplicateSearch:
    started = timezone.now()
    done = 0
    for kind in (ACCOUNT, CONTACT):
        for size in refresh_keys(kind):
            done += size
            job.report_progress(done)
    figures: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for kind in (ACCOUNT, CONTACT):
            # What is written waits in a list that every look-up reads; while somebody types nobody wants to wait.
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [f"{kind}_keys"])
            with transaction.atomic():
                cursor.execute(_BLOCKS.format(kind=kind), {"most": MOST_IN_BLOCK, "by_spelling": MOST_BY_SPELLING})
            cursor.execute(f"SELECT count(*) FROM duplicate_candidates_{kind}")
            figures[f"{kind}_candidates"] = cursor.fetchone()[0]
        total = done + figures["account_candidates"] + figures["contact_candidates"]
        for kind in (ACCOUNT, CONTACT):
            for size in _score(cursor, kind):
                done += size
                job.report_progress(done, out_of=total)
        with transaction.atomic():
            locked = job.lock_claimed()
            for kind in (ACCOUNT, CONTACT):
                figures[f"{kind}_pairs"] = _keep(cursor, kind, locked.pk)
            figures["seconds"] = round((timezone.now() - started).total_seconds(), 1)
            locked.state, locked.finished_at, locked.figures = SearchState.DONE, timezone.now(), figures
            locked.save()
            record(actor=locked.created_by, verb="duplicate_search.done", subject=locked, **figures)
        for kind in (ACCOUNT, CONTACT):
            cursor.execute(_TIDY.format(kind=kind))
    return locked


# Records that share a key which not too many share, each two once. Linear in the number of keys but for the sorting: no
# block has more than a fixed number of members. The tables are the session's own and go with a killed worker.
_TIDY: Final = "DROP TABLE IF EXISTS duplicate_members, duplicate_candidates_{kind}, duplicate_scores_{kind}"
_BLOCKS: Final = (
    _TIDY
    + """;
SET LOCAL work_mem = '64MB';
CREATE TEMP TABLE duplicate_members AS
    SELECT key, id FROM (
        SELECT key, id, count(*) OVER (PARTITION BY key) AS members
        FROM (SELECT unnest(keys) AS key, {kind}_id AS id FROM accounts_{kind}keys) AS every
    ) AS counted WHERE members BETWEEN 2 AND CASE WHEN key & 1 = 1 THEN %(by_spelling)s ELSE %(most)s END;
CREATE INDEX ON duplicate_members (key, id);
ANALYZE duplicate_members;
CREATE TEMP TABLE duplicate_candidates_{kind} AS
    SELECT row_number() OVER (ORDER BY low, high) AS place, low, high FROM (
        SELECT DISTINCT one.id AS low, other.id AS high
        FROM duplicate_members AS one JOIN duplicate_members AS other ON other.key = one.key AND other.id > one.id
    ) AS pairs;
CREATE UNIQUE INDEX ON duplicate_candidates_{kind} (place);
CREATE TEMP TABLE duplicate_scores_{kind} (low bigint, high bigint, score numeric(6, 5), parts jsonb);
DROP TABLE duplicate_members;
"""
)


def _score(cursor: Any, kind: str) -> Iterator[int]:
    """Score the candidates part by part and note the likely ones; gives the size of each part."""
    place = 0
    while True:
        cursor.execute(
            f"SELECT low, high FROM duplicate_candidates_{kind} WHERE place > %s AND place <= %s ORDER BY place",
            [place, place + PAIRS_AT_ONCE],
        )
        pairs = cursor.fetchall()
        if not pairs:
            return
        place += PAIRS_AT_ONCE
        facts = facts_of(kind, {one for pair in pairs for one in pair})
        verdicts = ((low, high, compare(facts[low], facts[high])) for low, high in pairs if {low, high} <= facts.keys())
        lines = [
            f"{low}\t{high}\t{verdict.score}\t{parts_text(verdict.parts)}\n"
            for low, high, verdict in verdicts
            if verdict.score >= LISTED
        ]
        cursor.copy_from(io.StringIO("".join(lines)), f"duplicate_scores_{kind}")
        yield len(pairs)


def parts_text(parts: tuple[Part, ...]) -> str:
    return json.dumps([part._asdict() for part in parts])


def _keep(cursor: Any, kind: str, search_id: int) -> int:
    """Bring the scores among the pairs that are known. What somebody decided stays; what nothing speaks for any more
    goes."""
    cursor.execute(
        f"""
        INSERT INTO accounts_{kind}pair (left_id, right_id, score, parts, state, found_at, seen_in)
        SELECT low, high, score, parts, 'open', now(), %(search)s FROM duplicate_scores_{kind}
        WHERE EXISTS (
                SELECT FROM accounts_{kind} r WHERE r.id = low AND r.merged_into_id IS NULL AND r.deleted_at IS NULL)
            AND EXISTS (
                SELECT FROM accounts_{kind} r WHERE r.id = high AND r.merged_into_id IS NULL AND r.deleted_at IS NULL)
        ON CONFLICT (left_id, right_id) DO UPDATE
        SET score = excluded.score, parts = excluded.parts, seen_in = excluded.seen_in;
        DELETE FROM accounts_{kind}pair AS pair
        WHERE state = 'open' AND seen_in IS DISTINCT FROM %(search)s
            AND NOT EXISTS (
                SELECT FROM accounts_{kind} r WHERE r.id IN (left_id, right_id)
                    AND (r.merged_into_id IS NOT NULL OR r.deleted_at IS NOT NULL));
        SELECT count(*) FROM accounts_{kind}pair WHERE state = 'open' AND seen_in = %(search)s;
        """,
        {"search": search_id},
    )
    return int(cursor.fetchone()[0])
