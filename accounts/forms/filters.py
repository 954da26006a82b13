"""What the list of accounts can be narrowed to and sorted by; all of it lives in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.countries import country_name
from accounts.listing import COLUMNS, ORDERS, own_columns
from accounts.models import Account, CustomField
from accounts.models.account import Party, State, Tier
from accounts.models.custom import FieldType, Thing
from accounts.permissions import sees_all_figures
from pmcrm.lists.choosers import Chooser, Keys
from pmcrm.lists.columns import arranged, columns_for
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


class AccountFilters(forms.Form):
    """Every field is optional. A value that is not on offer is named, and the rest still works."""

    q = forms.CharField(required=False, max_length=200, label=_("Search"))
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
    columns = Keys(required=False, label=_("Columns"))
    edit = forms.ChoiceField(required=False, choices=[("on", "on")], widget=forms.HiddenInput)
    view = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput)
    sort = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.orders = [name for name in ORDERS if name not in FIGURES or sees_all_figures(person)]
        _offer(self.fields["sort"], [(sign + name, name) for name in self.orders for sign in ("", "-")])
        on_offer, self.own_fields = _on_offer()
        owners = [("", _("Anybody")), ("mine", _("My own")), ("none", _("Without owner"))]
        _offer(self.fields["owner"], [*owners, *on_offer["owner"]])
        countries = [(code, country_name(code)) for code, _code in on_offer["country"]]
        _offer(self.fields["country"], [("", _("Any")), *sorted(countries, key=lambda choice: choice[1])])
        _offer(self.fields["industry"], [("", _("Any")), *on_offer["industry"]])
        self.own_choosers = [field for field in self.own_fields if field.type in _CHOSEN]
        for field in self.own_choosers:
            words = [(word, word) for word in field.choices] or [("yes", _("yes")), ("no", _("no"))]
            choices = [("", _("Any")), *words]
            self.fields[field.form_name] = forms.ChoiceField(required=False, label=field.label, choices=choices)

    def narrowed(self, accounts: AccountQuerySet) -> AccountQuerySet:
        """The accounts that the form asks for. A refused value narrows nothing."""
        asked = self.asked
        accounts = _NARROWING[asked.get("who") or ("all" if asked.get("party") else "customers")](accounts)
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

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data

    def chooser(self, name: str) -> Chooser:
        self.is_valid()
        return Chooser.of(self, name)

    @property
    def columns_on_offer(self) -> list[Column]:
        """The columns that this person may choose from, those of our own fields among them."""
        return columns_for(self.person, [*COLUMNS, *own_columns(self.own_fields)])

    @property
    def shown_columns(self) -> list[Column]:
        """The columns of the list, in their order."""
        if keys := self.asked.get("columns"):
            return arranged(self.columns_on_offer, keys)
        return arranged(columns_for(self.person, COLUMNS))

    @property
    def sorting(self) -> str:
        return self.asked.get("sort") or "name"

    @property
    def column(self) -> str:
        """The column that the list is ordered by, with its direction."""
        name = self.sorting.removeprefix("-")
        return ("-" if self.sorting.startswith("-") else "") + ORDERS[name]


_NARROWING: Final = {
    "customers": lambda accounts: accounts.customers(),
    "internal": lambda accounts: accounts.internal(),
    "partners": lambda accounts: accounts.partners(),
    "all": lambda accounts: accounts,
}


def _offer(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    chosen: Any = field
    chosen.choices = choices


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
