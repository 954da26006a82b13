"""A call that its campaign cannot take any more is kept all the same: as an ordinary call with all its words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from campaigns.models import Question, Target
from campaigns.services.attempts import PARKED_FOR
from touchpoints.models import Draft
from touchpoints.services.interactions import Facts, log_interaction
from touchpoints.services.learnings import note_learning
from touchpoints.services.next_steps import PlannedStep

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from campaigns.services.attempts import Dial
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

STRANDED: Final = frozenset({"not_running", "claimed", "do_not_call", "done"})
"""The refusals that nothing typed into the page can mend."""
_DRAFT: Final = "dial:"
_MOST: Final = 20


@transaction.atomic
def keep_as_call(*, actor: User, target: Target, dial: Dial) -> Interaction:
    """An ordinary call with the notes, the answers beneath them, what was learned and parked. The campaign, its target
    and its figures stay as they are."""
    heard = dial.heard
    questions = Question.objects.in_bulk([key for key, text in heard.answers.items() if text.strip()])
    answers = [f"{questions[key].text} {text.strip()}" for key, text in heard.answers.items() if key in questions]
    made = log_interaction(
        actor=actor,
        facts=Facts(
            kind="call",
            at=timezone.now() - dt.timedelta(minutes=dial.minutes),
            accounts=[target.account],
            contacts=[target.contact],
            minutes=dial.minutes,
            subject=target.campaign.name,
            outcome=dial.outcome,
            notes="\n".join(filter(None, [dial.notes, *answers]))[:50_000],
            override_reason=dial.override_reason,
        ),
        steps=[
            PlannedStep(text, owner, timezone.localdate() + PARKED_FOR) for text, owner in heard.parked if text.strip()
        ],
    )
    for thing in heard.learned:
        if thing.text.strip():
            note_learning(
                actor=actor, interaction=made, text=thing.text, tags=thing.tags, is_surprise=thing.is_surprise
            )
    return made


def draft_key(target: Target) -> str:
    return f"{_DRAFT}{target.pk}"


def unsaved_calls(*, user: User, campaign: Campaign) -> list[Target]:
    """Whom somebody wrote of in this campaign without saving it; asked for when it is over."""
    forms = Draft.objects.of(user).filter(form__startswith=_DRAFT).values_list("form", flat=True)
    keys = [int(form.removeprefix(_DRAFT)) for form in forms]
    found = Target.objects.visible_to(user).of(campaign).filter(pk__in=keys).with_person()
    return list(found.order_by("pk")[:_MOST])
