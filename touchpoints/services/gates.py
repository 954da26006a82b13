"""What rooms above ask before a talk counts as held. They register theirs; nothing here imports them.

gates.register("preparation", heed_first_contact)     # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User
    from touchpoints.models import Interaction


class Gate(Protocol):
    """Lets the talk be held, keeps the reason for doing it all the same, or refuses with a sentence at the field
    `override_reason`. It runs in the transaction of whoever holds or logs it."""

    def __call__(
        self, *, actor: User, interaction: Interaction, accounts: Sequence[Account], override_reason: str
    ) -> None: ...


_gates: dict[str, Gate] = {}


def register(slug: str, gate: Gate) -> None:
    _gates[slug] = gate


def pass_gates(*, actor: User, interaction: Interaction, accounts: Sequence[Account], override_reason: str) -> None:
    """Ask all of them of a talk that is about to count as held."""
    for gate in _gates.values():
        gate(actor=actor, interaction=interaction, accounts=accounts, override_reason=override_reason)
