"""The registry of what can be imported. Each app declares its kinds in `imports.py` and registers them in
`AppConfig.ready()`; the machinery reads only this, so it never imports upward. No Django models here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from pmcrm.exchange.matching import bare

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from pmcrm.people.models import User

TargetType = Literal["text", "code", "number", "percent", "share", "date", "instant"]


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a column can be. `is_mark`: a record has it and a row of sums leaves it empty.

    `synonyms` are names of columns in exports, in any language, the usual one first.
    """

    name: str
    label: _StrPromise | str
    type: TargetType = "text"
    synonyms: tuple[str, ...] = ()
    max_length: int = 200
    is_mark: bool = False
    is_name: bool = False

    @property
    def is_amount(self) -> bool:
        return self.type in ("number", "percent", "share")

    @property
    def known_names(self) -> tuple[str, ...]:
        return tuple(bare(name) for name in (self.name, *self.synonyms))


class Batch(Protocol):
    """One import as its kind sees it: staged rows in the table `staging`, typed, one column a mapped target, beside
    `row` (its number in the file) and `fingerprint`. `pk` marks what it writes."""

    pk: int
    source: str
    actor: User | None
    """Who brings it in; None for the operator at the command line, who may do everything."""
    staging: str
    mapped: frozenset[str]
    notes: list[dict[str, Any]]

    def column(self, target: str) -> str:
        """The staged column as SQL, or NULL of its type where no column was mapped."""

    def header(self, target: str) -> str:
        """The file's own name of the column that is `target`, empty where none is."""

    def execute(self, statement: str, **params: Any) -> int:
        """Run SQL; `{staging}`, `{errors}` and names of `tables` are filled in. Returns the number of rows."""

    def rows(self, statement: str, **params: Any) -> list[tuple[Any, ...]]:
        """The rows that SQL returns."""

    def refuse(self, select: str, **params: Any) -> int:
        """Name bad rows: `select` yields row, column, value, reason, params (jsonb)."""

    def table(self, name: str, select: str, **params: Any) -> int:
        """Make a working table {staging}_name of a SELECT; it is dropped with the staging table."""

    def note(self, template: str, **params: str | int) -> None:
        """Say something about the whole file in the preview and the report."""

    def created(self, label: str, ids: Iterable[int]) -> None:
        """Remember what came into being, for taking the import back."""

    def create(self, label: str, insert: str, **params: Any) -> int:
        """Run an INSERT ... RETURNING id and remember what came into being. Returns how many."""

    def keep_before(self, label: str, select: str, **params: Any) -> int:
        """Remember rows as they are before this import changes them: `select` yields id, row (jsonb), version after."""

    def put_back(self, label: str, table: str, columns: Iterable[str]) -> int:
        """Give rows that this import changed their former values, where nobody edited them since. Returns how many
        had to stay as they are."""

    def report_written(self, rows: int) -> None:
        """Progress while writing."""


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Targets that contradict each other, and the sentence that says so."""

    targets: frozenset[str]
    sentence: _StrPromise


@dataclass(frozen=True, slots=True)
class After:
    """What one may do next once the rows are in: a button that posts `values` to the page named `url_name`."""

    label: str
    right: str
    url_name: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be imported under one name: `manage.py import NAME` and a choice in the browser.

    `check` names bad rows and counts those here already; it may leave working tables beside the staging table, named
    `{staging}_...`, which are dropped with it. `write` brings the good rows in with INSERT ... SELECT and returns how
    many; both run in one transaction. `take_back` undoes it and returns sentences about what had to stay. `after`
    offers the next thing to do, told by the summary of what came in. `companions` names what a target is worth nothing
    without. `own_targets` are those that an organisation adds, asked when a file is looked at. `state_of_base` differs
    whenever anything has changed that `check` reads beside the file: while it stays the same, what was checked need
    not be checked again. Where a kind `takes_vcards`, a .vcf file is read too, a row a card. The rows of one that
    `is_personal` may be private: whoever brought a file in is the only one who sees its import.
    """

    name: str
    label: _StrPromise
    right: str
    read_right: str
    targets: tuple[Target, ...]
    needs_one_of: tuple[tuple[str, ...], ...]
    check: Callable[[Batch], int]
    write: Callable[[Batch], int]
    take_back: Callable[[Batch, Mapping[str, list[int]]], list[str]]
    summary: Callable[[Batch], dict[str, str | int]] = field(default=lambda _batch: {})
    exclusive: tuple[Exclusive, ...] = ()
    companions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    needed_cells: Callable[[frozenset[str]], frozenset[str]] = field(default=lambda _mapped: frozenset())
    state_of_base: Callable[[Batch], str] = field(default=lambda _batch: "")
    own_targets: Callable[[], tuple[Target, ...]] = field(default=lambda: ())
    template: str = ""
    takes_vcards: bool = False
    is_personal: bool = False
    after: Callable[[Mapping[str, Any]], After | None] = field(default=lambda _summary: None)

    def complete(self) -> Kind:
        """The kind with the targets that the organisation added up to now."""
        return replace(self, targets=(*self.targets, *self.own_targets()), own_targets=lambda: ())

    def target(self, name: str) -> Target:
        return next(target for target in self.targets if target.name == name)

    @property
    def target_names(self) -> frozenset[str]:
        return frozenset(target.name for target in self.targets)

    @property
    def synonyms(self) -> dict[str, tuple[str, ...]]:
        return {target.name: target.known_names for target in self.targets}

    def is_known(self, column: str) -> bool:
        """Whether a column's name means something to this kind: tells a header from titles above it."""
        name = bare(column)
        return any(name in target.known_names for target in self.targets)


_KINDS: Final[dict[str, Kind]] = {}


def register(kind: Kind) -> None:
    """Add a kind; called by the app that owns it when the app is ready."""
    _KINDS[kind.name] = kind


def kind_named(name: str) -> Kind:
    """The kind of that name, with all its targets. Raises KeyError."""
    return _KINDS[name].complete()


def all_kinds() -> tuple[Kind, ...]:
    return tuple(_KINDS.values())
