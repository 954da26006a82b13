"""The organisation's own wording of the call guide's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns.models import Block, Goes, Question
from pmcrm.errors import RuleViolation
from pmcrm.people.permissions import may
from pmcrm.trail.services import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pmcrm.people.models import User

LONGEST: Final = 300
_KEPT: Final = "questions-in-use"


def questions_in_use() -> list[Question]:
    """The questions as they are asked now, in their order; kept for a minute, and looked up anew after a change."""
    found: list[Question] | None = cache.get(_KEPT)
    if found is None:
        found = list(Question.objects.in_use().in_order())
        cache.set(_KEPT, found, 60)
    return found


def latest_keys(slugs: Iterable[str]) -> dict[str, int]:
    """The latest wording of each of these questions, in use or not: a call may have begun before one was dropped."""
    wanted = set(slugs)
    found = dict(Question.objects.filter(slug__in=wanted).order_by("number").values_list("slug", "pk"))
    if unknown := sorted(wanted - set(found)):
        sentence = _("There is no question with the key %(keys)s.") % {"keys": ", ".join(unknown)}
        raise RuleViolation(sentence, code="question", fields={"answers": sentence})
    return found


def _changed() -> None:
    transaction.on_commit(lambda: cache.delete(_KEPT))


@transaction.atomic
def add_question(*, actor: User, block: str, text: str, goes: str = "", position: int | None = None) -> Question:
    """A new question; it is asked from the next call on."""
    _check(actor, block, text, goes)
    base = slugify(f"{block}-{text}")[:30].strip("-") or block
    slug, number = base, 1
    while Question.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    if position is None:
        last = Question.objects.in_use().filter(block=block).aggregate(last=Max("position"))["last"]
        position = (last or 0) + 1
    made = Question.objects.create(
        slug=slug, block=block, text=text.strip(), goes=goes, position=position, author=actor
    )
    record(actor=actor, verb="question.added", subject=made)
    _changed()
    return made


@transaction.atomic
def reword_question(*, actor: User, question: Question, text: str, goes: str, position: int, number: int) -> Question:
    """Another wording is another version; answers keep theirs. `number` is the version that was read."""
    current = Question.objects.select_for_update().filter(slug=question.slug, is_in_use=True).first()
    _check(actor, question.block, text, goes)
    if current is None or current.number != number:
        raise RuleViolation(_("Somebody changed this question in the meantime. Nothing was saved."), code="stale")
    if (current.text, current.goes) == (text.strip(), goes):
        current.position = position
        current.save(update_fields=["position"])
        _changed()
        return current
    current.is_in_use = False
    current.save(update_fields=["is_in_use"])
    made = Question.objects.create(
        slug=current.slug,
        number=current.number + 1,
        block=current.block,
        text=text.strip(),
        goes=goes,
        position=position,
        author=actor,
    )
    record(actor=actor, verb="question.reworded", subject=made)
    _changed()
    return made


@transaction.atomic
def drop_question(*, actor: User, question: Question) -> Question:
    """Not asked any more; its answers stay. A second time changes nothing."""
    _needs_right(actor)
    current = Question.objects.select_for_update().get(pk=question.pk)
    if current.is_in_use:
        current.is_in_use = False
        current.save(update_fields=["is_in_use"])
        record(actor=actor, verb="question.dropped", subject=current)
        _changed()
    return current


def _needs_right(actor: User) -> None:
    if not may(actor, "question.write"):
        raise RuleViolation(_("Only a product lead or an administrator changes the questions."), code="not_yours")


def _check(actor: User, block: str, text: str, goes: str) -> None:
    _needs_right(actor)
    fields = {}
    if block not in Block.values:
        fields["block"] = _("Choose one of: %(known)s.") % {"known": ", ".join(Block.values)}
    if not 1 <= len(text.strip()) <= LONGEST:
        fields["text"] = _("Write a question of at most %(most)d characters.") % {"most": LONGEST}
    if goes not in Goes.values:
        fields["goes"] = _("Choose from the list.")
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
