from touchpoints.api.aims import AccountGoals, ContactLoads, TrustSteps, UrgentNeeds
from touchpoints.api.decisions import EvidenceEndpoint, ProductDecisions
from touchpoints.api.heard import Learnings, Pains, Sayings, Statements
from touchpoints.api.interactions import Interactions, InteractionTrash, NextSteps
from touchpoints.api.nps import NpsAnswers
from touchpoints.api.relationship import PersonFacts, Renewals, UsageFindings

__all__ = [
    "AccountGoals",
    "ContactLoads",
    "EvidenceEndpoint",
    "InteractionTrash",
    "Interactions",
    "Learnings",
    "NextSteps",
    "NpsAnswers",
    "Pains",
    "PersonFacts",
    "ProductDecisions",
    "Renewals",
    "Sayings",
    "Statements",
    "TrustSteps",
    "UrgentNeeds",
    "UsageFindings",
]
