"""Mails as they really come: odd encodings, broken heads, traps. None of them raises anything but `Unreadable`."""

from __future__ import annotations

import base64
import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from correspondence.parsing import Person, Unreadable, decode_words, parse
from correspondence.plain_text import text_of_html

HEAD = b"From: kari@acme.example\r\nMessage-ID: <1@x>\r\n"


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("=?utf-8?B?R3LDtsOfZQ==?=", "Größe"),
        ("=?UTF-8?Q?Gr=C3=B6=C3?= =?UTF-8?Q?=9Fe?=", "Größe"),
        ("=?iso-8859-1?Q?Gr=F6=DFe?= und mehr", "Größe und mehr"),
        ("=?iso-8859-1?Q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        ("=?utf-8?Q?Gr=F6=DFe?=", "Größe"),
        ("=?no-such-charset?B?R3LDtsOfZQ==?=", "Größe"),
        ("=?utf-8?B?R3LDtsOfZQ?=", "Größe"),
        ("=?utf-8?B?!!!?=", ""),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("Gr\udcc3\udcb6\udcc3\udc9fe", "Größe"),
        ("a\x00b\r\n c", "ab c"),
    ],
)
def test_words_of_a_header(raw: str, read: str) -> None:
    assert decode_words(raw) == read


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1", "Größe".encode(), "Größe"),
        (b"Content-Type: text/plain; charset=utf-8", "Größe".encode("cp1252"), "Größe"),
        (b"Content-Type: text/plain; charset=x-unknown", "Größe".encode(), "Größe"),
        (b"Content-Type: text/plain; charset=rot13", b"abc", "abc"),
        (b"Content-Type: text/plain; charset=utf-16", "Größe".encode("utf-16"), "Größe"),
        (b"X-None: 1", "Größe".encode("cp1252"), "Größe"),
        (b"Content-Transfer-Encoding: base64", base64.b64encode("Größe".encode()), "Größe"),
        (b"Content-Transfer-Encoding: base64", b"this is no base64!!", None),
        (b"Content-Transfer-Encoding: nonsense", b"abc", "abc"),
        (b"Content-Type: ;;;=", b"abc", "abc"),
    ],
)
def test_texts_whose_labels_lie(head: bytes, body: bytes, text: str | None) -> None:
    mail = parse(HEAD + head + b"\r\n\r\n" + body)
    if text is not None:
        assert mail.text == text


def test_html_becomes_what_a_person_reads() -> None:
    html = """<html><head><style>p{}</style><title>T</title></head><body><p>Dear&nbsp;Ada,</p><p>see
    <a href="https://acme.example/x">here</a> <script>alert(1)</script></p><ul><li>one<li>two</ul>
    <img src="https://spy.example/p.gif" onerror="x()"></body></html>"""
    assert text_of_html(html) == "Dear Ada,\n\nsee here (https://acme.example/x)\n\n– one\n– two"
    mail = parse(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode())
    assert mail.text.startswith("Dear Ada,")


@pytest.mark.parametrize("piece", ["<", "<a href='", "<!--", "<p ", "\n> ", "-- \n", "=?a?b?", "&", "</"])
def test_no_mail_takes_long(piece: str) -> None:
    """A second for a megabyte of each, on a slow machine: what grew with the square of its length would take hours."""
    body = (piece * (1_000_000 // len(piece))).encode()
    began = time.process_time()
    for kind in (b"html", b"plain"):
        parse(HEAD + b"Content-Type: text/" + kind + b"\r\n\r\n" + body)
    parse(b"From: " + body.replace(b"\n", b"") + b"\r\nSubject: " + body.replace(b"\n", b"") + b"\r\nDate: 1\r\n\r\n")
    assert time.process_time() - began < 10


def test_what_is_missing_is_missing() -> None:
    mail = parse(b"From: kari@acme.example\r\n\r\nHello")
    assert (mail.sent_at, mail.message_id, mail.subject, mail.text) == (None, "", "", "Hello")
    broken = parse(b"From: Kari\r\nDate: yesterday\r\nSubject: A\r\nMessage-ID: \r\n\r\n")
    assert (broken.sender, broken.sent_at) == (Person(""), None)
    passed = parse(b"Subject: A\r\nReceived: from x by y; Mon, 02 Mar 2026 09:00:00 +0100\r\nDate: 99\r\n\r\n")
    assert passed.sent_at == dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def test_names_with_commas_and_addresses_in_capitals() -> None:
    mail = parse(b'From: "Lund, Kari" <KARI@Acme.example>\r\nTo: =?utf-8?B?QmVyZywgSm8=?= <jo@x.y>, bo@x.y\r\n\r\n')
    assert mail.sender == Person("kari@acme.example", "Lund, Kari")
    assert mail.receivers == (Person("jo@x.y", "Berg, Jo"), Person("bo@x.y"))


def test_parts_inside_parts() -> None:
    content = b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"
    for number in range(300):
        content += b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (number, number + 1)
    content += b"--b300\r\nContent-Type: text/plain\r\n\r\nDeep\r\n--b300--\r\n"
    try:
        mail = parse(HEAD + content)
    except Unreadable:
        return  # nested deeper than the parser goes: kept as bytes
    assert mail.text in {"Deep", ""}


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"hello", bytes(1000)])
def test_what_is_no_mail(content: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(content)


@given(st.binary(max_size=400), st.binary(max_size=200))
def test_nothing_else_is_raised(head: bytes, body: bytes) -> None:
    for content in (head, HEAD + head + b"\r\n\r\n" + body, b"Subject: " + head + b"\r\nFrom: " + body + b"\r\n\r\nx"):
        try:
            mail = parse(content)
        except Unreadable:
            continue
        assert "\0" not in mail.text + mail.subject + mail.sender.name
        (mail.text + mail.subject + mail.message_id + mail.sender.email).encode()
