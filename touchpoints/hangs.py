"""What of this room hangs on an account or a contact, and passes on when two become one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import merging
from accounts.merging import ACCOUNT, CONTACT, Link
from touchpoints.services.figures import refresh_contact_figures


def register() -> None:
    merging.register(
        ACCOUNT,
        Link("touchpoints.Attendance", "account", _("calls, meetings and other talks")),
        Link("touchpoints.NextStep", "account", _("next steps")),
        Link("touchpoints.Hold", "account", _("holds of its relationship owner")),
        Link("touchpoints.UsageFinding", "account", _("how they use our products")),
        Link("touchpoints.Renewal", "account", _("renewals")),
        Link("touchpoints.NpsAnswer", "account", _("answers to surveys")),
        Link("touchpoints.Pain", "account", _("what hurts them")),
        Link("touchpoints.Saying", "account", _("statements said to them")),
        Link("touchpoints.UrgentNeed", "account", _("what they need now")),
        Link("touchpoints.AccountGoal", "account", _("goals")),
        Link("touchpoints.TrustStep", "account", _("steps in trust"), is_quiet=True),
        Link("touchpoints.LoadOverride", "account", _("reasons given at a red load"), is_quiet=True),
        Link("touchpoints.Evidence", "account", _("figures behind product decisions"), is_quiet=True),
    )
    merging.register(CONTACT, Link("touchpoints.Interaction_contacts", "contact", _("calls, meetings and other talks")))
    merging.register(CONTACT, Link("touchpoints.PersonFact", "contact", _("what we learned of the person")))
    merging.register(CONTACT, Link("touchpoints.NpsAnswer", "contact", _("answers to surveys")))
    merging.register(
        CONTACT,
        Link("touchpoints.Pain", "teller", _("what hurts them")),
        Link("touchpoints.PainTelling", "teller", _("what hurts them"), is_quiet=True),
        Link("touchpoints.PainAnswer_contacts", "contact", _("answers they were given"), is_quiet=True),
        Link("touchpoints.Saying_contacts", "contact", _("statements said to them")),
    )
    merging.after(ACCOUNT, refresh_both)


def refresh_both(winner: int, loser: int) -> None:
    refresh_contact_figures(account_ids=[winner, loser])
