"""How Tidewright prepares: stories worth telling, sheets of talks ahead, a first meeting, an account taken over."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Exists, OuterRef
from django.db.models.functions import Mod
from django.utils import timezone

from accounts.models import Account, Contact
from accounts.working_day import working_days_after
from pmcrm.people.models import User
from preparation.models import Experience, Handover, ListenerRole, Sheet, Telling
from preparation.quality import EXPERIENCE, ISSUES, NEED, STATEMENTS, TEMPERAMENT
from preparation.services.sheets import completeness, talk_details
from touchpoints.models import Attendance, Interaction, InteractionKind, InteractionStatus, Statement

STORIES: Final = (
    (
        "maja",
        "Container terminal",
        "The plan is old when it reaches the night shift",
        (
            "A port read it aloud at six each evening. A view "
            "of changes alone ended that within a month; now the foreman asks when it is late."
        ),
    ),
    (
        "maja",
        "",
        "Tide tables hang on the wall",
        (
            "Two yards kept a clerk for the tide. They put it beside the berth "
            "and found that half of their replans came from reading the wrong week."
        ),
    ),
    (
        "maja",
        "",
        "Rest hours are counted by hand",
        (
            "A carrier counted on Fridays and paid a fine in spring. Counting "
            "while the roster is made took a quarter of an hour and no law."
        ),
    ),
    (
        "tomas",
        "",
        "Exports stop in the middle of a season",
        (
            "A terminal sewed three files together each week. We "
            "learned that nobody needed rows, they needed last year's peak."
        ),
    ),
    (
        "tomas",
        "",
        "Trains come late without a word",
        ("An inland yard asked drivers to call ahead: one call a day was worth more than any screen."),
    ),
    (
        "hana",
        "Ferry line",
        "Seats are shared between terminals",
        ("A group paid by the berth for a year. They used it more and asked less."),
    ),
)
LINES: Final = (
    "Renewal comes first; no prices, no second terminal. Listen for who signs after the summer.",
    "Sales wants the crew roster signed by spring. Do show the quay view, do not name a date.",
)


def make_preparations(users: dict[str, User], now: dt.datetime) -> int:
    """Returns how many sheets there are."""
    _age_what_is_known(now.date())
    stories = _tell(users)
    sheets = [*_of_talks_ahead(users["maja"], stories, now), _first_meeting(users["maja"], now)]
    for sheet in sheets:
        sheet.interaction = talk_details().get(pk=sheet.interaction_id)
        sheet.share = completeness(sheet).share
        sheet.save(update_fields=["share"])
    _hand_over(users, now)
    return len(sheets)


def _age_what_is_known(today: dt.date) -> None:
    """Every third summary was written long ago."""
    known = Account.objects.exclude(business_summary="").annotate(part=Mod("pk", 3))
    for part, days in enumerate((500, 120, 30)):
        known.filter(part=part).update(business_as_of=today - dt.timedelta(days=days))


def _tell(users: dict[str, User]) -> list[Experience]:
    return Experience.objects.bulk_create(
        Experience(owner=users[who], industry=industry, problem=problem, story=story)
        for who, industry, problem, story in STORIES
    )


def _of_talks_ahead(manager: User, stories: list[Experience], now: dt.datetime) -> list[Sheet]:
    """The next talks of one manager: the first is prepared, the second waits for sales, the third is begun."""
    ahead = Interaction.objects.planned().filter(author=manager, at__gte=now).with_customers().order_by("at", "pk")[:3]
    sheets = []
    to_say = [statement.slug for statement in Statement.objects.current()[:2]]
    for number, talk in enumerate(ahead):
        account = talk.present[0]
        owner = account.relationship_owner
        sheet = Sheet(interaction=talk, version=2, nothing_in=[NEED])
        if number < 2:
            sheet.sales_line, sheet.line_by, sheet.line_asked_at = LINES[number], manager, now
            sheet.line_asked_of = account.relationship_owner
            sheet.to_say = to_say
            sheet.nothing_in = [ISSUES, NEED, STATEMENTS, TEMPERAMENT]
        if number == 0:
            sheet.line_confirmed_at, sheet.line_confirmed_by = now, owner
            sheet.people_note = "Brings the foreman of the night shift along."
            Account.objects.filter(pk=account.pk).update(business_as_of=now.date())
        sheet.save()
        if number == 0:
            Telling.objects.create(experience=stories[0], account=account, sheet=sheet, author=manager)
        sheets.append(sheet)
    return sheets


def _first_meeting(manager: User, now: dt.datetime) -> Sheet:
    """Somebody in sales brings product along to a company that nobody of us has met."""
    met = Attendance.objects.filter(account=OuterRef("pk"))
    account = (
        Account.objects.filter(kind="external", party="customer").filter(~Exists(met)).order_by("ref").first()
        or Account.objects.order_by("ref")[0]
    )
    at = working_days_after(now.replace(hour=9, minute=30, second=0, microsecond=0), 2, manager.zone)
    talk = Interaction.objects.create(
        kind=InteractionKind.MEETING,
        status=InteractionStatus.PLANNED,
        at=at,
        minutes=45,
        subject="Getting to know each other",
        author=manager,
    )
    Attendance.objects.create(interaction=talk, account=account, at=at)
    talk.colleagues.add(manager, *([account.relationship_owner] if account.relationship_owner else []))
    talk.contacts.add(*Contact.objects.of(account).still_there()[:1])
    return Sheet.objects.create(
        interaction=talk,
        is_introduction=True,
        listener_role=ListenerRole.LISTENS,
        nothing_in=[EXPERIENCE],
        version=2,
    )


def _hand_over(users: dict[str, User], now: dt.datetime) -> None:
    """Maja took two accounts over, of which she has read up on one."""
    mine = Account.objects.filter(product_manager=users["maja"], kind="external").order_by("ref")[:2]
    for number, account in enumerate(mine):
        Handover.objects.create(
            account=account,
            person=users["maja"],
            former=users["tomas"],
            created_at=now - dt.timedelta(days=3 + number),
            read_at=timezone.now() if number else None,
        )
