"""Mail that nobody could send, told in the terminal: who it is for, and the link in it.

Without a mail server the product keeps each letter as a file in the state folder. Whoever runs it on their own machine
reads invitations and password links here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

_END = b"-" * 79
_LINK = re.compile(r"https?://\S+")


class Letters:
    """The letters that came into the folder since this object was made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = set(folder.glob("*.log"))

    def new(self) -> Iterator[str]:
        """One line for each letter that is written to its end and was not told yet."""
        for file in sorted(set(self.folder.glob("*.log")) - self.told):
            content = file.read_bytes()
            if not content.rstrip().endswith(_END):
                continue
            self.told.add(file)
            for letter in content.rstrip().removesuffix(_END).split(_END):
                yield _told(letter.lstrip())


def _told(letter: bytes) -> str:
    message = message_from_bytes(letter, policy=policy.default)
    body = message.get_body(("plain",))
    links = _LINK.findall(str(body.get_content())) if body is not None else []
    return f"Mail for {message['To']}: {message['Subject']}\n  {' '.join(links) or 'no link in it'}"
