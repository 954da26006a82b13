"""Imports over the API: the same report, rights and services as page and command; every bad input is a problem."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from pmcrm.exchange.models import Import
from pmcrm.exchange.services.report import report
from pmcrm.exchange.services.running import work
from segmentation.models import LedgerLine
from tests import build
from tests.api.conftest import client_of
from tests.exchange.test_import_detail import GOOD, ONE_BAD, received

IMPORTS = "/api/v1/imports/"
AMBIGUOUS = b"Customer ID,Date,Revenue\nK-1,03/04/2026,10\n"


@pytest.fixture
def api(db: None) -> APIClient:
    """The API as somebody in finance calls it."""
    return client_of(build.user("finance"))


def upload(api: APIClient, content: bytes = GOOD, *, name: str = "lines.csv", key: str = "", **fields: Any) -> Any:
    body = {"kind": "ledger", "file": SimpleUploadedFile(name, content), **fields}
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(IMPORTS, body, format="multipart", headers=headers)


def worked(answer: Any) -> Import:
    """The import of an answer after the worker had it."""
    assert answer.status_code == 202, answer.json()
    pk = answer.json()["import"]
    work(pk)
    return Import.objects.get(pk=pk)


def test_an_upload_comes_in_and_its_address_shows_the_report(api: APIClient) -> None:
    answer = upload(api, source="erp")
    job = worked(answer)

    shown = api.get(answer["Location"]).json()
    assert answer["Location"].endswith(f"{IMPORTS}{job.pk}/")
    assert {name: shown[name] for name in report(job)} == report(job)
    assert (shown["state"], shown["rows"], shown["imported"]) == ("done", 2, 2)
    assert (shown["kind"], shown["file"], shown["source"]) == ("ledger", "lines.csv", "erp")
    assert LedgerLine.objects.filter(source="erp").count() == 2


def test_a_dry_run_waits_for_a_word(api: APIClient) -> None:
    job = worked(upload(api, ONE_BAD, dry_run=True))
    assert (job.state, LedgerLine.objects.count()) == ("ready", 0)

    confirmed = worked(api.post(f"{IMPORTS}{job.pk}/confirm/", {"partial": True}, format="json"))
    assert (confirmed.state, confirmed.imported, confirmed.rejected) == ("done", 2, 1)
    again = api.post(f"{IMPORTS}{job.pk}/confirm/", {}, format="json")
    assert (again.status_code, again.json()["code"]) == (422, "wrong_state")


def test_bad_rows_come_back_as_a_file_that_a_token_opens(api: APIClient) -> None:
    job = worked(upload(api, ONE_BAD, partial=True))
    shown = api.get(f"{IMPORTS}{job.pk}/").json()

    assert (shown["state"], shown["imported"], shown["rejected"], shown["held"]) == ("done", 2, 1, 0)
    assert shown["errors"] == [
        {"row": 4, "column": "Date", "value": "2026-02-30", "reason": "This date does not exist."}
    ]
    file = api.get(shown["errors_file"])
    content = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a file's answer
    assert content.splitlines()[1].endswith("K-3,Elv,2026-02-30,7,1")


def test_all_or_nothing_is_the_rule_without_partial(api: APIClient) -> None:
    job = worked(upload(api, ONE_BAD))
    assert (job.state, job.held, LedgerLine.objects.count()) == ("refused", 2, 0)


def test_questions_stand_among_the_errors_until_they_are_answered(api: APIClient) -> None:
    job = worked(upload(api, AMBIGUOUS))
    shown = api.get(f"{IMPORTS}{job.pk}/").json()
    assert (shown["state"], [error["column"] for error in shown["errors"]]) == ("needs_answers", ["date_order"])

    answered = worked(api.post(f"{IMPORTS}{job.pk}/answers/", {"map": {"date_order": "dmy"}}, format="json"))
    assert (answered.state, answered.answers) == ("ready", {"date_order": "dmy"})
    worked(api.post(f"{IMPORTS}{job.pk}/confirm/", {}, format="json"))
    assert [str(line.date) for line in LedgerLine.objects.all()] == ["2026-04-03"]


def test_a_map_may_come_with_the_file(api: APIClient) -> None:
    worked(upload(api, AMBIGUOUS, map=json.dumps({"date_order": "mdy"})))
    assert [str(line.date) for line in LedgerLine.objects.all()] == ["2026-03-04"]


def test_an_import_is_taken_back(api: APIClient) -> None:
    job = worked(upload(api))
    assert worked(api.post(f"{IMPORTS}{job.pk}/revert/", {}, format="json")).state == "reverted"
    assert LedgerLine.objects.count() == 0


def test_a_cancelled_import_is_gone(api: APIClient) -> None:
    job = worked(upload(api, dry_run=True))
    assert api.post(f"{IMPORTS}{job.pk}/cancel/", {}, format="json").status_code == 204
    assert api.get(f"{IMPORTS}{job.pk}/").status_code == 404


def test_the_same_key_uploads_once(api: APIClient) -> None:
    first, second = upload(api, key="once"), upload(api, key="once")
    assert (first.json(), second["Location"]) == (second.json(), first["Location"])
    assert Import.objects.count() == 1
    assert upload(api, ONE_BAD, key="once").status_code == 409


def test_the_list_is_newest_first_and_narrowed(api: APIClient) -> None:
    old, new = received(GOOD), received(AMBIGUOUS)
    found = api.get(IMPORTS).json()["results"]
    assert [one["import"] for one in found] == [new.pk, old.pk]
    assert "errors" not in found[0]
    assert [one["import"] for one in api.get(IMPORTS, {"state": "ready"}).json()["results"]] == [old.pk]


@pytest.mark.parametrize(
    ("fields", "status", "named"),
    [
        ({"kind": "stars"}, 400, "kind"),
        ({"file": "no file"}, 400, "file"),
        ({"file": SimpleUploadedFile("lines.csv", b"")}, 400, "file"),
        ({"file": SimpleUploadedFile("lines.exe", GOOD)}, 422, "file"),
        ({"file": SimpleUploadedFile("lines.csv", b"a,b\n")}, 422, "file"),
        ({"file": SimpleUploadedFile("lines.xlsx", GOOD)}, 422, "file"),
        ({"source": "s" * 61}, 400, "source"),
        ({"source": "a\x00b"}, 400, "source"),
        ({"dry_run": "perhaps"}, 400, "dry_run"),
        ({"partial": "perhaps"}, 400, "partial"),
        ({"colour": "red"}, 400, "colour"),
        ({"map": "{"}, 400, "map"),
        ({"map": "[]"}, 400, "map"),
        ({"map": "[" * 100_000}, 400, "map"),
        ({"map": '{"date_order": NaN}'}, 400, "map"),
        ({"map": '{"columns": {"\\ud800": "date"}}'}, 400, "map"),
        ({"map": '{"columns": {"a\\u0000": "date"}}'}, 422, "columns"),
        ({"map": '{"columns": {"Date": 7}}'}, 422, "columns"),
        ({"map": '{"columns": []}'}, 422, "columns"),
        ({"map": '{"date_order": []}'}, 422, "date_order"),
        ({"map": '{"encoding": {}}'}, 422, "encoding"),
        ({"map": '{"header_row": true}'}, 422, "header_row"),
        ({"map": '{"sheet": []}'}, 422, "sheet"),
        ({"map": '{"colour": "red"}'}, 422, "colour"),
    ],
)
def test_bad_input_is_a_problem_and_leaves_nothing(
    api: APIClient, fields: dict[str, Any], status: int, named: str
) -> None:
    answer = upload(api, **fields)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert named in answer.json()["errors"], answer.json()
    assert not Import.objects.exists()


@pytest.mark.parametrize("body", [{}, {"map": []}, {"map": None}, {"map": {}, "x": 1}, [1], "text"])
def test_bad_answers_are_a_problem_and_change_nothing(api: APIClient, body: Any) -> None:
    job = received(AMBIGUOUS)
    answer = api.post(f"{IMPORTS}{job.pk}/answers/", body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    job.refresh_from_db()
    assert job.state == "needs_answers"


@pytest.mark.parametrize(
    ("role", "seen", "done"),
    [
        ("product_lead", 200, 202),
        ("sales_vp", 200, 403),
        ("product_manager", 404, 404),
        ("administrator", 404, 404),
        ("executive", 403, 403),
    ],
)
def test_who_sees_and_runs_imports_of_the_ledger(db: None, role: str, seen: int, done: int) -> None:
    job = received(GOOD)
    api = client_of(build.user(role))
    assert api.get(f"{IMPORTS}{job.pk}/").status_code == seen
    assert api.post(f"{IMPORTS}{job.pk}/confirm/", {}, format="json").status_code == done
    assert upload(api).status_code == (202 if role == "product_lead" else 403)
    assert Import.objects.count() == (2 if role == "product_lead" else 1)
