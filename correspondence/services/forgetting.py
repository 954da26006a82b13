"""Somebody is erased: raw mails that name them go from the files folder, their name from calendars brought in. And a
talk that is deleted for good takes the mail with it that it was."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from accounts import naming
from correspondence.models import CalendarFile, Letter, LetterState
from correspondence.parsing import Mail, Unreadable, parse
from pmcrm.calendars.lines import unfolded

if TYPE_CHECKING:
    from re import Pattern


def forget_mails(pattern: Pattern[str], _people: list[int]) -> tuple[()]:
    """Delete the bytes of each mail that names them. One that waits can still be logged, without its attachments; one
    that is nobody's yet goes as a whole."""
    for digest in Letter.objects.filter(has_bytes=True).values_list("sha256", flat=True).distinct().order_by("sha256"):
        with transaction.atomic():
            letters = Letter.objects.select_for_update(of=("self",)).filter(sha256=digest, has_bytes=True)
            path = next((letter.path for letter in letters), None)
            if path is None or not path.exists() or not _names(path.read_bytes(), pattern):
                continue
            letters.filter(state=LetterState.QUARANTINED).delete()
            Letter.objects.filter(sha256=digest).update(has_bytes=False)
            transaction.on_commit(partial(path.unlink, missing_ok=True))
    return ()


def clear_calendars(pattern: Pattern[str], _people: list[int]) -> tuple[()]:
    """Take the name out of calendars that wait to be looked at; all else in them stays."""
    for key in CalendarFile.objects.exclude(content=b"").values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            file = CalendarFile.objects.select_for_update().filter(pk=key).first()
            if file is None:
                continue
            text = "\r\n".join(line for _number, line in unfolded(bytes(file.content)))
            if places := naming.spans(text, pattern):
                file.content = naming.without(text, places).encode()
                file.save(update_fields=["content"])
    return ()


def forget_letter(interaction: int) -> None:
    """The mail that stood on a timeline as this talk goes, bytes and all."""
    letter = Letter.objects.filter(interaction=interaction).first()
    if letter is not None:
        letter.delete()
        if not Letter.objects.filter(sha256=letter.sha256, has_bytes=True).exists():
            transaction.on_commit(partial(letter.path.unlink, missing_ok=True))


def _names(content: bytes, pattern: Pattern[str]) -> bool:
    try:
        mail = parse(content)
    except Unreadable:
        return naming.is_named_in(io.BytesIO(content), pattern)
    return naming.is_named_in(io.BytesIO(content), pattern) or any(_says(one, pattern) for one in _each(mail))


def _each(mail: Mail) -> Iterator[Mail]:
    yield mail
    if mail.passed_on is not None:
        yield from _each(mail.passed_on)


def _says(mail: Mail, pattern: Pattern[str]) -> bool:
    people = [mail.sender, *mail.receivers]
    words = [mail.subject, mail.text, mail.above, *(f"{one.name}\n{one.email}" for one in people)]
    files = [*(part.content for part in mail.parts), *mail.calendars]
    return pattern.search(
        "\n".join([*words, *mail.delivered_to, *(part.name for part in mail.parts)])
    ) is not None or any(naming.is_named_in(io.BytesIO(content), pattern) for content in files)
