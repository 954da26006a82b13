"""What the lists of accounts and contacts can be narrowed to: owners, places, and fields of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from accounts.countries import country_name
from accounts.listing.cells import own_columns
from accounts.models import Account, CustomField
from accounts.models.custom import FieldType, Thing
from pmcrm.lists.filters import ListFilters
from pmcrm.lists.keys import in_use
from pmcrm.people.models import User

if TYPE_CHECKING:
    from pmcrm.lists.columns import Column

_ON_OFFER: Final = "account-filters-on-offer"
_OWN_FIELDS: Final = {thing: f"own-fields-{thing.value}" for thing in Thing}
_CHOSEN: Final = frozenset({FieldType.CHOICE, FieldType.YES_NO})
_FIVE_MINUTES: Final = 300
MOST_ON_OFFER: Final = 300


class OwnFieldFilters(ListFilters):
    """A list of things that have fields of our own: each is a column, those with choices are filters, too."""

    thing: ClassVar[Thing]

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        on_offer, self.own_fields = _on_offer(self.thing)
        places = [(code, country_name(code)) for code, _code in on_offer["country"]]
        self.on_offer = on_offer | {"country": sorted(places, key=lambda choice: choice[1])}

    def offer_own_fields(self) -> None:
        self.own_choosers = [field for field in self.own_fields if field.type in _CHOSEN]
        for field in self.own_choosers:
            words = [(word, word) for word in field.choices] or [("yes", _("yes")), ("no", _("no"))]
            choices = [("", _("Any")), *words]
            self.fields[field.form_name] = forms.ChoiceField(required=False, label=field.label, choices=choices)

    @property
    def own_asked(self) -> dict[str, Any]:
        """The values of our own fields that are asked for, as rows hold them."""
        asked = {field.key: field.stored(self.asked.get(field.form_name)) for field in self.own_choosers}
        return {key: stored for key, stored in asked.items() if stored is not None}

    def own_columns(self) -> list[Column]:
        return own_columns(self.own_fields)


def forget_own_fields() -> None:
    """Somebody decided on a field."""
    cache.delete_many(list(_OWN_FIELDS.values()))


def _on_offer(thing: Thing) -> tuple[dict[str, list[tuple[str, str]]], list[CustomField]]:
    """Who may own accounts, and the countries and industries of any account, at most 300 each; kept five minutes.

    Beside them the fields of our own that lists can show and narrow by, kept until somebody decides on one.
    """

    def known(column: str) -> list[tuple[str, str]]:
        return [(value, value) for value in in_use(Account, column, MOST_ON_OFFER)]

    kept = cache.get_many([_ON_OFFER, _OWN_FIELDS[thing]])
    on_offer: dict[str, list[tuple[str, str]]] | None = kept.get(_ON_OFFER)
    if on_offer is None:
        people = User.objects.with_right("account.write").values_list("pk", "name")
        owners = [(str(pk), name) for pk, name in people]
        on_offer = {"owner": owners, "country": known("country"), "industry": known("industry")}
        cache.set(_ON_OFFER, on_offer, _FIVE_MINUTES)
    own: list[CustomField] | None = kept.get(_OWN_FIELDS[thing])
    if own is None:
        own = list(CustomField.objects.of(thing).active().in_order())
        cache.set(_OWN_FIELDS[thing], own, _FIVE_MINUTES)
    return on_offer, own
