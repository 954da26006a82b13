"""What troubles an account at present, as far as the data knows: late promises, holds, unhappy answers, renewals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, CharField, DateField, F, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Promise
from touchpoints.models import Hold, NeedKind, NpsAnswer, Renewal, RenewalOutcome, UrgentNeed, UsageFinding, UsageMode

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User
    from touchpoints.models import UrgentNeedQuerySet

RENEWS_WITHIN: Final = dt.timedelta(days=90)
ANSWERS_COUNT_FOR: Final = dt.timedelta(days=365)
MOST_UNHAPPY_SCORE: Final = 6
MOST: Final = 12
TROUBLES: Final = frozenset({NeedKind.TICKET.value, NeedKind.OUTAGE.value, NeedKind.ESCALATION.value})


@dataclass(frozen=True, slots=True)
class Issue:
    """`words` are those of whoever wrote them down, `since` the day that belongs to it."""

    kind: str
    words: str
    since: dt.date

    @property
    def is_open_to_all(self) -> bool:
        """Whether everybody who sees the account knows of it; what is wrong and how they use it may come from a private
        talk."""
        return self.kind not in {"not_used", *TROUBLES}

    @property
    def icon(self) -> str:
        icons = {
            "late_promise": "clock",
            "hold": "ban",
            "unhappy": "circle-alert",
            "not_used": "circle-alert",
        } | dict.fromkeys(TROUBLES, "flag")
        return icons.get(self.kind, "calendar")

    @property
    def tone(self) -> str:
        return "loss" if self.kind in {"late_promise", "unhappy", *TROUBLES} else "warn"

    @property
    def sentence(self) -> str:
        said = {
            "late_promise": _("Promised and late: %(words)s"),
            "hold": _("On hold: %(words)s"),
            "unhappy": _("Unhappy in the survey: %(words)s of 10"),
            "renewal": _("Renewal ahead%(words)s"),
            "renewal_past": _("Renewal without an answer%(words)s"),
            "not_used": _("Not used%(words)s"),
            NeedKind.TICKET: _("Ticket: %(words)s"),
            NeedKind.OUTAGE: _("Outage: %(words)s"),
            NeedKind.ESCALATION: _("Escalation: %(words)s"),
        }
        return said[self.kind] % {"words": self.words}


def issues_of(account: Account, user: User) -> list[Issue]:
    """What there is at an account that this person sees, in one query; the oldest first. What was found in a private
    talk only for those who see the talk."""
    found = [
        _issue(*row)
        for row in _rows(account, UsageFinding.objects.visible_to(user), UrgentNeed.objects.visible_to(user))[:MOST]
    ]
    return sorted(found, key=lambda one: one.since)


def has_issues(account: Account) -> bool:
    """Whether anything troubles them that everybody who sees the account may know."""
    from_open_talk = Q(interaction=None) | Q(interaction__is_private=False)
    findings, needs = UsageFinding.objects.filter(from_open_talk), UrgentNeed.objects.filter(from_open_talk)
    return bool(_rows(account, findings, needs)[:1])


def _rows(account: Account, findings: QuerySet[UsageFinding], needs: UrgentNeedQuerySet) -> QuerySet[Any, Any]:
    today = timezone.localdate()
    late = Promise.objects.filter(account=account).late()
    holds = Hold.objects.in_force().filter(account=account)
    answers = NpsAnswer.objects.of(account).between(today - ANSWERS_COUNT_FOR, today)
    unhappy = answers.latest_per_person().filter(score__lte=MOST_UNHAPPY_SCORE)
    ahead = Renewal.objects.filter(account=account, outcome=RenewalOutcome.OPEN)
    ahead = ahead.filter(renews_on__lte=today + RENEWS_WITHIN)
    newest = UsageFinding.objects.filter(account=account).order_by("-found_on", "-id").values("pk")[:1]
    unused = findings.filter(mode=UsageMode.NOT_USED, pk__in=newest)
    parts: list[tuple[QuerySet[Any], str | Combinable, Combinable, Combinable]] = [
        (needs.open().troubles().filter(account=account), F("kind"), _with_reference(), F("since")),
        (late, "late_promise", F("text"), F("due_on")),
        (holds, "hold", F("reason"), TruncDate("placed_at")),
        (unhappy, "unhappy", F("score"), F("answered_on")),
        (ahead, "renewal", F("product__name"), F("renews_on")),
        (unused, "not_used", F("product__name"), F("found_on")),
    ]
    first, *rest = [
        rows.order_by().values_list(_kind(kind), Cast(words, TextField()), Cast(since, DateField()))
        for rows, kind, words, since in parts
    ]
    return first.union(*rest, all=True)


def _kind(kind: str | Combinable) -> Combinable:
    return Value(kind, CharField()) if isinstance(kind, str) else Cast(kind, CharField())


def _with_reference() -> Combinable:
    """The words, and the number of the ticket where there is one."""
    number = Concat(Value(" ("), F("reference"), Value(")"))
    return Concat(F("text"), Case(When(reference="", then=Value("")), default=number), output_field=TextField())


def _issue(kind: str, words: str | None, since: dt.date) -> Issue:
    if kind in {"renewal", "not_used"}:
        words = f": {words}" if words else ""
    if kind == "renewal" and since < timezone.localdate():
        kind = "renewal_past"
    return Issue(kind, words or "", since)
