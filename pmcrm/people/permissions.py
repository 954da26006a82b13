"""The one table of who may do what, in plain words. It imports nothing of the apps.

A right is named `object.verb`. Which rows a person sees is another matter: that is each model's `visible_to(user)`.
"""

from __future__ import annotations

from typing import Final, Protocol

PRODUCT_MANAGER: Final = "product_manager"
PRODUCT_LEAD: Final = "product_lead"
SALES_OWNER: Final = "sales_owner"
SALES_VP: Final = "sales_vp"
DEPARTMENT_MEMBER: Final = "department_member"
FINANCE: Final = "finance"
EXECUTIVE: Final = "executive"
ADMINISTRATOR: Final = "administrator"

ROLES: Final = (
    PRODUCT_MANAGER,
    PRODUCT_LEAD,
    SALES_OWNER,
    SALES_VP,
    DEPARTMENT_MEMBER,
    FINANCE,
    EXECUTIVE,
    ADMINISTRATOR,
)

_PRODUCT = frozenset({PRODUCT_MANAGER, PRODUCT_LEAD})
_SALES = frozenset({SALES_OWNER, SALES_VP})
_EVERYBODY = frozenset(ROLES)
_READ_ALL_ACCOUNTS = frozenset({PRODUCT_MANAGER, PRODUCT_LEAD, SALES_VP, FINANCE, EXECUTIVE, ADMINISTRATOR})

RIGHTS: Final[dict[str, frozenset[str]]] = {
    # people and settings
    "people.read": _EVERYBODY,
    "people.write": frozenset({ADMINISTRATOR}),
    "settings.write": frozenset({ADMINISTRATOR}),
    "manners.write": frozenset({ADMINISTRATOR, PRODUCT_LEAD}),
    "custom_field.write": frozenset({ADMINISTRATOR, PRODUCT_LEAD}),
    "tag.write": frozenset({ADMINISTRATOR, PRODUCT_LEAD, SALES_VP}),
    # accounts, contacts, what happens between us
    "account.read": _EVERYBODY,
    "account.read_all": _READ_ALL_ACCOUNTS,
    "account.create": _PRODUCT | {SALES_VP, SALES_OWNER},
    "account.write": _PRODUCT | _SALES,
    "account.write_all": frozenset({PRODUCT_LEAD, SALES_VP}),
    "account.delete": frozenset({PRODUCT_LEAD, SALES_VP}),
    "account.set_owner": frozenset({PRODUCT_LEAD, SALES_VP}),
    # duplicates: pairs of which one sees both sides; who may change both may merge people, accounts carry figures
    "duplicate.read": _PRODUCT | _SALES,
    "duplicate.search": frozenset({PRODUCT_LEAD, SALES_VP}),
    "account.merge": frozenset({PRODUCT_LEAD, SALES_VP}),
    "contact.merge": _PRODUCT | _SALES,
    "interaction.log": _PRODUCT | _SALES | {DEPARTMENT_MEMBER, EXECUTIVE, FINANCE},
    # mails that came in: one's own; administrators see who sent what is nobody's yet
    "mail_in.read": _EVERYBODY,
    "file.attach": _PRODUCT | _SALES | {DEPARTMENT_MEMBER, EXECUTIVE, FINANCE},
    # stories of one's own that may be told to other customers
    "experience.read": _PRODUCT,
    "experience.write": _PRODUCT,
    "product_decision.read": _EVERYBODY,
    "product_decision.write": _PRODUCT,
    "contact_hold.write": _SALES | _PRODUCT,
    # what hurts customers, and what they were told to expect: whoever hears it writes it down
    "pain.write": _PRODUCT | _SALES | {DEPARTMENT_MEMBER, EXECUTIVE, FINANCE},
    "statement.write": frozenset({PRODUCT_LEAD, ADMINISTRATOR}),
    # calling many: who reads all accounts sees all campaigns, others those that were announced for accounts they see
    "campaign.read": _PRODUCT | _SALES | {EXECUTIVE, DEPARTMENT_MEMBER, ADMINISTRATOR},
    "campaign.write": _PRODUCT,
    "campaign.write_all": frozenset({PRODUCT_LEAD}),
    "campaign.dial": _PRODUCT | _SALES,
    "question.write": frozenset({PRODUCT_LEAD, ADMINISTRATOR}),
    "urgent_need.write": _PRODUCT | _SALES | {DEPARTMENT_MEMBER, EXECUTIVE},
    "engagement_figures.read_all": frozenset({PRODUCT_LEAD, SALES_VP, EXECUTIVE}),
    "account_goal.write": _PRODUCT | _SALES | {EXECUTIVE},
    "meeting.review": _SALES,
    # figures of meetings: everybody's own, sums for who leads
    "meeting_figures.read_all": frozenset({PRODUCT_LEAD, SALES_VP, EXECUTIVE}),
    "voice_rules.write": frozenset({PRODUCT_LEAD, ADMINISTRATOR}),
    "next_step.write": _PRODUCT | _SALES | {DEPARTMENT_MEMBER, EXECUTIVE, FINANCE},
    "promise.write": _PRODUCT | _SALES,
    "strategic_list.read": _PRODUCT | {SALES_VP, EXECUTIVE},
    "strategic_list.write": frozenset({PRODUCT_LEAD, SALES_VP}),
    "temperament.read": frozenset({PRODUCT_MANAGER, PRODUCT_LEAD, SALES_OWNER}),
    "temperament.read_all": frozenset({PRODUCT_LEAD}),
    # what we sell, and to whom
    "product.read": _EVERYBODY,
    "product.write": _PRODUCT | {SALES_VP},
    "deal.read": _PRODUCT | _SALES | {FINANCE, EXECUTIVE},
    # money
    "ledger.read": _PRODUCT | {SALES_VP, FINANCE, EXECUTIVE},
    "ledger.read_all": frozenset({PRODUCT_LEAD, SALES_VP, FINANCE, EXECUTIVE}),
    "ledger.write": frozenset({FINANCE}),
    "contribution.read": _PRODUCT | _SALES | {FINANCE, EXECUTIVE},
    "contribution.read_all": frozenset({PRODUCT_LEAD, SALES_VP, FINANCE, EXECUTIVE}),
    "curve.read": _PRODUCT | {SALES_VP, FINANCE, EXECUTIVE},
    "curve.run": frozenset({PRODUCT_LEAD, FINANCE}),
    "curve.read_unreconciled": frozenset({PRODUCT_LEAD, FINANCE}),
    "cost_pool.read": frozenset({PRODUCT_LEAD, FINANCE, EXECUTIVE}),
    "cost_pool.write": frozenset({FINANCE}),
    "hours.write": _PRODUCT | {DEPARTMENT_MEMBER, FINANCE},
    # data in and out: the ledger is finance's, a product lead brings in what a review needs
    "import.read": frozenset({PRODUCT_LEAD, SALES_VP, FINANCE, ADMINISTRATOR, PRODUCT_MANAGER}),
    "import.ledger": frozenset({FINANCE, PRODUCT_LEAD}),
    "import.hours": frozenset({FINANCE, PRODUCT_LEAD}),
    "import.deals": frozenset({PRODUCT_LEAD, SALES_VP}),
    "import.accounts": frozenset({PRODUCT_LEAD, SALES_VP, PRODUCT_MANAGER}),
    "import.interactions": frozenset({PRODUCT_LEAD, SALES_VP, PRODUCT_MANAGER}),
    # outliers
    "flag.read": _PRODUCT,
    "flag.read_all": frozenset({PRODUCT_LEAD}),
    "flag.dismiss": frozenset({PRODUCT_LEAD}),
    "review_fact.write": _PRODUCT,
    # exit plans: which rows, `ExitPlan.visible_to` says
    "exit_plan.read": _PRODUCT | _SALES | {DEPARTMENT_MEMBER, FINANCE, EXECUTIVE},
    "exit_plan.read_approved": frozenset({PRODUCT_LEAD, EXECUTIVE}),
    "exit_plan.propose": _PRODUCT,
    "exit_plan.sponsor": frozenset({PRODUCT_LEAD}),
    "exit_plan.decide": frozenset({EXECUTIVE}),
    "exit_plan.approve_refund": frozenset({FINANCE, EXECUTIVE}),
    "decision_queue.read": frozenset({EXECUTIVE, SALES_VP, FINANCE, PRODUCT_LEAD, DEPARTMENT_MEMBER}),
    # the trash: what one deleted oneself, or whatever one saw before it was deleted
    "trash.read": _EVERYBODY,
    "trash.read_all": frozenset({PRODUCT_LEAD, SALES_VP, ADMINISTRATOR}),
    "trash.remove": frozenset({PRODUCT_LEAD, ADMINISTRATOR}),
    # all personal data of a person at a customer, on request
    "contact.erase": frozenset({PRODUCT_LEAD, ADMINISTRATOR}),
    # what happened
    "trail.read": frozenset({PRODUCT_LEAD, ADMINISTRATOR}),
    "token.own": _EVERYBODY,
    "saved_view.own": _EVERYBODY,
    "export.own": _EVERYBODY,
}


class HasRoles(Protocol):
    """Anybody with roles and a state; the user model is one."""

    is_active: bool

    @property
    def role_set(self) -> frozenset[str]: ...


def may(user: HasRoles, right: str) -> bool:
    """Whether one of the person's roles carries `right`. An unknown right is a programming error, not a no."""
    holders = RIGHTS[right]
    return user.is_active and not holders.isdisjoint(user.role_set)
