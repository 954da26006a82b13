"""Files that may name somebody who is erased, and what keeps the row of a person who got one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import erasing
from pmcrm.files.services import forget_file, naming_files
from pmcrm.trash import registry
from pmcrm.trash.registry import Holder


def register() -> None:
    shared = Holder("files.DocumentShare_contacts", "contact", _("We shared a document with them."))
    registry.holds("contact", shared)
    erasing.register(erasing.Kept("files.attachment", look=naming_files, forget=forget_file))
