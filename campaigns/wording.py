"""Words of the page of one dial: short names of the outcomes, and tips for those who begin."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

OUTCOME_WORDS: Final = {
    "conversation": _("Talked"),
    "declined_busy": _("Declined"),
    "callback_agreed": _("Call back"),
    "no_answer": _("No answer"),
    "voicemail": _("Voicemail"),
    "wrong_number": _("Wrong no."),
    "gatekeeper": _("Gatekeeper"),
    "not_suitable": _("Not the one"),
    "declined_no_contact": _("No contact"),
}
# What each outcome does when nothing more is said.
NEXT_WORDS: Final = {
    "no_answer": _("Tried again at another hour"),
    "voicemail": _("Tried again at another hour"),
    "gatekeeper": _("Tried again at another hour"),
    "wrong_number": _("Number to correct"),
    "declined_busy": _("A second chance in a week"),
    "declined_no_contact": _("Not called any more, in any campaign"),
    "not_suitable": _("Done; choose somebody else there"),
    "callback_agreed": _("Called back at the time agreed"),
    "conversation": _("Done"),
}
TIPS: Final = {
    "who": _("Begin with the person. You want to know them, not to sell them anything."),
    "why": _("Ask what made them begin. Then be quiet; the second half of an answer is the better one."),
    "how": _("Let them walk you through the last time. Another use than the one we meant is a find, not a fault."),
    "pains": _("Do not solve it now and do not defend it. Park it below and thank them."),
    "close": _("Say what happens next and when they hear from you. Then stop."),
}
