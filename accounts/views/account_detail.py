"""Who is this customer, what did we promise, what happened, what do they need, what are they worth?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts import tiers
from accounts.models import (
    Account,
    Contact,
    ContributionMark,
    CustomField,
    Deal,
    Enrolment,
    Play,
    Promise,
    ReferenceUse,
    RivalOutcome,
    TierOverride,
    ValueAssessment,
)
from accounts.models.custom import Shown, Thing
from accounts.models.deal import DealFigures
from accounts.models.value import Dimension
from accounts.permissions import may_edit, may_promise, sees_figures
from accounts.services.limits import tier_rules
from accounts.services.value import NAMES, revenue_scores
from accounts.views.history import sentences
from pmcrm.lists.keyset import BadCursor, keyset_page
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.trail.models import TrailEntry
from pmcrm.web import Request, page

if TYPE_CHECKING:
    from pmcrm.people.models import User

MOST_PEOPLE: Final = 200
MOST_NAMED: Final = 3
MOST_SETTLED: Final = 30
MOST_DEALS: Final = 50
HISTORY_PAGE: Final = 40


@needs("account.read")
def account_detail(request: Request, pk: int) -> HttpResponse:
    accounts = Account.objects.visible_to(request.user)
    account = accounts.for_page().filter(pk=pk).first()
    if account is None:
        taken_in_by = get_object_or_404(accounts.that_took_in(pk))
        return HttpResponseRedirect(taken_in_by.get_absolute_url())
    panel = _Panel(request, account)
    if request.GET.get("part") == "worth":
        worth = {"account": account, "panel": panel}
        return page(request, "accounts/account_detail/_worth.html", worth)
    context = {
        "account": account,
        "panel": panel,
        "may_edit": may_edit(request.user, account),
        "may_decide_fields": may(request.user, "custom_field.write"),
        "may_promise": may_promise(request.user, account),
        "may_read_all": may(request.user, "account.read_all"),
        "may_log": may(request.user, "interaction.log"),
        "strategic": getattr(account, "strategic_entry", None) if may(request.user, "strategic_list.read") else None,
        "figures": account.figures if sees_figures(request.user, account) else None,
        "money_url": url_or_none("account_money", pk) if sees_figures(request.user, account) else None,
        "relationship_url": url_or_none("account_relationship", pk),
        "goals_url": url_or_none("account_goals", pk),
        "urgent_url": url_or_none("account_urgent", pk),
        "signs_url": url_or_none("account_signs", pk),
        "before_call_url": url_or_none("account_before_call", pk),
        "usage_signs_url": url_or_none("account_usage_signs", pk) if may(request.user, "campaign.read") else None,
        "pains_url": url_or_none("account_pains", pk),
        "expectations_url": url_or_none("account_expectations", pk),
        "preparation_url": url_or_none("account_preparation", pk),
        "log_call_url": url_or_none("interaction_create"),
        "plan_meeting_url": url_or_none("meeting_create"),
        "exit_url": url_or_none("exit_plan_panel", pk) if may(request.user, "exit_plan.read") else None,
    }
    return page(request, "accounts/account_detail/page.html", context, fragment="accounts/account_detail/_panel.html")


@dataclass(frozen=True)
class Tab:
    slug: str
    label: str
    count: int | None = None
    # The address of a panel that another room owns; it is loaded into the page.
    url: str | None = None


class _Panel:
    """The tabs of an account and what the open one shows; only that is read from the database."""

    def __init__(self, request: Request, account: Account) -> None:
        self.user: User = request.user
        self.account = account
        self.asked = request.GET.get("tab", "")
        self.cursor = request.GET.get("cursor")

    @cached_property
    def tabs(self) -> list[Tab]:
        timeline = url_or_none("account_timeline", self.account.pk)
        money = url_or_none("account_money", self.account.pk)
        tabs = [Tab("timeline", _("Timeline"), url=timeline)] if timeline else []
        tabs.append(Tab("people", _("People"), self.number_of_people))
        tabs.append(Tab("promises", _("Promises"), self.tally["open"]))
        if files := url_or_none("account_files", self.account.pk):
            tabs.append(Tab("files", _("Files"), url=files))
        if money and sees_figures(self.user, self.account):
            tabs.append(Tab("money", _("Money"), url=money))
        if self.account.kind == "external" and may(self.user, "deal.read"):
            tabs.append(Tab("deals", _("Deals")))
        if self.account.kind == "external":
            tabs.append(Tab("value", _("Value")))
        tabs.append(Tab("relation", _("Relationship")))
        tabs.append(Tab("inside", _("Serves") if self.account.kind == "internal" else _("Inside help")))
        tabs.append(Tab("about", _("About")))
        if may(self.user, "trail.read"):
            tabs.append(Tab("history", _("History")))
        return tabs

    @cached_property
    def open(self) -> Tab:
        """The tab that the address names, else the first."""
        return next((tab for tab in self.tabs if tab.slug == self.asked), self.tabs[0])

    @property
    def answers_url(self) -> str | None:
        """Where its people's answers to surveys stand, which another room owns."""
        return url_or_none("account_nps", self.account.pk)

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """Contacts with their local time; temperament only where this person may read it."""
        return self._told(list(Contact.objects.of(self.account)[:MOST_PEOPLE]))

    def _told(self, contacts: list[Contact]) -> list[dict[str, Any]]:
        for contact in contacts:
            contact.account = self.account
        return [
            {"contact": contact, "shows_temperament": contact.temperament_visible_to(self.user)} for contact in contacts
        ]

    @cached_property
    def first_people(self) -> list[dict[str, Any]]:
        """The first three who are still there; temperament as above."""
        if self.asked == "people":
            return [person for person in self.people if person["contact"].is_active][:MOST_NAMED]
        return self._told([contact for contact in self._first_of_all if contact.is_active])

    @cached_property
    def _first_of_all(self) -> list[Contact]:
        named = ("account", "name", "job_title", "phone", "temperament", "is_active")
        return list(Contact.objects.to_ask_for(self.account).only(*named)[:MOST_NAMED])

    @property
    def number_of_people(self) -> int:
        if self.asked == "people":
            return len(self.people)
        first: Any = next(iter(self._first_of_all), None)
        return first.number if first else 0

    @cached_property
    def tally(self) -> dict[str, int]:
        return Promise.objects.of(self.account).tally()

    @property
    def promises_ended(self) -> int:
        return self.tally["kept"] + self.tally["broken"]

    @cached_property
    def first_promises(self) -> list[Promise]:
        """The open ones that are due first."""
        if not self.tally["open"]:
            return []
        if self.asked == "promises":
            return self.open_promises[:MOST_NAMED]
        named = ("text", "due_on", "state", "owner__name")
        return list(Promise.objects.of(self.account).open().only(*named)[:MOST_NAMED])

    @cached_property
    def open_promises(self) -> list[Promise]:
        return list(Promise.objects.of(self.account).open()[:MOST_PEOPLE])

    @cached_property
    def settled_promises(self) -> list[Promise]:
        return list(Promise.objects.of(self.account).newest_settled()[:MOST_SETTLED])

    @cached_property
    def deals(self) -> list[Deal]:
        return list(Deal.objects.of(self.account)[:MOST_DEALS])

    @cached_property
    def deal_figures(self) -> DealFigures:
        """Over all deals of the account, not only those shown."""
        return Deal.objects.filter(account=self.account).figures()

    @property
    def deals_closed(self) -> int:
        return self.deal_figures.won + self.deal_figures.lost

    @cached_property
    def dimensions(self) -> list[dict[str, Any]]:
        """Each assessed dimension with its newest score, its weight and who says so."""
        newest = {
            row.dimension: row
            for row in ValueAssessment.objects.filter(account=self.account).newest().select_related("assessed_by")
        }
        return [
            {
                "slug": slug,
                "label": label,
                "assessment": newest.get(slug),
                "weight": self.rules.weights[NAMES[Dimension(slug)]],
                "is_due": slug in newest and newest[slug].is_due(self.rules.score_days),
            }
            for slug, label in Dimension.choices
        ]

    @cached_property
    def earlier_scores(self) -> list[ValueAssessment]:
        """Scores that a newer one took the place of, newest first."""
        counting = [row["assessment"].pk for row in self.dimensions if row["assessment"]]
        scores = ValueAssessment.objects.filter(account=self.account).exclude(pk__in=counting)
        return list(scores.select_related("assessed_by")[:MOST_SETTLED])

    @cached_property
    def rules(self) -> tiers.TierRules:
        return tier_rules()

    @cached_property
    def revenue_score(self) -> Any:
        return revenue_scores([self.account.pk]).get(self.account.pk)

    @cached_property
    def computed(self) -> tiers.Tier:
        """The tier that the five scores make, whatever a person set."""
        scores = {NAMES[Dimension(row["slug"])]: row["assessment"] for row in self.dimensions}
        known = {name: Decimal(one.score) for name, one in scores.items() if one is not None}
        return tiers.tier({"now": self.revenue_score, **known}, self.rules)

    @cached_property
    def overrides(self) -> list[TierOverride]:
        """Tiers set by hand, newest first."""
        return list(TierOverride.objects.filter(account=self.account).select_related("set_by")[:MOST_SETTLED])

    @property
    def override(self) -> TierOverride | None:
        """The one that holds today."""
        return next((one for one in self.overrides if one.holds), None)

    @property
    def now_weight(self) -> Any:
        return self.rules.weights["now"]

    @cached_property
    def plays(self) -> list[Play]:
        """Those under way, then the newest that ended."""
        plays = list(Play.objects.of(self.account)[:MOST_SETTLED])
        for play in plays:
            play.account = self.account
        return plays

    @cached_property
    def marks(self) -> list[ContributionMark]:
        return list(ContributionMark.objects.of(self.account).select_related("contact")[:MOST_SETTLED])

    @cached_property
    def rival_outcomes(self) -> list[RivalOutcome]:
        return list(RivalOutcome.objects.of(self.account)[:MOST_SETTLED])

    @cached_property
    def reference_uses(self) -> list[ReferenceUse]:
        return list(ReferenceUse.objects.of(self.account).select_related("contact", "logged_by")[:MOST_SETTLED])

    @cached_property
    def served(self) -> list[Account]:
        """External accounts that this internal one serves, as far as the person sees them."""
        return list(self.account.serves.visible_to(self.user).order_by("sort_name", "id")[:MOST_PEOPLE])

    @cached_property
    def serving(self) -> list[Account]:
        """Internal accounts that serve this external one. Their names are no secret from who sees it."""
        return list(
            self.account.served_by.in_sight().select_related("department").order_by("sort_name", "id")[:MOST_PEOPLE]
        )

    @cached_property
    def enrolments(self) -> list[Enrolment]:
        return list(Enrolment.objects.visible_to(self.user).about(self.account)[:MOST_PEOPLE])

    @cached_property
    def custom(self) -> list[Shown]:
        return CustomField.objects.shown(Thing.ACCOUNT, self.account.custom)

    @cached_property
    def history(self) -> dict[str, Any]:
        """The trail of this account, newest first, without what other rooms keep closed."""
        # What went up in this account brings its own history along.
        keys = [self.account.pk, *self.account.merged_here.values_list("pk", flat=True)]
        entries = TrailEntry.objects.filter(
            account_id__in=keys, subject_type__regex=r"^(accounts|files)\.|^touchpoints\.urgentneed$"
        )
        entries = entries.select_related("actor")
        try:
            found = keyset_page(entries, order=["-at", "-id"], cursor=self.cursor, size=HISTORY_PAGE)
        except BadCursor:
            found = keyset_page(entries, order=["-at", "-id"], cursor=None, size=HISTORY_PAGE)
        base = f"{reverse('account_detail', args=[self.account.pk])}?tab=history"
        return {
            "moments": sentences(found.rows),
            "next_url": f"{base}&cursor={found.next_cursor}" if found.next_cursor else "",
            "previous_url": f"{base}&cursor={found.previous_cursor}" if found.previous_cursor else "",
        }


def url_or_none(name: str, *args: int) -> str | None:
    """The address of a page of another room, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
