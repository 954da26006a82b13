"""Who works at Tidewright: every role, all six offices, five departments and their pools."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from pmcrm.people.models import Department, Office, Organisation, Role, User

DOMAIN: Final = "tidewright.example"
DEPARTMENTS: Final = {
    "Product": "product",
    "Support": "support",
    "Engineering": "engineering",
    "Presales": "presales",
    "Professional services": "services",
    "Customer success": "success",
    "Sales": "",
    "Marketing": "",
    "Finance": "",
    "Management": "",
}


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    roles: tuple[str, ...]
    title: str
    department: str
    zone: str = "Europe/Stockholm"
    office: str = ""


PEOPLE: Final = (
    Person("lead", "Ravi Kapoor", (Role.PRODUCT_LEAD,), "Head of product", "Product"),
    Person("maja", "Maja Lindqvist", (Role.PRODUCT_MANAGER,), "Product manager, berths", "Product"),
    Person("tomas", "Tomás Ferreira", (Role.PRODUCT_MANAGER,), "Product manager, yards", "Product"),
    Person("hana", "Hana Sato", (Role.PRODUCT_MANAGER,), "Product manager, crews", "Product", "America/New_York"),
    Person("vp", "Ingrid Moe", (Role.SALES_VP,), "VP Sales", "Sales", office=Office.VP_SALES),
    Person("lars", "Lars Ek", (Role.SALES_OWNER,), "Account executive, Nordics", "Sales"),
    Person("greta", "Greta Vogel", (Role.SALES_OWNER,), "Account executive, Central Europe", "Sales", "Europe/Berlin"),
    Person(
        "owen", "Owen Price", (Role.SALES_OWNER,), "Account executive, Britain and Pacific", "Sales", "Europe/London"
    ),
    Person("carla", "Carla Jimenez", (Role.SALES_OWNER,), "Account executive, Americas", "Sales", "America/Chicago"),
    Person(
        "cfo", "Claire Dubois", (Role.FINANCE, Role.EXECUTIVE), "Chief financial officer", "Finance", office=Office.CFO
    ),
    Person("controller", "Nils Brandin", (Role.FINANCE,), "Controller", "Finance"),
    Person("support", "Anneli Koski", (Role.EXECUTIVE,), "VP Support", "Support", office=Office.VP_SUPPORT),
    Person(
        "engineering", "Sunil Rao", (Role.EXECUTIVE,), "VP Engineering", "Engineering", office=Office.VP_ENGINEERING
    ),
    Person("marketing", "Zoë Hartmann", (Role.EXECUTIVE,), "VP Marketing", "Marketing", office=Office.VP_MARKETING),
    Person("ceo", "Birgitta Falk", (Role.EXECUTIVE,), "Chief executive", "Management", office=Office.FINAL_APPROVER),
    Person("agent", "Pavel Horák", (Role.DEPARTMENT_MEMBER,), "Support engineer", "Support"),
    Person("developer", "Aisha Bello", (Role.DEPARTMENT_MEMBER,), "Lead engineer", "Engineering"),
    Person("presales", "Dev Malhotra", (Role.DEPARTMENT_MEMBER,), "Solution consultant", "Presales"),
    Person("services", "Frida Nyström", (Role.DEPARTMENT_MEMBER,), "Implementation lead", "Professional services"),
    Person("success", "Joanne Abbot", (Role.DEPARTMENT_MEMBER,), "Success manager", "Customer success"),
    Person("admin", "Ada Holm", (Role.ADMINISTRATOR,), "System administrator", "Management"),
)
PRODUCT_MANAGERS: Final = ("maja", "tomas", "hana")
SELLER_BY_COUNTRY: Final = {
    "US": "carla",
    "CA": "carla",
    "BR": "carla",
    "GB": "owen",
    "AU": "owen",
    "SG": "owen",
    "JP": "owen",
    "DE": "greta",
    "FR": "greta",
    "NL": "greta",
    "SE": "lars",
    "NO": "lars",
}


def email_of(person: Person) -> str:
    from pmcrm.home.demo.names import slug

    first, *_middle, last = person.name.split()
    return f"{slug(first + ' x')}.{slug(last + ' x')}@{DOMAIN}"


def make_people(password: str) -> dict[str, User]:
    """The organisation, its departments and its people; by key."""
    organisation = Organisation.current()
    organisation.name, organisation.currency, organisation.time_zone = "Tidewright", "EUR", "Europe/Stockholm"
    organisation.save()
    departments = {name: Department.objects.create(name=name, pool=pool) for name, pool in DEPARTMENTS.items()}
    hashed = make_password(password)
    joined = timezone.now() - dt.timedelta(days=900)
    made = User.objects.bulk_create(
        User(
            email=email_of(person),
            name=person.name,
            roles=sorted(person.roles),
            office=person.office,
            department=departments[person.department],
            job_title=person.title,
            time_zone=person.zone,
            password=hashed,
            joined_at=joined,
        )
        for person in PEOPLE
    )
    return {person.key: user for person, user in zip(PEOPLE, made, strict=True)}


def sheet(password: str) -> str:
    """What `demo-people.txt` says: one line a person, and the one password of all."""
    lines = [f"Password of everybody: {password}", ""]
    for person in PEOPLE:
        roles = ", ".join(str(Role(role).label) for role in person.roles)
        office = f" ({Office(person.office).label})" if person.office else ""
        lines.append(f"{email_of(person):<38} {roles}{office}")
    return "\n".join(lines) + "\n"
