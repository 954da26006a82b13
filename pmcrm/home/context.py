"""What the shell around each page needs: the navigation by rights, the person, the organisation, the appearance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core import cache as caches
from django.db import models, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pmcrm.people.models import Organisation
from segmentation.models import ProfitRun
from touchpoints.models import NextStep

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

    from pmcrm.people.models import User

ORGANISATION_NAME: Final = "organisation-name"
RUN_AT: Final = "run-at"


class Area(models.TextChoices):
    """What one comes to do; the navigation lists its entries under these, in this order."""

    DAY = "day", ""
    CUSTOMERS = "customers", pgettext_lazy("navigation", "Customers")
    CONTACT = "contact", pgettext_lazy("navigation", "In touch")
    VALUE = "value", pgettext_lazy("navigation", "Value and decisions")
    HOUSE = "house", pgettext_lazy("navigation", "System")


@dataclass(frozen=True, eq=False)
class Entry:
    """One place in the navigation; it appears where its page exists and the person has its right."""

    page: str
    label: _StrPromise
    icon: str
    right: str
    area: Area
    unless: str = ""  # a right whose holders have another entry for it
    also: str = ""  # a page elsewhere that lies under this entry
    on_phone: bool = False


ENTRIES: Final = (
    Entry("my_day", _("My day"), "sun", "account.read", Area.DAY, on_phone=True),
    Entry("next_step_list", _("Next steps"), "list-checks", "next_step.write", Area.DAY),
    Entry(
        "account_list", _("Accounts"), "building-2", "account.read", Area.CUSTOMERS, also="contact_list", on_phone=True
    ),
    Entry("strategic_list", _("Strategic"), "star", "strategic_list.read", Area.CUSTOMERS),
    Entry("play_board", _("Plays"), "flag", "account.read", Area.CUSTOMERS),
    Entry("interaction_list", _("Interactions"), "history", "account.read", Area.CONTACT),
    Entry("pain_list", _("What hurts"), "message-square-quote", "pain.write", Area.CONTACT, also="learning_list"),
    Entry("meeting_figures", _("Meetings"), "target", "interaction.log", Area.CONTACT),
    Entry("contact_balance", _("Balance"), "scale", "account.read", Area.CONTACT),
    Entry("campaign_list", _("Calls"), "phone-call", "campaign.read", Area.CONTACT),
    Entry("mail_list", _("Mail in"), "mail", "mail_in.read", Area.CONTACT, also="calendar_import_list"),
    Entry("product_decision_list", _("Product decisions"), "signature", "product_decision.write", Area.CONTACT),
    Entry("profit_curve", _("Value"), "chart-spline", "curve.read", Area.VALUE, on_phone=True),
    Entry(
        "candidate_list",
        pgettext_lazy("navigation", "Exit"),
        "door-open",
        "flag.read",
        Area.VALUE,
        also="exit_plan_list",
    ),
    Entry(
        "exit_plan_list",
        pgettext_lazy("navigation", "Exit"),
        "door-open",
        "exit_plan.read",
        Area.VALUE,
        unless="flag.read",
    ),
    Entry("decision_queue", _("Decisions"), "gavel", "decision_queue.read", Area.VALUE),
    Entry("import_list", _("Data"), "database", "import.read", Area.HOUSE),
    Entry("trash_list", _("Trash"), "trash-2", "trash.read", Area.HOUSE),
    Entry("person_list", _("People"), "users", "people.write", Area.HOUSE),
    Entry("organisation", _("Settings"), "settings", "settings.write", Area.HOUSE),
)


def _is_for(entry: Entry, person: User) -> bool:
    return person.may(entry.right) and not (entry.unless and person.may(entry.unless))


@dataclass(frozen=True)
class Place:
    """An entry on this page: its address, and whether the page lies under it."""

    entry: Entry
    url: str
    is_here: bool
    count: int = 0


def url_or_none(page: str) -> str | None:
    """The address of a page, or nothing where this installation has no such page."""
    return _url(page, settings.ROOT_URLCONF)


@cache
def _url(page: str, _urls: str) -> str | None:
    try:
        return reverse(page)
    except NoReverseMatch:
        return None


@dataclass(frozen=True)
class Kept:
    """What each page asks for: the organisation's name, when the newest readable run ended, the person's due steps."""

    organisation: str
    run_at: datetime | None
    due_steps: int


def kept_for(person: User | None) -> Kept:
    """All of it in one question to the cache.

    The name is kept for five minutes, and saving the organisation's form clears it. Half a minute late is soon enough
    for an age. The steps are counted anew after each change of one of them, and at least once a minute.
    """
    today = timezone.localdate()
    steps_key = _due_steps_key(person.pk if person else None)
    kept = caches.cache.get_many([ORGANISATION_NAME, RUN_AT, steps_key])
    name, run_at, steps = kept.get(ORGANISATION_NAME), kept.get(RUN_AT), kept.get(steps_key)
    if name is None:
        name = Organisation.current().name
        caches.cache.set(ORGANISATION_NAME, name, 300)
    if run_at is None:
        run_at = ProfitRun.objects.readable().newest_first().values_list("finished_at", flat=True).first()
        caches.cache.set(RUN_AT, run_at or "", 30)
    if person is not None and (steps is None or steps[0] != today):
        steps = (today, NextStep.objects.of(person).due_by(today).count())
        caches.cache.set(steps_key, steps, 60)
    return Kept(str(name), run_at or None, steps[1] if steps else 0)


def _due_steps_key(person: int | None) -> str:
    return f"due-steps-{person}"


def forget_due_steps(*, instance: NextStep, **_signal: object) -> None:
    """A step was saved or taken away: its owner's are counted anew once that is certain."""
    transaction.on_commit(partial(caches.cache.delete, _due_steps_key(instance.owner_id)))


class Shell:
    """Worked out only where a template asks, so that a fragment costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.is_development = settings.DEVELOPMENT

    @cached_property
    def person(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def _kept(self) -> Kept:
        return kept_for(self.person)

    @property
    def organisation(self) -> str:
        return self._kept.organisation

    @property
    def theme(self) -> str:
        return self.person.theme if self.person else "system"

    @cached_property
    def pages(self) -> tuple[tuple[Entry, str], ...]:
        """The entries this person may open, with their addresses."""
        person = self.person
        if person is None:
            return ()
        return tuple((entry, url) for entry in ENTRIES if _is_for(entry, person) and (url := url_or_none(entry.page)))

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The pages as they are seen from this one; the one with the longest matching address is here."""
        under = [(len(length), entry) for entry, url in self.pages if (length := self._match(entry, url))]
        here = max(under, key=itemgetter(0))[1] if under else None
        return tuple(Place(entry, url, entry is here, self.count_at(entry)) for entry, url in self.pages)

    def _match(self, entry: Entry, url: str) -> str:
        """The longest of the entry's addresses that this page lies under."""
        match = self.request.resolver_match
        if match is not None and match.url_name == entry.page:
            return url
        also = url_or_none(entry.also) if entry.also else None
        return max((one for one in (url, also or "/") if one != "/" and self.request.path.startswith(one)), default="")

    def count_at(self, entry: Entry) -> int:
        """What waits behind an entry: for the next steps those that are due."""
        return self.due_steps if entry.page == "next_step_list" else 0

    @property
    def due_steps(self) -> int:
        """As the page counted them itself, where it left the number at its request."""
        known: int | None = getattr(self.request, "due_steps", None)
        return self._kept.due_steps if known is None else known

    @property
    def areas(self) -> tuple[tuple[Area, tuple[Place, ...]], ...]:
        """The places by what one comes to do."""
        return tuple((Area(area), tuple(places)) for area, places in groupby(self.places, lambda one: one.entry.area))

    @property
    def phone_places(self) -> tuple[Place, ...]:
        """At most three, so that with logging a call and the menu there are five targets under the thumb."""
        chosen = tuple(place for place in self.places if place.entry.on_phone)
        others = tuple(place for place in self.places if not place.entry.on_phone)
        return (chosen + others)[:3]

    @cached_property
    def log_call_url(self) -> str | None:
        return url_or_none("interaction_create") if self.person and self.person.may("interaction.log") else None

    @property
    def run_at(self) -> datetime | None:
        """The age of the figures, for those who may see the curve."""
        return self._kept.run_at if self.person and self.person.may("curve.read") else None

    @cached_property
    def curve_url(self) -> str | None:
        return url_or_none("profit_curve")

    @cached_property
    def search_url(self) -> str | None:
        return url_or_none("search") if self.person else None

    @cached_property
    def theme_url(self) -> str | None:
        return url_or_none("appearance_set") if self.person else None


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
