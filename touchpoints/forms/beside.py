"""What stands beside the quick log: how the customer uses a product, and what was learned of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms

from accounts.models import Product
from touchpoints.forms.people import LearnedForm
from touchpoints.forms.relationship import UsageForm

if TYPE_CHECKING:
    from touchpoints.models import Draft


def beside_from(draft: Draft | None) -> tuple[UsageForm, LearnedForm]:
    """Both forms, empty or as the draft left them."""
    data = draft.data if draft is not None else {}
    last = {name: values[-1] for name, values in data.items() if values}
    usage, learned = (
        {name.removeprefix(prefix): value for name, value in last.items() if name.startswith(prefix)}
        for prefix in ("usage-", "learned-")
    )
    return (
        UsageForm(initial=usage, prefix="usage", in_a_talk=True),
        LearnedForm(initial=learned, prefix="learned", in_a_talk=True),
    )


@dataclass(frozen=True)
class BlankUsage:
    """The empty form of use, which is the same for everybody as long as the products are."""

    products: tuple[tuple[int, str], ...]

    @classmethod
    def now(cls) -> BlankUsage:
        return cls(tuple(Product.objects.values_list("pk", "name")))

    @property
    def form(self) -> UsageForm:
        form = UsageForm(prefix="usage", in_a_talk=True)
        product = form.fields["product"]
        assert isinstance(product, forms.ModelChoiceField)
        product.choices = [("", product.empty_label or ""), *self.products]
        return form


@dataclass(frozen=True)
class BlankLearned:
    """The empty form of what was learned of a person: the same for everybody."""

    @property
    def form(self) -> LearnedForm:
        return LearnedForm(prefix="learned", in_a_talk=True)
