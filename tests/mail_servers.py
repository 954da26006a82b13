"""A mail server and a mailbox of their own for a test: real ones from packages, on a free port of this machine."""

from __future__ import annotations

import asyncio
import imaplib
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pytest_django import Settings

USER, PASSWORD = "drop", "secret"


# SMTP ----------------------------------------------------------------------------------------------------------------


@dataclass
class SmtpServer(Controller):
    """Takes every letter. `refuses` holds addresses that it answers with 550."""

    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__(self, hostname="127.0.0.1", port=0, data_size_limit=100_000_000, enable_SMTPUTF8=True)

    async def handle_RCPT(  # noqa: N802  the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.raw.append(content)
        self.letters.append(letter)
        return "250 OK"

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]  # the free port that the system chose
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the library's method has no types


@pytest.fixture
def smtp_server(settings: Settings) -> Iterator[SmtpServer]:
    """An SMTP server that takes what the product sends, which is set up to use it."""
    server = SmtpServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.SENDS_MAIL = True
    yield server
    server.stop()


# IMAP ----------------------------------------------------------------------------------------------------------------


@dataclass
class ImapServer:
    """A mailbox in memory, spoken to over the wire only."""

    port: int = 0

    @property
    def url(self) -> str:
        """What stands in IMAP_URL for it."""
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.port}/INBOX"

    @contextmanager
    def _client(self, folder: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=30) as client:
            client.login(USER, PASSWORD)
            client.select(folder)
            yield client

    def deliver(self, content: bytes, folder: str = "INBOX") -> None:
        with self._client("INBOX") as client:
            assert client.append(folder, "", "", content)[0] == "OK"

    def make_folder(self, name: str) -> None:
        with self._client("INBOX") as client:
            assert client.create(name)[0] == "OK"

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        with self._client(folder) as client:
            numbers = client.search(None, "ALL")[1][0].split()
            answers = [client.fetch(number.decode(), "(BODY.PEEK[])")[1][0] for number in numbers]
            return [answer[1] for answer in answers if isinstance(answer, tuple)]

    def mark_deleted(self, folder: str = "INBOX") -> None:
        """As somebody else's mail program does before it expunges."""
        with self._client(folder) as client:
            for number in client.search(None, "ALL")[1][0].split():
                client.store(number.decode(), "+FLAGS", "\\Deleted")

    def drop(self, folder: str = "INBOX") -> None:
        """Delete all letters of a folder for good."""
        with self._client(folder) as client:
            for number in client.search(None, "ALL")[1][0].split():
                client.store(number.decode(), "+FLAGS", "\\Deleted")
            client.expunge()


async def _serve(server: ImapServer, ready: threading.Event, over: asyncio.Event) -> None:
    args = Namespace(
        host="127.0.0.1", port="0", debug=False, cert=None, key=None, tls=False, proxy_protocol=None,
        passlib_cfg=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
    )  # fmt: skip
    backend, config = await DictBackend.init(args, invalid_user_sleep=0)
    config.apply_context()
    answer = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    listening = await asyncio.start_server(answer, host="127.0.0.1", port=0)
    async with listening:
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """An IMAP server with one empty mailbox."""
    server, ready, loop = ImapServer(), threading.Event(), asyncio.new_event_loop()
    over = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(server, ready, over),))
    thread.start()
    assert ready.wait(20)
    yield server
    loop.call_soon_threadsafe(over.set)
    thread.join(20)
    assert not thread.is_alive()
    loop.close()
