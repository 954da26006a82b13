"""Mail to whom an exit plan waits for: when it is their turn, once, without a word of what it is about."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone

from pmcrm.notices.models import Notice
from pmcrm.notices.services import send_waiting
from segmentation.services import exit_plan as verbs
from segmentation.services.exit_plan_turns import note_turns
from segmentation.tasks import tell_whose_turn
from tests.segmentation import exit_cast as cast
from tests.segmentation.exit_cast import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Company:
    return cast.company()


class BrokenMail(BaseEmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, email_messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


def told(mailoutbox: list[EmailMessage]) -> list[str]:
    """To whom mail went since last asked."""
    found = sorted(address for message in mailoutbox for address in message.to)
    mailoutbox.clear()
    return found


def test_each_is_told_once_when_it_is_their_turn(firm: Company, mailoutbox: list[EmailMessage]) -> None:
    plan = cast.draft(firm, author=firm.manager)
    tell_whose_turn(plan.pk)
    assert told(mailoutbox) == [firm.lead.email]
    tell_whose_turn(plan.pk)
    assert told(mailoutbox) == []

    cast.sponsored(firm, cast.write(firm, plan))
    verbs.open_coalition(actor=firm.lead, plan=plan)
    tell_whose_turn(plan.pk)
    assert told(mailoutbox) == sorted(person.email for person in firm.offices.values())

    cast.heard(firm, plan)
    verbs.request_approval(actor=firm.lead, plan=plan)
    tell_whose_turn()
    assert told(mailoutbox) == sorted([firm.lead.email, firm.approver.email])

    verbs.return_plan(actor=firm.approver, plan=plan, comment="Talk to their board first.")
    tell_whose_turn(plan.pk)
    assert told(mailoutbox) == [firm.lead.email]
    verbs.request_approval(actor=firm.lead, plan=plan)
    verbs.approve(actor=firm.lead, plan=plan)
    tell_whose_turn(plan.pk)
    tell_whose_turn()
    assert told(mailoutbox) == [firm.approver.email]


def test_the_mail_says_that_something_waits_and_nothing_more(
    firm: Company, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.SITE_URL = "https://crm.example"
    cast.run(firm)
    plan = cast.in_approval(firm)

    tell_whose_turn(plan.pk)

    mail = next(message for message in mailoutbox if message.to == [firm.approver.email])
    assert mail.subject == "A decision waits for you"
    assert "https://crm.example/decisions/" in mail.body
    for secret in ("Nordhavn", "NORD-1", "500", "exit", "Lea Lead", cast.REASON):
        assert secret not in mail.subject + str(mail.body)


def test_who_left_is_told_nothing(firm: Company, mailoutbox: list[EmailMessage]) -> None:
    plan = cast.in_coalition(firm)
    note_turns(plan_id=plan.pk)
    firm.cfo.is_active = False
    firm.cfo.save()

    send_waiting()

    assert firm.cfo.email not in told(mailoutbox)


def test_a_mail_server_that_fails_is_asked_again(firm: Company, mailoutbox: list[EmailMessage], settings: Any) -> None:
    plan = cast.draft(firm, author=firm.manager)
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.BrokenMail"
    tell_whose_turn(plan.pk)
    notice = Notice.objects.get()
    assert (notice.sent_at, notice.attempts) == (None, 1)
    assert notice.not_before > timezone.now() + timedelta(minutes=4)

    settings.EMAIL_BACKEND = usual
    tell_whose_turn()
    assert told(mailoutbox) == []
    Notice.objects.update(not_before=timezone.now())
    tell_whose_turn()
    assert told(mailoutbox) == [firm.lead.email]
    assert Notice.objects.get().sent_at is not None
