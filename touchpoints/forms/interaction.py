"""The quick log: one form for calls, meetings, mails and notes, with the next steps that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db.models import prefetch_related_objects
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Contact
from accounts.permissions import may_edit
from pmcrm.people.models import User
from touchpoints.forms.choosing import PickingParties, several
from touchpoints.forms.next_step import week_from_today
from touchpoints.models import QUICK_LOG, Brought, Draft, Hold, Interaction, InteractionKind, Outcome, Voice
from touchpoints.services.interactions import LONGEST_MINUTES, Facts
from touchpoints.services.next_steps import PlannedStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

USUAL_MINUTES: Final = (5, 15, 30, 45, 60)
CLOCK_FORMAT: Final = "%Y-%m-%dT%H:%M"
MOST_STEPS: Final = 10
# Of a few choices: value, word, whether it is chosen.
Offers = tuple[tuple[str, str, bool], ...]
_DRAFT_KEY: Final = re.compile(rf"{QUICK_LOG}(:(account|contact):[0-9]{{1,18}})?")


class ClockInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time, in the person's zone."""

    input_type = "datetime-local"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format=CLOCK_FORMAT)


class InteractionForm(PickingParties):
    """What happened. Minutes come from the usual ones or from the free field, which wins."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=InteractionKind.choices, widget=forms.RadioSelect, initial="call"
    )
    accounts = forms.ModelMultipleChoiceField(label=gettext_lazy("Account"), queryset=Account.objects.none())
    contacts = forms.ModelMultipleChoiceField(label=gettext_lazy("People there"), queryset=Contact.objects.none())
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=ClockInput(),
        input_formats=[CLOCK_FORMAT, "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": gettext_lazy("Enter a day and a time, for example 2026-03-10 14:30.")},
    )
    usual_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Minutes"),
        choices=[(number, str(number)) for number in USUAL_MINUTES],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Other number of minutes"),
        min_value=0,
        max_value=LONGEST_MINUTES,
        widget=forms.NumberInput(attrs={"placeholder": gettext_lazy("other"), "inputmode": "numeric"}),
        error_messages={
            "max_value": gettext_lazy("A day has 1,440 minutes; enter a longer event as several."),
            "min_value": gettext_lazy("Minutes cannot be negative."),
            "invalid": gettext_lazy("Enter whole minutes, for example 25."),
        },
    )
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": gettext_lazy("What did you hear?")}),
    )
    colleagues = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Colleagues who took part"), queryset=User.objects.none()
    )
    voice = forms.ChoiceField(
        label=gettext_lazy("Whose experience is it?"), choices=Voice.choices, widget=forms.RadioSelect
    )
    speaks_for = forms.ModelChoiceField(
        label=gettext_lazy("Which customer’s?"),
        queryset=Account.objects.none(),
        error_messages={"invalid_choice": gettext_lazy("Choose a customer from the list.")},
    )
    brought = forms.MultipleChoiceField(
        label=gettext_lazy("What did it bring?"), choices=Brought.choices, widget=forms.CheckboxSelectMultiple
    )
    override_reason = forms.CharField(label=gettext_lazy("Why all the same"), max_length=300)
    is_incoming = forms.BooleanField(label=gettext_lazy("It came from them"))
    is_private = forms.BooleanField(label=gettext_lazy("Private: only I and the colleagues named here see it"))

    def __init__(self, *args: Any, person: User, known: Mapping[str, list[Any]] | None = None, **kwargs: Any) -> None:
        """`known` are rows that stand in comboboxes of an empty form and were read already."""
        super().__init__(*args, **kwargs)
        self.person = person
        self._rows |= known or {}
        for name, field in self.fields.items():
            field.required = name in {"kind", "at"}
        if known is not None:
            return
        self._choices("accounts", Account.objects.visible_to(person))
        if str(self["speaks_for"].value() or ""):
            speaks_for = self.fields["speaks_for"]
            assert isinstance(speaks_for, forms.ModelChoiceField)
            speaks_for.queryset = Account.objects.visible_to(person).customers()
        self._choices("contacts", Contact.objects.visible_to(person).select_related("account"))
        self._choices("colleagues", User.objects.active())

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = rows
        field.error_messages["invalid_choice"] = field.error_messages["invalid_pk_value"] = _("Choose from the list.")

    @cached_property
    def parties(self) -> list[Account]:
        """The accounts present: those chosen, and those of the people chosen."""
        people = [contact.account for contact in self.rows_in("contacts")]
        return list({account.pk: account for account in [*self.rows_in("accounts"), *people]}.values())

    @property
    def told_of(self) -> Account | None:
        """Whose troubles are told: the customer spoken for, else the first one present."""
        spoken_for = self.rows_in("speaks_for") if self.asks_voice else []
        customers = [account for account in self.parties if not account.may_speak_for_others]
        return next(iter([*spoken_for, *customers, *self.parties]), None)

    @cached_property
    def holds(self) -> list[Hold]:
        """What asks this person not to contact those chosen."""
        keys = [account.pk for account in self.parties]
        found = list(Hold.objects.binding(self.person).filter(account__in=keys)) if keys else []
        # Most have none: the names are asked for where there is one.
        prefetch_related_objects(found, "account", "placed_by")
        return found

    def learns_of(self, person: User) -> bool:
        """Whether one person is named whose record `person` may change: what was learned goes there."""
        people = self.rows_in("contacts")
        return len(people) == 1 and may_edit(person, people[0].account)

    @property
    def kinds(self) -> Offers:
        """The kinds as plain values: a widget each would be a template each."""
        return self._offered("kind", InteractionKind.choices)

    @property
    def outcomes(self) -> Offers:
        """The nine outcomes."""
        return self._offered("outcome", Outcome.choices)

    @property
    def brought_on_offer(self) -> Offers:
        return self._offered("brought", Brought.choices)

    @property
    def minutes_on_offer(self) -> Offers:
        return self._offered("usual_minutes", [(number, str(number)) for number in USUAL_MINUTES])

    def _offered(self, name: str, choices: Iterable[tuple[Any, Any]]) -> Offers:
        now = {str(value) for value in several(self[name].value() or "")}
        return tuple((str(value), str(label), str(value) in now) for value, label in choices)

    @property
    def asks_voice(self) -> bool:
        """Whether somebody is there who tells of customers as well: our own departments, partners."""
        return any(account.may_speak_for_others for account in self.parties)

    @property
    def voices(self) -> list[tuple[str, Any, bool]]:
        """What can be answered, with the answer that holds now."""
        customers_are_there = not all(account.may_speak_for_others for account in self.parties)
        known = [one for one in Voice if customers_are_there or one != Voice.DIRECT]
        asked = str(self["voice"].value() or "")
        now = asked if asked in known else str(known[0])
        return [(str(one), one.label, one == now) for one in known]

    @property
    def chosen_customer(self) -> list[dict[str, Any]]:
        return self.chosen("speaks_for")

    def facts(self) -> Facts:
        """The valid form as the service wants it."""
        data = self.cleaned_data
        asks = any(
            account.may_speak_for_others
            for account in (*data["accounts"], *(contact.account for contact in data["contacts"]))
        )
        voice = data["voice"] if asks else ""
        minutes = data["minutes"] if data["minutes"] is not None else data["usual_minutes"]
        return Facts(
            kind=data["kind"],
            at=data["at"],
            accounts=list(data["accounts"]),
            minutes=minutes or 0,
            subject=data["subject"],
            outcome=data["outcome"],
            notes=data["notes"],
            contacts=list(data["contacts"]),
            colleagues=list(data["colleagues"]),
            is_incoming=data["is_incoming"],
            is_private=data["is_private"],
            voice=voice,
            brought=data["brought"],
            override_reason=data["override_reason"],
            speaks_for=data["speaks_for"] if voice == Voice.PROXY else None,
        )


class StepForm(forms.Form):
    """One row of the next steps; a row without words counts as not there."""

    text = forms.CharField(label=gettext_lazy("Next step"), max_length=300, required=False)
    owner = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=User.objects.none(), required=False)
    due_on = forms.DateField(
        label=gettext_lazy("By"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter a day, for example 2026-03-10.")},
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        if person is not None and self["owner"].value() not in {None, "", person.pk}:
            owner.queryset = User.objects.with_right("next_step.write")

    @property
    def chosen_owner(self) -> list[dict[str, Any]]:
        value = str(self["owner"].value() or "")
        if self.person is not None and value == str(self.person.pk):
            return [{"id": self.person.pk, "label": self.person.name}]
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert owner.queryset is not None
        rows = owner.queryset.filter(pk=value) if value.isdecimal() and len(value) < 19 else []
        return [{"id": row.pk, "label": row.name} for row in rows]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("text") and "due_on" in data and data["due_on"] is None:
            self.add_error("due_on", _("By when?"))
        return data

    def planned(self) -> PlannedStep | None:
        data = self.cleaned_data
        if not data.get("text"):
            return None
        owner = data["owner"] or self.person
        assert owner is not None
        return PlannedStep(data["text"], owner, data["due_on"])


class _Steps(forms.BaseFormSet):  # type: ignore[type-arg]  # generic only for the type checker
    """The rows of next steps."""

    def planned(self) -> list[PlannedStep]:
        return [step for form in self.forms if (step := form.planned())]


StepFormSet: Any = forms.formset_factory(
    StepForm, formset=_Steps, extra=0, max_num=MOST_STEPS, absolute_max=MOST_STEPS, validate_max=True
)


@dataclass(frozen=True)
class BlankStep:
    """The row that further ones are made of: the same for everybody."""

    @property
    def form(self) -> StepForm:
        return StepForm(prefix="step-__prefix__", use_required_attribute=False)


def is_draft_key(text: str) -> bool:
    return _DRAFT_KEY.fullmatch(text) is not None


def empty_step(person: User) -> dict[str, Any]:
    return {"owner": person.pk, "due_on": week_from_today()}


def initial_of(interaction: Interaction) -> dict[str, Any]:
    """The form as the interaction stands."""
    is_usual = interaction.minutes in USUAL_MINUTES
    return {
        "kind": interaction.kind,
        "accounts": [account.pk for account in interaction.present],
        "contacts": [contact.pk for contact in interaction.contacts.all() if contact.erased_at is None],
        "colleagues": [colleague.pk for colleague in interaction.colleagues.all()],
        "at": interaction.at,
        "usual_minutes": interaction.minutes if is_usual else None,
        "minutes": None if is_usual else interaction.minutes,
        "outcome": interaction.outcome,
        "subject": interaction.subject,
        "notes": interaction.notes,
        "brought": interaction.brought,
        "is_incoming": interaction.is_incoming,
        "is_private": interaction.is_private,
        "voice": interaction.voice,
        "speaks_for": interaction.spoken_for.pk if interaction.spoken_for else None,
    }


def initial_now(person: User, *, account: Account | None, contact: Contact | None, kind: str) -> dict[str, Any]:
    """A new one: a call, now, by me, with whom the page it was opened from is about."""
    account = contact.account if contact else account
    return {
        "kind": kind if kind in InteractionKind.values else InteractionKind.CALL,
        "at": timezone.localtime().replace(second=0, microsecond=0),
        "accounts": [account.pk] if account else [],
        "contacts": [contact.pk] if contact else [],
        "colleagues": [person.pk],
    }


def initial_from(draft: Draft, person: User) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The form and its steps as the draft left them. What is no longer valid is simply shown again, to be mended."""
    data: Mapping[str, list[str]] = draft.data
    many = {"accounts", "contacts", "colleagues", "brought"}
    initial = {
        name: data.get(name, []) if name in many else _last(data.get(name)) for name in InteractionForm.base_fields
    }
    rows = sorted({int(match[1]) for name in data if (match := re.fullmatch(r"step-(\d{1,2})-text", name))})
    steps = [{field: _last(data.get(f"step-{row}-{field}")) for field in ("text", "owner", "due_on")} for row in rows]
    return initial, steps[:MOST_STEPS] or [empty_step(person)]


def draft_data(posted: QueryDict) -> dict[str, list[str]]:
    """What of a posted form is worth keeping."""
    beside = ("step-", "usage-", "learned-", "pain-", "learning-", "said", "bypass_reason")
    kept: Iterable[str] = (name for name in posted if name in InteractionForm.base_fields or name.startswith(beside))
    return {name: [str(value) for value in posted.getlist(name)] for name in kept}


def is_worth_keeping(data: Mapping[str, list[str]]) -> bool:
    """Words or people were entered: a form that was only opened leaves no draft."""
    words = ["notes", "subject", "outcome", *(name for name in data if name.endswith(("-text", "-words")))]
    return any(value.strip() for name in words for value in data.get(name, []))


def _last(values: list[str] | None) -> str:
    return values[-1] if values else ""
