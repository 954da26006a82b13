from __future__ import annotations

import os

from pmcrm.run import state
from segmentation import kpis

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def test_the_documentation_holds_every_figure_as_it_is_defined() -> None:
    """`UPDATE_DOCS=1` writes the table anew."""
    file = state.BASE_DIR / "docs" / "figures.md"
    text = file.read_text()
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    right = f"{before}{BEGIN}\n{kpis.as_markdown()}\n{END}{after}"
    if os.environ.get("UPDATE_DOCS"):
        file.write_text(right)
    assert file.read_text() == right
