"""The guide beside a call: what is known already, what is still to ask, what must be said before pains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists
from django.utils import timezone

from campaigns.models import Block, Goes, Question, Target
from campaigns.services.report import answers_known
from pmcrm.figures import month
from touchpoints.models import Pain, Saying, Statement, Unlocks

if TYPE_CHECKING:
    import datetime as dt

    from pmcrm.people.models import User


@dataclass(frozen=True)
class Asked:
    """A question and what is known of it: an empty `known` is still to ask."""

    question: Question
    known: str
    known_on: dt.date | None = None


@dataclass(frozen=True)
class Step:
    block: str
    label: str
    to_ask: list[Asked]
    known: list[Asked]


@dataclass(frozen=True)
class Guide:
    steps: list[Step]
    statements: list[Statement]
    """What allows pains, as far as this person has not heard it."""
    is_open: bool
    """Whether pains may be asked at once."""
    told: list[Pain]

    @property
    def first(self) -> str:
        """The block to begin with: the first with something left to ask."""
        return next((step.block for step in self.steps if step.to_ask), Block.WHO.value)


def guide_for(*, user: User, target: Target, questions: list[Question]) -> Guide:
    """The blocks in their order, each with what is to ask and what is known."""
    contact: Any = target.contact
    earlier = answers_known(contact.pk, [one.slug for one in questions], product_id=target.campaign.product_id)
    columns: dict[str, str] = {
        Goes.JOB_TITLE: contact.job_title,
        Goes.JOINED: month(contact.joined_company_on) if contact.joined_company_on else "",
        Goes.EMPLOYERS: contact.previous_employers,
    }
    asked = []
    for one in questions:
        answer = earlier.get(one.slug)
        known = columns.get(one.goes) or (answer.text if answer else "")
        asked.append(Asked(one, str(known), timezone.localdate(answer.attempt.at) if answer else None))
    steps = [
        Step(
            block.value,
            str(block.label),
            [one for one in asked if one.question.block == block and not one.known],
            [one for one in asked if one.question.block == block and one.known],
        )
        for block in Block
    ]
    heard = Saying.objects.holding(timezone.localdate()).heard_by([contact]).filter(statement__unlocks=Unlocks.PAINS)
    unlocking = list(Statement.objects.unlocking(Unlocks.PAINS).annotate(was_heard=Exists(heard)))
    told = list(Pain.objects.visible_to(user).hurting().of(target.account).order_by("-pk")[:5])
    was_heard = any(one.was_heard for one in unlocking)  # type: ignore[attr-defined]  # annotated above
    return Guide(steps, unlocking, was_heard, told)
