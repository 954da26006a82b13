"""How a file leaves the house: streamed, to be saved, and never shown as a page of ours."""

from __future__ import annotations

from typing import Final

from django.http import FileResponse
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.files.models import Attachment

CHUNK: Final = 1 << 20
# Whatever a browser makes of a file, it runs nothing and reaches nothing.
LOCKED_UP: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


def served(file: Attachment) -> FileResponse:
    """The bytes under the name that the file came with."""
    try:
        opened = file.path.open("rb")
    except FileNotFoundError as error:
        raise RuleViolation(
            _("The content of “%(name)s” is missing on the server. Ask for a restore of the files folder.")
            % {"name": file.name}
        ) from error
    answer = FileResponse(opened, as_attachment=True, filename=file.name, content_type=file.media_type)
    answer["Content-Security-Policy"] = LOCKED_UP
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    return answer
