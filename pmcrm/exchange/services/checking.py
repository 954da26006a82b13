"""Reading an uploaded file: what it is, what it leaves open, every bad row by name. Nothing comes in here."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from pmcrm.exchange import evidence, reasons
from pmcrm.exchange.lookup import open_lookup
from pmcrm.exchange.matching import suggest
from pmcrm.exchange.models import ERRORS_KEPT, Import, KnownMapping, State
from pmcrm.exchange.neutralise import OWN_FILE_MARK, REASON_COLUMN
from pmcrm.exchange.records import Record, UnusableFileError, blocks, records
from pmcrm.exchange.registry import Kind
from pmcrm.exchange.services.known_mappings import known_mapping
from pmcrm.exchange.services.reading import Reading, Tally, UndecidedError
from pmcrm.exchange.services.staging import StagedBatch, stage
from pmcrm.exchange.sniff import Findings, sniff
from pmcrm.exchange.values import DateOrder, DecimalSign
from pmcrm.people.models import Organisation

ROUNDED = gettext_noop("Amounts with more than 6 decimal places, rounded: {count}.")
SIGNS_LEFT_OUT = gettext_noop("Currency signs beside amounts are left out: {signs}.")
HIDDEN_ROWS = gettext_noop(
    "Rows hidden in the spreadsheet: {count} (the first is row {row}). They are read like all others."
)
BLANK_ROWS = gettext_noop("Blank rows, skipped: {count}.")
BARE_DAYS = gettext_noop("Days without a time of day stand at 12:00, {zone}.")
TOTAL_ROWS = gettext_noop("Rows of sums (Total and the like), skipped: {count}.")
PREAMBLE = gettext_noop("Rows above the header, left out: {count}.")
SAME_FILE = gettext_noop(
    "The same file came in before as import {number}. Rows that are here already stay as they are."
)
AS_LAST_TIME = gettext_noop("Columns are brought in as {name} said on {day} for a file like this one.")
SOMEBODY = gettext_noop("somebody")
NOT_MAPPED = gettext_noop("Columns that are not brought in: {columns}.")
ORDER_FOUND = gettext_noop("Dates are read as {order}: “{value}” in row {row} shows it.")
DECIMAL_FOUND = gettext_noop("The decimal sign is “{sign}”: “{value}” in row {row} shows it.")
_ORDER_IN_WORDS = {"mdy": "month/day/year", "dmy": "day/month/year"}
FOREIGN_SIGNS = gettext_noop(
    "Amounts carry {signs}, but no column holds the currency and ours is {currency}. Give the currency in a column."
)
_SIGN_CODES = {
    "€": "EUR", "£": "GBP", "₽": "RUB", "₴": "UAH", "₸": "KZT", "₹": "INR", "₩": "KRW", "₺": "TRY", "₪": "ILS",
    "KČ": "CZK", "ZŁ": "PLN", "РУБ": "RUB", "РУБ.": "RUB", "Р.": "RUB", "元": "CNY", "RMB": "CNY", "FR.": "CHF",
}  # fmt: skip


class MappingError(Exception):
    """The columns do not make an import; the sentence says which target is missing, doubled or contradicted."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is needed to read the file."""

    findings: Findings
    mapping: dict[str, str]
    reading: Reading | None
    questions: list[dict[str, Any]]
    proof: dict[str, Any]
    known: KnownMapping | None = None


def check_mapping(kind: Kind, columns: list[str], mapping: dict[str, str]) -> None:
    """Raises MappingError for unknown names, two columns for one target, contradictions and what is missing."""
    for column, target in mapping.items():
        if column not in columns:
            raise MappingError(f"The file has no column “{column}”. It has: {', '.join(columns)}.")
        if target not in kind.target_names:
            raise MappingError(
                f"“{target}” is no target of {kind.name}. Targets: {', '.join(sorted(kind.target_names))}."
            )
    taken: dict[str, str] = {}
    for column, target in mapping.items():
        if target in taken:
            raise MappingError(
                f"Two columns, “{taken[target]}” and “{column}”, are mapped to {target}. Choose one of them."
            )
        taken[target] = column
    for exclusive in kind.exclusive:
        if exclusive.targets <= taken.keys():
            raise MappingError(str(exclusive.sentence))
    for target, others in kind.companions.items():
        if target in taken and (missing := sorted(others - taken.keys())):
            raise MappingError(f"“{taken[target]}” is mapped to {target}, which needs {' and '.join(missing)} too.")
    for choices in kind.needs_one_of:
        if not taken.keys() & set(choices):
            raise MappingError(f"No column is mapped to {' or '.join(choices)}. The import needs it.")


def suggested_mapping(kind: Kind, columns: list[str]) -> dict[str, str]:
    """The mapping by names; of targets that contradict each other the later declared one is left out."""
    mapping = suggest(_nameable(kind, columns), kind.synonyms)
    order = [target.name for target in kind.targets]
    for exclusive in kind.exclusive:
        clashing = sorted(exclusive.targets & set(mapping.values()), key=order.index)
        if exclusive.targets <= set(mapping.values()):
            mapping = {column: target for column, target in mapping.items() if target != clashing[-1]}
    given = set(mapping.values())
    alone = {target for target, others in kind.companions.items() if not others <= given}
    return {column: target for column, target in mapping.items() if target not in alone}


def _known_mapping(job: Import, kind: Kind, columns: list[str]) -> KnownMapping | None:
    """What was confirmed for such a file before, as long as it still makes an import."""
    known = known_mapping(job, columns)
    if known is None:
        return None
    try:
        check_mapping(kind, columns, known.columns)
    except MappingError:
        return None
    return known


def _nameable(kind: Kind, columns: list[str]) -> list[str]:
    """The columns to find targets for. Of our own marks only the key of an export says what a row is."""
    is_key = OWN_FILE_MARK in kind.target_names and REASON_COLUMN not in columns
    return [name for name in columns if not name.startswith("pmcrm_") or (name == OWN_FILE_MARK and is_key)]


def make_plan(job: Import, *, at_least: int | None = 20_000) -> Plan:
    """Look at the file, at `at_least` its first records. Raises UnusableFileError and MappingError."""
    kind = job.declaration
    given = job.answers
    findings = sniff(job.path, job.file_name, given, is_known=kind.is_known)
    lookup = None
    own_width = len(findings.columns)
    if job.join_name:
        lookup = open_lookup(job.join_path, job.join_name, job.join_key, findings, job.file_name)
        findings.columns = [*findings.columns, *lookup.columns]
    names = [column.name for column in findings.columns]
    questions: list[dict[str, Any]] = [{"key": key, "examples": []} for key in findings.questions]
    known = None if "columns" in given else _known_mapping(job, kind, names)
    mapping = known.columns if known is not None else dict(given.get("columns") or suggested_mapping(kind, names))
    mapping = {column: target for column, target in mapping.items() if target}
    if questions:
        return Plan(findings, mapping, None, questions, {})
    check_mapping(kind, names, mapping)
    places = sorted((names.index(column), kind.target(target)) for column, target in mapping.items())
    dates = [place for place, target in places if target.type == "date"]
    numbers = [place for place, target in places if target.is_amount]
    instants = [place for place, target in places if target.type == "instant"]
    found: Iterable[Record] = records(job.path, findings.shape)
    if lookup is not None:
        lookup.load(set(mapping))
        found = lookup.beside(found)
    order, sign, zone = evidence.weigh(
        found,
        header_row=findings.shape.header_row,
        dates=[] if given.get("date_order") else dates,
        numbers=[] if given.get("decimal") else numbers,
        instants=instants,
        at_least=at_least,
    )
    date_order = given.get("date_order") or order.answer
    decimal = given.get("decimal") or sign.answer
    if date_order is None:
        questions.append({"key": "date_order", "examples": order.shown()})
    if decimal is None:
        questions.append({"key": "decimal", "examples": sign.shown()})
    own_zone = Organisation.current().time_zone
    time_zone = given.get("time_zone") or zone.answer
    if time_zone is None:
        questions.append({"key": "time_zone", "examples": zone.shown()})
    reading = Reading(
        header_row=findings.shape.header_row,
        width=own_width,
        places=tuple(places),
        columns=tuple(names),
        needed=kind.needed_cells(frozenset(mapping.values())),
        decimal=cast("DecimalSign | None", decimal or (None if at_least else ".")),
        date_order=cast("DateOrder | None", date_order or (None if at_least else "mdy")),
        zone=ZoneInfo(time_zone or own_zone) if time_zone or not at_least else None,
        day_zone=ZoneInfo(own_zone),
        is_epoch_1904=findings.is_epoch_1904,
        is_own_file=names[0] == OWN_FILE_MARK,
        source=job.source,
        lookup=lookup,
    )
    proof = {"date_order": order.shown() if order.answer else [], "decimal": sign.shown() if sign.answer else []}
    return Plan(findings, mapping, reading, questions, proof, known)


def check(job: Import) -> Import:
    """Read the claimed import's file into its staging table and name every bad row. Ends in `ready`,
    `needs_answers`, or `refused` where the file as a whole cannot be read."""
    try:
        plan = make_plan(job)
        job.findings = _found_out(plan)
        job.mapping = plan.mapping
        if plan.reading is None or plan.questions:
            return _ask(job, plan.questions)
        job.report_findings()
        try:
            return _stage(job, plan, plan.reading)
        except UndecidedError:
            return _check_all(job)
    except MappingError as error:
        return _ask(job, [{"key": "columns", "sentence": error.sentence, "examples": []}])
    except UnusableFileError as error:
        return _refuse_file(job, error)


def _check_all(job: Import) -> Import:
    """The first part of the file left a setting open that a later value needs: look through all of it."""
    plan = make_plan(job, at_least=None)
    job.findings = _found_out(plan)
    if plan.reading is None or plan.questions:
        return _ask(job, plan.questions)
    return _stage(job, plan, plan.reading)


def _found_out(plan: Plan) -> dict[str, Any]:
    joined = len(plan.reading.lookup.columns) if plan.reading is not None and plan.reading.lookup is not None else 0
    return plan.findings.as_dict() | {"proof": plan.proof, "joined_columns": joined}


def _ask(job: Import, questions: list[dict[str, Any]]) -> Import:
    with transaction.atomic():
        job.lock_claimed()
        job.questions, job.state, job.heartbeat_at = questions, State.NEEDS_ANSWERS, None
        job.save(update_fields=["questions", "findings", "mapping", "state", "heartbeat_at"])
    return job


def _refuse_file(job: Import, error: UnusableFileError) -> Import:
    with transaction.atomic():
        job.lock_claimed()
        StagedBatch(job).drop_tables()
        job.state, job.failure = State.REFUSED, str(error)
        job.first_errors = [{"row": None, "column": "", "value": "", "reason": error.reason, "params": error.params}]
        job.save(update_fields=["state", "failure", "first_errors", "findings"])
    return job


def _stage(job: Import, plan: Plan, reading: Reading) -> Import:
    batch = StagedBatch(job)
    shape = plan.findings.shape
    position = {"bytes": 0}

    def seen(read: int) -> None:
        position["bytes"] = read

    total = (
        job.file_size
        if shape.format == "csv"
        else sum(s["rows"] for s in plan.findings.sheets if s["name"] == shape.sheet)
    )

    def progress(tally: Tally) -> None:
        job.report_preview(_so_far(plan, tally))
        job.report_progress(position["bytes"] if shape.format == "csv" else tally.rows, out_of=total)

    tally = stage(batch, blocks(job.path, shape, on_bytes=seen), reading, progress)
    job.preview = _so_far(plan, tally)
    job.report_preview(job.preview)
    job.report_progress(total, out_of=total)
    if tally.rows == 0:
        raise UnusableFileError(reasons.ONLY_HEADER)
    check_currency_signs(batch, tally)
    _say(batch, plan, tally)
    with transaction.atomic():
        job.lock_claimed()
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE INDEX ON {batch.staging} ("row")')
            cursor.execute(f"ANALYZE {batch.staging}")
        job.rows, job.skipped, job.staged_rows = tally.rows, tally.skipped, tally.staged
        # Asked before the checks: what changes while they run counts as changed.
        job.checked_base = job.declaration.state_of_base(batch)
        weigh_rows(job, batch)
        job.summary = job.declaration.summary(batch)
        job.findings["as_read"] = _first_readings(batch)
        job.state, job.heartbeat_at, job.questions, job.notes = State.READY, None, [], batch.notes
        job.save()
    return job


def _so_far(plan: Plan, tally: Tally) -> dict[str, Any]:
    """What was read up to here, for the eye: rows and bad rows so far, the first of both."""
    return {
        "rows": tally.rows,
        "bad": tally.bad,
        "columns": [column.name for column in plan.findings.columns if column.name in plan.mapping],
        "first_rows": [{"row": row, "cells": cells} for row, cells in tally.first_rows],
        "errors": [
            {"row": int(row), "column": column, "value": value, "reason": reason, "params": json.loads(params)}
            for row, column, value, reason, params in tally.first_faults
        ],
    }


def _first_readings(batch: StagedBatch) -> dict[str, str]:
    """What the first good row says, by column: how the settings read real values."""
    columns = sorted(batch.job.mapping.items())
    types = {target.name: target.type for target in batch.job.declaration.targets}
    spelt = {"number": "trim_scale(s.{})", "instant": "to_char(s.{} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"')"}
    trimmed = [spelt.get(types[target], "s.{}").format(target) for _column, target in columns]
    listed = ", ".join(f"{expression}::text" for expression in trimmed)
    found = batch.rows(f'SELECT {listed} FROM {{staging}} s ORDER BY "row" LIMIT 1')
    return {column: value or "" for (column, _target), value in zip(columns, found[0], strict=True)} if found else {}


def weigh_rows(job: Import, batch: StagedBatch) -> None:
    """Run the kind's checks over the staged rows and count: how many are bad, here already, or good."""
    batch.execute("SET LOCAL work_mem = '64MB'")
    batch.execute("DELETE FROM {errors} WHERE of_set")
    job.unchanged = job.declaration.check(batch)
    ((job.rejected,),) = batch.rows('SELECT count(DISTINCT "row") FROM {errors}')
    job.imported = 0
    job.held = job.rows - job.rejected - job.skipped - job.unchanged
    job.first_errors = [
        {"row": row, "column": column or "", "value": value or "", "reason": reason, "params": json.loads(params)}
        for row, column, value, reason, params in batch.rows(
            'SELECT "row", "column", value, reason, params FROM {errors} ORDER BY "row", "column" LIMIT %(kept)s',
            kept=ERRORS_KEPT,
        )
    ]


def check_currency_signs(batch: StagedBatch, tally: Tally) -> None:
    """An amount in euros must not come in as dollars: a sign other than the organisation's needs a currency column."""
    if "currency" in batch.mapped or not tally.signs:
        return
    own = Organisation.current().currency
    foreign = [sign for sign in tally.signs if _SIGN_CODES.get(sign, sign) != own and not _is_own(sign, own)]
    if foreign:
        raise UnusableFileError(FOREIGN_SIGNS, signs=", ".join(sorted(foreign)), currency=own)


def _is_own(sign: str, own: str) -> bool:
    """Dollars, yens and crowns are written alike in several countries: the organisation's own is meant."""
    shared = {
        "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD"),
        "¥": ("JPY", "CNY"),
        "KR": ("NOK", "SEK", "DKK"),
    }
    return own in shared.get(sign.rstrip("."), ()) or (sign == "US$" and own == "USD")


def _say(batch: StagedBatch, plan: Plan, tally: Tally) -> None:
    """What a person should know about the file as a whole."""
    findings, job = plan.findings, batch.job
    if (known := plan.known) is not None:
        name = known.said_by.name if known.said_by is not None else SOMEBODY
        batch.note(AS_LAST_TIME, name=name, day=known.said_at.date().isoformat())
    if findings.shape.header_row > 1:
        batch.note(PREAMBLE, count=findings.shape.header_row - 1)
    for key, template, name in (("date_order", ORDER_FOUND, "order"), ("decimal", DECIMAL_FOUND, "sign")):
        for example in itertools.islice((one for one in plan.proof[key] if one["side"] != "either"), 1):
            side = _ORDER_IN_WORDS.get(example["side"], example["side"])
            batch.note(template, **{name: side}, value=example["value"], row=example["row"])
    if findings.hidden_rows:
        batch.note(HIDDEN_ROWS, count=len(findings.hidden_rows), row=findings.hidden_rows[0])
    for count, template in ((tally.blank, BLANK_ROWS), (tally.totals, TOTAL_ROWS), (tally.rounded, ROUNDED)):
        if count:
            batch.note(template, count=count)
    if tally.has_bare_days and plan.reading is not None:
        batch.note(BARE_DAYS, zone=str(plan.reading.zone or plan.reading.day_zone))
    signs = ", ".join(sorted(tally.signs))
    if signs:
        batch.note(SIGNS_LEFT_OUT, signs=signs)
    names = [column.name for column in findings.columns if not column.name.startswith("pmcrm_")]
    left = [name for name in names if name not in plan.mapping]
    if left:
        batch.note(NOT_MAPPED, columns=", ".join(left))
    if (before := Import.objects.same_file(job).newest_first().first()) is not None:
        batch.note(SAME_FILE, number=before.pk)
