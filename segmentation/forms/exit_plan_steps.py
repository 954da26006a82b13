"""Forms of the steps of an exit plan: what a verb asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from pmcrm.people.models import User
from segmentation import fair_offer, playbook
from segmentation.forms.exit_plan import PlanForm, day, text
from segmentation.models import CoalitionRow, ExitOffer, ExitPlan


class SponsorForm(PlanForm):
    statement = text(
        _("What the others need to hear from you"), rows=4, help_text=_("The choice that this is, in two sentences.")
    )
    talked_on = day(_("Talked about in private on"))

    def __init__(self, *args: Any, plan: ExitPlan, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        if plan.author_id == plan.sponsor_id:
            del self.fields["talked_on"]


class OfficeForm(PlanForm):
    """A step about one office of the coalition."""

    office = forms.ChoiceField(
        choices=[(role.office, role.label) for role in playbook.COALITION_ROLES.values()], widget=forms.HiddenInput
    )
    row: CoalitionRow | None

    def __init__(self, *args: Any, plan: ExitPlan, person: User, office: str = "", **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        office = office or str(self.data.get("office", ""))
        rows = list(plan.coalition.all())
        named = next((row for row in rows if row.office == office), None)
        self.row = named or next((row for row in rows if row.person_id == person.pk), None)
        if self.row is not None:
            self.fields["office"].initial = self.row.office


class TalkForm(OfficeForm):
    concern = text(_("Concern, in their words"))
    evidence_shown = text(_("Evidence shown"), rows=2)
    talked_on = day(_("Talked on"))
    position = forms.ChoiceField(
        label=_("Position"),
        choices=list(playbook.POSITIONS.items()),
        widget=forms.RadioSelect,
        required=False,
    )
    conditions = text(_("Conditions or objection"), rows=2)

    def __init__(self, *args: Any, plan: ExitPlan, person: User, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, person=person, **kwargs)
        self.is_own = self.row is not None and self.row.person_id == person.pk
        if self.row is None:
            return
        for name in ("concern", "evidence_shown", "talked_on", "position", "conditions"):
            self.fields[name].initial = getattr(self.row, name)
        if self.is_own:
            self.fields["concern"].label = _("Your concern")
            del self.fields["evidence_shown"], self.fields["talked_on"]
        else:
            del self.fields["position"], self.fields["conditions"]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class WaiveForm(OfficeForm):
    reason = text(_("Why this office need not be heard"))

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class OneOfferForm(PlanForm):
    """A step about one offer of an approved plan."""

    offer = forms.CharField(max_length=30, widget=forms.HiddenInput)
    made: ExitOffer | None

    def __init__(self, *args: Any, plan: ExitPlan, offer: str = "", **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        slug = offer or str(self.data.get("offer", ""))
        self.made = next((one for one in plan.offers.all() if one.slug == slug), None)
        self.fields["offer"].initial = slug


class AnswerForm(OneOfferForm):
    answer = forms.ChoiceField(
        label=_("Their answer"), choices=list(fair_offer.ANSWERS.items()), widget=forms.RadioSelect
    )
    answered_on = day(_("Answered on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_on"].initial = timezone.localdate
        until = self.made.stands_until if self.made else None
        if until is not None:
            self.fields["answer"].help_text = _("The offer stands until %(day)s.") % {"day": date_format(until)}


class KeptForm(OneOfferForm):
    done_on = day(_("Done on"))
    proof = text(_("What shows that it is done"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = timezone.localdate


class CommentForm(PlanForm):
    comment = text(_("Comment"), rows=3)


class ReasonForm(PlanForm):
    reason = text(_("Reason"), rows=3)


class BareForm(PlanForm):
    """A step that asks for nothing but the version."""
