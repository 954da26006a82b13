"""Mail without a mail server: each message is kept as a file, and its links are written to the log.

So an invitation or a forgotten password works on a machine where nobody set up SMTP.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Final

from django.core.mail.backends.filebased import EmailBackend
from django.core.mail.message import EmailMessage

log = logging.getLogger(__name__)
_LINK: Final = re.compile(r"https?://\S+")


class KeptMail(EmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            links = " ".join(_LINK.findall(str(message.body))) or "-"
            log.info("Mail for %s: %s | %s | kept in %s", ", ".join(message.to), message.subject, links, self.file_path)
        return super().send_messages(email_messages)
