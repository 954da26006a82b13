from __future__ import annotations

import imaplib
from urllib.parse import urlsplit

from tests.mail_servers import ImapServer


def test_a_letter_that_was_delivered_lies_in_the_mailbox(imap_server: ImapServer) -> None:
    imap_server.deliver(b"Subject: A\r\n\r\nB\r\n")
    imap_server.make_folder("Handled")
    address = urlsplit(imap_server.url)
    assert address.hostname == "127.0.0.1"
    assert address.port is not None
    assert address.username is not None
    assert address.password is not None
    with imaplib.IMAP4(address.hostname, address.port, timeout=20) as client:
        client.login(address.username, address.password)
        client.select("INBOX")
        assert client.uid("SEARCH", "ALL")[1] == [b"101"]
        assert client.uid("MOVE", "101", "Handled")[0] == "OK"
    assert (imap_server.messages(), imap_server.messages("Handled")) == ([], [b"Subject: A\r\n\r\nB\r\n"])
