"""Row rules of touchpoints: what a person may do with one interaction or one next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User
    from touchpoints.models import AccountGoal, Interaction, NextStep, ProductDecision, UrgentNeed


def may_change(user: User, interaction: Interaction) -> bool:
    """Its author, a colleague who took part, and the leads of product and sales unless it is private."""
    if not may(user, "interaction.log"):
        return False
    if interaction.author_id == user.pk or (not interaction.is_private and may(user, "account.write_all")):
        return True
    return any(colleague.pk == user.pk for colleague in interaction.colleagues.all())


def may_change_step(user: User, step: NextStep) -> bool:
    """Whoever owns it or gave it, the account's own people, and the leads of product and sales."""
    if not may(user, "next_step.write"):
        return False
    given_or_owned = user.pk in {step.owner_id, step.created_by_id}
    return given_or_owned or step.account.is_own_of(user) or may(user, "account.write_all")


def may_change_decision(user: User, decision: ProductDecision) -> bool:
    """Who wrote it down, who decided, and product leads."""
    if not may(user, "product_decision.write"):
        return False
    if decision.author_id == user.pk or may(user, "account.write_all"):
        return True
    return any(person.pk == user.pk for person in decision.deciders.all())


def may_hold(user: User, account: Account) -> bool:
    """Put a hold on the account: who owns the relationship, and the leads of product and sales."""
    if account.kind != "external" or not may(user, "contact_hold.write"):
        return False
    return account.relationship_owner_id == user.pk or may(user, "account.write_all")


def may_settle(user: User, need: UrgentNeed) -> bool:
    """Change or settle what a customer needs: who sees to it or raised it, the account's own people, the leads."""
    return may(user, "urgent_need.write") and _is_near(user, need.account, need.owner_id, need.created_by_id)


def may_pursue(user: User, goal: AccountGoal) -> bool:
    """Change, note or close a goal: who pursues or set it, the account's own people, the leads."""
    return may(user, "account_goal.write") and _is_near(user, goal.account, goal.owner_id, goal.created_by_id)


def _is_near(user: User, account: Account, *people: int) -> bool:
    return user.pk in people or account.is_own_of(user) or may(user, "account.write_all")
