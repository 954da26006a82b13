"""The fair offer of an exit plan: the path that the facts leave open, and what each offer has to name. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

PROSPECT: Final = "prospect_in_sales_cycle"
SIGNED: Final = "signed_not_paid"
PAYING: Final = "paying_customer"
PATHS: Final[dict[str, Text]] = {
    PROSPECT: _("Prospect in the sales cycle"),
    SIGNED: _("Signed, not paid"),
    PAYING: _("Paying customer"),
}
STANCES: Final[dict[str, Text]] = {
    PROSPECT: _("Step out while there is still room to be useful."),
    SIGNED: _("A signature binds us like a paying customer's; help them like a prospect."),
    PAYING: _("Part able to speak with each other, and keep harm to both names small."),
}


def path_of(*, is_signed: bool, is_collected: bool, is_recognised: bool) -> str:
    """The path that the facts leave open. Only an unsigned, unpaid deal without recognised revenue is a prospect."""
    if is_collected or is_recognised:
        return PAYING
    return SIGNED if is_signed else PROSPECT


NAME: Final = "_name"
ACCEPTED: Final = "accepted"
DECLINED: Final = "declined"
ANSWERS: Final[dict[str, Text]] = {ACCEPTED: _("Accepted"), DECLINED: _("Declined")}
ENGINEERING: Final = "engineering"


@dataclass(frozen=True)
class OfferField:
    """One detail of an offer. Its kind is text, person, partner, date, past, amount, currency, hours, percent, months
    or yes.

    A person is a colleague's id, a partner the id of a channel partner's or supplier's account; the name is kept beside
    it, under the field's slug and `NAME`. A past day has come.
    """

    slug: str
    label: Text
    missing: Text
    kind: str = "text"
    is_required: bool = True


@dataclass(frozen=True)
class OfferType:
    """An offer of the playbook. Its kind is base, help, money, work or time."""

    slug: str
    label: Text
    kind: str
    paths: frozenset[str]
    fields: tuple[OfferField, ...]


_EARLY = frozenset({PROSPECT, SIGNED})
_BOUND = frozenset({PAYING, SIGNED})

OFFERS: Final[dict[str, OfferType]] = {
    offer.slug: offer
    for offer in (
        OfferType(
            "withdraw-proposal",
            _("Withdraw the proposal"),
            "base",
            _EARLY,
            (
                OfferField(
                    "vp_sales_informed",
                    _("VP Sales was told on"),
                    _("say on which day VP Sales was told"),
                    "past",
                ),
                OfferField(
                    "forecast_updated",
                    _("Forecast was updated on"),
                    _("say on which day the forecast was updated"),
                    "past",
                ),
            ),
        ),
        OfferType(
            "alternative-product",
            _("Name a product that suits them better"),
            "help",
            _EARLY,
            (
                OfferField("what", _("Product or service"), _("name the product or service")),
                OfferField("why", _("Why it suits them better"), _("say why it suits them better")),
                OfferField("contact", _("Who tells them"), _("say who tells them")),
            ),
        ),
        OfferType(
            "architecture-insight",
            _("Share what we learned about their architecture"),
            "help",
            _EARLY,
            (
                OfferField("engineer", _("Engineer"), _("name the engineer"), "person"),
                OfferField("format", _("Form"), _("say in which form, for example a workshop")),
                OfferField("time_limit_hours", _("At most, hours"), _("limit the hours"), "hours"),
            ),
        ),
        OfferType(
            "builder-referral",
            _("Point to a partner who can build it"),
            "help",
            _EARLY,
            (
                OfferField("partner_account", _("Partner"), _("choose the partner"), "partner", is_required=False),
                OfferField("partner", _("Partner in words, where we have no account of them"), _("name the partner")),
                OfferField("why_trusted", _("Why we trust them"), _("say why we trust them")),
                OfferField("interest_declared", _("Our interest in the referral"), _("declare our interest, or none")),
            ),
        ),
        OfferType(
            "peer-introduction",
            _("Introduce someone who solved a like problem"),
            "help",
            _EARLY,
            (
                OfferField("contact", _("Whom we introduce"), _("name the person we introduce")),
                OfferField("consent_date", _("They agreed on"), _("enter the day on which that person agreed"), "past"),
                OfferField(
                    "contact_load_ok", _("Their contact load was checked"), _("check that person's contact load"), "yes"
                ),
            ),
        ),
        OfferType(
            "refund",
            _("Give back fees"),
            "money",
            _BOUND,
            (
                OfferField("amount", _("Amount"), _("enter the amount"), "amount"),
                OfferField("currency", _("Currency"), _("enter the currency, three letters"), "currency"),
                OfferField("share", _("Share of the fees, %"), _("enter the share of the fees"), "percent"),
                OfferField("basis", _("Basis"), _("say on which basis the amount was set")),
            ),
        ),
        OfferType(
            "data-export",
            _("Export their data"),
            "work",
            _BOUND,
            (
                OfferField("scope", _("Scope"), _("say which data")),
                OfferField("format", _("Format"), _("say in which format")),
                OfferField("hours", _("Hours"), _("enter the hours"), "hours"),
                OfferField("due", _("Due"), _("say by which day"), "date"),
                OfferField("proof_of_completeness", _("How completeness is shown"), _("say how completeness is shown")),
            ),
        ),
        OfferType(
            "migration-help",
            _("Help them move"),
            "work",
            _BOUND,
            (
                OfferField("target", _("Where to"), _("say where they move to")),
                OfferField("hours", _("Hours"), _("enter the hours"), "hours"),
                OfferField("until", _("Until"), _("say until which day"), "date"),
            ),
        ),
        OfferType(
            "discounted-licence",
            _("Cheaper licences of products that suit them"),
            "money",
            _BOUND,
            (
                OfferField("product", _("Product"), _("name the product")),
                OfferField("discount", _("Discount, %"), _("enter the discount in percent"), "percent"),
                OfferField("until", _("Offer stands until"), _("say until which day the offer stands"), "date"),
                OfferField("approver", _("Who approved the discount"), _("name who approved the discount"), "person"),
            ),
        ),
        OfferType(
            "notice-period",
            _("Time with full service before the end"),
            "time",
            _BOUND,
            (OfferField("months", _("Months"), _("enter the months"), "months"),),
        ),
    )
}


def offers_for(path: str) -> list[OfferType]:
    return [offer for offer in OFFERS.values() if path in offer.paths]


WORDS: Final[dict[str, Text]] = {
    "date": _("write the day as YYYY-MM-DD"),
    "past": _("write the day as YYYY-MM-DD; it has to have come"),
    "person": _("choose an active colleague"),
    "partner": _("choose a channel partner or supplier"),
    "amount": _("write the amount as a number above zero"),
    "hours": _("write the hours as a number above zero"),
    "months": _("write the months as a whole number above zero"),
    "percent": _("write the percentage as a number above 0, at most 100"),
    "currency": _("write the currency as three capital letters, for example EUR"),
    "yes": _("confirm it"),
}


def offer_faults(slug: str, details: Mapping[str, object], *, today: date) -> dict[str, Text]:
    """What is missing or malformed in an offer's details, by field. Whether a person is there, the service knows."""
    faults: dict[str, Text] = {}
    for field in OFFERS[slug].fields:
        value = str(details.get(field.slug) or "").strip()
        if not value:
            if field.is_required:
                faults[field.slug] = field.missing
        elif not _is_well_formed(field.kind, value, today):
            faults[field.slug] = WORDS[field.kind]
    return faults


def _is_well_formed(kind: str, value: str, today: date) -> bool:
    if kind == "text":
        return True
    if kind in {"person", "partner"}:
        return value.isascii() and value.isdecimal() and len(value) <= 18
    if kind == "yes":
        return value in {"True", "true", "on", "yes"}
    if kind == "currency":
        return len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()
    if kind in {"date", "past"}:
        day = _day(value)
        return day is not None and (kind == "date" or day <= today)
    if not _is_number(value) or (number := Decimal(value)) <= 0:
        return False
    if kind == "percent":
        return number <= 100
    return kind != "months" or number == number.to_integral_value()


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


STANDS_UNTIL: Final = {"discounted-licence": "until", "migration-help": "until"}
"""The field that holds the last day of an offer with an end."""


def stands_until(slug: str, details: Mapping[str, object]) -> date | None:
    """The last day on which an offer can be accepted; None where it has no end."""
    return _day(details.get(STANDS_UNTIL[slug])) if slug in STANDS_UNTIL else None


def needs_proof(slug: str) -> bool:
    """Work that was promised is done only when something shows it."""
    return OFFERS[slug].kind == "work"


HOURS: Final = {
    "architecture-insight": ("time_limit_hours", ENGINEERING),
    "data-export": ("hours", "services"),
    "migration-help": ("hours", "services"),
}
"""The field that holds an offer's hours, and the pool that they come from."""


def hours_by_pool(offers: Mapping[str, Mapping[str, object]]) -> dict[str, Decimal]:
    """What the offers cost in people's time: hours by pool. Part of the budget that the signatures approve."""
    found: dict[str, Decimal] = {}
    for slug, (field, pool) in HOURS.items():
        value = str(offers.get(slug, {}).get(field) or "")
        if value and _is_number(value):
            found[pool] = found.get(pool, Decimal(0)) + Decimal(value)
    return found


def _is_number(value: str) -> bool:
    try:
        return Decimal(value).is_finite()
    except InvalidOperation:
        return False


def path_gaps(path: str, offered: Sequence[str], no_help_reason: str) -> list[Text]:
    """What a path asks for: help or a reason for none before money was taken, something offered after it."""
    kinds = {OFFERS[slug].kind for slug in offered}
    if path in _EARLY and "help" not in kinds and not no_help_reason.strip():
        return [_("Offer at least one thing that helps them, or give the reason for none.")]
    if path in _BOUND and not kinds - {"base", "help"}:
        return [_("Offer at least one of: refund, data export, help to move, cheaper licences, notice period.")]
    return []


TASKS: Final[dict[str, Text]] = {
    "legal": _("Read the contract: duties, notice, data, and what each side may say."),
    "finance": _("Set out money paid, open invoices, refund basis and revenue recognition."),
}


def tasks_for(path: str) -> tuple[str, ...]:
    """The reviews that a path opens: legal and finance wherever a contract binds us."""
    return tuple(TASKS) if path in _BOUND else ()
