"""Forms of an exit plan, one a section. They read and shape; the rules are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from pmcrm.errors import RuleViolation
from pmcrm.people.models import Pool, User
from segmentation import fair_offer, permissions, playbook, trade_off
from segmentation.models import ExitOffer, ExitPlan

JOIN = "__"


def text(label: Any, *, rows: int = 3, required: bool = False, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=10_000, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def day(label: Any, **options: Any) -> forms.DateField:
    # Browsers send a date field as YYYY-MM-DD in every language, and want its value so.
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        **options,
    )


class PlanForm(forms.Form):
    """A form about a plan that carries the version it was read in."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, plan: ExitPlan, **kwargs: Any) -> None:
        self.plan = plan
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = plan.version

    def values(self) -> dict[str, Any]:
        """What the service takes, beside actor and plan."""
        return self.cleaned_data

    def refuse(self, violation: RuleViolation) -> None:
        """Show a refusal: at its field where there is one, else above the form."""
        placed = False
        for key, sentence in violation.fields.items():
            name = next((name for name in self.fields if name == key or name.startswith(key + JOIN)), None)
            if name is not None:
                self.add_error(name, sentence)
                placed = True
        if not placed:
            self.add_error(None, violation.sentence)


class ProposalForm(forms.Form):
    """The first words of a private draft."""

    reason = text(
        _("Why part with this account?"),
        rows=5,
        required=True,
        help_text=_("Decisions and conditions that led here. Name no colleague and blame nobody."),
    )
    sponsor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Sponsor"),
        help_text=_("A product lead. Until the coalition opens, only you two see the plan."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = User.objects.with_right("exit_plan.sponsor")
        self.fields["sponsor"].queryset = leads  # type: ignore[attr-defined]  # a ModelChoiceField
        if permissions.may_sponsor(person):
            self.fields["sponsor"].initial = person

    def refuse(self, violation: RuleViolation) -> None:
        self.add_error(None, violation.sentence)


# -- sections ----------------------------------------------------------------------------------------------------------


class WhyForm(PlanForm):
    reason = text(
        _("Why part with this account?"),
        rows=7,
        help_text=_("Decisions and conditions that led here. Name no colleague and blame nobody."),
    )

    def __init__(self, *args: Any, plan: ExitPlan, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        self.fields["reason"].initial = plan.reason


class RemediesForm(PlanForm):
    def __init__(self, *args: Any, plan: ExitPlan, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        known = {remedy.slug: remedy for remedy in plan.remedies.all()}
        for slug, (label, _meaning) in playbook.REMEDIES.items():
            remedy = known.get(slug)
            self.fields[slug + JOIN + "is_tried"] = forms.TypedChoiceField(
                label=label,
                choices=[("yes", _("Tried")), ("no", _("Not tried"))],
                coerce=lambda value: value == "yes",
                widget=forms.RadioSelect,
                required=False,
                empty_value=None,
                initial=None if remedy is None else "yes" if remedy.is_tried else "no",
            )
            self.fields[slug + JOIN + "reason"] = text(
                _("What came of it, or why not"), rows=2, initial=remedy.reason if remedy else ""
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "meaning": meaning,
                "is_tried": self[slug + JOIN + "is_tried"],
                "reason": self[slug + JOIN + "reason"],
            }
            for slug, (label, meaning) in playbook.REMEDIES.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for slug in playbook.REMEDIES:
            tried = cleaned.get(slug + JOIN + "is_tried")
            if tried is None and cleaned.get(slug + JOIN + "reason"):
                self.add_error(slug + JOIN + "is_tried", _("Say whether it was tried."))
        return cleaned

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        told = {
            slug: (cleaned[slug + JOIN + "is_tried"], cleaned[slug + JOIN + "reason"])
            for slug in playbook.REMEDIES
            if cleaned.get(slug + JOIN + "is_tried") is not None
        }
        return {"remedies": told, "version": cleaned["version"]}


class TradeOffForm(PlanForm):
    initiative = text(_("The work that this account asks for"), rows=2)
    option_a = text(_("Option A: go all in for this account"))
    option_b = text(_("Option B: keep the plan for the others"))
    failure_chance = forms.ChoiceField(
        label=_("Chance that A fails"), choices=[("", "—"), *trade_off.CHANCES.items()], required=False
    )
    failure_reason = text(_("Reason for that chance"), rows=2)
    embarrassment = text(_("Who would be embarrassed, and before whom"), rows=2)
    choice = forms.ChoiceField(
        label=_("Choice"), choices=list(trade_off.CHOICES.items()), widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, plan: ExitPlan, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        for name in ("initiative", "option_a", "option_b", "failure_chance", "failure_reason", "embarrassment"):
            self.fields[name].initial = getattr(plan, name)
        self.fields["choice"].initial = plan.choice
        self._lines = {line.pool: line for line in plan.pools.all()}
        for pool, label in Pool.choices:
            self._add_pool(pool, str(label))
        waiting = plan.sheet().displaced
        for group, heading in trade_off.GROUPS.items():
            self.fields[group] = text(
                heading, rows=3, help_text=_("One a line."), initial="\n".join(waiting.get(group, ()))
            )
            self.fields[f"none{JOIN}{group}"] = forms.CharField(
                label=_("If nobody: why?"), required=False, max_length=2000, initial=plan.none_reasons.get(group, "")
            )
        for office, role in playbook.COALITION_ROLES.items():
            self.fields[f"line{JOIN}{office}"] = forms.CharField(
                label=role.label,
                required=False,
                max_length=2000,
                initial=plan.department_lines.get(office, role.either_or),
            )

    def _add_pool(self, pool: str, label: str) -> None:
        line = self._lines.get(pool)
        titles = {
            "needed": _("option A takes"),
            "displaced": _("taken from others"),
            "extra": _("extra capacity assumed"),
        }
        for name, title in titles.items():
            value = getattr(line, name) if line else None
            self.fields[pool + JOIN + name] = forms.DecimalField(
                label=f"{label}: {title}",
                required=False,
                min_value=0,
                max_digits=10,
                decimal_places=2,
                initial=trade_off.hours(value) if value else None,
                widget=forms.NumberInput(
                    attrs={"aria-label": f"{label}: {title}", "step": "any", "min": 0, "placeholder": " "}
                ),
            )
        self.fields[pool + JOIN + "hiring"] = forms.CharField(
            label=_("Approved hiring"),
            required=False,
            max_length=200,
            initial=line.hiring if line else "",
            widget=forms.TextInput(attrs={"aria-label": f"{label}: {_('approved hiring')}"}),
        )
        self.fields[pool + JOIN + "hiring_starts_on"] = day(
            _("Starts on"), initial=line.hiring_starts_on if line else None
        )
        self.fields[pool + JOIN + "hiring_starts_on"].widget.attrs["aria-label"] = f"{label}: {_('hiring starts on')}"

    def pool_rows(self) -> list[dict[str, Any]]:
        names = ("needed", "displaced", "extra", "hiring", "hiring_starts_on")
        return [
            {"label": label, "line": self._lines.get(pool), **{name: self[pool + JOIN + name] for name in names}}
            for pool, label in Pool.choices
        ]

    def groups(self) -> list[dict[str, Any]]:
        return [{"who": self[group], "none": self[f"none{JOIN}{group}"]} for group in trade_off.GROUPS]

    def lines(self) -> list[Any]:
        return [self[f"line{JOIN}{office}"] for office in playbook.COALITION_ROLES]

    def values(self) -> dict[str, Any]:
        cleaned = dict(self.cleaned_data)
        names = ("needed", "displaced", "extra", "hiring", "hiring_starts_on")
        pools = {pool: {name: cleaned.pop(pool + JOIN + name) for name in names} for pool in Pool.values}
        displaced = {group: cleaned.pop(group).splitlines() for group in trade_off.GROUPS}
        none_reasons = {group: cleaned.pop(f"none{JOIN}{group}") for group in trade_off.GROUPS}
        lines = {office: cleaned.pop(f"line{JOIN}{office}") for office in playbook.COALITION_ROLES}
        return cleaned | {
            "pools": pools,
            "displaced": displaced,
            "none_reasons": none_reasons,
            "department_lines": lines,
        }


class OfferForm(PlanForm):
    """The offers of the path that is open now, each switched on and then filled in full."""

    no_help_reason = text(_("If nothing helps them: why?"), rows=2)

    def __init__(self, *args: Any, plan: ExitPlan, path: str, person: User, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        self.path = path
        self._partners = Account.objects.visible_to(person).able_to_build()
        self.fields["no_help_reason"].initial = plan.no_help_reason
        made = {offer.slug: offer.details | _linked(offer) for offer in plan.offers.all()}
        for offer in fair_offer.offers_for(path):
            self.fields[offer.slug] = forms.BooleanField(label=offer.label, required=False, initial=offer.slug in made)
            for field in offer.fields:
                self.fields[offer.slug + JOIN + field.slug] = self._detail(field, made.get(offer.slug, {}))
        done = {task.department: task for task in plan.tasks.all()}
        for department in fair_offer.tasks_for(path):
            task = done.get(department)
            self.fields[f"task{JOIN}{department}{JOIN}done_on"] = day(
                _("Done on"), initial=task.done_on if task else None
            )
            self.fields[f"task{JOIN}{department}{JOIN}result"] = text(
                _("Result"), rows=2, initial=task.result if task else ""
            )

    def _detail(self, field: fair_offer.OfferField, details: dict[str, str]) -> forms.Field:
        value = details.get(field.slug, "")
        if field.kind == "yes":
            return forms.BooleanField(label=field.label, required=False, initial=bool(value))
        if field.kind == "partner":
            return forms.ModelChoiceField(self._partners, label=field.label, required=False, initial=value or None)
        if field.kind == "person":
            people = User.objects.with_right("next_step.write")
            return forms.ModelChoiceField(people, label=field.label, required=False, initial=value or None)
        kinds = {
            "date": "date",
            "past": "date",
            "amount": "number",
            "hours": "number",
            "percent": "number",
            "months": "number",
        }
        attrs = {"type": kinds.get(field.kind, "text")}
        if attrs["type"] == "number":
            attrs |= {"step": "any", "min": "0"}
        return forms.CharField(
            label=field.label, required=False, max_length=2000, initial=value, widget=forms.TextInput(attrs=attrs)
        )

    def _told(self, name: str) -> Any:
        value = self.cleaned_data[name]
        return str(value.pk) if isinstance(value, User | Account) else "" if value is None else value

    def offers(self) -> list[dict[str, Any]]:
        return [
            {"switch": self[offer.slug], "details": [self._drawn(offer.slug, field) for field in offer.fields]}
            for offer in fair_offer.offers_for(self.path)
        ]

    def _drawn(self, slug: str, field: fair_offer.OfferField) -> dict[str, Any]:
        """A detail's field; for a partner also the account chosen so far, as its typeahead wants it."""
        bound = self[slug + JOIN + field.slug]
        if field.kind != "partner":
            return {"field": bound}
        value = str(bound.value() or "")
        partner = self._partners.filter(pk=value).first() if value.isascii() and value.isdecimal() else None
        return {"field": bound, "partner": [{"id": partner.pk, "label": partner.name}] if partner else [], "is_one": 1}

    def tasks(self) -> list[dict[str, Any]]:
        return [
            {
                "text": fair_offer.TASKS[department],
                "done_on": self[f"task{JOIN}{department}{JOIN}done_on"],
                "result": self[f"task{JOIN}{department}{JOIN}result"],
            }
            for department in fair_offer.tasks_for(self.path)
        ]

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "version": cleaned["version"],
            "no_help_reason": cleaned["no_help_reason"],
            "offers": {
                offer.slug: {field.slug: self._told(offer.slug + JOIN + field.slug) for field in offer.fields}
                for offer in fair_offer.offers_for(self.path)
                if cleaned[offer.slug]
            },
            "tasks": {
                department: (
                    cleaned[f"task{JOIN}{department}{JOIN}done_on"],
                    cleaned[f"task{JOIN}{department}{JOIN}result"],
                )
                for department in fair_offer.tasks_for(self.path)
            },
        }


def _linked(offer: ExitOffer) -> dict[str, str]:
    """The partner's account as it is now: it may have been merged since the offer was written."""
    return {"partner_account": str(offer.partner_account_id or "")}


class PeopleForm(PlanForm):
    final_approver = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Final approver"),
        help_text=_("An executive who holds that office and did not propose the plan."),
    )
    guard_approver = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Guard approver"),
        required=False,
        help_text=_("From outside product; needed where a guard protects the account."),
    )

    refund_approver = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Second approver of the refund"),
        required=False,
        help_text=_("Beside the CFO: an executive or a colleague from finance, for a refund above the limit."),
    )

    def __init__(self, *args: Any, plan: ExitPlan, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        deciders = User.objects.with_right("exit_plan.decide").holding(playbook.FINAL_APPROVER)
        inside = ["product_lead", "product_manager", "administrator"]
        outside = User.objects.with_right("exit_plan.read").exclude(roles__overlap=inside)
        payers = User.objects.with_right("exit_plan.approve_refund").exclude(office=playbook.CFO)
        choices = {
            "final_approver": deciders.exclude(pk=plan.author_id),
            "guard_approver": outside,
            "refund_approver": payers.exclude(pk=plan.author_id),
        }
        for name, people in choices.items():
            self.fields[name].queryset = people  # type: ignore[attr-defined]  # a ModelChoiceField
            self.fields[name].initial = getattr(plan, name)
        if not plan.is_refund_large:
            del self.fields["refund_approver"]
