"""What of this room hangs on an account, and passes on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, CONTACT, Kept, Link

OF_ACCOUNTS = (
    Link("accounts.Contact", "account", _("people")),
    Link("accounts.Promise", "account", _("promises")),
    Link("accounts.Deal", "account", _("deals")),
    Link("accounts.ValueAssessment", "account", _("value scores")),
    Link(
        "accounts.StrategicEntry", "account", _("place on the strategic list"), right="strategic_list.read", stays=True
    ),
    Link("accounts.TierOverride", "account", _("tiers set by hand"), stays=True),
    Link("accounts.ExternalReference", "account", _("external references")),
    Link("accounts.AccountTag", "account", _("tags")),
    Link("accounts.AccountTeam", "account", _("assigned colleagues")),
    Link("accounts.Enrolment", "account", _("programmes")),
    Link("accounts.Enrolment", "paired_with", _("pairings with internal accounts")),
    Link("accounts.Play", "account", _("plays")),
    Link("accounts.ContributionMark", "account", _("contribution marks")),
    Link("accounts.RivalOutcome", "account", _("wins and losses against rivals")),
    Link("accounts.ReferenceUse", "account", _("uses as a reference")),
    Link("accounts.Account", "parent", _("subsidiaries")),
    Link("accounts.Account", "merged_into", _("accounts merged before")),
    Link("accounts.Account_serves", "from_account", _("accounts served"), other_end="to_account"),
    Link("accounts.Account_serves", "to_account", _("internal accounts that serve it"), other_end="from_account"),
    Kept("accounts.BulkRow", "account", "says what a change of many accounts did to this one"),
    Kept("accounts.AccountFigures", "account", "added up by the merge itself"),
    Kept("accounts.AccountKeys", "account", "dropped while the account is out of sight"),
    Kept("accounts.AccountPair", "left", "out of sight with the account"),
    Kept("accounts.AccountPair", "right", "out of sight with the account"),
    Kept("accounts.AccountMerge", "winner", "says what happened"),
    Kept("accounts.AccountMerge", "loser", "says what happened"),
)
OF_CONTACTS = (
    Link("accounts.ContactReference", "contact", _("external references")),
    Link("accounts.ContributionMark", "contact", _("contribution marks")),
    Link("accounts.ReferenceUse", "contact", _("uses as a reference")),
    Link("accounts.Contact", "merged_into", _("people merged before")),
    Kept("accounts.Erasure", "contact", "says what happened"),
    Kept("accounts.ContactKeys", "contact", "dropped while the person is out of sight"),
    Kept("accounts.ContactPair", "left", "out of sight with the person"),
    Kept("accounts.ContactPair", "right", "out of sight with the person"),
    Kept("accounts.ContactMerge", "winner", "says what happened"),
    Kept("accounts.ContactMerge", "loser", "says what happened"),
)


def register() -> None:
    merging.register(ACCOUNT, *OF_ACCOUNTS)
    merging.register(CONTACT, *OF_CONTACTS)
