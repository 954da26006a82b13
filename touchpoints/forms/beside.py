"""What stands beside the quick log: how the customer uses a product, and what was learned of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
