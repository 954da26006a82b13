"""Before a talk somebody may object: sales asks not to contact them, they had too much contact, nobody prepared it.

There is one way to ask and one to answer. Whoever plans, moves, enters, sends or holds a talk calls `heed`; each gate
says what speaks against the talk as it now is, and keeps the reason for it all the same. Rooms above register theirs:

    gates.register("preparation", heed_first_contact)     # in AppConfig.ready()

What a file brings in is not asked about: it tells what was agreed elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pmcrm.errors import RuleViolation
from touchpoints.models import InteractionKind

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User
    from touchpoints.models import Interaction

LONGEST_REASON: Final = 300
HOLDS: Final = "holds"
LOAD: Final = "load"


@dataclass(frozen=True)
class Asked:
    """A talk in its present state and time, and with whom of those present somebody wants it. One that `is_moved` lies
    at another time than before."""

    actor: User
    interaction: Interaction
    accounts: Sequence[Account]
    is_moved: bool

    @property
    def is_contact(self) -> bool:
        """We turn to them. A note does not, and what came from them did not either."""
        return self.interaction.kind != InteractionKind.NOTE and not self.interaction.is_incoming


@dataclass(frozen=True)
class Objection:
    """What speaks against a talk and was not answered yet: a sentence that asks for a reason, and what keeps it."""

    code: str
    sentence: str
    keep: Callable[[str], object]


Gate = Callable[[Asked], Iterable[Objection]]

_gates: dict[str, Gate] = {}


def register(slug: str, gate: Gate) -> None:
    _gates[slug] = gate


def heed(
    *,
    actor: User,
    interaction: Interaction,
    accounts: Sequence[Account],
    override_reason: str,
    is_moved: bool = False,
    only: Collection[str] = (),
) -> None:
    """Ask all gates, or `only` these. One reason answers whatever speaks against it, and is kept by each; without one
    it is refused with all their sentences at the field `override_reason`. Runs in the caller's transaction."""
    asked = Asked(actor, interaction, accounts, is_moved)
    gates = [gate for slug, gate in _gates.items() if not only or slug in only]
    found = [objection for gate in gates for objection in gate(asked)]
    reason = " ".join(override_reason.split())[:LONGEST_REASON]
    if found and not reason:
        sentence = " ".join(objection.sentence for objection in found)
        raise RuleViolation(sentence, code=found[0].code, fields={"override_reason": sentence})
    for objection in found:
        objection.keep(reason)
