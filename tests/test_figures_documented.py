"""The documentation holds every figure as it is defined."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

import meetings.kpis
import segmentation.kpis
import touchpoints.kpis
from pmcrm.kpi import Kpi, as_markdown
from pmcrm.run import state


@pytest.mark.parametrize(
    ("name", "kpis"),
    [
        ("figures", segmentation.kpis.KPIS),
        ("figures of contact", touchpoints.kpis.KPIS),
        ("figures of meetings", meetings.kpis.KPIS),
    ],
)
def test_the_documentation_holds_every_figure_as_it_is_defined(name: str, kpis: Mapping[str, Kpi]) -> None:
    """`UPDATE_DOCS=1` writes the tables anew."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    file = state.BASE_DIR / "docs" / "figures.md"
    text = file.read_text()
    before, rest = text.split(begin)
    _old, after = rest.split(end)
    right = f"{before}{begin}\n{as_markdown(kpis.values())}\n{end}{after}"
    if os.environ.get("UPDATE_DOCS"):
        file.write_text(right)
    assert file.read_text() == right
