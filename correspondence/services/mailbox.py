"""The mailbox from which mails are logged: read by IMAP, each letter once, whatever dies in between.

A letter is taken in first (its digest makes a second time harmless), then remembered by its number, and moved at the
end if so set: what cannot be moved stays where it is and is tried again. A worker holds the database's lock of the
mailbox while it reads: a second one finds it taken and leaves.
"""

from __future__ import annotations

import base64
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import DataError, connection
from django.utils.translation import gettext as _

from correspondence.models import MailboxPlace
from correspondence.models.letter import LONGEST_WHY
from correspondence.services.letters import keep_apart, take_in

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
WAIT: Final = 30
MOST_UNMOVED: Final = 5000
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")
_NUMBER: Final = re.compile(rb"UID (\d+)")


class NoMailbox(Exception):
    """The mailbox cannot be read, and why, for the operator."""


@dataclass(frozen=True)
class Address:
    """IMAP_URL taken apart."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_secret: bool

    @property
    def name(self) -> str:
        """What may stand in logs and tables: no password."""
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


def address() -> Address | None:
    """Where the mailbox is; None where none is set up. A wrong IMAP_URL raises `NoMailbox`."""
    if not settings.IMAP_URL:
        return None
    parts = urlsplit(settings.IMAP_URL)
    try:
        port = parts.port
    except ValueError as error:
        raise NoMailbox(_("IMAP_URL has a port that is no number.")) from error
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise NoMailbox(_("IMAP_URL is not understood. Right would be imaps://user:password@host/INBOX."))
    is_secret = parts.scheme == "imaps"
    return Address(
        host=parts.hostname,
        port=port or (993 if is_secret else 143),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        is_secret=is_secret,
    )


def read_mailbox() -> int:
    """Take in what is new in the mailbox. Returns how many letters; what the server refuses is kept as its failure."""
    where = address()
    if where is None:
        return 0
    with _alone(where.name) as is_mine:
        if not is_mine:
            return 0
        try:
            with _opened(where) as client:
                count = _read(client, where)
        except (OSError, imaplib.IMAP4.error, ssl.SSLError) as error:
            log.warning("The mailbox %s cannot be read: %s", where.name, error)
            said = _("The mailbox cannot be read: %(why)s") % {"why": error}
            MailboxPlace.objects.filter(mailbox=where.name).update(failure=said[:LONGEST_WHY])
            raise NoMailbox(said) from error
    return count


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"mailbox {name}"])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"mailbox {name}"])


@contextmanager
def _opened(where: Address) -> Iterator[imaplib.IMAP4]:
    client: imaplib.IMAP4
    if where.is_secret:
        context = ssl.create_default_context()
        client = imaplib.IMAP4_SSL(where.host, where.port, ssl_context=context, timeout=WAIT)
    else:
        client = imaplib.IMAP4(where.host, where.port, timeout=WAIT)
    with client:
        client.login(where.user, where.password)
        yield client


def _read(client: imaplib.IMAP4, where: Address) -> int:
    kind, answer = client.select(_quoted(where.folder), readonly=not settings.IMAP_HANDLED_FOLDER)
    if kind != "OK":
        raise imaplib.IMAP4.error(f"no folder {where.folder}: {answer!r}")
    validity = int(client.response("UIDVALIDITY")[1][0] or 0)
    place, _new = MailboxPlace.objects.get_or_create(mailbox=where.name, defaults={"uid_validity": validity})
    if place.uid_validity != validity:
        # The server numbers anew: all is looked at again, and known by its digest.
        place.uid_validity, place.last_uid = validity, 0
        place.unmoved = []
    moves, count = bool(settings.IMAP_HANDLED_FOLDER), 0
    for uid, size in _new_ones(client, place.last_uid):
        if size <= settings.LETTER_MAX_BYTES:
            is_in = _take(client, uid)
            count += is_in
            place.unmoved = [*place.unmoved, uid][-MOST_UNMOVED:] if is_in and moves else place.unmoved
        elif head := _fetched(client, uid, "(BODY.PEEK[HEADER])"):
            most = settings.LETTER_MAX_BYTES // 1000**2
            keep_apart(
                head, size=size, why=_("It is larger than %(most)s MB and stays in the mailbox.") % {"most": most}
            )
        place.last_uid, place.failure = uid, ""
        place.save()
    failure = _move_handled(client, place) if moves and place.unmoved else ""
    if place.failure != failure[:LONGEST_WHY] or (place.unmoved and not moves):
        place.failure, place.unmoved = failure[:LONGEST_WHY], place.unmoved if moves else []
        place.save()
    return count


def _new_ones(client: imaplib.IMAP4, last: int) -> list[tuple[int, int]]:
    """Numbers and sizes of letters after `last`, oldest first. A server answers `n:*` with the last one at least."""
    _kind, answer = client.uid("FETCH", f"{last + 1}:*", "(UID RFC822.SIZE)")
    found = list[tuple[int, int]]()
    for line in answer or []:
        text = line[0] if isinstance(line, tuple) else line or b""
        number, size = _NUMBER.search(text), _SIZE.search(text)
        if number and size and int(number[1]) > last:
            found.append((int(number[1]), int(size[1])))
    return sorted(found)[:AT_ONCE]


def _fetched(client: imaplib.IMAP4, uid: int, what: str) -> bytes | None:
    """None where somebody deleted it in between."""
    _kind, answer = client.uid("FETCH", str(uid), what)
    return next((line[1] for line in answer or [] if isinstance(line, tuple)), None)


def _take(client: imaplib.IMAP4, uid: int) -> int:
    content = _fetched(client, uid, "(BODY.PEEK[])")
    if content is None:
        return 0
    try:
        take_in(content)
    except (ValueError, LookupError, TypeError, DataError) as error:
        # One odd letter must not hold up those behind it; what it was is in the log, and the letter is kept.
        log.exception("Letter %s cannot be taken in", uid)
        keep_apart(content, size=len(content), why=_("It cannot be read: %(why)s") % {"why": type(error).__name__})
    return 1


def _move_handled(client: imaplib.IMAP4, place: MailboxPlace) -> str:
    """Move what came in to the folder for it, oldest first. Returns why not, in a sentence; what is left is kept for
    the next time."""
    able = {str(word, "ascii", "replace").upper() for word in (client.capability()[1][-1] or b"").split()}
    for uid in place.unmoved[:AT_ONCE]:
        try:
            _move(client, uid, _quoted(settings.IMAP_HANDLED_FOLDER), able)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refusal:
            return _(
                "Mails come in, but the server does not move them to “%(folder)s” (IMAP_HANDLED_FOLDER); they stay "
                "where they are. It says: %(why)s"
            ) % {"folder": settings.IMAP_HANDLED_FOLDER, "why": refusal}
        place.unmoved = [one for one in place.unmoved if one != uid]
        place.save()
    return ""


def _move(client: imaplib.IMAP4, uid: int, folder: str, able: set[str]) -> None:
    """Never deletes what was not copied, nor what somebody else marked as deleted: a server that cannot expunge one
    letter alone (UIDPLUS) keeps it, marked."""
    if "MOVE" in able:
        _told(client.uid("MOVE", str(uid), folder))
        return
    _told(client.uid("COPY", str(uid), folder))
    _told(client.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)"))
    if "UIDPLUS" in able:
        _told(client.uid("EXPUNGE", str(uid)))


def _told(answer: tuple[str, list[Any]]) -> None:
    """Where the server says no, its words as an error, as imaplib raises for what a server does not understand."""
    kind, said = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(" ".join(str(word, "utf-8", "replace") for word in said if isinstance(word, bytes)))


def _quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: other letters than English ones in its own UTF-7 (RFC 3501, 5.1.3)."""
    if not folder.isascii():
        folder = re.sub(r"&|[^\x20-\x7e]+", lambda found: _in_utf7(found[0]), folder)
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _in_utf7(text: str) -> str:
    letters = base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    return "&-" if text == "&" else f"&{letters}-"
