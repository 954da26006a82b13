"""The fields by which the lists of accounts and of contacts are filtered, beside their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.listing.load import STATES, LoadState
from accounts.models import AccountFigures, AccountTag, ContributionMark, Tag
from accounts.models.choices import Party, SalesForm, Size, State, Tier
from accounts.models.contact import ContactRole
from accounts.models.custom import FieldType
from accounts.models.relation import Contribution
from accounts.permissions import sees_all_figures
from pmcrm.lists.fields import Field, Kind, Place
from pmcrm.lists.places import Beside, Column, Folded, JsonKey, Linked
from pmcrm.lists.text import Fold

if TYPE_CHECKING:
    from accounts.models import CustomField
    from pmcrm.people.models import User

MINE: Final = "me"
LOAD: Final = LoadState("figures__load_is_one_at", "tier")
LOAD_OF_ACCOUNT: Final = LoadState("account__figures__load_is_one_at", "account__tier")
_text = partial(Field, kind=Kind.TEXT)
_OWN_KINDS: Final = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
    FieldType.CHOICE: Kind.CHOICE,
    FieldType.YES_NO: Kind.CHOICE,
}
YES_NO: Final = (("yes", _("yes")), ("no", _("no")))


def account_fields(
    person: User, *, owners: Sequence[tuple[str, str]], countries: Any, industries: Any, own: Iterable[CustomField]
) -> list[Field]:
    """What this person filters accounts by; amounts only who sees them of every account."""
    tags = [(str(key), name) for key, name in Tag.objects.in_order().values_list("pk", "name")]
    found = [
        _text("name", _("Account"), place=Folded("sort_name", Fold), holds_something=True),
        _text("ref", _("Reference"), place=Column("ref", empty=""), holds_something=True),
        _choice("state", _("State"), State.choices, holds_something=True),
        _choice("tier", _("Tier"), [choice for choice in Tier.choices if choice[0]]),
        Field("tag", _("Tag"), Kind.CHOICE, Linked(AccountTag.objects.all, "account", "tag"), tags, int),
        _person("sales", _("Sales"), "relationship_owner", person, owners),
        _person("product", _("Product manager"), "product_manager", person, owners),
    ]
    if sees_all_figures(person):
        found += [
            Field("revenue", _("Revenue"), Kind.NUMBER, _figure("revenue_12m")),
            Field("contribution", _("Contribution"), Kind.NUMBER, _figure("contribution_12m")),
        ]
    found += [
        Field("contact", _("Last contact"), Kind.DATE, _figure("last_contact_at", is_instant=True)),
        Field("step", _("Next step"), Kind.DATE, _figure("next_step_on")),
        Field("load", _("Contact load"), Kind.CHOICE, LOAD, STATES, holds_something=True),
        _choice("country", _("Country"), countries),
        _text("city", _("City"), place=Column("city", empty="")),
        _text("region", _("Region"), place=Column("region", empty="")),
        _choice("industry", _("Industry"), industries),
        _text("segment", _("Segment"), place=Column("segment", empty="")),
        _choice("size", _("Size"), Size.choices),
        _choice("party", _("Kind of party"), Party.choices, holds_something=True),
        _choice("form", _("How they are sold to"), SalesForm.choices, path="sales_form"),
        Field(
            "proven",
            _("Proven contribution"),
            Kind.CHOICE,
            Linked(ContributionMark.objects.proven, "account", "contribution"),
            Contribution.choices,
        ),
        _text("rival", _("Rival in place"), place=Column("incumbent_competitor", empty="")),
        _text("source", _("First heard of us through"), place=Column("first_heard_source", empty="")),
        Field("permission", _("Permission as a reference"), Kind.DATE, Column("reference_permission_on")),
        Field("added", _("Added"), Kind.DATE, Column("created_at", is_instant=True), holds_something=True),
    ]
    return [*found, *map(_own, own)]


def contact_fields(
    person: User, *, owners: Sequence[tuple[str, str]], countries: Any, own: Iterable[CustomField]
) -> list[Field]:
    """What this person filters people by: what is known of them, and of the account where they are."""
    found = [
        _text("name", _("Name"), place=Folded("sort_name", Fold), holds_something=True),
        _text("title", _("Position"), place=Column("job_title", empty="")),
        _choice("role", _("Role"), ContactRole.choices),
        _text("account", _("Account"), place=Folded("account__sort_name", Fold), holds_something=True),
        _choice("state", _("State of the account"), State.choices, path="account__state", holds_something=True),
        _choice("tier", _("Tier"), [choice for choice in Tier.choices if choice[0]], path="account__tier"),
        _choice("party", _("Kind of party"), Party.choices, path="account__party", holds_something=True),
        _person("sales", _("Sales"), "account__relationship_owner", person, owners),
        _person("product", _("Product manager"), "account__product_manager", person, owners),
        _choice("country", _("Country"), countries, path="account__country"),
        _text("city", _("City"), place=Column("account__city", empty="")),
        _text("email", _("E-mail"), place=Column("email", empty="")),
        _text("zone", _("Time zone"), place=Column("time_zone", empty="")),
        Field(
            "contact",
            _("Last contact with the account"),
            Kind.DATE,
            Column("account__figures__last_contact_at", is_instant=True),
        ),
        Field("load", _("Load of the account"), Kind.CHOICE, LOAD_OF_ACCOUNT, STATES, holds_something=True),
        Field("peace", _("Not to be called until"), Kind.DATE, Column("do_not_call_until")),
        Field("joined", _("With the company since"), Kind.DATE, Column("joined_company_on")),
        Field("added", _("Added"), Kind.DATE, Column("created_at", is_instant=True), holds_something=True),
    ]
    return [*found, *map(_own, own)]


def _figure(column: str, *, is_instant: bool = False) -> Beside:
    return Beside("figures", AccountFigures.objects.all, "account", Column(column, is_instant=is_instant))


def _choice(key: str, label: Any, options: Sequence[tuple[str, Any]], *, path: str = "", **more: Any) -> Field:
    return Field(key, label, Kind.CHOICE, Column(path or key, empty=""), options, **more)


def _person(key: str, label: Any, path: str, person: User, people: Sequence[tuple[str, str]]) -> Field:
    def stored(value: str) -> int:
        return person.pk if value == MINE else int(value)

    return Field(key, label, Kind.CHOICE, Column(path), [(MINE, _("me")), *people], stored)


def _own(field: CustomField) -> Field:
    kind = _OWN_KINDS[FieldType(field.type)]
    options: Sequence[tuple[str, Any]] = [(word, word) for word in field.choices]
    stored: Callable[[str], Any] = str
    if field.type == FieldType.YES_NO:
        options, stored = YES_NO, "yes".__eq__
    place: Place = JsonKey("custom", field.key, is_number=kind is Kind.NUMBER)
    return Field(field.form_name, field.label, kind, place, options, stored)
