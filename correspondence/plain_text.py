"""HTML of a mail as plain text: what a person would read, and nothing that a browser would do.

Read in one pass from left to right, however broken or hostile it is: the standard library's parser takes minutes for
some pages of a megabyte.
"""

from __future__ import annotations

import html as entities
import re
from typing import Final

MOST: Final = 1_000_000
LONGEST_TAG: Final = 4000
_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe"})
_BLOCKS: Final = frozenset(
    {"address", "article", "blockquote", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul", "br"}
)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<[!?][^<>]*>")
_LINK: Final = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\r\f\v\u00a0]+")
_LINES: Final = re.compile(r"\n{3,}")


def text_of_html(html: str) -> str:
    """The words of a page, a paragraph a line, with the addresses of its links."""
    text = _without_comments(html[:MOST])
    pieces, place, silent, link = list[str](), 0, "", ""
    for tag in _TAG.finditer(text):
        if not silent:
            pieces.append(_words(text[place : tag.start()]))
        place = tag.end()
        name, is_end = (tag[2] or "").lower(), bool(tag[1])
        if silent:
            silent = "" if is_end and name == silent else silent
        elif name in _SILENT and not is_end:
            silent = name
        elif name in _BLOCKS:
            pieces.append("\n– " if name == "li" and not is_end else "\n")
        elif name in {"td", "th"}:
            pieces.append(" ")
        elif name == "a" and not is_end:
            found = _LINK.search(tag[3][:LONGEST_TAG])
            link = entities.unescape(next(filter(None, found.groups()), "")) if found else ""
        elif name == "a" and link:
            if link.startswith(("http://", "https://")) and link not in "".join(pieces[-1:]):
                pieces.append(f" ({link})")
            link = ""
    if not silent:
        pieces.append(_words(text[place:]))
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(pieces).split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def _words(text: str) -> str:
    return entities.unescape(text.replace("\n", " "))


def _without_comments(text: str) -> str:
    kept, place = list[str](), 0
    while (start := text.find("<!--", place)) >= 0:
        kept.append(text[place:start])
        end = text.find("-->", start)
        if end < 0:
            return "".join(kept)
        place = end + 3
    return "".join([*kept, text[place:]])
