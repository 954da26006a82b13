"""Words for the parts of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from preparation import quality

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS: Final[Mapping[str, _StrPromise]] = {
    quality.BUSINESS: _("Their business"),
    quality.ISSUES: _("Present issues"),
    quality.TEMPERAMENT: _("Temperament"),
    quality.SALES_LINE: _("Line agreed with sales"),
    quality.EXPERIENCE: _("Experience worth naming"),
    quality.NEED: _("Urgent need"),
    quality.STATEMENTS: _("Statements to say"),
    quality.PEOPLE: _("People expected"),
    quality.LISTENER: _("Who leads, who listens"),
}
