from touchpoints.api.interactions import Interactions, NextSteps

__all__ = ["Interactions", "NextSteps"]
