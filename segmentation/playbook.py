"""The exit playbook: states of a plan, who moves it between them, remedies before an exit, the coalition, signatures.

Pure rules. Like `kpis`, it takes the translation marker from Django and nothing else. Its two large sections have a
module of their own: `trade_off` and `fair_offer`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

# -- states ------------------------------------------------------------------------------------------------------------

NOMINATED: Final = "nominated"
PRIVATE_DRAFT: Final = "private_draft"
SPONSORED: Final = "sponsored"
COALITION: Final = "coalition"
APPROVAL: Final = "approval"
APPROVED: Final = "approved"
RETURNED: Final = "returned"
REJECTED: Final = "rejected"
WITHDRAWN: Final = "withdrawn"

STATES: Final[dict[str, Text]] = {
    NOMINATED: _("Nominated"),
    PRIVATE_DRAFT: _("Private draft"),
    SPONSORED: _("Sponsored"),
    COALITION: _("Coalition"),
    APPROVAL: _("Approval"),
    APPROVED: _("Approved"),
    "conversation": _("Conversation"),
    "settlement": _("Settlement"),
    "observation": _("Observation"),
    "closed": _("Closed"),
    RETURNED: _("Returned"),
    REJECTED: _("Rejected"),
    WITHDRAWN: _("Withdrawn"),
}
STEPS: Final = (PRIVATE_DRAFT, SPONSORED, COALITION, APPROVAL, APPROVED)
LATER_STEPS: Final = ("conversation", "settlement", "observation", "closed")
AGREED: Final = frozenset({APPROVED, *LATER_STEPS})
ENDED: Final = frozenset({REJECTED, WITHDRAWN, "closed"})
UNDER_WAY: Final = frozenset({COALITION, APPROVAL, RETURNED, *AGREED}) - ENDED
CHANGEABLE: Final = frozenset({PRIVATE_DRAFT, SPONSORED, COALITION, APPROVAL, RETURNED})
KEPT_AS_DRAFT: Final = frozenset({PRIVATE_DRAFT, SPONSORED})
KEPT_AS_ENDED: Final = frozenset({REJECTED, WITHDRAWN})

AUTHOR: Final = "author"
SPONSOR: Final = "sponsor"
OFFICE: Final = "office"
SIGNATORY: Final = "signatory"


@dataclass(frozen=True)
class Move:
    """A verb: from which states, by whom, to which state (None: the state stays until the rule says otherwise)."""

    verb: str
    label: Text
    sources: frozenset[str]
    by: frozenset[str]
    target: str | None
    asks_for: tuple[str, ...] = ()


def _move(verb: str, label: Text, sources: Iterable[str], by: Iterable[str], target: str | None, *asks: str) -> Move:
    return Move(verb, label, frozenset(sources), frozenset(by), target, asks)


MOVES: Final[dict[str, Move]] = {
    move.verb: move
    for move in (
        _move("sponsor", _("Sponsor it"), [PRIVATE_DRAFT], [SPONSOR], SPONSORED, "statement", "talked_on"),
        _move("open-coalition", _("Open the coalition"), [SPONSORED], [SPONSOR], COALITION),
        _move(
            "talk",
            _("Record a position or a talk"),
            [COALITION, RETURNED],
            [SPONSOR, OFFICE],
            None,
            "office",
            "concern",
            "evidence_shown",
            "talked_on",
            "position",
            "conditions",
        ),
        _move("waive", _("Waive the talk"), [COALITION, RETURNED], [SPONSOR], None, "office", "reason"),
        _move("request-approval", _("Request approval"), [COALITION, RETURNED], [SPONSOR], APPROVAL),
        _move("approve", _("Sign"), [APPROVAL], [SIGNATORY], None, "comment"),
        _move("return", _("Return"), [APPROVAL], [SIGNATORY], RETURNED, "comment"),
        _move("reject", _("Reject"), [APPROVAL], [SIGNATORY], REJECTED, "comment"),
        _move("withdraw", _("Withdraw"), CHANGEABLE, [AUTHOR, SPONSOR], WITHDRAWN, "reason"),
        _move(
            "answer-offer",
            _("Record their answer"),
            AGREED - ENDED,
            [AUTHOR, SPONSOR],
            None,
            *("offer", "answer", "answered_on"),
        ),
        _move("finish-offer", _("Offer kept"), AGREED - ENDED, [AUTHOR, SPONSOR], None, *("offer", "done_on", "proof")),
    )
}

# -- remedies before an exit -------------------------------------------------------------------------------------------

REMEDIES: Final[dict[str, tuple[Text, Text]]] = {
    "repair": (_("Repair"), _("A rescue plan: mend what makes serving them so costly.")),
    "reprice": (_("Reprice"), _("Another price that covers the work.")),
    "lighter_service": (_("Lighter service"), _("A form of service that costs less.")),
    "hand_over": (_("Hand over"), _("A partner who serves them better than we can.")),
}

# -- the coalition -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoalitionRole:
    """One office of the coalition: what it usually fears, and its own either/or."""

    office: str
    label: Text
    concern: Text
    either_or: Text


COALITION_ROLES: Final[dict[str, CoalitionRole]] = {
    role.office: role
    for role in (
        CoalitionRole(
            "vp_support",
            _("VP Support"),
            _("Core customers' escalations wait while the team staffs this one."),
            _("Serve the core escalations that wait, or keep staffing this account."),
        ),
        CoalitionRole(
            "vp_engineering",
            _("VP Engineering"),
            _("The planned update may slip, and the architecture may have to bend for one customer."),
            _("Ship the planned update, or build the one-off."),
        ),
        CoalitionRole(
            "cfo",
            _("CFO"),
            _("When the revenue may be recognised, and what the account really contributes."),
            _("Sure income from the core, or uncertain income tied to one delivery."),
        ),
        CoalitionRole(
            "vp_marketing",
            _("VP Marketing"),
            _("Core users speak up about mainstream functions that wait; no reference comes from here."),
            _("Please the many who talk about us, or the one who never will."),
        ),
        CoalitionRole(
            "vp_sales",
            _("VP Sales"),
            _("The income of all teams over four quarters, presales people, and promises made earlier."),
            _("Presales for several deals of this year, or for this one."),
        ),
    )
}
POSITIONS: Final[dict[str, Text]] = {
    "for": _("For"),
    "for_with_conditions": _("For, with conditions"),
    "unsure": _("Unsure"),
    "against": _("Against"),
}

# -- signatures --------------------------------------------------------------------------------------------------------

CFO: Final = "cfo"
REFUND_APPROVER: Final = "refund_approver"
GUARD_APPROVER: Final = "guard_approver"
FINAL_APPROVER: Final = "final_approver"
SIGNATURE_ROLES: Final[dict[str, Text]] = {
    SPONSOR: _("Sponsor"),
    CFO: _("CFO"),
    REFUND_APPROVER: _("Second approver of the refund"),
    GUARD_APPROVER: _("Guard approver"),
    FINAL_APPROVER: _("Final approver"),
}


EXPORTING: Final = frozenset({CFO, REFUND_APPROVER, GUARD_APPROVER, FINAL_APPROVER})
"""Who may take a copy out of the product: those who approve it, in whichever of these parts the plan asks for."""


def signatures_needed(*, has_refund: bool, is_refund_large: bool, is_guarded: bool) -> tuple[str, ...]:
    """Whose signatures make a plan approved: two at least, four where money is refunded and the account guarded.

    A refund is always the CFO's to sign; one above the organisation's limit asks a second approver beside the CFO.
    """
    asked = {CFO: has_refund, REFUND_APPROVER: is_refund_large, GUARD_APPROVER: is_guarded}
    return (SPONSOR, *(role for role, is_asked in asked.items() if is_asked), FINAL_APPROVER)


SECTIONS: Final[dict[str, Text]] = {
    "why": _("Why"),
    "remedies": _("Remedies"),
    "trade-off": _("Either/or"),
    "offer": _("Fair offer"),
    "people": _("Who signs"),
}
