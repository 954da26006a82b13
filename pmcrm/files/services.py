"""Files come, are taken away, come back, and go for good."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.files.content import check_content, clean_name, type_named
from pmcrm.files.models import MOST_ON_ONE, Attachment, folder
from pmcrm.files.permissions import may_attach, may_remove
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pathlib import Path

    from pmcrm.people.models import User
    from touchpoints.models import Interaction

# A file that no row names is being written right now, unless it is older than this.
WRITTEN_WITHIN: Final = 24 * 3600


def attach_file(*, actor: User, owner: Account | Interaction, name: str, chunks: Iterable[bytes]) -> Attachment:
    """Keep a file beside an account or an interaction. What is refused is refused in words and leaves nothing."""
    if not may_attach(actor, owner):
        raise RuleViolation(_("Only those who work with this attach files to it."))
    kept_name = clean_name(name)
    kind = type_named(kept_name)
    file = Attachment(name=kept_name, media_type=kind.media_type, uploaded_by=actor)
    file.account, file.interaction = (owner, None) if isinstance(owner, Account) else (None, owner)
    try:
        file.size, file.sha256 = _write(file, chunks)
        check_content(file.path, kept_name, kind)
        with transaction.atomic():
            # One after the other, so that two at once do not both take the last place.
            type(owner)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=owner.pk)
            _check_place(owner)
            file.save()
            _record(actor, "file.attached", file, size=file.size)
    except BaseException:
        file.path.unlink(missing_ok=True)
        raise
    return file


@transaction.atomic
def remove_file(*, actor: User, file: Attachment) -> Attachment:
    """Take it away. For thirty days it can be put back; a second time changes nothing."""
    found = _locked(actor, file)
    if found.removed_at is None:
        found.removed_at, found.removed_by = timezone.now(), actor
        found.save(update_fields=["removed_at", "removed_by"])
        _record(actor, "file.removed", found)
    return found


@transaction.atomic
def restore_file(*, actor: User, file: Attachment) -> Attachment:
    """Put a removed file back where it was."""
    found = _locked(actor, file)
    if found.removed_at is not None:
        found.removed_at = found.removed_by = None
        found.save(update_fields=["removed_at", "removed_by"])
        _record(actor, "file.restored", found)
    return found


def delete_outdated() -> int:
    """Delete for good what was removed long ago, then all bytes that no row names. Returns how many rows went.

    The row goes first, its bytes after that: killed in between, the next run finds bytes without a row.
    """
    count = 0
    for pk in Attachment.objects.due().values_list("pk", flat=True).order_by("pk"):
        with transaction.atomic():
            waiting = Attachment.objects.due().select_for_update(of=("self",), skip_locked=True)
            file = waiting.select_related("interaction").filter(pk=pk).first()
            if file is None:
                continue
            path = file.path
            _record(None, "file.deleted", file)
            file.delete()
        path.unlink(missing_ok=True)
        count += 1
    _sweep()
    return count


def _sweep() -> None:
    if not folder().is_dir():
        return
    oldest = time.time() - WRITTEN_WITHIN
    for part in sorted(folder().iterdir()):
        found = {path.name: path for path in part.iterdir() if path.stat().st_mtime < oldest}
        named = set(Attachment.objects.filter(key__in=list(found)).values_list("key", flat=True))
        for key in found.keys() - named:
            found[key].unlink(missing_ok=True)


def _write(file: Attachment, chunks: Iterable[bytes]) -> tuple[int, str]:
    most = settings.ATTACHMENT_MAX_BYTES
    path: Path = file.path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as kept:
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                sentence = _("“%(name)s” is larger than %(limit)s MB. Make it smaller, or note a link to it.")
                sentence %= {"name": file.name, "limit": most // 1000**2}
                raise RuleViolation(sentence, code="file_too_large", fields={"file": sentence})
            digest.update(chunk)
            kept.write(chunk)
    return size, digest.hexdigest()


def _check_place(owner: Account | Interaction) -> None:
    if Attachment.objects.on(owner).kept().count() >= MOST_ON_ONE:
        sentence = _("There are %(most)s files here already. Remove one that nobody needs, then attach this.")
        raise RuleViolation(sentence % {"most": MOST_ON_ONE})


def _locked(actor: User, file: Attachment) -> Attachment:
    rows = Attachment.objects.select_for_update(of=("self",)).select_related("account", "interaction")
    found = rows.filter(pk=file.pk).first()
    if found is None:
        raise RuleViolation(_("This file is gone for good."))
    if not may_remove(actor, found):
        raise RuleViolation(_("Only who attached it, or who may change what it lies on, removes a file."))
    return found


def _record(actor: User | None, verb: str, file: Attachment, **data: Any) -> None:
    """One row in the trail of each account concerned; what is private is in no account's trail."""
    ids: list[int | None] = [file.account_id]
    if file.interaction is not None:
        ids = [None] if file.interaction.is_private else [account.pk for account in file.interaction.accounts.all()]
    for account_id in ids:
        record(actor=actor, verb=verb, subject=file, account_id=account_id, **data)
