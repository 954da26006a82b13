"""What the list of accounts can be narrowed to and sorted by; all of it lives in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.countries import country_name
from accounts.listing import COLUMNS, ORDERS, TICK, own_columns
from accounts.models import Account, CustomField
from accounts.models.account import Party, State, Tier
from accounts.models.custom import FieldType, Thing
from accounts.permissions import sees_all_figures
from pmcrm.lists.filters import ListFilters
from pmcrm.people.models import User

if TYPE_CHECKING:
    from accounts.models import AccountQuerySet
    from pmcrm.lists.columns import Column

WHO: Final = (
    ("customers", _("Customers")),
    ("internal", _("Internal")),
    ("partners", _("Others")),
    ("all", _("All")),
)
FIGURES: Final = frozenset({"revenue", "contribution"})
UNKNOWN_TIER: Final = "none"
_ON_OFFER: Final = "account-filters-on-offer"
_OWN_FIELDS: Final = "account-own-fields"
_CHOSEN: Final = frozenset({FieldType.CHOICE, FieldType.YES_NO})
_FIVE_MINUTES: Final = 300


class AccountFilters(ListFilters):
    """The list of accounts."""

    kind = "accounts"
    page = "account_list"
    row_page = "account_detail"
    title = _("Accounts")
    declared_columns = COLUMNS
    tick = TICK
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
    party = forms.ChoiceField(required=False, choices=[("", _("Any")), *Party.choices], label=_("Kind of party"))
    owner = forms.ChoiceField(required=False, label=_("Owner"))
    country = forms.ChoiceField(required=False, label=_("Country"))
    industry = forms.ChoiceField(required=False, label=_("Industry"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        sees_all = sees_all_figures(person)
        self.orders = {name: path for name, path in ORDERS.items() if name not in FIGURES or sees_all}
        super().__init__(*args, person=person, **kwargs)
        on_offer, self.own_fields = _on_offer()
        owners = [("", _("Anybody")), ("mine", _("My own")), ("none", _("Without owner"))]
        self.offer("owner", [*owners, *on_offer["owner"]])
        countries = [(code, country_name(code)) for code, _code in on_offer["country"]]
        self.offer("country", [("", _("Any")), *sorted(countries, key=lambda choice: choice[1])])
        self.offer("industry", [("", _("Any")), *on_offer["industry"]])
        self.own_choosers = [field for field in self.own_fields if field.type in _CHOSEN]
        for field in self.own_choosers:
            words = [(word, word) for word in field.choices] or [("yes", _("yes")), ("no", _("no"))]
            choices = [("", _("Any")), *words]
            self.fields[field.form_name] = forms.ChoiceField(required=False, label=field.label, choices=choices)

    def visible(self) -> AccountQuerySet:
        return Account.objects.visible_to(self.person)

    def read(self, rows: AccountQuerySet, paths: list[str]) -> QuerySet[Account, Any]:
        return rows.as_rows(paths)

    def counted(self, count: int, shown: str) -> str:
        return ngettext("%(n)s account", "%(n)s accounts", count) % {"n": shown}

    def own_columns(self) -> list[Column]:
        return own_columns(self.own_fields)

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
        own = {field.key: field.stored(asked.get(field.form_name)) for field in self.own_choosers}
        if own := {key: stored for key, stored in own.items() if stored is not None}:
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
        return accounts.matching(asked["q"]) if asked.get("q") else accounts


_NARROWING: Final = {
    "customers": lambda accounts: accounts.customers(),
    "internal": lambda accounts: accounts.internal(),
    "partners": lambda accounts: accounts.partners(),
    "all": lambda accounts: accounts,
}


def forget_own_fields() -> None:
    """Somebody decided on a field."""
    cache.delete(_OWN_FIELDS)


def _on_offer() -> tuple[dict[str, list[tuple[str, str]]], list[CustomField]]:
    """Who may own accounts, and the countries and industries of any account, at most 300 each; kept five minutes.

    Beside them the fields of our own that lists can show and narrow by, kept until somebody decides on one.
    """

    def in_use(column: str) -> list[tuple[str, str]]:
        values: QuerySet[Account, str] = Account.objects.exclude(**{column: ""}).values_list(column, flat=True)
        return [(value, value) for value in values.order_by(column).distinct()[:300]]

    kept = cache.get_many([_ON_OFFER, _OWN_FIELDS])
    on_offer: dict[str, list[tuple[str, str]]] | None = kept.get(_ON_OFFER)
    if on_offer is None:
        people = User.objects.with_right("account.write").values_list("pk", "name")
        owners = [(str(pk), name) for pk, name in people]
        on_offer = {"owner": owners, "country": in_use("country"), "industry": in_use("industry")}
        cache.set(_ON_OFFER, on_offer, _FIVE_MINUTES)
    own: list[CustomField] | None = kept.get(_OWN_FIELDS)
    if own is None:
        own = list(CustomField.objects.of(Thing.ACCOUNT).active().in_order())
        cache.set(_OWN_FIELDS, own, _FIVE_MINUTES)
    return on_offer, own
