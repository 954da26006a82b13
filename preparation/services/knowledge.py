"""What is known before a talk and belongs on its sheet: read from where it is kept, as far as the person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.models import Contact, Promise
from pmcrm.people.permissions import may
from preparation.matching import fit
from preparation.models import Experience, Telling
from touchpoints.models import AccountGoal, Attendance, Interaction, InteractionKind, Pain
from touchpoints.services.warm_path import who_knows

if TYPE_CHECKING:
    from accounts.models import Account
    from pmcrm.people.models import User
    from preparation.models import Sheet
    from touchpoints.services.warm_path import Knows

Row = TypeVar("Row")
MOST_PROMISES: Final = 8
MOST_PAINS: Final = 8
MOST_TALKS: Final = 5
MOST_KNOWN: Final = 3
SUGGESTED: Final = 3
# Of a library so many of the newest are weighed.
WEIGHED: Final = 500


@dataclass(frozen=True, slots=True)
class Some(Generic[Row]):
    """The first rows of a list, and how many more there are."""

    rows: list[Row]
    more: int = 0

    @classmethod
    def of(cls, found: QuerySet[Any, Any], most: int) -> Some[Row]:
        """Counted only where there are more than are shown."""
        rows = list(found[: most + 1])
        return cls(rows[:most], found.count() - most if len(rows) > most else 0)


@dataclass(frozen=True, slots=True)
class Told:
    """What they were promised, what they told us already, and which of our stories fit."""

    promises: Some[Promise]
    pains: Some[Pain]
    chosen: list[Experience]
    suggested: list[Experience]


@dataclass(frozen=True, slots=True)
class Around:
    """Who of us knows them, what we want to reach, and the last talks."""

    knows: list[Knows]
    goals: list[AccountGoal]
    talks: list[Interaction]


def told(user: User, sheet: Sheet, account: Account) -> Told:
    """Late promises first; pains that still hurt, the newest first, each with what we answered."""
    pains = pains_of(user, account)
    chosen, suggested = experiences_for(user, sheet, account, pains.rows)
    return Told(promises_of(user, account, MOST_PROMISES), pains, chosen, suggested)


def promises_of(user: User, account: Account, most: int) -> Some[Promise]:
    """Open ones, those due first at the top."""
    return Some.of(Promise.objects.visible_to(user).of(account).open().order_by("due_on", "id"), most)


def pains_of(user: User, account: Account) -> Some[Pain]:
    rows = Pain.objects.visible_to(user).hurting().of(account).newest_first().with_names()
    return Some.of(rows.prefetch_related("answers"), MOST_PAINS)


def experiences_for(
    user: User, sheet: Sheet, account: Account, pains: list[Pain]
) -> tuple[list[Experience], list[Experience]]:
    """Those chosen for this talk, and the person's own that fit best and were not told there yet."""
    if not may(user, "experience.read"):
        return [], []
    tellings = Telling.objects.filter(sheet=sheet, account=account) if sheet.pk else Telling.objects.none()
    chosen = [one.experience for one in tellings.select_related("experience__owner")]
    words = [account.business_summary, sheet.issues_note, *(pain.words for pain in pains)]
    mine = Experience.objects.of([user.pk]).worth_telling(account).order_by("-created_at", "-id")[:WEIGHED]
    weighed = [
        (fit(industry=one.industry, problem=one.problem, of_industry=account.industry, words=words), one)
        for one in mine
    ]
    fitting = sorted((pair for pair in weighed if pair[0] > 0), key=lambda pair: -pair[0])
    return chosen, [one for _weight, one in fitting[:SUGGESTED]]


def around(user: User, account: Account) -> Around:
    """The warmest paths, our open goals, and the newest talks."""
    goals = AccountGoal.objects.visible_to(user).open().of(account).with_names()[:MOST_KNOWN]
    talks = (
        Attendance.objects.of(account)
        .open_to(user)
        .present()
        .filter(at__lte=timezone.now(), interaction__status="held")
        .exclude(interaction__kind=InteractionKind.NOTE)
        .select_related("interaction__author")
        .prefetch_related(Prefetch("interaction__contacts", Contact.objects.kept()))
        .order_by("-at", "-interaction")[:MOST_TALKS]
    )
    return Around(who_knows(account=account)[:MOST_KNOWN], list(goals), [one.interaction for one in talks])
