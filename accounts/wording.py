"""Words for what the arithmetic of this room gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WHATS: Final = {
    "name": gettext_lazy("name"),
    "reference": gettext_lazy("reference"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "domain": gettext_lazy("mail or web domain"),
    "employer": gettext_lazy("company"),
    "street": gettext_lazy("street"),
    "postcode": gettext_lazy("postcode"),
    "city": gettext_lazy("city"),
    "country": gettext_lazy("country"),
    "kind": gettext_lazy("internal or external"),
}


def certainty(score: float) -> str:
    """A probability as a percentage that never claims to be sure."""
    return _("over 99 %") if score > 0.99 else f"{score * 100:.0f} %"


def parts_in_words(parts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a score is made of, one phrase a part: "name 0.92 ×120" speaks for, "city differs ×0.3" against."""
    found = []
    for part in parts:
        what = str(WHATS.get(part["what"], part["what"]))
        if part["likeness"] >= 1:
            said = _("%(what)s the same") % {"what": what}
        elif part["likeness"] <= 0:
            said = _("%(what)s differs") % {"what": what}
        else:
            said = f"{what} {part['likeness']:.2f}"
        found.append({"said": said, "factor": _factor(part["factor"]), "is_for": part["factor"] > 1})
    return found


def _factor(factor: float) -> str:
    return f"×{factor:,.0f}" if factor >= 10 else f"×{factor:.2g}"
