from campaigns.api.campaigns import Attempts, Campaigns, Targets

__all__ = ["Attempts", "Campaigns", "Targets"]
