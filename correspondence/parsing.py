"""A mail as bytes, taken apart: whoever wrote it, in whatever encoding, and however broken.

Nothing here knows customers. What cannot be read is left out with a remark; only a mail that cannot be taken apart at
all raises `Unreadable`. Archives and attached documents are never opened.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import quopri
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Final

from correspondence.plain_text import text_of_html

LONGEST_TEXT: Final = 100_000
LONGEST_HEAD: Final = 20_000
MOST_ANSWERED: Final = 20
MOST_PARTS: Final = 500
MOST_PEOPLE: Final = 200
_WORD: Final = re.compile(r"=\?([^?\s*]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN: Final = re.compile(r"(\?=)\s+(=\?)")
_FOLD: Final = re.compile(r"\r?\n[ \t]+|[\r\n]+")
_NOT_IN_NAMES: Final = re.compile(r'[/\\.:*?"<>|]+')
_INVISIBLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_LATIN: Final = frozenset({"ascii", "iso8859-1", "cp1252", "iso8859-15"})
_AWAY: Final = re.compile(
    r"^\s*(automatic reply|out of office|auto(matic)?[ -]?repl|autoreply|automatische antwort|abwesen|"
    r"réponse automatique|respuesta automática|автоответ|自动回复)",
    re.IGNORECASE,
)
_PASSED_ON: Final = re.compile(
    r"^[> \t]*(-{2,}[ \t]*(forwarded message|original message|weitergeleitete nachricht|ursprüngliche nachricht|"
    r"message transféré|mensaje reenviado|пересылаемое сообщение|пересланное сообщение)[^\n]*"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:|_{20,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD: Final = re.compile(
    r"^[>\s*]*(?P<name>from|von|de|от|date|sent|gesendet|datum|дата|отправлено|subject|betreff|objet|asunto|тема|"
    r"to|an|à|para|кому)\s*:\**[ \t]*(?P<value>[^\n]*)$",
    re.IGNORECASE,
)
_NAMES: Final = {
    "from": {"from", "von", "de", "от"},
    "date": {"date", "sent", "gesendet", "datum", "дата", "отправлено"},
    "subject": {"subject", "betreff", "objet", "asunto", "тема"},
    "to": {"to", "an", "à", "para", "кому"},
}


class Unreadable(ValueError):
    """The bytes are no mail, or one that is built to be no mail."""


@dataclass(frozen=True)
class Person:
    email: str
    name: str = ""


@dataclass(frozen=True)
class Part:
    """Something attached: its name as the sender gave it, and its bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What a mail says. `sent_at` is None where no date can be read; `delivered_to` are all addresses it came by."""

    subject: str
    sender: Person
    receivers: tuple[Person, ...]
    delivered_to: tuple[str, ...]
    sent_at: datetime | None
    text: str
    message_id: str = ""
    answers_to: tuple[str, ...] = ()
    """The mails that it answers, by their Message-ID."""
    parts: tuple[Part, ...] = ()
    calendars: tuple[bytes, ...] = ()
    mails: tuple[Part, ...] = ()
    """Mails attached, as files; `passed_on` is the first of them."""
    is_automatic: bool = False
    is_cut: bool = False
    above: str = ""
    """What whoever passed it on wrote above it."""
    passed_on: Mail | None = None


def parse(content: bytes) -> Mail:
    """Take a mail apart. Raises `Unreadable` for what has neither a sender nor a subject nor a date."""
    try:
        mail = _mail(message_from_bytes(content), depth=0)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError) as error:
        # The standard library has no common error for what it stumbles over.
        raise Unreadable(str(error)[:200]) from error
    if not (mail.sender.email or mail.subject or mail.sent_at):
        raise Unreadable("neither sender nor subject nor date")
    return mail


def _mail(message: Message, depth: int) -> Mail:
    heads: dict[str, list[str]] = {}
    for name, value in message.raw_items():  # the raw value: asking for it decoded raises for some broken ones
        heads.setdefault(name.casefold(), []).append(_FOLD.sub(" ", str(value)[:LONGEST_HEAD]))
    plain, html, parts, calendars, inner = list[str](), list[str](), list[Part](), list[bytes](), list[Message]()
    sent = list[Part]()
    for number, part in enumerate(_leaves(message)):
        if number >= MOST_PARTS:
            break
        kind, name = part.get_content_type(), _name_of(part)
        if kind == "message/rfc822":
            payload = part.get_payload()
            mails = [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []
            inner += mails[:1]
            if mails:
                continue
        body = part.get_payload(decode=True)
        content = body if isinstance(body, bytes) else b""
        if kind == "text/calendar" or name.casefold().endswith(".ics"):
            calendars.append(content)
        is_attached = bool(name) or part.get_content_disposition() == "attachment" or not kind.startswith("text/")
        if kind == "text/plain" and not is_attached:
            plain.append(_decoded(content, part))
        elif kind == "text/html" and not is_attached:
            html.append(text_of_html(_decoded(content, part)))
        elif kind == "text/calendar" and content:
            sent.append(Part(name if name.casefold().endswith(".ics") else "calendar.ics", kind, content))
        elif content:
            parts.append(Part(name or "attachment", kind, content))
    # Many programs send a calendar twice: to be shown, and as a file.
    parts += [one for one in dict.fromkeys(sent) if one.content not in {part.content for part in parts}]
    text = clean("\n\n".join(filter(str.strip, plain)) or "\n\n".join(filter(None, html)))
    subject = decode_words(heads.get("subject", [""])[0])
    found = Mail(
        subject=" ".join(subject.split())[:500],
        sender=(_people(heads, "from", "sender") or (Person(""),))[0],
        receivers=_people(heads, "to", "cc"),
        delivered_to=tuple(
            person.email
            for person in _people(
                heads, "to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"
            )
        ),
        sent_at=_date(heads),
        text=text[:LONGEST_TEXT],
        message_id=_message_id(heads),
        answers_to=_answers_to(heads),
        parts=tuple(parts),
        calendars=tuple(calendars),
        mails=tuple(map(_as_file, inner)),
        is_automatic=_is_automatic(heads, subject),
        is_cut=len(text) > LONGEST_TEXT,
    )
    if inner and depth < 5:
        return replace(found, passed_on=replace(_mail(inner[0], depth + 1), above=found.text))
    return replace(found, passed_on=_inline(found))


def _as_file(message: Message) -> Part:
    """An attached mail as a file named by its subject; empty where the library cannot write it again."""
    subject = _FOLD.sub(" ", str(dict(message.raw_items()).get("Subject", "")))[:LONGEST_HEAD]
    name = " ".join(_NOT_IN_NAMES.sub(" ", decode_words(subject)).split())[:100]
    try:
        content = message.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError):
        content = b""
    return Part(f"{name or 'mail'}.eml", "message/rfc822", content)


def _leaves(message: Message) -> list[Message]:
    """All parts that hold no parts, in order; a mail inside is one of them."""
    found, waiting = list[Message](), [message]
    while waiting and len(found) <= MOST_PARTS:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting = [one for one in payload if isinstance(one, Message)] + waiting
        else:
            found.append(part)
    return found


def _decoded(content: bytes, part: Message) -> str:
    charset = part.get_param("charset")
    label = charset[2] if isinstance(charset, tuple) else charset
    return decode_bytes(content, str(label or ""))


def decode_bytes(content: bytes, label: str) -> str:
    """Text of bytes whose label may lie: UTF-8 that calls itself Latin-1 is UTF-8, an unknown label is no label."""
    try:
        codec = codecs.lookup(label.strip().strip("'\"")).name if label else ""
    except (LookupError, ValueError):
        codec = ""
    tried = [codec, "utf-8"] if codec and codec not in _LATIN else ["utf-8", codec]
    for name in filter(None, tried):
        try:
            text = content.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError, AssertionError):
            continue  # a codec that is none for text, or bytes that are not of it
        if isinstance(text, str):
            return text
    return content.decode("cp1252", "replace")


def decode_words(value: str) -> str:
    """A header's words (RFC 2047), with letters split between two of them, wrong labels and bare 8 bit."""
    try:
        value.encode()
    except UnicodeEncodeError:
        value = decode_bytes(value.encode("utf-8", "surrogateescape"), "")
    value = _BETWEEN.sub(r"\1\2", _FOLD.sub(" ", value))
    pieces, place, waiting, label = list[str](), 0, b"", ""
    for word in _WORD.finditer(value):
        if word.start() > place or (label and word[1].casefold() != label):
            pieces.append(decode_bytes(waiting, label))
            waiting, label = b"", ""
        pieces.append(value[place : word.start()])
        waiting, label, place = waiting + _bytes_of(word), word[1].casefold(), word.end()
    pieces += [decode_bytes(waiting, label), value[place:]]
    return clean("".join(pieces))


def _bytes_of(word: re.Match[str]) -> bytes:
    if word[2] in "qQ":
        return quopri.decodestring(word[3].replace("_", " ").encode("ascii", "replace"), header=False)
    try:
        return base64.b64decode(word[3] + "=" * (-len(word[3]) % 4))
    except (binascii.Error, ValueError):
        return word[0].encode("ascii", "replace")


def clean(text: str) -> str:
    """One kind of line end, nothing that a database or a page cannot hold."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _name_of(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return "attachment"
    return decode_words(str(name))[:255]


def _people(heads: dict[str, list[str]], *names: str) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for name in names:
        # Names are decoded after the addresses are apart: a comma inside one is then no separator.
        for shown, address in getaddresses(heads.get(name, [])[:20])[:MOST_PEOPLE]:
            email = clean(decode_words(address)).casefold()[:254]
            if "@" in email and " " not in email:
                found.setdefault(email, Person(email, " ".join(decode_words(shown).split())[:200]))
    return tuple(found.values())


def _answers_to(heads: dict[str, list[str]]) -> tuple[str, ...]:
    named = " ".join([*heads.get("in-reply-to", []), *heads.get("references", [])])
    return tuple(dict.fromkeys(re.findall(r"<[^<>\s]{1,253}>", named)))[-MOST_ANSWERED:]


def _message_id(heads: dict[str, list[str]]) -> str:
    text = clean(heads.get("message-id", [""])[0])
    found = re.search(r"<[^<>\s]+>", text)
    return (found[0] if found else text.split(" ")[0])[:300]


def _date(heads: dict[str, list[str]]) -> datetime | None:
    """As the sender's clock had it, else as the last server's that passed it on."""
    tried = heads.get("date", [])[:1] + [value.rpartition(";")[2] for value in heads.get("received", [])[:3]]
    for text in tried:
        try:
            moment = parsedate_to_datetime(text.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _is_automatic(heads: dict[str, list[str]], subject: str) -> bool:
    said = heads.get("auto-submitted", ["no"])[0].strip().casefold()
    precedence = heads.get("precedence", [""])[0].strip().casefold()
    return (
        not said.startswith("no")
        or precedence in {"auto_reply", "bulk", "junk"}
        or "x-autoreply" in heads
        or "x-autorespond" in heads
        or _AWAY.match(subject) is not None
    )


def _inline(mail: Mail) -> Mail | None:
    """The mail that somebody passed on in the text of his own; None where there is none."""
    mark = _PASSED_ON.search(mail.text)
    lines = mail.text[mark.end() :].strip("\n").split("\n") if mark else []
    heads: dict[str, str] = {}
    rest = 0
    for number, line in enumerate(lines[:15]):
        known = _HEAD.match(line)
        if known:
            name = next(name for name, words in _NAMES.items() if known["name"].casefold() in words)
            heads.setdefault(name, known["value"].strip(" *"))
            rest = number + 1
        elif heads and not line.strip():
            break
    sender = _people({"from": [heads.get("from", "").replace("[mailto:", "<").replace("]", ">")]}, "from")
    if not sender:
        return None
    return Mail(
        subject=heads.get("subject", mail.subject)[:500],
        sender=sender[0],
        receivers=_people({"to": [heads.get("to", "")]}, "to"),
        delivered_to=(),
        sent_at=_date({"date": [heads["date"]]}) if "date" in heads else None,
        text="\n".join(line.removeprefix("> ").removeprefix(">") for line in lines[rest:]).strip(),
        above=mail.text[: mark.start()].strip() if mark else "",
    )
