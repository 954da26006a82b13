"""The mailbox: real IMAP. Each letter once, whatever happens in between."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from pymap.config import IMAPConfig
from pytest_django import Settings

from accounts.models import Contact
from correspondence.models import Letter, MailboxPlace
from correspondence.services import letters, mailbox
from correspondence.services.mailbox import NoMailbox, read_mailbox
from pmcrm.people.models import User
from tests.correspondence.conftest import dropped
from tests.mail_servers import ImapServer
from touchpoints.models import Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(imap_server: ImapServer, settings: Settings) -> ImapServer:
    settings.IMAP_URL = imap_server.url
    return imap_server


def test_letters_are_read_once_and_left_there(box: ImapServer, pm: User, kari: Contact) -> None:
    box.deliver(dropped(pm))
    box.deliver(dropped(pm, message_id="<2@x>", subject="Second"))
    assert (read_mailbox(), read_mailbox()) == (2, 0)
    assert sorted(Interaction.objects.values_list("subject", flat=True)) == ["Prices", "Second"]
    assert len(box.messages()) == 2
    box.deliver(dropped(pm, message_id="<3@x>", subject="Third"))
    assert read_mailbox() == 1


def test_letters_are_moved_where_a_folder_is_set(box: ImapServer, pm: User, kari: Contact, settings: Settings) -> None:
    settings.IMAP_HANDLED_FOLDER = "Handled"
    box.make_folder("Handled")
    box.deliver(dropped(pm))
    assert read_mailbox() == 1
    assert (len(box.messages()), len(box.messages("Handled"))) == (0, 1)


def test_killed_in_between_nothing_is_lost_and_nothing_twice(
    box: ImapServer, pm: User, kari: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    box.deliver(dropped(pm))
    # Killed after the bytes were written; after the letter was; and before its number was remembered.
    for target, name in ((letters, "_receive"), (mailbox, "take_in"), (MailboxPlace, "save")):
        with monkeypatch.context() as patch:

            def die(*_args: object, **_named: object) -> None:
                raise Killed

            patch.setattr(target, name, die)
            with pytest.raises(Killed):
                read_mailbox()
    assert read_mailbox() == 1
    assert (Letter.objects.count(), Interaction.objects.count()) == (1, 1)


def test_a_server_that_numbers_anew_brings_nothing_twice(box: ImapServer, pm: User, kari: Contact) -> None:
    box.deliver(dropped(pm))
    read_mailbox()
    MailboxPlace.objects.update(uid_validity=1)
    assert read_mailbox() == 1
    assert Interaction.objects.count() == 1


def test_an_odd_letter_does_not_hold_up_the_next(box: ImapServer, pm: User, kari: Contact) -> None:
    box.deliver(b"\x89PNG no mail at all")
    box.deliver(dropped(pm))
    assert read_mailbox() == 2
    assert sorted(Letter.objects.values_list("state", flat=True)) == ["logged", "quarantined"]


def test_a_letter_that_is_too_large_stays_and_is_told(
    box: ImapServer, pm: User, kari: Contact, settings: Settings
) -> None:
    settings.LETTER_MAX_BYTES = 1_000_000
    box.deliver(dropped(pm, text="word " * 300_000))
    assert read_mailbox() == 0
    letter = Letter.objects.get()
    assert (letter.state, letter.why) == ("quarantined", "It is larger than 1 MB and stays in the mailbox.")
    assert letter.size > 1_500_000
    assert len(box.messages()) == 1


def test_what_the_server_refuses_is_told(box: ImapServer, settings: Settings) -> None:
    read_mailbox()
    settings.IMAP_URL = box.url.replace("secret", "wrong")
    with pytest.raises(NoMailbox, match="cannot be read"):
        read_mailbox()
    assert MailboxPlace.objects.get().failure.startswith("The mailbox cannot be read:")
    settings.IMAP_URL = "pop3://x"
    with pytest.raises(NoMailbox, match="imaps://user:password@host/INBOX"):
        read_mailbox()
    settings.IMAP_URL = ""
    assert read_mailbox() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same(box: ImapServer, pm: User, kari: Contact) -> None:
    for number in range(5):
        box.deliver(dropped(pm, message_id=f"<{number}@x>", subject=f"Number {number}"))
    counts = list[int]()

    def work() -> None:
        counts.append(read_mailbox())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sum(counts) == 5
    assert (Letter.objects.count(), Interaction.objects.count()) == (5, 5)


MISSING = (
    "Mails come in, but the server does not move them to “Handled” (IMAP_HANDLED_FOLDER); they stay where they are."
)


def test_a_missing_folder_loses_nothing_and_is_told(
    box: ImapServer, pm: User, kari: Contact, settings: Settings
) -> None:
    settings.IMAP_HANDLED_FOLDER = "Handled"
    box.deliver(dropped(pm))
    box.deliver(dropped(pm, message_id="<2@x>", subject="Second"))
    assert read_mailbox() == 2
    place = MailboxPlace.objects.get()
    assert place.failure.startswith(f"{MISSING} It says: ")
    assert (len(box.messages()), len(place.unmoved), Interaction.objects.count()) == (2, 2, 2)
    # It stays told, and heals itself once the folder is there.
    assert read_mailbox() == 0
    assert MailboxPlace.objects.get().failure.startswith(MISSING)
    box.make_folder("Handled")
    assert read_mailbox() == 0
    place = MailboxPlace.objects.get()
    assert (place.failure, place.unmoved) == ("", [])
    assert (len(box.messages()), len(box.messages("Handled"))) == (0, 2)


@pytest.mark.parametrize(("able", "left"), [([b"UIDPLUS"], 1), ([], 2)])
def test_a_server_without_move_deletes_only_what_it_copied(
    able: list[bytes],
    left: int,
    box: ImapServer,
    pm: User,
    kari: Contact,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(IMAPConfig, "login_capability", property(lambda _config: able))
    settings.IMAP_HANDLED_FOLDER = "Erledigtes für später"
    box.make_folder('"Erledigtes f&APw-r sp&AOQ-ter"')
    box.deliver(dropped(pm, message_id="<0@x>", subject="Somebody else’s"))
    settings.IMAP_HANDLED_FOLDER, folder = "", settings.IMAP_HANDLED_FOLDER
    read_mailbox()
    box.mark_deleted()
    settings.IMAP_HANDLED_FOLDER = folder
    box.deliver(dropped(pm))
    assert read_mailbox() == 1
    assert (len(box.messages()), len(box.messages('"Erledigtes f&APw-r sp&AOQ-ter"'))) == (left, 1)
    place = MailboxPlace.objects.get()
    assert (place.failure, place.unmoved) == ("", [])
