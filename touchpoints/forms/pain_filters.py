"""What the list of what hurts can be narrowed to and sorted by; all of it lives in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Account
from pmcrm.lists.filters import ListFilters
from pmcrm.people.models import User
from touchpoints.listing.pains import COLUMNS, EVERY_FIELD, FILE_KEYS, ORDERS, pain_fields
from touchpoints.models import Cause, Pain, PainState, Severity

if TYPE_CHECKING:
    from pmcrm.lists.fields import Field
    from touchpoints.models.pain import PainQuerySet

WHICH: Final = (
    ("hurts", _("All that hurts")),
    ("waits", _("Waits for our answer")),
    ("late", _("Answer is late")),
    ("unsaid", _("Nobody said what to expect")),
    ("unset", _("Told without a statement before")),
    ("gone", _("Does not hurt any more")),
)
WHOSE: Final = (("", _("Of all accounts")), ("mine", _("I answer for")))


class PainFilters(ListFilters):
    """What hurts, the newest first; what waits in the order in which its answer is due."""

    kind = "pains"
    page = "pain_list"
    row_page = "pain_detail"
    title = _("What hurts")
    usual_sort = "-told"
    orders = ORDERS
    declared_columns = COLUMNS
    file_keys = FILE_KEYS
    every_field = EVERY_FIELD
    has_conditions = True
    segments_of = "which"

    which = forms.ChoiceField(label=_("Which"), choices=WHICH, required=False)
    whose = forms.ChoiceField(label=_("Whose"), choices=WHOSE, required=False)
    severity = forms.MultipleChoiceField(
        label=_("How bad"), choices=Severity.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    cause = forms.ChoiceField(label=_("What it comes from"), choices=[("", _("Any")), *Cause.choices], required=False)
    account = forms.ChoiceField(label=_("Account"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        # One account, where the address names one that the person sees: a list of all would be no choice.
        key = str(self.data.get("account") or "")
        seen = Account.objects.visible_to(person, singly=True)
        self.of = seen.filter(pk=key).first() if key.isascii() and key.isdecimal() and len(key) < 19 else None
        self.offer("account", [(str(self.of.pk), self.of.name)] if self.of else [])
        if self.asked.get("which") in {"waits", "late"}:
            self.usual_sort = "due"

    def visible(self) -> PainQuerySet:
        return Pain.objects.visible_to(self.person).told()

    def counted(self, count: int, shown: str) -> str:
        return ngettext("%(n)s trouble", "%(n)s troubles", count) % {"n": shown}

    def fields_on_offer(self) -> list[Field]:
        return pain_fields()

    def narrowed(self, pains: PainQuerySet) -> PainQuerySet:
        asked = self.asked
        pains = self._which(pains)
        if asked.get("whose"):
            pains = pains.owned_by(self.person)
        if self.of is not None:
            pains = pains.of(self.of)
        if asked.get("severity"):
            pains = pains.filter(severity__in=asked["severity"])
        if asked.get("cause"):
            pains = pains.filter(cause=asked["cause"])
        pains = self.under_conditions(pains)
        return pains.matching(asked["q"]) if asked.get("q") else pains

    def _which(self, pains: PainQuerySet) -> PainQuerySet:
        match self.segment:
            case "waits":
                return pains.open()
            case "late":
                return pains.late(timezone.localdate())
            case "unsaid":
                return pains.without_expectation()
            case "unset":
                return pains.hurting().filter(saying=None)
            case "gone":
                return pains.filter(state=PainState.GONE)
        return pains.hurting()
