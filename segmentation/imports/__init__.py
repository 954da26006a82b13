"""What the ledger and the hours look like in a file, and how their rows come in and go again."""

from segmentation.imports.hours import HOURS
from segmentation.imports.ledger import LEDGER

__all__ = ["HOURS", "LEDGER"]
