from campaigns.api.campaigns import Attempts, Campaigns, Targets
from campaigns.api.signs import UsageSigns

__all__ = ["Attempts", "Campaigns", "Targets", "UsageSigns"]
