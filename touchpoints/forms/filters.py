"""What the list of interactions can be narrowed to; all of it lives in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services.sight import sight_of
from pmcrm.lists.filters import ListFilters
from pmcrm.people.models import User
from pmcrm.people.permissions import may
from touchpoints.forms.lists import whole_day
from touchpoints.listing.interactions import COLUMNS, EVERY_FIELD, FILE_KEYS, ORDERS, interaction_fields
from touchpoints.models import Interaction, InteractionKind, InteractionStatus, Voice

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pmcrm.lists.fields import Field
    from touchpoints.models import InteractionQuerySet

VOICES: Final = [
    ("", _("Any voice")),
    (Voice.DIRECT, _("From customers")),
    (Voice.OWN, _("Own experience")),
    (Voice.PROXY, _("Second-hand")),
]


def _day() -> Any:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class InteractionFilters(ListFilters):
    """The list of interactions: the newest first, what is planned in the order in which it comes."""

    kind = "interactions"
    page = "interaction_list"
    row_page = "interaction_detail"
    title = _("Interactions")
    usual_sort = "-when"
    orders = ORDERS
    declared_columns = COLUMNS
    file_keys = FILE_KEYS
    every_field = EVERY_FIELD
    has_conditions = True
    segments_of = "status"

    status = forms.ChoiceField(required=False, choices=[("", _("All")), *InteractionStatus.choices], label=_("State"))
    kinds = forms.MultipleChoiceField(
        required=False, choices=InteractionKind.choices, label=_("Kind"), widget=forms.CheckboxSelectMultiple
    )
    whose = forms.ChoiceField(required=False, choices=[("", _("Anybody's")), ("mine", _("Mine"))], label=_("Whose"))
    voice = forms.ChoiceField(required=False, choices=VOICES, label=_("Voice"))
    on = forms.DateField(required=False, label=_("On the day"), widget=_day())
    since = forms.DateField(required=False, label=_("From"), widget=_day())
    until = forms.DateField(required=False, label=_("Until"), widget=_day())

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        if self.shows_planned:
            self.usual_sort = "when"

    @property
    def shows_planned(self) -> bool:
        return bool(self.asked.get("status") == InteractionStatus.PLANNED)

    def visible(self) -> InteractionQuerySet:
        seen, few = Interaction.objects.visible_to(self.person), sight_of(self.person).few
        return seen if few is None else seen.from_accounts(few, self.person)

    def expected(self) -> InteractionQuerySet:
        """Of whoever does not see all: those of the accounts, of which it is known how many there are."""
        seen = Interaction.objects.visible_to(self.person)
        if not may(self.person, "account.read_all"):
            seen = Interaction.objects.from_accounts(Account.objects.visible_to(self.person), self.person)
        return self.narrowed(seen)

    def read(self, rows: InteractionQuerySet, paths: list[str]) -> QuerySet[Interaction, Any]:
        return rows.as_rows(paths, self.person)

    def counted(self, count: int, shown: str) -> str:
        return ngettext("%(n)s interaction", "%(n)s interactions", count) % {"n": shown}

    def fields_on_offer(self) -> list[Field]:
        colleagues = User.objects.with_right("interaction.log").values_list("pk", "name")
        return interaction_fields(self.person, [(str(key), name) for key, name in colleagues])

    def narrowed(self, interactions: InteractionQuerySet) -> InteractionQuerySet:
        asked = self.asked
        status = asked.get("status")
        interactions = interactions.filter(status=status) if status else interactions.current()
        if asked.get("kinds"):
            interactions = interactions.filter(kind__in=asked["kinds"])
        if asked.get("voice"):
            interactions = interactions.filter(voice=asked["voice"])
        if asked.get("whose"):
            interactions = interactions.involving(self.person)
        if day := asked.get("on"):
            interactions = interactions.between(*whole_day(day))
        if day := asked.get("since"):
            interactions = interactions.filter(at__gte=whole_day(day)[0])
        if day := asked.get("until"):
            interactions = interactions.filter(at__lt=whole_day(day)[1])
        interactions = self.under_conditions(interactions)
        return interactions.matching(asked["q"]) if asked.get("q") else interactions
