from touchpoints.api.interactions import Interactions, InteractionTrash, NextSteps

__all__ = ["InteractionTrash", "Interactions", "NextSteps"]
