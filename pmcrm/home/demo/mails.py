"""Mails that were logged, one that waits for a word, and an answer of a machine."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from email.utils import format_datetime

from django.db.models import F

from accounts.models import Contact
from correspondence.models import Letter
from correspondence.services.letters import upload
from pmcrm.people.models import User

LOGGED = (
    (
        2,
        True,
        "Tide beside the plan",
        "We pinned the tide table beside the screen again. When can we see both in one view?",
    ),
    (
        6,
        False,
        "What we agreed on Thursday",
        "As promised, the example of the hand-over view. Your night shift may try it.",
    ),
    (13, True, "Rest hours", "The audit moved to May. Could the roster count the hours until then, even roughly?"),
)


def make_mails(users: dict[str, User], now: dt.datetime) -> None:
    manager = users["maja"]
    people = Contact.objects.filter(account__product_manager=manager, is_active=True).exclude(email="")
    for number, (person, (days, is_theirs, subject, text)) in enumerate(
        zip(people.select_related("account").order_by("account_id", "pk")[:3], LOGGED, strict=False)
    ):
        upload(
            actor=manager,
            content=_mail(number, manager, person, is_theirs, subject, text, now - dt.timedelta(days=days)),
        )
        if number == 0:
            _waiting(manager, person, now)
    Letter.objects.update(received_at=F("sent_at"))


def _waiting(manager: User, known: Contact, now: dt.datetime) -> None:
    """Somebody new at a customer, and a machine that answered."""
    new = Contact(name="Signe Dahl", email=f"signe.dahl@{known.email.partition('@')[2]}")
    text = "Our planner gave me your name. I take over the berth plan in January and would like to know what is coming."
    upload(
        actor=manager,
        content=_mail(11, manager, new, True, "Taking over the berth plan", text, now - dt.timedelta(days=1)),
    )
    away = "I am back on Monday."
    upload(
        actor=manager,
        content=_mail(12, manager, known, True, "Automatic reply: Prices", away, now - dt.timedelta(days=4)),
    )


def _mail(
    number: int, manager: User, person: Contact, is_theirs: bool, subject: str, text: str, at: dt.datetime
) -> bytes:
    made = EmailMessage()
    theirs, ours = f"{person.name} <{person.email}>", f"{manager.name} <{manager.email}>"
    made["From"], made["To"] = (theirs, ours) if is_theirs else (ours, theirs)
    made["Subject"], made["Date"] = subject, format_datetime(at)
    made["Message-ID"] = f"<demo-{number}@{person.email.partition('@')[2]}>"
    made.set_content(text)
    return made.as_bytes()
