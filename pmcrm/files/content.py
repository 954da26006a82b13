"""What may be kept: by the ending of its name and by what the file really holds, which must agree."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation

HEAD_BYTES: Final = 8192
LONGEST_NAME: Final = 255


class Type(NamedTuple):
    """How a kind of file is served and what it begins with; `holds` is a member that its ZIP archive must have."""

    media_type: str
    marks: tuple[bytes, ...] = ()
    place: int = 0
    holds: str = ""


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."
_ZIP: Final = (b"PK\x03\x04",)
_OLE: Final = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_TEXT: Final = Type("text/plain")

TYPES: Final[dict[str, Type]] = {
    ".pdf": Type("application/pdf", (b"%PDF-",)),
    ".docx": Type(f"{_OFFICE}wordprocessingml.document", _ZIP, holds="word/"),
    ".xlsx": Type(f"{_OFFICE}spreadsheetml.sheet", _ZIP, holds="xl/"),
    ".pptx": Type(f"{_OFFICE}presentationml.presentation", _ZIP, holds="ppt/"),
    ".odt": Type(f"{_OPEN}text", _ZIP, holds="content.xml"),
    ".ods": Type(f"{_OPEN}spreadsheet", _ZIP, holds="content.xml"),
    ".odp": Type(f"{_OPEN}presentation", _ZIP, holds="content.xml"),
    ".doc": Type("application/msword", _OLE),
    ".xls": Type("application/vnd.ms-excel", _OLE),
    ".ppt": Type("application/vnd.ms-powerpoint", _OLE),
    ".msg": Type("application/vnd.ms-outlook", _OLE),
    ".png": Type("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": Type("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": Type("image/jpeg", (b"\xff\xd8\xff",)),
    ".gif": Type("image/gif", (b"GIF87a", b"GIF89a")),
    ".webp": Type("image/webp", (b"WEBP",), place=8),
    ".heic": Type("image/heic", (b"ftyp",), place=4),
    ".txt": _TEXT,
    ".md": _TEXT,
    ".csv": Type("text/csv"),
    ".tsv": Type("text/tab-separated-values"),
    ".json": Type("application/json"),
    ".eml": Type("message/rfc822"),
    ".ics": Type("text/calendar"),
    ".zip": Type("application/zip", (b"PK\x03\x04", b"PK\x05\x06")),
    ".mp3": Type("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ".m4a": Type("audio/mp4", (b"ftyp",), place=4),
    ".mp4": Type("video/mp4", (b"ftyp",), place=4),
    ".wav": Type("audio/wav", (b"WAVE",), place=8),
}
# What a computer would run or a browser would show as a page of ours.
RUNNABLE: Final = frozenset(
    f".{ending}"
    for ending in (
        *("apk", "app", "bat", "cmd", "com", "dll", "dmg", "exe", "hta", "htm", "html", "jar", "js", "jse", "lnk"),
        *("mjs", "msi", "php", "ps1", "py", "scr", "sh", "svg", "svgz", "vbe", "vbs", "wsf", "xhtml", "xml"),
        *("docm", "pptm", "xlsm"),
    )
)
_MARKUP: Final = re.compile(rb"<(!doctype|html|head|body|script|svg|iframe|\?xml)", re.IGNORECASE)
# The marks that turn the direction of writing make "fdp.exe" look like "exe.pdf".
_TURNING: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_name(name: str) -> str:
    """The last part of `name` without what cannot be seen, in any script, and with at most 255 characters."""
    bare = unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)
    bare = _TURNING.sub("", "".join(one for one in bare if unicodedata.category(one) not in {"Cc", "Cs"}))
    bare = " ".join(bare.split())
    if not bare.strip("."):
        raise _refusal(_("The file has no name. Give it one with an ending such as .pdf."))
    stem, ending = PurePath(bare).stem, PurePath(bare).suffix
    return stem[: LONGEST_NAME - len(ending)] + ending if len(bare) > LONGEST_NAME else bare


def type_named(name: str) -> Type:
    """What the name's ending promises. Refuses endings that are not kept and names that hide one of them."""
    *inner, ending = [suffix.lower() for suffix in PurePath(name).suffixes] or [""]
    if ending in RUNNABLE:
        sentence = _("“%(name)s”: %(ending)s files are not kept, because a computer or a browser would run them.")
        advice = _("Save it as PDF, or put it into a ZIP file.")
        raise _refusal(f"{sentence % {'name': name, 'ending': ending}} {advice}")
    if ending not in TYPES:
        sentence = _("“%(name)s”: files of this type are not kept. Kept are %(kept)s.")
        raise _refusal(sentence % {"name": name, "kept": ", ".join(ending[1:].upper() for ending in TYPES)})
    if hidden := sorted(RUNNABLE.intersection(inner)):
        sentence = _("“%(name)s” has two endings, of which %(hidden)s hides what it is. Rename it with one ending.")
        raise _refusal(sentence % {"name": name, "hidden": hidden[0]})
    return TYPES[ending]


def check_content(path: Path, name: str, kind: Type) -> None:
    """Refuses a file that holds something else than its name says, an empty one, and pages in disguise."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise _refusal(_("“%(name)s” is empty. Choose the file again once it has content.") % {"name": name})
    fits = _is_marked(head, kind) and _has_member(path, kind) if kind.marks else _is_text(head)
    if not fits:
        sentence = _("“%(name)s” is no %(ending)s file: it holds something else. Give it the ending of what it is.")
        raise _refusal(sentence % {"name": name, "ending": PurePath(name).suffix.lower()})
    if not kind.marks and kind.media_type != "message/rfc822" and _MARKUP.match(head.lstrip(b"\xef\xbb\xbf \t\r\n")):
        sentence = _("“%(name)s” holds a web page or a drawing in markup, which is not kept. Save it as PDF.")
        raise _refusal(sentence % {"name": name})


def _is_marked(head: bytes, kind: Type) -> bool:
    if kind.media_type == "application/pdf":
        return b"%PDF-" in head[:1024]
    return any(head.startswith(mark, kind.place) for mark in kind.marks)


def _has_member(path: Path, kind: Type) -> bool:
    if not kind.holds:
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith(kind.holds) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, RuntimeError):
        # No archive, a broken one, or one packed in a way that zipfile does not know: it is not the kind that it says.
        return False


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)


def _refusal(sentence: str) -> RuleViolation:
    return RuleViolation(sentence, code="file_refused", fields={"file": sentence})
