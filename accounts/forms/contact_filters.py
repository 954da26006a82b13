"""What the list of contacts can be narrowed to and sorted by; all of it lives in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.forms.on_offer import OwnFieldFilters
from accounts.listing.contacts import COLUMNS, EVERY_FIELD, FILE_KEYS, ORDERS
from accounts.listing.fields import LOAD_OF_ACCOUNT as LOAD
from accounts.listing.fields import contact_fields
from accounts.listing.load import STATES
from accounts.listing.talks import with_last_talk
from accounts.models import Contact
from accounts.models.contact import ContactRole
from accounts.models.custom import Thing
from pmcrm.people.models import User
from pmcrm.people.permissions import may

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import ContactQuerySet
    from pmcrm.lists.fields import Field

WHO: Final = (("there", _("Still there")), ("left", _("Left")), ("all", _("All")))
LACKS: Final = (("phone", _("a phone number")), ("zone", _("a time zone")), ("email", _("an e-mail address")))
CALLS: Final = (("", _("Any")), ("yes", _("may be called")), ("no", _("asked not to be called")))
OWNERS: Final = (("", _("Anybody's")), ("mine", _("My own accounts")))


class ContactFilters(OwnFieldFilters):
    """The list of contacts."""

    kind = "contacts"
    page = "contact_list"
    row_page = "contact_detail"
    title = _("Contacts")
    thing = Thing.CONTACT
    orders = ORDERS
    declared_columns = COLUMNS
    file_keys = FILE_KEYS
    every_field = EVERY_FIELD
    has_conditions = True
    segments_of = "who"

    who = forms.ChoiceField(required=False, choices=WHO, label=_("Who"))
    role = forms.MultipleChoiceField(
        required=False, choices=ContactRole.choices, label=_("Role"), widget=forms.CheckboxSelectMultiple
    )
    lacks = forms.MultipleChoiceField(
        required=False, choices=LACKS, label=_("Lacking"), widget=forms.CheckboxSelectMultiple
    )
    has_phone = forms.ChoiceField(required=False, choices=[("", _("Any")), ("yes", _("known"))], label=_("Phone"))
    calls = forms.ChoiceField(required=False, choices=CALLS, label=_("Calls"))
    load = forms.ChoiceField(required=False, choices=[("", _("Any")), *STATES], label=_("Load of the account"))
    owner = forms.ChoiceField(required=False, label=_("Owner of the account"))
    country = forms.ChoiceField(required=False, label=_("Country"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        self.offer("owner", [*OWNERS, *self.on_offer["owner"]])
        self.offer("country", [("", _("Any")), *self.on_offer["country"]])
        self.offer_own_fields()

    def visible(self) -> ContactQuerySet:
        if may(self.person, "account.read_all"):
            return Contact.objects.visible_to(self.person)
        return Contact.objects.at_all_accounts_of(self.person)

    def read(self, rows: ContactQuerySet, paths: list[str]) -> QuerySet[Any, Any]:
        return super().read(with_last_talk(rows, paths), paths)

    @property
    def is_found_bare(self) -> bool:
        # The people of somebody's accounts are gathered and sorted, tens of thousands with many accounts.
        return not may(self.person, "account.read_all")

    def expected(self) -> ContactQuerySet:
        return self.narrowed(Contact.objects.visible_to(self.person))

    def counted(self, count: int, shown: str) -> str:
        return ngettext("%(n)s person", "%(n)s people", count) % {"n": shown}

    def fields_on_offer(self) -> list[Field]:
        offered = self.on_offer
        return contact_fields(self.person, owners=offered["owner"], countries=offered["country"], own=self.own_fields)

    def narrowed(self, contacts: ContactQuerySet) -> ContactQuerySet:
        asked = self.asked
        if self.segment != "all":
            contacts = contacts.still_there() if self.segment == "there" else contacts.gone()
        if asked.get("role"):
            contacts = contacts.filter(role__in=asked["role"])
        if asked.get("country"):
            contacts = contacts.filter(account__country=asked["country"])
        if asked.get("has_phone"):
            contacts = contacts.with_phone()
        if asked.get("calls"):
            contacts = contacts.to_be_called() if asked["calls"] == "yes" else contacts.not_to_be_called()
        if asked.get("load"):
            contacts = contacts.filter(LOAD.condition("any", [asked["load"]]))
        for what in asked.get("lacks") or ():
            contacts = contacts.lacking(what)
        if own := self.own_asked:
            contacts = contacts.filter(custom__contains=own)
        if owner := asked.get("owner"):
            contacts = contacts.at_accounts_of(self.person.pk if owner == "mine" else int(owner))
        contacts = self.under_conditions(contacts)
        return contacts.matching(asked["q"]) if asked.get("q") else contacts
