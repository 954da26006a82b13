"""The states of a meeting, and which verb leads from which state to which. Pure rules.

Whether a meeting was held or cancelled says its interaction and nobody else; what is kept here is how far its agenda
came, and that it was closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DRAFT: Final = "draft"
SALES_REVIEWED: Final = "sales_reviewed"
SENT: Final = "sent"
HELD: Final = "held"
CLOSED: Final = "closed"
CANCELLED: Final = "cancelled"

STATES: Final[Mapping[str, StrOrPromise]] = {
    DRAFT: _("Draft"),
    SALES_REVIEWED: _("Reviewed by sales"),
    SENT: _("Sent"),
    HELD: _("Held"),
    CLOSED: _("Closed"),
    CANCELLED: _("Cancelled"),
}
STEPS: Final = (DRAFT, SALES_REVIEWED, SENT, HELD, CLOSED)
AHEAD: Final = (DRAFT, SALES_REVIEWED, SENT)

# By verb: where it may begin, and where it ends. Whatever changes what sales approved asks for a review anew: before it
# went out it is a draft again, afterwards sales looks at it before the update goes out.
MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "write": {DRAFT: DRAFT, SALES_REVIEWED: DRAFT, SENT: SENT},
    "ask_review": {DRAFT: DRAFT, SENT: SENT},
    "approve": {DRAFT: SALES_REVIEWED, SENT: SENT},
    "return": {DRAFT: DRAFT, SALES_REVIEWED: DRAFT, SENT: SENT},
    "override": {DRAFT: DRAFT, SALES_REVIEWED: SALES_REVIEWED, SENT: SENT, HELD: HELD},
    "send": {DRAFT: SENT, SALES_REVIEWED: SENT, SENT: SENT},
    "answer": {DRAFT: DRAFT, SALES_REVIEWED: SALES_REVIEWED, SENT: SENT, HELD: HELD},
    "call_off": {CANCELLED: CANCELLED},
    "score": {HELD: HELD},
    "agree": {SENT: SENT, HELD: HELD, CLOSED: CLOSED},
    "close": {HELD: CLOSED},
    "reopen": {CLOSED: HELD},
}


def after(verb: str, state: str) -> str | None:
    """The state that `verb` leads to, None where it may not be done."""
    return MOVES[verb].get(state)
