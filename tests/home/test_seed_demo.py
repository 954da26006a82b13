from __future__ import annotations

import datetime as dt
import stat
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random

import phonenumbers
import pytest
from django.core.management import call_command
from django.db.models.functions import TruncQuarter
from django.test import Client
from pytest_django import Settings

from accounts.models import Account, Deal
from pmcrm.home.demo import company, customers, names, people
from pmcrm.people.models import Office, Role, User
from pmcrm.people.permissions import RIGHTS
from segmentation.models import ExitPlan, Flag, ProfitRun
from segmentation.services.runs import has_newer_input
from touchpoints.models import Interaction, NextStep, NpsAnswer, Renewal


@pytest.mark.django_db(transaction=True)
def test_the_demo_company_has_something_to_do_for_everybody(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    said = StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue().startswith("Tidewright is there: 21 people, 412 accounts,")

    # Everybody can sign in with the password of the sheet, which only its owner may read.
    sheet = tmp_path / "demo-people.txt"
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    password = sheet.read_text().splitlines()[0].removeprefix("Password of everybody: ")
    lead = {"login": "ravi.kapoor@tidewright.example", "password": password}
    assert Client().post("/sign-in/login/", lead)["Location"] == "/"
    assert {role for user in User.objects.all() for role in user.roles} == set(Role.values)
    assert set(User.objects.exclude(office="").values_list("office", flat=True)) == set(Office.values)

    # A curve of the published form over twelve closed months, with the few that stand out.
    assert (Account.objects.external().count(), Account.objects.internal().count()) == (400, 12)
    run = ProfitRun.objects.newest_first()[0]
    assert (run.state, has_newer_input(run)) == ("done", False)
    assert (run.to_month.year - run.from_month.year) * 12 + run.to_month.month - run.from_month.month == 11
    assert Decimal(run.figures["best"]["0.2"]["share"]) >= Decimal("1.5")
    assert Decimal(run.figures["worst"]["0.1"]["share"]) <= Decimal("-0.5")
    assert Decimal(run.figures["hours_coverage"]) >= Decimal("0.7")
    flags = {
        (flag.account.name, flag.level, flag.is_guarded)
        for flag in Flag.objects.filter(level__in=["review", "candidate"]).select_related("account")
    }
    assert flags == {
        ("Störtebeker Umschlag AG", "candidate", False),
        ("Palmetto Reefer Terminals LLC", "candidate", True),
        ("Crosby Sands Wharves Ltd", "review", False),
        ("Marstrands Bärgning AB", "review", False),
    }
    assert Flag.objects.filter(is_silenced=True).count() == 1
    assert sorted(ExitPlan.objects.values_list("state", flat=True)) == ["approval", "coalition"]

    # Customers answer the survey in every quarter of two years, better each year; whoever renews has signed before.
    scores = NpsAnswer.objects.promoter_scores_by(TruncQuarter("answered_on"))
    assert len(scores) in (8, 9)
    assert all(score.answers >= 28 for score in scores.values())
    assert 10 < (NpsAnswer.objects.all().promoter_score().score or 0) < 50
    for renewal in Renewal.objects.select_related("account"):
        signed = Deal.objects.filter(account=renewal.account).first_signature()
        assert signed is not None
        assert signed < renewal.renews_on

    # My day has something for whoever takes next steps, and meetings lie ahead.
    for user in User.objects.exclude(roles__overlap=["administrator", "finance", "executive"]):
        assert NextStep.objects.open().of(user).exists(), user.name
    assert Interaction.objects.planned().count() == 25

    # Where people are already, it does nothing.
    call_command("seed_demo", stdout=said)
    assert said.getvalue().endswith("There are people here already: nothing was changed.\n")
    assert User.objects.count() == len(people.PEOPLE)


def test_names_are_the_same_everywhere_and_reach_nobody() -> None:
    drawn = names.company_names(names.COUNTRY["SE"], 3, Random(company.SEED))
    assert drawn == names.company_names(names.COUNTRY["SE"], 3, Random(company.SEED))
    assert sum(country.weight for country in names.COUNTRIES) == 100
    for country in names.COUNTRIES:
        assert len(country.roots) * len(country.forms) >= country.weight * customers.EXTERNAL // 100
        for city in range(len(country.cities)):
            number = names.phone(country, city, 42)
            assert number == "" or phonenumbers.is_valid_number(phonenumbers.parse(number)), number
    assert names.slug("Älvs Rederi AB") == "alvsrederi"


def test_every_role_of_the_table_is_somebody() -> None:
    roles = {role for person in people.PEOPLE for role in person.roles}
    assert {role for holders in RIGHTS.values() for role in holders} == roles


def test_every_month_of_the_last_two_years_is_there() -> None:
    months = company.months_until(dt.date(2026, 1, 31))
    assert (months[0], months[-1], len(months)) == (dt.date(2023, 12, 1), dt.date(2026, 1, 1), 26)
