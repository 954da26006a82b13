"""Two become one, field by field, and two again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import InternalError
from django.test import Client
from django.utils import timezone

from accounts import merging
from accounts.models import (
    Account,
    AccountMerge,
    AccountTeam,
    Contact,
    Deal,
    ExternalReference,
    Promise,
    StrategicEntry,
    ValueAssessment,
)
from accounts.services.custom_fields import create_field
from accounts.services.merging import choices, forget_old_details, merge, preview, undo_merge
from accounts.services.trash import discard_contact, restore_contact
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import work
from pmcrm.people.models import User
from pmcrm.trail.models import TrailEntry
from segmentation.fair_offer import PATHS
from segmentation.models import ExitPlan, HourEntry, LedgerLine, ReviewFact
from segmentation.playbook import UNDER_WAY
from segmentation.services.runs import compute, input_fingerprint, request_run
from tests import build
from tests.accounts.merge_cast import everything, merged
from touchpoints.models import Attendance, NextStep
from touchpoints.services.figures import refresh_contact_figures


@pytest.mark.django_db
def test_every_column_that_points_at_a_record_is_declared() -> None:
    """A new column has to be registered in its room's hangs.py: moved by a merge, or kept for a reason."""
    for kind, target in ((merging.ACCOUNT, Account), (merging.CONTACT, Contact)):
        declared = {link.slug.lower() for link in merging.links(kind)}
        declared |= {kept.slug.lower() for kept in merging.kept(kind)}
        pointing = {
            f"{model._meta.label}.{field.name}".lower()
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and field.related_model is target
            # Row history keeps the keys that were there.
            and "pgh_obj" not in {one.name for one in model._meta.fields}
        }
        assert pointing - declared == set()
        assert declared - pointing == set()


@pytest.mark.django_db
def test_everything_passes_to_the_one_that_stays(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two

    assert [(str(moved.label), moved.count) for moved in preview(lead, loser)] == [
        ("people", 1),
        ("promises", 1),
        ("deals", 1),
        ("value scores", 1),
        ("external references", 1),
        ("assigned colleagues", 1),
        ("calls, meetings and other talks", 1),
        ("next steps", 1),
        ("ledger lines", 1),
        ("hour entries", 1),
        ("review facts", 1),
    ]
    merged(lead, winner, loser)

    assert preview(lead, loser) == []
    passed: list[Any] = [Contact, Promise, Deal, ValueAssessment, ExternalReference, AccountTeam]
    passed += [Attendance, NextStep, LedgerLine, HourEntry, ReviewFact]
    for model in passed:
        assert model._base_manager.filter(account=winner).count() == 2, model
    loser.refresh_from_db()
    assert (loser.merged_into, loser.version) == (winner, 2)


@pytest.mark.django_db
def test_fields_are_proposed_and_picked(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two

    proposed = {choice.name: choice.take for choice in choices(lead, winner, loser)}
    assert proposed == {
        "name": "other",
        "industry": "other",
        "country": "other",
        "city": "",
        "business_summary": "other",
    }
    merged(lead, winner, loser, country="other", business_summary="other", name="")

    winner.refresh_from_db()
    assert (winner.name, winner.ref, winner.industry) == ("Nordlys AS", "N-1", "Shipping")
    assert (winner.country, winner.business_summary) == ("NO", "They ship.")


@pytest.mark.django_db
def test_custom_fields_are_picked_like_the_others(lead: User) -> None:
    for label in ("Colour", "Port"):
        create_field(actor=build.user("administrator"), thing="account", label=label, type="text")
    winner = build.account(custom={"colour": "red"})
    loser = build.account(custom={"colour": "blue", "port": "Bergen"})
    before = everything()

    asked = {choice.name: (choice.mine, choice.theirs) for choice in choices(lead, winner, loser)}
    made = merged(lead, winner, loser, custom_port="other")

    winner.refresh_from_db()
    assert asked["custom_colour"] == ("red", "blue")
    assert winner.custom == {"colour": "red", "port": "Bergen"}
    undo_merge(actor=lead, made=made)
    assert everything() == before


@pytest.mark.django_db
def test_one_trail_row_says_what_happened(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two
    before = TrailEntry.objects.count()

    made = merged(lead, winner, loser, country="other")

    (entry,) = TrailEntry.objects.order_by("pk")[before:]
    assert (entry.verb, entry.actor, entry.account_id) == ("account.merged", lead, winner.pk)
    assert entry.data["merge"] == made.pk
    assert entry.data["other_ref"] == "N-2"
    assert entry.data["changes"] == {"country": ["", "NO"]}
    assert entry.data["moved"]["segmentation.LedgerLine.account"] == 1


@pytest.mark.django_db
def test_what_the_other_has_already_is_put_aside(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two
    colleague = build.user("finance")
    for account in two:
        AccountTeam.objects.create(account=account, user=colleague)
        StrategicEntry.objects.create(
            account=account, rank=account.pk, reason="Big", sponsor=lead, review_by=dt.date(2999, 1, 1)
        )
    both = build.interaction(winner, loser, author=lead, minutes=60)
    refresh_contact_figures()
    before = everything()

    made = merged(lead, winner, loser)

    assert list(both.attendances.values_list("account", flat=True)) == [winner.pk]
    assert AccountTeam.objects.filter(user=colleague).count() == 1
    assert list(StrategicEntry.objects.visible_to(lead).values_list("account", flat=True)) == [winner.pk]
    undo_merge(actor=lead, made=made)
    assert everything() == before


@pytest.mark.django_db
def test_two_that_were_related_to_each_other(lead: User) -> None:
    inside = build.account(name="Support", kind="internal")
    outside = build.account(name="Support AS", parent=inside)
    child = build.account(name="Support Bergen", parent=outside)
    inside.serves.add(outside)
    before = everything()

    made = merged(lead, outside, inside)

    outside.refresh_from_db()
    child.refresh_from_db()
    assert (outside.parent, child.parent) == (None, outside)
    assert Account.serves.through.objects.count() == 0
    undo_merge(actor=lead, made=made)
    assert everything() == before


@pytest.mark.django_db
def test_a_second_plan_under_way_stays_where_it_is_and_nobody_is_told(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two
    for account in two:
        values: dict[str, Any] = {"path": min(PATHS), "state": min(UNDER_WAY)}
        ExitPlan.objects.create(account=account, author=lead, sponsor=lead, **values)
    assert "plan" not in " ".join(str(moved.label) for moved in preview(build.user("sales_vp"), loser))

    merged(build.user("sales_vp"), winner, loser)

    assert ExitPlan.objects.filter(account=loser).count() == 1


@pytest.mark.django_db
def test_the_preview_counts_only_what_one_may_see(two: tuple[Account, Account]) -> None:
    shown = {str(moved.label) for moved in preview(build.user("sales_vp"), two[1])}

    assert "ledger lines" in shown
    assert "review facts" not in shown
    assert "hour entries" not in shown


# The way back


@pytest.mark.django_db
def test_undo_restores_both_exactly(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two
    before = everything()
    made = merged(lead, winner, loser, name="other", country="other", business_summary="other", industry="other")
    assert everything() != before

    back, stays = undo_merge(actor=lead, made=made)

    assert (back, stays) == (loser, [])
    assert everything() == before
    made.refresh_from_db()
    assert made.undone_by == lead
    assert TrailEntry.objects.latest("pk").verb == "account.merge_undone"


@pytest.mark.django_db
def test_what_came_after_stays_with_the_one_that_stayed(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two
    made = merged(lead, winner, loser, name="other", country="other")
    later = build.promise(account=winner, owner=lead, text="Later")
    winner.refresh_from_db()
    winner.country = "SE"
    winner.save()

    _back, stays = undo_merge(actor=lead, made=made)

    later.refresh_from_db()
    winner.refresh_from_db()
    assert later.account == winner
    assert (winner.name, winner.country, stays) == ("Nordlys AS", "SE", ["country"])


@pytest.mark.django_db
def test_undo_ends_after_thirty_days_and_is_done_once(lead: User, two: tuple[Account, Account]) -> None:
    made = merged(lead, *two)
    AccountMerge.objects.update(merged_at=timezone.now() - dt.timedelta(days=30, seconds=1))
    with pytest.raises(RuleViolation, match="30 days"):
        undo_merge(actor=lead, made=made)
    AccountMerge.objects.update(merged_at=timezone.now() - dt.timedelta(days=29))
    undo_merge(actor=lead, made=made)
    with pytest.raises(RuleViolation, match="already"):
        undo_merge(actor=lead, made=made)


@pytest.mark.django_db
def test_a_chain_leads_to_its_end_and_is_undone_from_there(client: Client, lead: User) -> None:
    first, second, third = (build.account(name=f"Nordlys {word}") for word in ("one", "two", "three"))
    build.ledger_line(account=first, revenue="10")
    before = everything()
    lower = merged(lead, second, first)
    upper = merged(lead, third, second)
    client.force_login(lead)

    assert client.get(first.get_absolute_url())["Location"] == third.get_absolute_url()
    with pytest.raises(RuleViolation, match="itself been merged"):
        undo_merge(actor=lead, made=lower)
    undo_merge(actor=lead, made=upper)
    undo_merge(actor=lead, made=lower)
    assert everything() == before


# Figures


@pytest.mark.django_db(transaction=True)
def test_the_next_run_counts_both_as_one_and_past_runs_stay() -> None:
    lead = build.user("product_lead", "finance")
    winner, loser, third = (build.account(name=name, ref=name) for name in ("Alpha", "Beta", "Gamma"))
    for account, revenue in ((winner, "100"), (loser, "50"), (third, "10")):
        build.ledger_line(account=account, revenue=revenue, cost="20")
    window: dict[str, Any] = {"from_month": dt.date(2026, 1, 1), "to_month": dt.date(2026, 1, 1)}
    run, _new = request_run(actor=lead, **window)
    compute(run.pk)
    fingerprint = input_fingerprint()

    made = merged(lead, winner, loser)

    assert input_fingerprint() != fingerprint
    after, is_new = request_run(actor=lead, **window)
    assert is_new
    compute(after.pk)
    after.refresh_from_db()
    run.refresh_from_db()
    assert list(after.rows.along_curve().values_list("ref", "contribution")) == [
        ("Alpha", Decimal(110)),
        ("Gamma", Decimal(-10)),
    ]
    assert run.rows.filter(account=loser).get().contribution == Decimal(30)
    assert after.figures["total"] == run.figures["total"] == "100.000000"
    assert after.figures["reconciliation"]["difference"] == "0.000000"

    undo_merge(actor=lead, made=made)
    again, is_new = request_run(actor=lead, **window)
    compute(again.pk)
    assert is_new
    assert again.rows.count() == 3


@pytest.mark.django_db
def test_the_list_shows_the_sum_until_the_next_run(lead: User) -> None:
    winner, loser = build.account(name="Alpha"), build.account(name="Beta")
    for account, revenue in ((winner, 100), (loser, 50)):
        type(account.figures).objects.filter(account=account).update(
            revenue_12m=revenue, contribution_12m=revenue - 30, contribution_rank=account.pk, trend=1, run_id=7
        )
    before = everything()

    made = merged(lead, winner, loser)

    figures = Account.objects.select_related("figures").get(pk=winner.pk).figures
    assert (figures.revenue_12m, figures.contribution_12m) == (150, 90)
    assert (figures.contribution_rank, figures.trend) == (None, None)
    undo_merge(actor=lead, made=made)
    assert everything() == before


@pytest.mark.django_db
def test_a_ledger_line_moves_in_a_merge_only_and_never_changes_otherwise(two: tuple[Account, Account]) -> None:
    winner, loser = two
    with pytest.raises(InternalError), transaction.atomic():
        LedgerLine.objects.filter(account=loser).update(account=winner)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT set_config('pmcrm.merging', 'on', true)")
        with pytest.raises(InternalError), transaction.atomic():
            LedgerLine.objects.filter(account=loser).update(account=winner, revenue=1)
        cursor.execute("SELECT set_config('pmcrm.merging', 'off', true)")
    assert LedgerLine.objects.get(account=loser).revenue == Decimal(100)


# People


@pytest.mark.django_db
def test_a_version_that_is_not_the_present_one_merges_nothing(lead: User, two: tuple[Account, Account]) -> None:
    winner, loser = two
    Account.objects.filter(pk=loser.pk).update(version=5)

    with pytest.raises(StaleVersion):
        merge(actor=lead, winner=winner, loser=loser, version=1, other_version=1, take={})

    assert not AccountMerge.objects.exists()
    with pytest.raises(RuleViolation):
        merge(actor=lead, winner=winner, loser=winner, version=1, other_version=1, take={})


@pytest.mark.django_db
def test_what_was_kept_for_undoing_goes_when_nobody_can_undo_it(lead: User, two: tuple[Account, Account]) -> None:
    made = merged(lead, *two)
    assert forget_old_details() == 0
    AccountMerge.objects.update(merged_at=timezone.now() - dt.timedelta(days=31))

    assert forget_old_details() == 1

    made.refresh_from_db()
    assert made.details == {}
    assert TrailEntry.objects.filter(verb="account.merged").count() == 1


@pytest.mark.django_db
def test_removing_a_record_that_took_another_in(lead: User) -> None:
    account = build.account()
    winner, loser = (build.contact(account=account, name=name) for name in ("Kari Lund", "K. Lund"))
    made = merged(lead, winner, loser)
    discard_contact(actor=lead, contact=winner)
    assert not Contact.objects.kept().exists()
    restore_contact(actor=lead, contact=winner)

    undo_merge(actor=lead, made=made)
    discard_contact(actor=lead, contact=winner)

    assert list(Contact.objects.visible_to(lead)) == [loser]


@pytest.mark.django_db
def test_a_file_that_names_the_one_that_went_means_the_one_that_stayed(two: tuple[Account, Account]) -> None:
    winner, loser = two
    merged(build.user("product_lead"), winner, loser)
    rows = b"Customer ID,Customer Name,Date,Revenue\nN-2,,2026-01-31,10\n,nordlys,2026-01-31,20\n"
    job = imports.receive(actor=None, kind="ledger", name="lines.csv", chunks=[rows])
    work(job.pk)
    job.refresh_from_db()
    imports.confirm(actor=None, job=job, is_partial=False)
    work(job.pk)

    added = LedgerLine.objects.filter(batch_id=job.pk).values_list("account", "revenue")
    assert sorted(added) == [(winner.pk, 10), (winner.pk, 20)]
    assert Account.objects.count() == 2
