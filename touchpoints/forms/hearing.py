"""What was said and heard in a talk: folded parts of the quick log, and the same beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from touchpoints.models import (
    ExpectationKind,
    LearningTag,
    Pain,
    Saying,
    Severity,
    Statement,
    Topic,
    Unlocks,
)
from touchpoints.services.hearing import Hearing, Learned, ToldPain
from touchpoints.services.pains import LONGEST_REASON, LONGEST_WORDS
from touchpoints.services.statements import holding_saying, statements_due

if TYPE_CHECKING:
    from accounts.models import Account, Contact
    from pmcrm.people.models import User
    from touchpoints.models import Draft

MOST_ROWS: Final = 5
# Reasons at one touch; others are written out on the page of a trouble and over the API.
BYPASSES: Final = (_("They began with it themselves"), _("There was no moment for it"), _("Told for them by somebody"))


class SayForm(forms.Form):
    """Which statements were said, or why none was."""

    said = forms.ModelMultipleChoiceField(
        queryset=Statement.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    bypass_reason = forms.CharField(max_length=LONGEST_REASON, required=False)

    def __init__(self, *args: Any, account: Account | None = None, contacts: Iterable[Contact] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.account = account
        self.contacts = list(contacts)
        said = self.fields["said"]
        assert isinstance(said, forms.ModelMultipleChoiceField)
        said.queryset = Statement.objects.current()
        said.error_messages["invalid_choice"] = _("This statement has a newer wording. Say that one.")

    @cached_property
    def due(self) -> list[Statement]:
        """What was not said to them yet; what unlocks something stands first."""
        found = statements_due(account=self.account, contacts=self.contacts)
        return sorted(found, key=lambda one: (one.topic != Topic.PAINS, not one.unlocks, one.pk))

    @property
    def due_before_pains(self) -> list[tuple[Statement, bool]]:
        """What belongs before their troubles; nothing of it is in the way where they know what to expect."""
        return [] if self.holding else [(one, self._is_ticked(one)) for one in self.due if one.topic == Topic.PAINS]

    @property
    def due_besides(self) -> list[tuple[Statement, bool]]:
        return [(one, self._is_ticked(one)) for one in self.due if self.holding or one.topic != Topic.PAINS]

    @cached_property
    def holding(self) -> Saying | None:
        """What was said to them before and still holds, so that they may tell."""
        if self.account is None:
            return None
        contact = self.contacts[0] if self.contacts else None
        return holding_saying(account=self.account, contact=contact, unlocks=Unlocks.PAINS)

    @property
    def bypasses(self) -> list[tuple[str, bool]]:
        now = str(self["bypass_reason"].value() or "")
        return [(str(reason), str(reason) == now) for reason in BYPASSES]

    def _is_ticked(self, statement: Statement) -> bool:
        return str(statement.pk) in {str(value) for value in self["said"].value() or ()}


class PainForm(forms.Form):
    """One trouble; a row without words counts as not there."""

    words = forms.CharField(
        label=_("What hurts them?"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("In their words")}),
    )
    same_as = forms.ModelChoiceField(
        queryset=Pain.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("That one is not there any more. Choose again.")},
    )
    severity = forms.ChoiceField(label=_("How bad"), choices=[("", "–"), *Severity.choices], required=False)
    expectation = forms.ChoiceField(
        label=_("What did you tell them?"), choices=[("", _("Nothing yet")), *ExpectationKind.choices], required=False
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        same_as = self.fields["same_as"]
        assert isinstance(same_as, forms.ModelChoiceField)
        if person is not None and self["same_as"].value():
            same_as.queryset = Pain.objects.visible_to(person).told()

    @property
    def chosen(self) -> Pain | None:
        """The earlier one that was recognised, while the form is shown again."""
        value = str(self["same_as"].value() or "")
        field = self.fields["same_as"]
        assert isinstance(field, forms.ModelChoiceField)
        assert field.queryset is not None
        found: Pain | None = field.queryset.filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None
        return found

    @property
    def as_similar(self) -> list[Pain]:
        return [self.chosen] if self.chosen else []

    def told(self) -> ToldPain | None:
        data = self.cleaned_data
        if not data.get("words") and not data.get("same_as"):
            return None
        return ToldPain(data["words"], data["same_as"], data["severity"], data["expectation"])


class LearningForm(forms.Form):
    """One thing learned; a row without words counts as not there."""

    text = forms.CharField(
        label=_("What did you learn?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("One thing you did not know before")}),
    )
    tags = forms.MultipleChoiceField(
        label=_("What it is"), choices=LearningTag.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def learned(self) -> Learned | None:
        data = self.cleaned_data
        return Learned(data["text"], data["tags"]) if data.get("text") else None


PainFormSet: Any = forms.formset_factory(
    PainForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)
LearningFormSet: Any = forms.formset_factory(
    LearningForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS, validate_max=True
)


PAIN: Final = "pain"
LEARNING: Final = "learning"


@cache
def _blank(kind: str, _language: str | None, number: int | None = None) -> str:
    """The markup of an empty row, made once for each language: it is written into every quick log."""
    prefix = f"{kind}-{'__prefix__' if number is None else number}"
    form = PainForm(prefix=prefix) if kind == PAIN else LearningForm(prefix=prefix)
    return render_to_string(f"touchpoints/hearing/_{kind}.html", {"row": form})


class HearingForms:
    """The three parts together: what was said, what hurts them, what we learned."""

    def __init__(
        self,
        data: Any = None,
        *,
        person: User,
        account: Account | None = None,
        contacts: Iterable[Contact] = (),
        draft: Draft | None = None,
    ) -> None:
        kept = draft.data if draft is not None else {}
        self.person = person
        said = {"said": kept.get("said", []), "bypass_reason": (kept.get("bypass_reason") or [""])[-1]}
        self.say = SayForm(data, account=account, contacts=contacts, initial=said)
        pains = _rows(kept, "pain", ("words", "same_as", "severity", "expectation"))
        learnings = _rows(kept, "learning", ("text", "tags"))
        # A form that knows nothing of these parts sends none of them.
        has_pains = data is not None and "pain-TOTAL_FORMS" in data
        has_learnings = data is not None and "learning-TOTAL_FORMS" in data
        self.pains = PainFormSet(
            data if has_pains else None, initial=pains or [{}], prefix="pain", form_kwargs={"person": person}
        )
        self.learnings = LearningFormSet(data if has_learnings else None, initial=learnings or [{}], prefix="learning")

    @property
    def pain_rows(self) -> list[tuple[PainForm, str]]:
        """Each row, with its markup where nothing stands in it: that is the same for everybody."""
        blank = not self.pains.is_bound
        return [
            (row, _blank(PAIN, get_language(), n) if blank and not row.initial else "")
            for n, row in enumerate(self.pains)
        ]

    @property
    def learning_rows(self) -> list[tuple[LearningForm, str]]:
        blank = not self.learnings.is_bound
        return [
            (row, _blank(LEARNING, get_language(), n) if blank and not row.initial else "")
            for n, row in enumerate(self.learnings)
        ]

    @property
    def blank_pain(self) -> str:
        return _blank(PAIN, get_language())

    @property
    def blank_learning(self) -> str:
        return _blank(LEARNING, get_language())

    @property
    def is_valid(self) -> bool:
        sent = [one for one in (self.say, self.pains, self.learnings) if one.is_bound]
        # Each is asked, so that each shows what is wrong in it.
        return not [one for one in sent if not one.is_valid()]

    @property
    def shows_pains(self) -> bool:
        """Whether the folded part opens by itself: something stands in it, or was refused."""
        words = any(form["words"].value() for form in self.pains)
        return bool(words or self.say.errors or self.pains.total_error_count() or self.say["said"].value())

    @property
    def shows_learnings(self) -> bool:
        return bool(any(form["text"].value() for form in self.learnings) or self.learnings.total_error_count())

    def heard(self) -> Hearing:
        """The valid forms as the service wants them."""
        pains = [told for form in self.pains if (told := form.told())] if self.pains.is_bound else []
        learnings = [one for form in self.learnings if (one := form.learned())] if self.learnings.is_bound else []
        said = self.say.cleaned_data
        return Hearing(list(said["said"]), pains, learnings, said["bypass_reason"])


def _rows(kept: Mapping[str, list[str]], prefix: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of a draft, in their order."""
    numbers = sorted({int(found[1]) for name in kept if (found := re.fullmatch(rf"{prefix}-(\d{{1,2}})-\w+", name))})
    rows = []
    for number in numbers[:MOST_ROWS]:
        values = {name: kept.get(f"{prefix}-{number}-{name}", []) for name in names}
        row = {name: found if name == "tags" else (found or [""])[-1] for name, found in values.items()}
        if any(row.values()):
            rows.append(row)
    return rows
