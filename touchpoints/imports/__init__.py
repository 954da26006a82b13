"""What talks and answers to surveys look like in a file, and how they come in, change and go again."""

from touchpoints.imports.interactions import INTERACTIONS
from touchpoints.imports.nps import NPS

KINDS = (INTERACTIONS, NPS)

__all__ = ["KINDS"]
