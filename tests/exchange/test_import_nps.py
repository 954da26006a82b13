"""`manage.py import nps`: answers of people known and unknown; the score of the real survey by page and API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers, reasons
from touchpoints.models import NpsAnswer

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]
HEAD = "Response ID,Company,Customer Name,Email,NPS,Survey date,Comment"


def test_answers_find_who_gave_them(csv_file: CsvFile, run_import: Command) -> None:
    home = build.account(ref="A-1", name="Home")
    kari = build.contact(account=home, name="Kari", email="kari@example.com")
    ola = build.contact(account=home, name="Ola")
    rows = (
        "1,,,KARI@example.com,10,2026-01-10,Quick",
        "2,Home,ola,,3,2026-01-11,Slow",
        "3,,Home,,7,2026-01-12,",
        "4,,Somebody,,0,2026-01-13,",
    )

    report, code = run_import("nps", csv_file(HEAD, *rows), "--source", "survey")

    assert (code, numbers(report)) == (0, (4, 4, 0, 0, 0, 0)), report
    found = NpsAnswer.objects.order_by("ref").values_list("contact", "account", "respondent", "score", "comment")
    assert list(found) == [
        (kari.pk, home.pk, "", 10, "Quick"), (ola.pk, home.pk, "ola", 3, "Slow"),
        (None, home.pk, "Home", 7, ""), (None, None, "Somebody", 0, ""),
    ]  # fmt: skip
    changed = csv_file(HEAD, rows[0].replace("10", "9"), *rows[1:])
    again, _code = run_import("nps", changed, "--source", "survey")
    assert numbers(again) == (4, 1, 0, 0, 3, 0)
    run_import("--revert", str(again["import"]))
    assert NpsAnswer.objects.get(ref="1").score == 10
    run_import("--revert", str(report["import"]))
    # The answer that was changed and put back counts as touched.
    assert [answer.ref for answer in NpsAnswer.objects.all()] == ["1"]


def test_each_bad_answer_is_named(csv_file: CsvFile, run_import: Command) -> None:
    ahead = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=5)
    rows = (
        "1,,A,,11,2026-01-10,",
        "2,,A,,7.5,2026-01-10,",
        f"3,,A,,7,{ahead},",
        "4,Nowhere,A,,7,2026-01-10,",
        "5,,A,,,2026-01-10,",
    )

    report, code = run_import("nps", csv_file(HEAD, *rows))

    assert code == 1
    assert reasons(report) == [
        (2, "NPS", "An answer is a whole number from 0 to 10."),
        (3, "NPS", "An answer is a whole number from 0 to 10."),
        (4, "Survey date", "An answer cannot lie ahead."),
        (5, "Company", "No account is called so. Bring in the accounts first, or leave the cell empty."),
        (6, "NPS", "A value is needed here."),
    ]  # fmt: skip
    assert not NpsAnswer.objects.exists()


def test_the_latest_answer_of_everybody_counts(client: Client) -> None:
    account = build.account(name="Home")
    kari = build.contact(account=account)
    days = [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
    for number, (day, score) in enumerate(zip(days, (2, 9), strict=True)):
        NpsAnswer.objects.create(contact=kari, account=account, score=score, answered_on=day, ref=f"k{number}")
        NpsAnswer.objects.create(respondent="Ola  Aas", score=score, answered_on=day, ref=f"o{number}")

    assert NpsAnswer.objects.latest_per_person().counts() == {9: 2}
    assert NpsAnswer.objects.counts() == {2: 2, 9: 2}
    assert NpsAnswer.objects.between(None, days[0]).latest_per_person().counts() == {2: 2}

    client.force_login(build.user("product_manager"))
    shown = client.get(f"/accounts/{account.pk}/nps/", headers={"HX-Request": "true"}).content.decode()
    assert "On average 9.0 of 10: the latest answer of 1 person." in shown
    client.force_login(build.user("sales_owner"))
    assert client.get(f"/accounts/{account.pk}/nps/").status_code == 404
    assert client.get("/api/v1/nps-answers/").json()["results"] == []
    page = client.get("/interactions/nps/?since=2026-01-01&until=2026-02-01").content.decode()
    assert "No answers in this period" in page


@pytest.mark.real_input
def test_the_real_survey_gives_its_known_scores(
    shared_data: Path, run_import: Command, truth: Callable[[str], dict[str, Any]], client: Client
) -> None:
    known = truth("nps")
    file = shared_data / "data" / "nps" / "raw" / "NPStimeseries.csv"

    report, code = run_import("nps", file, "--source", "survey")

    assert (code, numbers(report)) == (0, (5000, 5000, 0, 0, 0, 0)), report
    client.force_login(build.user("product_manager"))

    def score(**asked: str) -> dict[str, Any]:
        found = client.get("/api/v1/nps-answers/score/", {"base": "every", **asked}).json()
        return {
            "n": found["answers"],
            **{name: found[name] for name in ("promoters", "passives", "detractors")},
            "nps": f"{found['score']:.6f}",
            "mean": f"{found['mean']:.6f}",
        }

    assert score() == known["all"]
    assert {market: score(market=market) for market in known["by_market"]} == known["by_market"]
    for number, expected in known["by_quarter"].items():
        assert _of_months(score, 3 * int(number) - 2, 3 * int(number)) == expected
    for number, expected in known["by_month"].items():
        assert _of_months(score, int(number), int(number)) == expected
    page = client.get("/interactions/nps/?base=every&since=2021-01-01&until=2021-12-31").content.decode()
    assert "+11.8" in page
    assert "5,000" in page
    # Of everybody the latest: one answer for each name.
    assert client.get("/api/v1/nps-answers/score/").json()["answers"] == (
        known["all"]["n"] - known["duplicate_customer_names"]
    )
    assert numbers(run_import("nps", file, "--source", "survey")[0]) == (5000, 0, 0, 0, 5000, 0)


def _of_months(score: Callable[..., dict[str, Any]], first: int, last: int) -> dict[str, Any]:
    end = dt.date(2021 + last // 12, last % 12 + 1, 1) - dt.timedelta(days=1)
    return score(since=f"2021-{first:02}-01", until=end.isoformat())
