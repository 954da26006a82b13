from accounts.api.accounts import AccountEndpoint
from accounts.api.bulk import BulkChangeEndpoint
from accounts.api.contacts import ContactEndpoint
from accounts.api.deals import DealEndpoint, ProductEndpoint
from accounts.api.duplicates import (
    AccountMergeEndpoint,
    AccountPairEndpoint,
    ContactMergeEndpoint,
    ContactPairEndpoint,
)
from accounts.api.inside import EnrolmentEndpoint
from accounts.api.manners import MannersEndpoint
from accounts.api.plays import PlayEndpoint
from accounts.api.promises import PromiseEndpoint
from accounts.api.relation import ContributionMarkEndpoint, ReferenceUseEndpoint, RivalOutcomeEndpoint
from accounts.api.strategic import StrategicEntryEndpoint
from accounts.api.tags import TagEndpoint
from accounts.api.trash import AccountTrashEndpoint, ContactTrashEndpoint
from accounts.api.value import AssessmentEndpoint, TierOverrideEndpoint

__all__ = [
    "AccountEndpoint",
    "AccountMergeEndpoint",
    "AccountPairEndpoint",
    "AccountTrashEndpoint",
    "AssessmentEndpoint",
    "BulkChangeEndpoint",
    "ContactEndpoint",
    "ContactMergeEndpoint",
    "ContactPairEndpoint",
    "ContactTrashEndpoint",
    "ContributionMarkEndpoint",
    "DealEndpoint",
    "EnrolmentEndpoint",
    "MannersEndpoint",
    "PlayEndpoint",
    "ProductEndpoint",
    "PromiseEndpoint",
    "ReferenceUseEndpoint",
    "RivalOutcomeEndpoint",
    "StrategicEntryEndpoint",
    "TagEndpoint",
    "TierOverrideEndpoint",
]
