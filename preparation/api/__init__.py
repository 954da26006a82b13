from preparation.api.experiences import Experiences
from preparation.api.handovers import Handovers
from preparation.api.sheets import PreparationSheets

__all__ = ["Experiences", "Handovers", "PreparationSheets"]
