"""What happened to an exit plan, and who read it, in the words of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from pmcrm.trail.models import TrailEntry, ViewLog
from segmentation import fair_offer, playbook
from segmentation.models import ExitPlan

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import _StrPromise

    from pmcrm.people.models import User

    Text = str | _StrPromise

NEWEST: Final = 40
WORDS: Final[dict[str, tuple[Text, str]]] = {
    "exit_plan.proposed": (_("Proposed"), "file-text"),
    "exit_plan.edited": (_("Changed"), "pencil"),
    "exit_plan.sponsored": (_("Sponsored"), "handshake"),
    "exit_plan.coalition_opened": (_("Coalition opened"), "users"),
    "exit_plan.talked": (_("Talk recorded"), "message-square-quote"),
    "exit_plan.position_taken": (_("Position taken"), "message-square-quote"),
    "exit_plan.talk_waived": (_("Talk waived"), "minus"),
    "exit_plan.approval_requested": (_("Approval requested"), "send"),
    "exit_plan.signed": (_("Signed"), "signature"),
    "exit_plan.approved": (_("Approved"), "badge-check"),
    "exit_plan.returned": (_("Returned"), "undo-2"),
    "exit_plan.rejected": (_("Rejected"), "ban"),
    "exit_plan.offer_answered": (_("Answer recorded"), "message-square-quote"),
    "exit_plan.offer_kept": (_("Offer kept"), "check"),
    "exit_plan.handed_over": (_("Handed over"), "arrow-right"),
    "exit_plan.withdrawn": (_("Withdrawn"), "x"),
    "exit_plan.exported": (_("Copy taken"), "download"),
}


@dataclass(frozen=True)
class Moment:
    """One event of the plan's history."""

    at: dt.datetime
    actor: User | None
    title: Text
    icon: str
    detail: Text


def story_of(plan: ExitPlan) -> list[Moment]:
    """The newest events, newest first."""
    entries = TrailEntry.objects.about(plan).newest_first().select_related("actor")[:NEWEST]
    return [_moment(entry) for entry in entries]


def _moment(entry: TrailEntry) -> Moment:
    title, icon = WORDS.get(entry.verb, (entry.verb, "circle"))
    data = entry.data
    detail: Text = ""
    if office := data.get("office"):
        detail = playbook.COALITION_ROLES[office].label
    elif section := data.get("section"):
        detail = playbook.SECTIONS.get(section, section)
    elif role := data.get("role"):
        detail = playbook.SIGNATURE_ROLES.get(role, role)
    elif offer := data.get("offer"):
        detail = fair_offer.OFFERS[offer].label if offer in fair_offer.OFFERS else offer
    elif data.get("because") == "changed":
        detail = _("its text was changed")
    return Moment(entry.at, entry.actor, title, icon, detail)


def views_of(plan: ExitPlan, *, newest: int = 12) -> list[ViewLog]:
    """Who read the plan last."""
    seen = ViewLog.objects.filter(subject_type=plan._meta.label_lower, subject_id=str(plan.pk))
    return list(seen.select_related("actor").order_by("-at", "-id")[:newest])
