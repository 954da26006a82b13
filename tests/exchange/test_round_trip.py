"""What goes out comes in again as the same data; mappings are remembered; what imports keep of a person goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import Contact, ContactReference, CustomField, ExternalReference
from accounts.models.contact import ContactRole
from pmcrm.exchange.models import Import, KnownMapping
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.forgetting import forget_files
from pmcrm.exchange.services.running import work
from tests import build
from tests.exchange.conftest import Command
from tests.exchange.test_import_command import numbers
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db

CsvFile = Callable[..., Path]


def _exported(client: Client, kind: str, folder: Path, query: str = "") -> Path:
    answer: Any = client.post(f"/lists/{kind}/export/", {"holds": "everything", "format": "csv", "query": query})
    assert answer.status_code == 200
    file = folder / "export.csv"
    file.write_bytes(b"".join(answer))
    return file


def test_exported_contacts_come_in_unchanged(client: Client, run_import: Command, tmp_path: Path) -> None:
    lead = build.user("product_lead")
    CustomField.objects.create(thing="contact", key="vip", label="VIP", type="yes_no")
    home, other = build.account(name="Home"), build.account(name="Home")
    build.contact(
        account=home, name="=Kari; Lund", email="kari@example.com", phone="+4722345678", job_title="'CTO",
        is_active=False,
        joined_company_on=dt.date(2020, 2, 29), background="One\n- two", time_zone="Europe/Oslo", custom={"vip": True},
        role=ContactRole.values[1],
    )  # fmt: skip
    build.contact(account=other, name="Per")
    client.force_login(lead)
    file = _exported(client, "contacts", tmp_path, "who=all")
    before = list(Contact.objects.order_by("pk").values())

    report, code = run_import("contacts", file, "--as", lead.email)

    assert (code, numbers(report)) == (0, (2, 0, 0, 0, 2, 0)), report
    assert list(Contact.objects.order_by("pk").values()) == before
    file.write_text(file.read_text("utf-8-sig").replace("Per", "Per Aas"), encoding="utf-8-sig")
    assert numbers(run_import("contacts", file, "--as", lead.email)[0]) == (2, 1, 0, 0, 1, 0)
    assert Contact.objects.get(name="Per Aas").account == other


def test_exported_talks_come_in_unchanged(client: Client, run_import: Command, tmp_path: Path) -> None:
    lead, gone = build.user("product_lead"), build.user("product_manager", is_active=False)
    home, other = build.account(name="Home"), build.account(name="Other")
    kari = build.contact(account=home, name="Kari")
    talk = build.interaction(
        home, other, author=gone, kind="call", at=dt.datetime(2026, 1, 15, 9, 30, 1, 250000, tzinfo=dt.UTC),
        subject="-1 for the price", notes="One\n\n=two", outcome="conversation", minutes=20, is_private=False,
    )  # fmt: skip
    talk.contacts.add(kari)
    build.interaction(home, author=lead, kind="note", is_private=True)
    off = build.interaction(home, author=lead, status="cancelled", cancel_reason="-ill")
    build.interaction(home, author=build.user("product_manager"), is_private=True)
    client.force_login(lead)
    file = _exported(client, "interactions", tmp_path)
    before = list(Interaction.objects.order_by("pk").values())

    report, code = run_import("interactions", file, "--as", lead.email)

    assert (code, numbers(report)) == (0, (2, 0, 0, 0, 2, 0)), report
    assert list(Interaction.objects.order_by("pk").values()) == before
    assert (set(talk.accounts.all()), list(talk.contacts.all())) == ({home, other}, [kari])
    file = _exported(client, "interactions", tmp_path, "status=cancelled")
    assert numbers(run_import("interactions", file, "--as", lead.email)[0]) == (1, 0, 0, 0, 1, 0)
    file.write_text(file.read_text("utf-8-sig").replace("'-ill", "well"), encoding="utf-8-sig")
    assert numbers(run_import("interactions", file, "--as", lead.email)[0]) == (1, 1, 0, 0, 0, 0)
    off.refresh_from_db()
    assert (off.status, off.cancel_reason) == ("cancelled", "well")


def test_a_mapping_is_remembered_for_its_source(csv_file: CsvFile, run_import: Command) -> None:
    lead = build.user("product_lead")
    head, given = "K1,K2,K3", {"columns": {"K1": "account_name", "K2": "industry", "K3": "city"}}
    run_import("accounts", csv_file(head, "One,Ports,Oslo"), "--source", "erp", "--as", lead.email, given=given)
    assert KnownMapping.objects.values_list("kind", "source", "columns", "said_by").get() == (
        "accounts", "erp", given["columns"], lead.pk,
    )  # fmt: skip

    report, code = run_import("accounts", csv_file("K3,K1,K2", "Bergen,Two,Ships"), "--source", "erp")

    assert (code, report["imported"]) == (0, 1), report
    job = Import.objects.get(pk=report["import"])
    assert job.mapping == given["columns"]
    assert any("for a file like this one" in note["template"] for note in job.notes)
    # Another source, and other columns, are asked anew.
    assert run_import("accounts", csv_file(head, "Three,Ports,Oslo"), "--source", "crm")[1] == 2
    assert run_import("accounts", csv_file(f"{head},More", "Three,Ports,Oslo,"), "--source", "erp")[1] == 2


def test_a_reference_that_an_import_added_goes_with_it(csv_file: CsvFile, run_import: Command) -> None:
    home = build.account(ref="A-1", name="Home")
    kari = build.contact(account=home, name="Kari")
    first, _code = run_import("accounts", csv_file("Customer ID,Customer Name", "77,Home"), "--source", "erp")
    second, _code = run_import("contacts", csv_file("Contact ID,Company,Name", "9,Home,Kari"), "--source", "crm")
    assert ExternalReference.objects.get(value="77").account == home
    assert ContactReference.objects.get(value="9").contact == kari

    for report in (second, first):
        run_import("--revert", str(report["import"]))

    assert (ExternalReference.objects.count(), ContactReference.objects.count()) == (0, 0)


def test_the_files_of_an_import_go(
    csv_file: CsvFile, run_import: Command, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    lead = build.user("product_lead")
    head = "Company,Name,E-mail,Position"
    report, _code = run_import(
        "contacts", csv_file(head, "Home,Kari Lund,kari@example.com,CTO", "Home,,,"), "--partial"
    )
    waiting = imports.receive(actor=lead, kind="contacts", name="a.csv", chunks=[f"{head}\nHome,Ola,,\n".encode()])
    work(waiting.pk)
    kept = Import.objects.get(pk=report["import"])
    assert kept.rejected_path.is_file()

    with django_capture_on_commit_callbacks(execute=True):
        assert forget_files(actor=lead, key=kept.pk)
        assert forget_files(actor=lead, key=waiting.pk)

    kept.refresh_from_db()
    assert (kept.rows, kept.rejected, kept.preview, kept.first_errors) == (2, 1, {}, [])
    assert not kept.directory.exists()
    assert not Import.objects.filter(pk=waiting.pk).exists()
    assert not waiting.directory.exists()
    assert not forget_files(actor=lead, key=waiting.pk)
