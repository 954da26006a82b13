"""Files that may name somebody who is erased."""

from __future__ import annotations

from accounts import erasing
from pmcrm.files.services import forget_file, naming_files


def register() -> None:
    erasing.register(erasing.Kept("files.attachment", look=naming_files, forget=forget_file))
