"""What needs a person now: one block a question, each with the number and the address of its own list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmcrm.home.my_day.accounts import answers, promises, promises_due, scores, silent, start
from pmcrm.home.my_day.block import Block
from pmcrm.home.my_day.office import decisions, imports, invitations, reviews, run, strategic
from pmcrm.home.my_day.talks import calls, drafts, mails, meetings, plans, steps
from pmcrm.people.permissions import ADMINISTRATOR, may
from touchpoints.models import Interaction

if TYPE_CHECKING:
    from pmcrm.people.models import User

__all__ = ["Block", "blocks_for", "promises_due"]


def blocks_for(user: User) -> tuple[list[Block], list[Block]]:
    """The two columns of the page: what the person does today, and what else waits for them by role."""
    today = (
        [steps(user), meetings(user), calls(user), drafts(user), mails(user)] if may(user, "next_step.write") else []
    )
    care = [promises(user)] if may(user, "promise.write") else []
    if may(user, "promise.write"):
        # Of accounts that the person answers for; it stays away where nothing waits.
        care.append(answers(user))
    if may(user, "contact_hold.write") and not may(user, "product_decision.write"):
        care.append(plans(user))
    if _is_new(user, today):
        # Whoever is new learns whom they serve and by which rules; all are silent towards them yet.
        today.insert(0, start(user))
    elif may(user, "account.write"):
        care += [silent(user), scores(user)]
    office = _of_office(user)
    # Who works with customers begins with the day; who decides, leads or keeps the books with what only they can do.
    first, second = (today, [*care, *office]) if _works_with_customers(user) else (office, [*today, *care])
    if not first:
        first, second = second, []
    # A block that has nothing to say and no list of its own stays away.
    return [block for block in first if block.count or block.nothing], [
        block for block in second if block.count or block.nothing
    ]


def _works_with_customers(user: User) -> bool:
    return may(user, "flag.read") or not (may(user, "curve.read") or ADMINISTRATOR in user.role_set)


def _of_office(user: User) -> list[Block]:
    """What waits for a person because of the role."""
    found = []
    if may(user, "decision_queue.read"):
        found.append(decisions(user))
    if may(user, "strategic_list.write"):
        found.append(strategic(user))
    elif may(user, "strategic_list.read"):
        found.append(reviews(user))
    if may(user, "curve.run") or (may(user, "curve.read") and not may(user, "account.write")):
        found.append(run(user))
    if may(user, "ledger.write"):
        found.append(imports(user))
    if ADMINISTRATOR in user.role_set:
        found.append(invitations())
    return found


def _is_new(user: User, today: list[Block]) -> bool:
    """Somebody who works with accounts of their own and has planned and logged nothing yet."""
    works = may(user, "account.write") and not may(user, "account.write_all")
    return works and not any(block.count for block in today) and not Interaction.objects.filter(author=user).exists()
