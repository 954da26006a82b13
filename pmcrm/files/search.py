"""What search finds of files: by the words of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from pmcrm.files.models import Attachment
from pmcrm.lists.search import Hit, SearchKind
from pmcrm.lists.text import pieces_of

if TYPE_CHECKING:
    from pmcrm.people.models import User

FEWEST_LETTERS: Final = 3


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The newest first, of those beside accounts and interactions that the person sees."""
    if len(text) < FEWEST_LETTERS and not pieces_of(text):
        return []
    # Mostly there is none, and then nothing has to be found out about who sees what.
    keys = Attachment.objects.keys_matching(text)
    if not keys:
        return []
    files = Attachment.objects.visible_to(user).kept().filter(pk__in=keys).newest_first()
    return [_hit(file) for file in files[:limit]]


def _hit(file: Attachment) -> Hit:
    day = date_format(localtime(file.created_at), "DATE_FORMAT")
    return Hit(file.name, f"{file.owner} · {day}", _page_of(file))


def _page_of(file: Attachment) -> str:
    """Where the file is listed, so that one sees beside what it lies before it is loaded."""
    if file.account_id:
        return f"{reverse('account_detail', args=[file.account_id])}?tab=files"
    return reverse("interaction_detail", args=[file.interaction_id])


FILES = SearchKind("file", _("Files"), "file-text", find, order=40)
