from accounts.models.account import Account
from accounts.models.account_rows import AccountQuerySet
from accounts.models.account_team import AccountTeam
from accounts.models.bulk import BulkChange, BulkRow
from accounts.models.contact import Contact, ContactQuerySet, ContactReference
from accounts.models.custom import CustomField, CustomFieldQuerySet
from accounts.models.deal import Deal, Product
from accounts.models.duplicates import (
    AccountKeys,
    AccountMerge,
    AccountPair,
    ContactKeys,
    ContactMerge,
    ContactPair,
    DuplicateSearch,
)
from accounts.models.erasure import Erasure, Mention
from accounts.models.external_reference import ExternalReference
from accounts.models.figures import AccountFigures
from accounts.models.inside import Enrolment, EnrolmentQuerySet
from accounts.models.manners import Manners
from accounts.models.play import Play, PlayQuerySet
from accounts.models.promise import Promise, PromiseQuerySet
from accounts.models.relation import ContributionMark, ReferenceUse, RivalOutcome
from accounts.models.tag import AccountTag, Tag
from accounts.models.value import StrategicEntry, TierOverride, ValueAssessment

__all__ = [
    "Account",
    "AccountFigures",
    "AccountKeys",
    "AccountMerge",
    "AccountPair",
    "AccountQuerySet",
    "AccountTag",
    "AccountTeam",
    "BulkChange",
    "BulkRow",
    "Contact",
    "ContactKeys",
    "ContactMerge",
    "ContactPair",
    "ContactQuerySet",
    "ContactReference",
    "ContributionMark",
    "CustomField",
    "CustomFieldQuerySet",
    "Deal",
    "DuplicateSearch",
    "Enrolment",
    "EnrolmentQuerySet",
    "Erasure",
    "ExternalReference",
    "Manners",
    "Mention",
    "Play",
    "PlayQuerySet",
    "Product",
    "Promise",
    "PromiseQuerySet",
    "ReferenceUse",
    "RivalOutcome",
    "StrategicEntry",
    "Tag",
    "TierOverride",
    "ValueAssessment",
]
