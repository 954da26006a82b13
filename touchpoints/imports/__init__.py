"""What calls, meetings, mails and notes look like in a file, and how they come in, change and go again."""

from touchpoints.imports.interactions import INTERACTIONS

KINDS = (INTERACTIONS,)

__all__ = ["KINDS"]
