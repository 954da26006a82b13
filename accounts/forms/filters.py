"""What the list of accounts can be narrowed to and sorted by; all of it lives in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms.on_offer import OwnFieldFilters
from accounts.listing.accounts import COLUMNS, EVERY_FIELD, FILE_KEYS, ORDERS, TICK
from accounts.listing.editing import editable_keys, opening
from accounts.listing.fields import account_fields
from accounts.models import Account
from accounts.models.choices import Party, State, Tier
from accounts.models.custom import Thing
from accounts.permissions import sees_all_figures
from pmcrm.people.models import User

if TYPE_CHECKING:
    from accounts.models import AccountQuerySet
    from pmcrm.lists.columns import Column
    from pmcrm.lists.fields import Field

WHO: Final = (
    ("customers", _("Customers")),
    ("internal", _("Internal")),
    ("partners", _("Others")),
    ("all", _("All")),
)
FIGURES: Final = frozenset({"revenue", "contribution"})
OWNERS: Final = (("", _("Anybody")), ("mine", _("My own")), ("none", _("Without owner")))
LACKS: Final = (("contact", _("a named contact")), ("phone", _("a phone number")), ("zone", _("a time zone")))
UNKNOWN_TIER: Final = "none"


class AccountFilters(OwnFieldFilters):
    """The list of accounts."""

    kind = "accounts"
    page = "account_list"
    row_page = "account_detail"
    title = _("Accounts")
    thing = Thing.ACCOUNT
    declared_columns = COLUMNS
    file_keys = FILE_KEYS
    every_field = EVERY_FIELD
    tick = TICK
    has_conditions = True
    write_right = "account.write"
    segments_of = "who"
    segments_replace = ("party",)

    who = forms.ChoiceField(required=False, choices=WHO, label=_("Who"))
    state = forms.MultipleChoiceField(
        required=False, choices=State.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    tier = forms.MultipleChoiceField(
        required=False,
        choices=[(value or UNKNOWN_TIER, label) for value, label in Tier.choices],
        label=_("Tier"),
        widget=forms.CheckboxSelectMultiple,
    )
    lacks = forms.MultipleChoiceField(
        required=False, choices=LACKS, label=_("Lacking"), widget=forms.CheckboxSelectMultiple
    )
    party = forms.ChoiceField(required=False, choices=[("", _("Any")), *Party.choices], label=_("Kind of party"))
    owner = forms.ChoiceField(required=False, label=_("Owner"))
    country = forms.ChoiceField(required=False, label=_("Country"))
    industry = forms.ChoiceField(required=False, label=_("Industry"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        sees_all = sees_all_figures(person)
        self.orders = {name: path for name, path in ORDERS.items() if name not in FIGURES or sees_all}
        super().__init__(*args, person=person, **kwargs)
        self.offer("owner", [*OWNERS, *self.on_offer["owner"]])
        self.offer("country", [("", _("Any")), *self.on_offer["country"]])
        self.offer("industry", [("", _("Any")), *self.on_offer["industry"]])
        self.offer_own_fields()

    def visible(self) -> AccountQuerySet:
        return Account.objects.visible_to(self.person)

    def read(self, rows: AccountQuerySet, paths: list[str]) -> QuerySet[Account, Any]:
        return rows.as_rows(paths, self.person)

    def counted(self, count: int, shown: str) -> str:
        return ngettext("%(n)s account", "%(n)s accounts", count) % {"n": shown}

    def opened(self, columns: list[Column]) -> list[Column]:
        keys = editable_keys(self.person, self.own_fields)
        return [opening(column) if column.key in keys else column for column in columns]

    def fields_on_offer(self) -> list[Field]:
        offered = self.on_offer
        return account_fields(
            self.person,
            owners=offered["owner"],
            countries=offered["country"],
            industries=offered["industry"],
            own=self.own_fields,
        )

    @property
    def segment(self) -> str:
        return str(self.asked.get("who") or ("all" if self.asked.get("party") else "customers"))

    def narrowed(self, accounts: AccountQuerySet) -> AccountQuerySet:
        asked = self.asked
        accounts = _NARROWING[self.segment](accounts)
        for name in ("party", "country", "industry"):
            if asked.get(name):
                accounts = accounts.filter(**{name: asked[name]})
        if asked.get("state"):
            accounts = accounts.filter(state__in=asked["state"])
        if asked.get("tier"):
            accounts = accounts.filter(tier__in=["" if tier == UNKNOWN_TIER else tier for tier in asked["tier"]])
        for what in asked.get("lacks") or ():
            accounts = accounts.lacking(what)
        if own := self.own_asked:
            accounts = accounts.filter(custom__contains=own)
        match asked.get("owner"):
            case None | "":
                pass
            case "mine":
                accounts = accounts.owned_by(self.person)
            case "none":
                accounts = accounts.external().without_owner()
            case key:
                accounts = accounts.owned_by_key(int(key))
        accounts = self.under_conditions(accounts)
        return accounts.matching(asked["q"]) if asked.get("q") else accounts


_NARROWING: Final = {
    "customers": lambda accounts: accounts.customers(),
    "internal": lambda accounts: accounts.internal(),
    "partners": lambda accounts: accounts.partners(),
    "all": lambda accounts: accounts,
}
