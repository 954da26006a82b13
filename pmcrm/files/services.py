"""Files come, are taken away, come back, and go for good."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from accounts.naming import is_named_in
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.files.content import check_content, clean_name, type_named
from pmcrm.files.models import MOST_ON_ONE, Attachment, DocumentShare, ForwardDocument, folder
from pmcrm.files.permissions import may_attach, may_remove
from pmcrm.people.permissions import may
from pmcrm.trail.services import record
from touchpoints.models import Channel, Interaction, Statement, Unlocks
from touchpoints.services.expectations import Expectation
from touchpoints.services.statements import say, statements_due

if TYPE_CHECKING:
    from pathlib import Path
    from re import Pattern

    from pmcrm.people.models import User

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


# Of what begins otherwise, such as pictures and PDF, no text is read.
_READABLE: Final = ("text/", "application/json", "application/zip", "application/vnd.open", "application/vnd.oasis")


def naming_files(pattern: Pattern[str], people: list[int]) -> Iterator[int]:
    """Keys of files that name somebody, and of those of talks with them in which no text can be read."""
    talks = Interaction.contacts.through.objects.filter(interaction=OuterRef("interaction"), contact__in=people)
    theirs = set(Attachment.objects.filter(Exists(talks)).values_list("pk", flat=True))
    for file in Attachment.objects.order_by("pk").iterator():
        is_meant = file.pk in theirs and not file.media_type.startswith(_READABLE)
        if not is_meant and file.path.exists():
            with file.path.open("rb") as content:
                is_meant = is_named_in(content, pattern)
        if is_meant:
            yield file.pk


@transaction.atomic
def forget_file(actor: User, key: int) -> None:
    """Delete a file for good because of somebody who is erased. A second time changes nothing."""
    file = Attachment.objects.select_for_update(of=("self",)).select_related("interaction").filter(pk=key).first()
    if file is not None:
        path = file.path
        _record(actor, "file.deleted", file)
        file.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


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


# What looks ahead -----------------------------------------------------------------------------------------------------


LONGEST_REASON: Final = 300


@transaction.atomic
def class_document(
    *, actor: User, file: Attachment, edition: str, watermark: str, version: int | None = None
) -> ForwardDocument:
    """Say that a file looks ahead, which version it is and what each page of it has to carry; or say it anew."""
    if not may_attach(actor, file.owner):
        raise RuleViolation(_("Only those who work with this class its files."), code="not_yours")
    words = {"edition": " ".join(edition.split()), "watermark": " ".join(watermark.split())}
    fields = {}
    if not words["edition"] or len(words["edition"]) > 40:
        fields["edition"] = _("Say which version it is, in at most 40 characters.")
    if not words["watermark"] or len(words["watermark"]) > 200:
        fields["watermark"] = _("Say what stands on each page, in at most 200 characters.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    found = ForwardDocument.objects.select_for_update(of=("self",)).filter(file=file).first()
    if found is None:
        made = ForwardDocument.objects.create(file=file, classed_by=actor, **words)
        _record_document(actor, "document.classed", made, file, edition=made.edition)
        return made
    if version != found.version:
        raise StaleVersion(
            _("Somebody changed this in the meantime. Nothing was saved."), current={"version": found.version}
        )
    was = found.edition
    found.edition, found.watermark, found.version = words["edition"], words["watermark"], found.version + 1
    found.save(update_fields=["edition", "watermark", "version"])
    _record_document(actor, "document.edited", found, file, edition=[was, found.edition])
    return found


def missing_statements(contacts: Sequence[Contact]) -> list[Statement]:
    """What has to be said to them before they get anything that looks ahead."""
    return statements_due(contacts=contacts, unlocking=Unlocks.SHARING)


@transaction.atomic
def share_document(
    *,
    actor: User,
    document: ForwardDocument,
    contacts: Iterable[Contact],
    channel: str,
    said: Iterable[Statement] = (),
    override_reason: str = "",
) -> list[DocumentShare]:
    """Log that it was shared: a row for each account. What was `said` now is logged first. Where one of these people
    has not heard all that belongs before, it takes a reason."""
    people = list({contact.pk: contact for contact in contacts}.values())
    fields = {}
    if not may(actor, "file.attach"):
        raise RuleViolation(_("Your role does not share documents."), code="not_yours")
    if document.file.removed_at is not None:
        raise RuleViolation(_("This file was removed. Put it back before it is shared."), code="removed")
    if not people:
        fields["contacts"] = _("Say with whom it is shared.")
    if channel not in Channel.values:
        fields["channel"] = _("Say how it was shared.")
    accounts = {account.pk: account for account in Account.objects.visible_to(actor).filter(contacts__in=people)}
    if any(contact.account_id not in accounts for contact in people):
        fields["contacts"] = _("Choose people from the list.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    places = dict.fromkeys(one.account_id for one in people)
    by_account = {key: [one for one in people if one.account_id == key] for key in places}
    for statement in said:
        for key, there in by_account.items():
            say(actor=actor, statement=statement, contacts=there, account=accounts[key], channel=channel)
    reason = " ".join(override_reason.split())[:LONGEST_REASON]
    missing = {key: missing_statements(there) for key, there in by_account.items()}
    if any(missing.values()) and not reason:
        first = next(found for found in missing.values() if found)[0]
        sentence = _("Say to each of them first: “%(text)s” Or say why you did not.") % {"text": first.text}
        raise RuleViolation(sentence, code="statement_not_said", fields={"override_reason": sentence})
    made = []
    for key, there in by_account.items():
        slugs = [statement.slug for statement in missing[key]]
        share = DocumentShare.objects.create(
            document=document,
            name=document.file.name,
            edition=document.edition,
            account=accounts[key],
            channel=channel,
            missing=slugs,
            override_reason=reason if slugs else "",
            author=actor,
        )
        share.contacts.set(there)
        is_private = document.file.interaction is not None and document.file.interaction.is_private
        record(
            actor=actor,
            verb="document.shared" if not slugs else "document.shared_all_the_same",
            subject=share,
            account_id=None if is_private else key,
            edition=share.edition,
            people=len(there),
            missing=slugs,
        )
        made.append(share)
    return made


def shared_with(*, account: Account, user: User, most: int) -> Iterable[Expectation]:
    """What of the expectation log is known here: what looks ahead and was shared with the account."""
    rows = DocumentShare.objects.visible_to(user).of(account).with_names().order_by("-shared_at", "-id")
    for one in rows[:most]:
        yield Expectation(
            timezone.localdate(one.shared_at),
            "document",
            one.get_channel_display(),
            _("Shared: %(name)s, version %(edition)s") % {"name": one.name, "edition": one.edition},
            one.author.name,
            ", ".join(contact.name for contact in one.contacts.all()),
            one.document.get_absolute_url() if one.document else "",
            _("without the statement") if one.is_override else "",
        )


def _record_document(actor: User, verb: str, document: ForwardDocument, file: Attachment, **data: Any) -> None:
    ids: list[int | None] = [file.account_id]
    if file.interaction is not None:
        ids = [None] if file.interaction.is_private else [account.pk for account in file.interaction.accounts.all()]
    for account_id in ids:
        record(actor=actor, verb=verb, subject=document, account_id=account_id, **data)
