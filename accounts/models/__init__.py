from accounts.models.account import Account, AccountQuerySet, AccountTeam, ExternalReference
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
from accounts.models.figures import AccountFigures
from accounts.models.inside import Enrolment, EnrolmentQuerySet
from accounts.models.promise import Promise, PromiseQuerySet
from accounts.models.value import StrategicEntry, TierOverride, ValueAssessment

__all__ = [
    "Account",
    "AccountFigures",
    "AccountKeys",
    "AccountMerge",
    "AccountPair",
    "AccountQuerySet",
    "AccountTeam",
    "BulkChange",
    "BulkRow",
    "Contact",
    "ContactKeys",
    "ContactMerge",
    "ContactPair",
    "ContactQuerySet",
    "ContactReference",
    "CustomField",
    "CustomFieldQuerySet",
    "Deal",
    "DuplicateSearch",
    "Enrolment",
    "EnrolmentQuerySet",
    "ExternalReference",
    "Product",
    "Promise",
    "PromiseQuerySet",
    "StrategicEntry",
    "TierOverride",
    "ValueAssessment",
]
