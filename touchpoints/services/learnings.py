"""What talks taught us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from pmcrm.errors import RuleViolation
from pmcrm.trail.services import record
from touchpoints.models import Attendance, Learning, LearningTag
from touchpoints.permissions import may_change

if TYPE_CHECKING:
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

LONGEST_TEXT: Final = 2000


@transaction.atomic
def note_learning(
    *, actor: User, interaction: Interaction, text: str, tags: Iterable[str] = (), is_surprise: bool = False
) -> Learning:
    """Keep one thing that the talk taught us. The tag "surprise" and the mark say the same."""
    if not may_change(actor, interaction):
        raise RuleViolation(_("Only its author and the colleagues who took part change this."), code="not_yours")
    words, marks = _checked(text, tags, is_surprise=is_surprise)
    if interaction.is_planned:
        sentence = _("It is learned in the talk, not before it.")
        raise RuleViolation(sentence, fields={"text": sentence})
    made = Learning.objects.create(
        interaction=interaction,
        text=words,
        tags=marks,
        is_surprise=LearningTag.SURPRISE in marks,
        author=actor,
    )
    present = Attendance.objects.filter(interaction=interaction).values_list("account_id", flat=True)
    for account_id in [None] if interaction.is_private else present:
        record(actor=actor, verb="learning.noted", subject=made, account_id=account_id, tags=marks)
    return made


def _checked(text: str, tags: Iterable[str], *, is_surprise: bool) -> tuple[str, list[str]]:
    words = text.strip()
    given = set(tags) | ({LearningTag.SURPRISE.value} if is_surprise else set())
    fields = {}
    if not words or len(words) > LONGEST_TEXT:
        fields["text"] = _("Write what you learned, in at most %(most)d characters.") % {"most": LONGEST_TEXT}
    if given - set(LearningTag.values):
        fields["tags"] = _("Choose of these: %(known)s.") % {"known": ", ".join(LearningTag.values)}
    if fields:
        raise RuleViolation(" ".join(fields.values()), fields=fields)
    return words, [tag for tag in LearningTag.values if tag in given]


@transaction.atomic
def remove_learning(*, actor: User, learning: Learning) -> None:
    """It was none. Its words go for good."""
    talk = learning.interaction
    if not (learning.author_id == actor.pk or may_change(actor, talk)):
        raise RuleViolation(_("Only its author and the colleagues who took part change this."), code="not_yours")
    record(actor=actor, verb="learning.removed", subject=learning)
    learning.delete()
