"""Tags: which words there are, and which account carries which."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Account, AccountTag, Tag
from accounts.models.tag import LONGEST_TAG, MOST_ON_ACCOUNT, MOST_TAGS
from pmcrm.errors import RuleViolation, StaleVersion
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from pmcrm.people.models import User


def clean_tag_names(names: Iterable[str]) -> list[str]:
    """Names as they are kept, each once, case aside. Raises RuleViolation where one is no name of a tag."""
    found: dict[str, str] = {}
    for given in names:
        name = " ".join(unicodedata.normalize("NFC", given).split())
        if not name:
            continue
        if len(name) > LONGEST_TAG or any(sign in name for sign in ",;\x00"):
            sentence = _("A tag has at most %(most)d characters, and no comma or semicolon.") % {"most": LONGEST_TAG}
            raise RuleViolation(sentence, code="invalid", fields={"tags": sentence})
        found.setdefault(name.lower(), name)
    if len(found) > MOST_ON_ACCOUNT:
        sentence = _("An account carries at most %(most)d tags.") % {"most": MOST_ON_ACCOUNT}
        raise RuleViolation(sentence, code="invalid", fields={"tags": sentence})
    return list(found.values())


def tags_called(*, actor: User, names: Iterable[str]) -> list[Tag]:
    """The tags of these names, in their order; those that are not there yet are made. Part of another transition."""
    wanted = clean_tag_names(names)
    if not wanted:
        return []
    found = list(Tag.objects.called(wanted).in_order())
    if len(found) == len(wanted):
        return found
    known = {str(tag.folded) for tag in found}
    _check_place(len(wanted) - len(found))
    # Two people may write the same new word at the same moment: both then carry the one that came first.
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    found = list(Tag.objects.called(wanted).in_order())
    for tag in found:
        if tag.folded not in known:
            record(actor=actor, verb="tag.created", subject=tag)
    return found


def tags_of(account: Account) -> list[Tag]:
    return list(Tag.objects.filter(taggings__account=account).in_order())


def in_words(tags: Iterable[Tag]) -> str:
    """Tags as one line, in a file, a form and the trail."""
    return ", ".join(tag.name for tag in tags)


def put_tags(account: Account, tags: Iterable[Tag]) -> None:
    """Let the account carry exactly these. Part of its edit, which checks rights and version."""
    wanted = {tag.pk for tag in tags}
    AccountTag.objects.filter(account=account).exclude(tag__in=wanted).delete()
    AccountTag.objects.bulk_create([AccountTag(tag_id=key, account=account) for key in wanted], ignore_conflicts=True)


@transaction.atomic
def rename_tag(*, actor: User, tag: Tag, version: int, name: str) -> Tag:
    """Call it otherwise, wherever it is carried. A name that another tag has is refused: those two may be merged."""
    current = _locked(actor, tag, version)
    names = clean_tag_names([name])
    if not names:
        sentence = _("Give the tag a name.")
        raise RuleViolation(sentence, fields={"name": sentence})
    before, current.name = current.name, names[0]
    if before == current.name:
        return current
    current.version += 1
    try:
        with transaction.atomic():
            current.save()
    except IntegrityError as error:
        sentence = _("There is a tag called “%(name)s” already. Merge the two instead.") % {"name": current.name}
        raise RuleViolation(sentence, code="taken", fields={"name": sentence}) from error
    record(actor=actor, verb="tag.renamed", subject=current, changes={"name": [before, current.name]})
    return current


@transaction.atomic
def merge_tags(*, actor: User, tag: Tag, version: int, into: Tag) -> Tag:
    """Let all that carries `tag` carry `into` instead; `tag` goes."""
    if tag.pk == into.pk:
        sentence = _("Choose another tag.")
        raise RuleViolation(sentence, fields={"into": sentence})
    current = _locked(actor, tag, version)
    stays = Tag.objects.select_for_update().get(pk=into.pk)
    theirs = AccountTag.objects.filter(tag=current)
    theirs.filter(account__in=AccountTag.objects.filter(tag=stays).values("account")).delete()
    moved = theirs.update(tag=stays)
    record(actor=actor, verb="tag.merged", subject=stays, other=current.name, accounts=moved)
    current.delete()
    return stays


@transaction.atomic
def delete_tag(*, actor: User, tag: Tag, version: int) -> int:
    """Take it off every account; how many carried it."""
    current = _locked(actor, tag, version)
    count = AccountTag.objects.filter(tag=current).count()
    record(actor=actor, verb="tag.deleted", subject=current, accounts=count)
    current.delete()
    return count


def _locked(actor: User, tag: Tag, version: int) -> Tag:
    if not may(actor, "tag.write"):
        raise RuleViolation(_("Product leads, the sales VP and administrators put the tags in order."))
    current = Tag.objects.select_for_update().filter(pk=tag.pk).first()
    if current is None:
        raise StaleVersion(_("Somebody removed this tag in between."))
    if current.version != version:
        words = {"name": current.name}
        raise StaleVersion(
            _("Somebody changed this tag in between; it is called “%(name)s” now.") % words,
            current={"name": current.name, "version": current.version},
        )
    return current


def _check_place(more: int) -> None:
    """So many more fit, also when two people add some at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('accounts tags', 0))")
    if Tag.objects.count() + more > MOST_TAGS:
        sentence = _("There are %(most)d tags already. Use one of them, or merge some first.") % {"most": MOST_TAGS}
        raise RuleViolation(sentence, fields={"tags": sentence})
