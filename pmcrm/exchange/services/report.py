"""The report of an import as one JSON object, for the command and the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pmcrm.errors import RuleViolation
from pmcrm.exchange.models import Import, State

OK, ROWS_REFUSED, UNUSABLE = 0, 1, 2
_QUESTION = {
    "date_order": gettext_noop("Dates can be read in more than one way."),
    "decimal": gettext_noop("Amounts can be read in more than one way."),
    "time_zone": gettext_noop("Times stand there without a time zone."),
    "encoding": gettext_noop("The file is not UTF-8."),
    "header_row": gettext_noop("No header row was found."),
}
# What to write into the map; on the page one chooses instead.
_ANSWER = {
    "date_order": "Say date_order: mdy or dmy.",
    "decimal": "Say decimal: . or ,",
    "time_zone": "Say time_zone, for example Europe/Oslo or UTC.",
    "encoding": "Say encoding, for example cp1252 or cp1251.",
    "header_row": "Say header_row: its number, or 0 where there is none.",
}


def errors_url(job: Import) -> str | None:
    """Where the rejected rows can be downloaded; None where there is no such file."""
    if not job.rejected_path.is_file():
        return None
    try:
        return str(settings.SITE_URL).rstrip("/") + reverse("import_rejected", args=[job.pk])
    except NoReverseMatch:
        return None


def shown_error(error: dict[str, Any]) -> dict[str, Any]:
    """One stored error with its reason as a sentence in the reader's language."""
    reason = _(error["reason"]).format(**error["params"])
    return {"row": error["row"], "column": error["column"] or None, "value": error["value"], "reason": reason}


def question_sentence(question: dict[str, Any], *, is_for_page: bool = False) -> str:
    """What has to be answered, with real values that leave it open; naming the key of the map, or pointing below."""
    key = question["key"]
    sentence = question.get("sentence") or _(_QUESTION[key])
    answer = "" if question.get("sentence") else _("Choose below.") if is_for_page else _ANSWER[key]
    seen = ", ".join(f"“{example['value']}” (row {example['row']})" for example in question["examples"])
    return " ".join(filter(None, (str(sentence), answer, seen and _("Seen: %(values)s.") % {"values": seen})))


def overview(job: Import) -> dict[str, Any]:
    """State, counts and the file of rejected rows, without the errors one by one."""
    return {"import": job.pk, "state": job.state, **job.counts(), "errors_file": errors_url(job)}


def report(job: Import) -> dict[str, Any]:
    """The object of the contract. Questions stand among the errors, the key as their column."""
    errors = [shown_error(error) for error in job.first_errors]
    if job.state == State.NEEDS_ANSWERS:
        errors = [_key_error(question["key"], question_sentence(question)) for question in job.questions]
    elif job.state == State.FAILED:
        errors = [_key_error(None, _(job.failure))]
    return overview(job) | {"errors": errors}


def refused_report(refusal: RuleViolation) -> dict[str, Any]:
    """The same object where no import came into being."""
    counts = dict.fromkeys(("rows", "imported", "rejected", "skipped", "unchanged", "held"), 0)
    key = next(iter(refusal.fields), None)
    errors = [_key_error(key, refusal.sentence)]
    return {"import": None, "state": State.REFUSED.value, **counts, "errors_file": None, "errors": errors}


def _key_error(key: str | None, sentence: str) -> dict[str, Any]:
    return {"row": None, "column": key, "value": None, "reason": sentence}


def exit_code(job: Import) -> int:
    """0 all in (or taken back), 1 rows refused, 2 file or settings unusable."""
    if job.state in {State.NEEDS_ANSWERS, State.FAILED} or (job.state == State.REFUSED and not job.rows):
        return UNUSABLE
    return ROWS_REFUSED if job.rejected else OK
