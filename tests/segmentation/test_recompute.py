"""`manage.py recompute` prints the run as the API shows it."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AccountFigures
from segmentation.models import ProfitRun
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)


def recompute(*arguments: str) -> dict[str, Any]:
    printed = StringIO()
    call_command("recompute", *arguments, stdout=printed)
    shown: dict[str, Any] = json.loads(printed.getvalue())
    return shown


def test_it_computes_prints_and_publishes_and_the_second_time_gives_the_same_run() -> None:
    for ref, revenue, cost in (("A", "100", "40"), ("B", "10", "30.5")):
        build.ledger_line(account=build.account(ref=ref), revenue=revenue, cost=cost, date=dt.date(2025, 6, 1))

    shown = recompute("--from", "2025-01", "--to", "2025-12")
    again = recompute("--from", "2025-01", "--to", "2025-12")

    assert shown["state"] == "done"
    assert (shown["from"], shown["to"], shown["currency"], shown["accounts"]) == ("2025-01", "2025-12", "USD", 2)
    assert (shown["total"], shown["peak"], shown["hidden_loss"]) == ("39.5000", "60.0000", "20.5000")
    assert shown["best"]["0.1"]["share"] == "0.303797"
    assert again["id"] == shown["id"]
    assert ProfitRun.objects.count() == 1
    assert AccountFigures.objects.filter(run_id=shown["id"]).count() == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "2025-01"], "Give both --from and --to, or neither."),
        (["--from", "2025-13", "--to", "2025-14"], "A month is given as year and month"),
        (["--from", "2025-06", "--to", "2025-01"], "The last month lies before the first one."),
        (["--currency", "usd"], "A currency is three capital letters"),
    ],
)
def test_wrong_arguments_are_refused_in_words(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words) as refusal:
        recompute(*arguments)

    assert refusal.value.returncode == 2
    assert not ProfitRun.objects.exists()
