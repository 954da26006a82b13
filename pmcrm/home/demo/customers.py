"""Tidewright's customers, its departments as internal accounts, and the people there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Final

from accounts.models import Account, AccountTeam, Contact
from accounts.models.choices import Kind, Party, Size, State
from accounts.models.contact import Temperament
from pmcrm.home.demo.names import COUNTRIES, COUNTRY, INDUSTRIES, JOBS, company_names, phone, slug
from pmcrm.home.demo.people import PRODUCT_MANAGERS, SELLER_BY_COUNTRY
from pmcrm.people.models import Department, User

EARNERS: Final = 72
MIDDLE: Final = 244
LOSERS: Final = 36
CUSTOMERS: Final = EARNERS + MIDDLE + LOSERS
FORMER: Final = 8
PROSPECTS: Final = 32
OTHER_PARTIES: Final = 8
EXTERNAL: Final = CUSTOMERS + FORMER + PROSPECTS + OTHER_PARTIES
INTERNAL: Final = (
    ("Support", "Support"),
    ("Engineering", "Engineering"),
    ("Professional services", "Professional services"),
    ("Customer success", "Customer success"),
    ("Presales", "Presales"),
    ("Marketing", "Marketing"),
    ("Finance and billing", "Finance"),
    ("Sales Nordics", "Sales"),
    ("Sales Americas", "Sales"),
    ("Legal", "Management"),
    ("Cloud operations", "Engineering"),
    ("Board office", "Management"),
)
SUMMARIES: Final = (
    "Runs {n} berths and plans them by the tide, two shifts a day.",
    "Moves about {n}00 containers a day between quay and rail.",
    "Keeps {n} vessels and their crews on a weekly timetable.",
    "Handles grain and ore in season; {n} people plan it by phone and paper.",
    "Started with us to replace {n} spreadsheets; wants one view of yard and quay.",
)
BACKGROUNDS: Final = (
    "Came from operations; decides by what the night shift says.",
    "Reads every release note, asks for figures first.",
    "New in the post, wants quick wins by summer.",
    "Trusts us since the cutover; speaks for the users.",
    "Buys late and hard, keeps every promise afterwards.",
)
NOTES: Final = (
    "Begin with the weather at the quay, then straight to the point.",
    "Needs a day to think; never press for an answer in the call.",
    "Send figures ahead; then the talk is short and good.",
    "Likes candour about what will not come.",
)


@dataclass
class Customer:
    """One external account and what the generator knows of it."""

    account: Account
    place: int
    """Place in the invented order of earning: 0 earns most."""
    contacts: list[Contact] = field(default_factory=list)
    joined_month: int = 0
    """Index of the first month with money; 0 is the oldest."""


def make_customers(random: Random, users: dict[str, User], months: list[dt.date]) -> list[Customer]:
    """All external accounts with their contacts, in the order of earning; prospects and others at the end."""
    places = list(range(EXTERNAL))
    named: list[tuple[str, str]] = []
    for country in COUNTRIES:
        named.extend((country.code, name) for name in company_names(country, country.weight * EXTERNAL // 100, random))
    random.shuffle(named)
    customers = [_customer(random, users, place, *named[place], len(months)) for place in places]
    _name_the_chosen(customers)
    Account.objects.bulk_create([customer.account for customer in customers])
    contacts = [contact for customer in customers for contact in _contacts(random, customer)]
    Contact.objects.bulk_create(contacts)
    return customers


def _customer(random: Random, users: dict[str, User], place: int, code: str, name: str, months: int) -> Customer:
    country = COUNTRY[code]
    city, zone, _prefix = random.choice(country.cities)
    state, party = _standing(random, place)
    size = Size.VERY_LARGE if place < 12 else Size.LARGE if place < 60 else random.choice([Size.SMALL, Size.MEDIUM])
    account = Account(
        ref=f"TW-{1001 + (place * 37) % EXTERNAL:04d}",
        name=name,
        kind=Kind.EXTERNAL,
        party=party,
        state=state,
        industry=random.choice(INDUSTRIES),
        segment=random.choice(["Ports", "Carriers", "Inland"]),
        size=size,
        country=code,
        region="Americas" if code in {"US", "CA", "BR"} else "Asia Pacific" if code in {"AU", "SG", "JP"} else "Europe",
        city=city,
        time_zone=zone,
        website=f"https://www.{slug(name)}.example",
        business_summary=random.choice(SUMMARIES).format(n=random.randint(2, 9)),
        # A few came with an import and wait for an owner.
        relationship_owner=None if place % 67 == 30 else users[SELLER_BY_COUNTRY[code]],
        product_manager=users[PRODUCT_MANAGERS[place % 3]] if place < 220 or place >= CUSTOMERS - LOSERS else None,
    )
    joined = 0 if place < 40 or random.random() < 0.78 else random.randint(1, months - 7)
    if CUSTOMERS - LOSERS <= place < CUSTOMERS - LOSERS + 24:
        joined = 0
    return Customer(account, place, joined_month=joined)


def _standing(random: Random, place: int) -> tuple[str, str]:
    if place < CUSTOMERS:
        return State.CUSTOMER, Party.CUSTOMER
    if place < CUSTOMERS + FORMER:
        return State.FORMER, Party.CUSTOMER
    if place < CUSTOMERS + FORMER + PROSPECTS:
        return random.choice(
            [State.PROSPECT, State.IN_SALES_CYCLE, State.IN_SALES_CYCLE, State.SUSPECT]
        ), Party.CUSTOMER
    return State.PROSPECT, random.choice([Party.CHANNEL_PARTNER, Party.SUPPLIER, Party.ANALYST_PRESS])


def _name_the_chosen(customers: list[Customer]) -> None:
    """The accounts that stories are told about keep easy names."""
    for customer in customers:
        if customer.place in CHOSEN:
            code, city, zone, name, industry = CHOSEN[customer.place]
            account = customer.account
            account.name, account.country, account.city, account.time_zone = name, code, city, zone
            account.industry, account.website = industry, f"https://www.{slug(name)}.example"
            account.region = "Americas" if code in {"US", "CA"} else "Europe"


# Places of the accounts with a story, counted from the worst: see `stories.py`.
WORST: Final = CUSTOMERS - 1
EXIT, GUARDED, UNCLASSED, RESCUED, MISFIT = WORST, WORST - 1, WORST - 2, WORST - 3, WORST - 4
CHOSEN: Final = {
    EXIT: ("DE", "Hamburg", "Europe/Berlin", "Störtebeker Umschlag AG", "Bulk terminal"),
    GUARDED: ("US", "Savannah", "America/New_York", "Palmetto Reefer Terminals LLC", "Cold storage"),
    UNCLASSED: ("GB", "Liverpool", "Europe/London", "Crosby Sands Wharves Ltd", "Container terminal"),
    RESCUED: ("FR", "Nantes", "Europe/Paris", "Loire Basse Transit SA", "Freight forwarder"),
    MISFIT: ("SE", "Göteborg", "Europe/Stockholm", "Marstrands Bärgning AB", "Towage"),
    0: ("NO", "Oslo", "Europe/Oslo", "Halden Maritime AS", "Ferry line"),
}


def _contacts(random: Random, customer: Customer) -> list[Contact]:
    account = customer.account
    country = COUNTRY[account.country]
    city = next((number for number, known in enumerate(country.cities) if known[0] == account.city), 0)
    number = 4 if customer.place < 20 else 3 if customer.place < 90 else random.choice([1, 2, 2])
    names = random.sample([(first, last) for first in country.first for last in country.last], number)
    for place, (first, last) in enumerate(names):
        customer.contacts.append(
            Contact(
                account=account,
                name=f"{first} {last}",
                job_title=random.choice(JOBS),
                joined_company_on=dt.date(random.randint(2009, 2023), random.randint(1, 12), 1),
                background=random.choice(BACKGROUNDS) if place == 0 else "",
                email=f"{slug(first + ' x')}.{slug(last + ' x')}@{slug(account.name)}.example",
                phone=phone(country, city, random.randint(0, 99)),
                temperament=random.choice(Temperament.values) if place < 2 else "",
                temperament_note=random.choice(NOTES) if place == 0 else "",
                is_active=random.random() < 0.96,
            )
        )
    return customer.contacts


def make_internal(random: Random, users: dict[str, User], customers: list[Customer]) -> list[Account]:
    """Our own departments as accounts: they have needs and say what customers tell them."""
    departments = {department.name: department for department in Department.objects.all()}
    accounts = Account.objects.bulk_create(
        Account(
            ref=f"IN-{number:02d}",
            name=name,
            kind=Kind.INTERNAL,
            country="SE",
            city="Göteborg",
            time_zone="Europe/Stockholm",
            department=departments[department],
            product_manager=users[PRODUCT_MANAGERS[number % 3]],
            business_summary="",
        )
        for number, (name, department) in enumerate(INTERNAL, start=1)
    )
    served = {"Support": customers[:40] + customers[CUSTOMERS - 5 : CUSTOMERS], "Customer success": customers[:25]}
    serves = Account.serves.through
    serves.objects.bulk_create(
        serves(from_account_id=account.pk, to_account_id=customer.account.pk)
        for account in accounts
        for customer in served.get(account.name, [])
    )
    team = [("developer", 12), ("presales", 18), ("services", 16), ("agent", 10)]
    AccountTeam.objects.bulk_create(
        AccountTeam(account=customer.account, user=users[key])
        for key, number in team
        for customer in random.sample(customers[:120], number)
    )
    return accounts
