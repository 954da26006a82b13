"""Files hang on an account, and pass on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, CONTACT, Link


def register() -> None:
    merging.register(ACCOUNT, Link("files.Attachment", "account", _("files")))
    merging.register(ACCOUNT, Link("files.DocumentShare", "account", _("documents shared with them")))
    merging.register(CONTACT, Link("files.DocumentShare_contacts", "contact", _("documents shared with them")))
