"""The whole demo company: its rows in one transaction, its figures and exits by the real services."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from pathlib import Path
from random import Random
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.services.value import recompute_tiers
from pmcrm.home.demo import (
    calls,
    contact,
    customers,
    evidence,
    exits,
    mails,
    meetings,
    money,
    pains,
    people,
    preparations,
    relations,
    surveys,
    talks,
    value,
)
from pmcrm.people.models import User
from segmentation.services.publishing import publish_run
from segmentation.services.runs import compute, request_run
from touchpoints.services.figures import refresh_contact_figures

SEED: Final = 20_250_714
MONTHS_BACK: Final = 25


def has_people() -> bool:
    return bool(User.objects.exists())


def months_until(today: dt.date) -> list[dt.date]:
    """First days of the months that hold data: 25 whole ones and the present one."""
    number = today.year * 12 + today.month - 1
    return [dt.date(one // 12, one % 12 + 1, 1) for one in range(number - MONTHS_BACK, number + 1)]


def make(*, password: str) -> dict[str, int]:
    """Everything; how many rows of which kind. The caller has seen to it that nobody is there yet."""
    random = Random(SEED)  # noqa: S311  an invented company needs no secrets, but the same names everywhere
    now = timezone.now()
    today = timezone.localdate()
    months = months_until(today)
    with transaction.atomic():
        users = people.make_people(password)
        made = customers.make_customers(random, users, months)
        internal = customers.make_internal(random, users, made)
        shapes = money.shapes_of(random, made)
        counts = {
            "people": len(users),
            "accounts": len(made) + len(internal),
            "ledger lines": money.make_ledger(random, made, shapes, months, today),
            "hour entries": money.make_hours(random, made, shapes, months, today, users),
            "interactions": talks.make_talks(random, users, made, internal, months, now),
        }
        value.make_worth(random, users, made, today)
        value.make_deals(random, made, today)
        value.make_facts(users, made, today)
        evidence.make_evidence(users, made, today)
        # With dice of its own: the figures of the company stay what they are.
        relations.make_relations(Random(SEED + 1), users, made, today)  # noqa: S311  the same as above
        surveys.make_answers(Random(SEED + 2), made, months, today)  # noqa: S311  the same as above
        surveys.make_first_deals(Random(SEED + 3), made, months)  # noqa: S311  the same as above
        contact.make_contact(Random(SEED + 8), users, made, now)  # noqa: S311  the same as above
        pains.make_pains(Random(SEED + 7), users, made, today)  # noqa: S311  the same as above
        meetings.make_meetings(Random(SEED + 9), users, now)  # noqa: S311  the same as above
        refresh_contact_figures()
        recompute_tiers()
        mails.make_mails(users, now)
        calls.make_calls(Random(SEED + 4), users)  # noqa: S311  the same as above
        preparations.make_preparations(users, now)
    make_figures(users["cfo"])
    exits.make_exits(users, made, today)
    return counts


def make_figures(actor: User) -> None:
    """A run over the last twelve closed months, published."""
    run, _is_new = request_run(actor=actor)
    compute(run.pk)
    publish_run(run_id=run.pk)


def new_password() -> str:
    """Words that a person can type: made at the first run, different on every machine."""
    words = (
        "anchor",
        "berth",
        "cargo",
        "delta",
        "ferry",
        "gantry",
        "harbour",
        "inlet",
        "jetty",
        "keel",
        "lock",
        "mole",
    )
    return "-".join([*(secrets.choice(words) for _number in range(3)), str(secrets.randbelow(900) + 100)])


def write_sheet(file: Path, password: str) -> None:
    """The people's addresses and their password, for the owner of this machine only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        handle.write(people.sheet(password))
    file.chmod(0o600)
