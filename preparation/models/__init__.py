from preparation.models.experience import Experience, Telling
from preparation.models.handover import Handover
from preparation.models.sheet import ListenerRole, Sheet, SheetQuerySet

__all__ = ["Experience", "Handover", "ListenerRole", "Sheet", "SheetQuerySet", "Telling"]
