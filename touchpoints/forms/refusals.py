"""A refused rule, shown where it belongs."""

from __future__ import annotations

from django.forms import BaseForm

from pmcrm.errors import RuleViolation


def show_refusal(form: BaseForm, refusal: RuleViolation) -> None:
    """Put each sentence at its field, or over the form where the field is not in it."""
    placed = {name: text for name, text in refusal.fields.items() if name in form.fields}
    for name, sentence in placed.items():
        form.add_error(name, sentence)
    if not placed:
        form.add_error(None, refusal.sentence)
