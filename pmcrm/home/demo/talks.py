"""Calls, meetings and mails of two years, what follows from them, and what was promised."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import Account, Promise
from accounts.models.promise import PromiseState, Source
from pmcrm.home.demo.customers import CUSTOMERS, EARNERS, EXIT, GUARDED, MISFIT, RESCUED, UNCLASSED, Customer
from pmcrm.people.models import User
from touchpoints.models import Attendance, Interaction, InteractionKind, InteractionStatus, NextStep, Outcome, Voice

TALKS: Final = (
    ("Export of the shift plan", "Plans crews with it, not berths as we meant. The export stops at 500 rows."),
    ("Tide tables at the quay", "Wants the tide beside the berth plan. Today it is pinned to the wall and read aloud."),
    ("Hand-over between shifts", "Two shifts read two lists. Asked how others do it; told of the hand-over view."),
    ("Delays at the rail head", "Trains come late without a word; the yard plan is wrong by noon."),
    ("Crew hours and the law", "Rest hours are counted by hand before each roster. Fears the audit in spring."),
    ("Quarterly review", "Two of three success criteria met. Open: fewer replans a day. Next measurement in a month."),
    ("First weeks live", "Night shift is in, day shift still keeps its board. Training on Thursday helps."),
    ("Prices and seats", "Seats are shared between terminals. Would pay by berth rather than by head."),
    ("What if we were gone", "Would go back to two spreadsheets and a phone. Says it without a smile."),
    ("Roadmap round", "Listened to three ideas; chose the quay view. We said what is studied, not what is promised."),
    ("Slow login in the morning", "Forty people sign in at six; it takes a minute. Engineering has a trace."),
    ("Reading data out", "Their analyst reads our data once a week and would rather be told when it changes."),
)
STEPS: Final = (
    "Send the hand-over example",
    "Show the quay view to the night shift",
    "Ask Engineering about the export limit",
    "Agree the success criterion in figures",
    "Bring the rest-hours draft",
    "Call back after the audit",
    "Introduce the success manager",
    "Send the minutes",
    "Ask who signs for the second terminal",
    "Check the hours we spent on adapters",
)
STEPS_OF_OFFICES: Final = (
    "Call their director about the renewal",
    "Say what the second terminal would take",
    "Thank them for speaking at the harbour day",
    "Read the value review before Thursday",
)
PROMISES: Final = (
    "Export without a row limit",
    "Tide table beside the berth plan",
    "Rest hours counted by the roster",
    "Answer on pricing by berth",
    "Training for the day shift",
    "Morning sign-in under five seconds",
    "A named engineer for the cutover",
    "Read access for the analyst",
)
# Who comes along to the first meetings of today, so that each of them has one.
VISITORS: Final = ("ceo", "vp", "cfo", "support", "engineering", "marketing", "success", "presales", "lead")
INSIDE: Final = (
    ("What support hears", "Three customers ask for the same export. The adapter in Hamburg eats two people."),
    ("What slows engineering", "Two sprints went to one adapter. The quay view waits."),
    ("Pipeline and presales", "Demos wait nine days. Half of presales' week is one account."),
)
TELL_OF_CUSTOMERS: Final = ("Support", "Customer success")
TOLD: Final = (
    ("What they told us at night", "Their night shift calls twice a week: the plan is a day old when it reaches them."),
    ("Before the renewal", "They would sign again at once if the export held a whole season."),
    ("Who uses it there", "Two planners do everything. The foremen never log in; they want it on the wall."),
)


def make_talks(
    random: Random,
    users: dict[str, User],
    customers: list[Customer],
    internal: list[Account],
    months: list[dt.date],
    now: dt.datetime,
) -> int:
    """Held and planned interactions with who took part, next steps and promises. Returns how many interactions."""
    book = _Book(random, users, now)
    for customer in customers:
        for index in range(customer.joined_month, len(months)):
            for _number in range(_contacts_in_month(random, customer)):
                book.past(customer, months[index])
    for account in internal:
        for month in months[-14:]:
            if random.random() < 0.8:
                book.inside(account, month, customers)
    for place, customer in enumerate(_with_plans(random, customers)):
        book.planned(customer, place)
    book.store()
    make_steps(random, users, customers, internal, now.date())
    make_promises(random, users, customers, now.date())
    return len(book.interactions)


def _contacts_in_month(random: Random, customer: Customer) -> int:
    place = customer.place
    if place in {EXIT, GUARDED, UNCLASSED, RESCUED, MISFIT}:
        return random.choice([2, 3, 4])
    if place < 20:
        return random.choice([1, 1, 2])
    if place < EARNERS:
        return int(random.random() < 0.7)
    if place < 220:
        return int(random.random() < 0.2)
    if place < CUSTOMERS:
        return int(random.random() < 0.08)
    return int(random.random() < 0.12)


def _with_plans(random: Random, customers: list[Customer]) -> list[Customer]:
    """Whom a meeting or call is planned with in the next days."""
    chosen = customers[:6] + random.sample(customers[6:90], 16) + [customers[EXIT], customers[RESCUED]]
    return [customer for customer in chosen if customer.account.product_manager_id]


class _Book:
    """Collects interactions and who took part, and writes them at once."""

    def __init__(self, random: Random, users: dict[str, User], now: dt.datetime) -> None:
        self.random, self.users, self.now = random, users, now
        self.by_pk = {user.pk: user for user in users.values()}
        self.interactions: list[Interaction] = []
        self.present: list[tuple[list[Account], list[int], list[User]]] = []
        self.told_of: dict[int, Account] = {}
        """By place in `interactions`: the customer that people inside told of."""

    def _add(
        self, interaction: Interaction, accounts: list[Account], contacts: list[int], colleagues: list[User]
    ) -> None:
        self.interactions.append(interaction)
        self.present.append((accounts, contacts, colleagues))

    def _colleague(self, customer: Customer) -> User:
        account = customer.account
        if account.product_manager_id and self.random.random() < 0.72:
            return self.by_pk[account.product_manager_id]
        if account.relationship_owner_id and self.random.random() < 0.6:
            return self.by_pk[account.relationship_owner_id]
        return self.users[self.random.choice(["success", "services", "agent", "maja"])]

    def _moment(self, day: dt.date, zone: str) -> dt.datetime:
        hour, minute = self.random.randint(9, 15), self.random.choice([0, 15, 30, 45])
        return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=ZoneInfo(zone))

    def past(self, customer: Customer, month: dt.date) -> None:
        day = month.replace(day=self.random.randint(1, 28))
        while day.weekday() > 4:
            day -= dt.timedelta(days=1)
        at = self._moment(day, customer.account.time_zone)
        if at > self.now:
            return
        random, author = self.random, self._colleague(customer)
        kind = random.choices(list(InteractionKind.values), [46, 34, 14, 6])[0]
        subject, notes = random.choice(TALKS)
        talked = kind == InteractionKind.MEETING or random.random() < 0.74
        outcome = ""
        if kind == InteractionKind.CALL:
            outcome = Outcome.CONVERSATION if talked else random.choice(list(Outcome.values)[1:7])
        colleagues = [author]
        if kind == InteractionKind.MEETING and random.random() < 0.5:
            other = self.users[random.choice(["lead", "success", "presales", "developer"])]
            colleagues += [other] if other.pk != author.pk else []
        minutes = {"call": random.choice([15, 20, 30, 30, 45]), "meeting": random.choice([30, 45, 45, 60, 90])}.get(
            kind, 10
        )
        interaction = Interaction(
            kind=kind,
            status=InteractionStatus.HELD,
            at=at,
            minutes=minutes if talked else 5,
            subject=subject if talked else "",
            notes=notes if talked else "",
            outcome=outcome,
            is_incoming=random.random() < 0.18,
            author=author,
        )
        contacts = [
            contact.pk
            for contact in random.sample(customer.contacts, 1 if kind != "meeting" else min(2, len(customer.contacts)))
        ]
        self._add(interaction, [customer.account], contacts, colleagues)

    def inside(self, account: Account, month: dt.date, customers: list[Customer]) -> None:
        at = self._moment(month.replace(day=self.random.randint(1, 27)), "Europe/Stockholm")
        if at > self.now:
            return
        subject, notes = self.random.choice(INSIDE)
        author = self.by_pk[account.product_manager_id or 0]
        voice = Voice.OWN
        if account.name in TELL_OF_CUSTOMERS and self.random.random() < 0.6:
            voice = Voice.PROXY
            subject, notes = self.random.choice(TOLD)
            self.told_of[len(self.interactions)] = self.random.choice(customers[:25]).account
        self._add(
            Interaction(
                kind=InteractionKind.MEETING,
                at=at,
                minutes=45,
                subject=subject,
                notes=notes,
                author=author,
                voice=voice,
            ),
            [account],
            [],
            [author],
        )

    def planned(self, customer: Customer, place: int) -> None:
        random = self.random
        # Something for today, whatever weekday the demo is made on; what lies ahead keeps to working days.
        day = self.now.date() + dt.timedelta(days=0 if place < 9 else random.choice([1, 1, 2, 3, 5, 7, 9, 12]))
        while day.weekday() > 4 and place >= 9:
            day += dt.timedelta(days=1)
        author = self.by_pk[customer.account.product_manager_id or 0]
        colleagues = [author]
        if customer.account.relationship_owner_id:
            colleagues.append(self.by_pk[customer.account.relationship_owner_id])
        if place < len(VISITORS):
            colleagues.append(self.users[VISITORS[place]])
        self._add(
            Interaction(
                kind=random.choice([InteractionKind.MEETING, InteractionKind.CALL]),
                status=InteractionStatus.PLANNED,
                at=self._moment(day, author.time_zone),
                minutes=45,
                subject=random.choice(TALKS)[0],
                author=author,
            ),
            [customer.account],
            [customer.contacts[0].pk],
            colleagues,
        )

    def store(self) -> None:
        Interaction.objects.bulk_create(self.interactions, batch_size=4000)
        attendances, contacts, colleagues = [], [], []
        told, met = Interaction.contacts.through, Interaction.colleagues.through
        for interaction, (accounts, contact_ids, people) in zip(self.interactions, self.present, strict=True):
            attendances += [
                Attendance(interaction=interaction, account=account, at=interaction.at) for account in accounts
            ]
            contacts += [told(interaction_id=interaction.pk, contact_id=pk) for pk in contact_ids]
            colleagues += [met(interaction_id=interaction.pk, user_id=user.pk) for user in people]
        for place, account in self.told_of.items():
            interaction = self.interactions[place]
            attendances.append(
                Attendance(interaction=interaction, account=account, at=interaction.at, is_second_hand=True)
            )
        Attendance.objects.bulk_create(attendances, batch_size=4000)
        told.objects.bulk_create(contacts, batch_size=4000)
        met.objects.bulk_create(colleagues, batch_size=4000)


def make_steps(
    random: Random, users: dict[str, User], customers: list[Customer], internal: list[Account], today: dt.date
) -> None:
    """Open steps around today for everybody, some late, some done."""
    owners = [users[key] for key in ("maja", "tomas", "hana")] * 3
    owners += [users[key] for key in ("lead", "lars", "greta", "owen", "carla", "agent", "developer", "presales")]
    owners += [users[key] for key in ("services", "success", "vp")]
    talked_to = [customer for customer in customers[:200] if customer.account.product_manager_id]
    steps = []
    for key in ("ceo", "cfo", "support", "engineering", "marketing"):
        for days in (-2, 0, 5):
            account = random.choice(customers[:30]).account
            due_on = today + dt.timedelta(days=days)
            text = random.choice(STEPS_OF_OFFICES)
            step = NextStep(account=account, text=text, owner=users[key], due_on=due_on, created_by=users["lead"])
            steps.append(step)
    for owner in owners:
        mine = [
            one for one in talked_to if owner.pk in {one.account.product_manager_id, one.account.relationship_owner_id}
        ]
        for days in (-9, -3, 0, 0, 1, 2, 4, 6, 10, 17):
            account = random.choice(mine or talked_to).account if random.random() < 0.92 else random.choice(internal)
            done = timezone.now() - dt.timedelta(days=random.randint(1, 20)) if random.random() < 0.25 else None
            steps.append(
                NextStep(
                    account=account,
                    text=random.choice(STEPS),
                    owner=owner,
                    due_on=today + dt.timedelta(days=days),
                    done_at=done,
                    created_by=owner,
                )
            )
    NextStep.objects.bulk_create(steps)


def make_promises(random: Random, users: dict[str, User], customers: list[Customer], today: dt.date) -> None:
    """What customers were told they would get: open, late, kept and broken ones."""
    chosen = [
        *customers[:30],
        *random.sample(customers[30:160], 24),
        customers[EXIT],
        customers[GUARDED],
        customers[RESCUED],
    ]
    promises = []
    for number, customer in enumerate(chosen):
        seller = users["vp"] if number % 2 else customer.account.relationship_owner
        owner = (seller if number % 4 == 1 else customer.account.product_manager) or users["lead"]
        for _count in range(1 + (number % 3 == 0)):
            state = random.choices([PromiseState.OPEN, PromiseState.KEPT, PromiseState.BROKEN], [60, 32, 8])[0]
            is_open = state == PromiseState.OPEN
            days = random.choice([-6, 2, 5, 12, 25, 40, 70, 100]) if is_open else -random.randint(30, 300)
            promises.append(
                Promise(
                    account=customer.account,
                    text=random.choice(PROMISES),
                    source=random.choice(Source.values),
                    owner=owner,
                    promised_on=today + dt.timedelta(days=min(days, 0) - 21),
                    due_on=today + dt.timedelta(days=days),
                    state=state,
                    proof="Shown in the quarterly review." if state == PromiseState.KEPT else "",
                    settled_at=None if is_open else timezone.now() - dt.timedelta(days=-days),
                )
            )
    Promise.objects.bulk_create(promises)
