"""How figures, dates and states are written on every page; templates know them as filters.

A missing value is an en dash, never a zero. A minus is a true minus (U+2212). A percentage names its base. Between a
figure and its unit stands a no-break space.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.utils import dateformat, formats, timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.forms import BaseForm, BoundField

MINUS: Final = "−"
SPACE: Final = "\u00a0"
NOTHING: Final = "–"

# A state's colour says how it stands with us, its symbol says the same without colour.
_GOOD: Final = frozenset(
    {"done", "approved", "active", "signed", "kept", "held", "complete", "completed", "for", "customer", "won"}
)
_WAITING: Final = frozenset(
    {
        "needs_answers",
        "awaiting_approval",
        "approval_requested",
        "partial",
        "returned",
        "due",
        "open",
        "for_with_conditions",
        "unsure",
        "reverting",
        "does_not_reconcile",
        "invited",
        "late",
    }
)
_BAD: Final = frozenset({"failed", "refused", "rejected", "broken", "against", "lost"})


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@cache
def _unit(places: int) -> Decimal:
    """The last place that is written: 0.01 for two places."""
    return Decimal(1).scaleb(-places)


@cache
def _separators(language: str | None) -> dict[int, str]:
    """What stands in a language for Python's comma and dot; empty where it is the same."""
    thousands = str(formats.get_format("THOUSAND_SEPARATOR", language))
    decimals = str(formats.get_format("DECIMAL_SEPARATOR", language))
    return {} if (thousands, decimals) == (",", ".") else {ord(","): thousands, ord("."): decimals}


def _written(number: Decimal, places: int, *, signed: bool = False) -> str:
    """Django's own number format takes ten times as long, and a list writes hundreds of figures."""
    rounded = number.quantize(_unit(places), rounding=ROUND_HALF_EVEN)
    text = f"{abs(rounded):,}"
    if separators := _separators(get_language()):
        text = text.translate(separators)
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if signed and rounded > 0 else text


def number(value: Any, places: int = 0) -> str:
    """A plain number: 9,994."""
    figure = _decimal(value)
    return NOTHING if figure is None else _written(figure, int(places))


def money(value: Any, places: int = 0) -> str:
    """An amount in the page's currency, without it: 286,397 or −6,626."""
    return number(value, places)


def signed(value: Any, places: int = 0) -> str:
    """An amount whose sign is always printed: +48,210 or −6,626."""
    figure = _decimal(value)
    return NOTHING if figure is None else _written(figure, int(places), signed=True)


def in_currency(value: Any, currency: str) -> str:
    """An amount with its currency: 286,397 USD."""
    figure = _decimal(value)
    return NOTHING if figure is None else f"{_written(figure, 0)}{SPACE}{currency}"


def short_money(value: Any) -> str:
    """A large amount in few letters: 2.30 M, 48 k."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    size = abs(figure)
    for least, divisor, unit, places in ((10**9, 10**9, "bn", 2), (10**6, 10**6, "M", 2), (10**4, 10**3, "k", 0)):
        if size >= least:
            return f"{_written(figure / divisor, places)}{SPACE}{unit}"
    return _written(figure, 0)


def percent(share: Any, places: int = 1) -> str:
    """A share, a fraction of 1, as a percentage: 12.5 %. Name its base beside it, or use `percent_of`."""
    figure = _decimal(share)
    return NOTHING if figure is None else f"{_written(figure * 100, int(places))}{SPACE}%"


def signed_percent(share: Any, places: int = 1) -> str:
    """A share with its sign: +57.4 %."""
    figure = _decimal(share)
    return NOTHING if figure is None else f"{_written(figure * 100, int(places), signed=True)}{SPACE}%"


def percent_of(share: Any, base: str) -> str:
    """A share with its base: 12.5 % of revenue."""
    figure = _decimal(share)
    if figure is None:
        return NOTHING
    return _("%(percent)s of %(base)s") % {"percent": percent(share), "base": base}


def times(value: Any, places: int = 2) -> str:
    """A ratio: 1.23 ×."""
    figure = _decimal(value)
    return NOTHING if figure is None else f"{_written(figure, int(places))}{SPACE}×"


def hours(value: Any, places: int = 0) -> str:
    """Hours: 2,140 h."""
    figure = _decimal(value)
    return NOTHING if figure is None else f"{_written(figure, int(places))}{SPACE}h"


def minutes(value: Any) -> str:
    """Minutes: 45 min, 1 h 30."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    whole, rest = divmod(int(figure), 60)
    if not whole:
        return f"{rest}{SPACE}min"
    return f"{whole}{SPACE}h{SPACE}{rest:02d}" if rest else f"{whole}{SPACE}h"


def tone(value: Any) -> str:
    """The class of an amount: loss below zero, gain above, nothing at zero."""
    figure = _decimal(value)
    if figure is None or figure == 0:
        return ""
    return "loss" if figure < 0 else "gain"


def loss_only(value: Any) -> str:
    """The class of an amount that is coloured only where it is a loss."""
    return "loss" if tone(value) == "loss" else ""


def file_size(value: Any) -> str:
    """Bytes in few letters: 2.3 MB."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    for limit, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if figure >= limit:
            return f"{_written(figure / limit, 1)}{SPACE}{unit}"
    return f"{_written(figure, 0)}{SPACE}B"


@lru_cache(maxsize=4096)
def _in_format(when: date | time, name: str, language: str | None) -> str:
    """A day or a time of day in a language's format. Django's writing takes 50 µs, and pages show the same days."""
    written_as = formats.get_format(name, language)
    return dateformat.time_format(when, written_as) if isinstance(when, time) else dateformat.format(when, written_as)


@lru_cache(maxsize=512)
def _days_ago(days: int, language: str | None) -> str:
    with translation.override(language):
        if days <= 1:
            return _("yesterday") if days else _("today")
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads the page now: the instant, the zone and the language, taken once for many times and days."""

    now: datetime
    zone: tzinfo
    language: str | None
    today: date

    @classmethod
    def here(cls) -> Reader:
        now, zone = timezone.now(), timezone.get_current_timezone()
        return cls(now, zone, get_language(), now.astimezone(zone).date())

    def day(self, moment: date | datetime) -> date:
        """The day on which an instant falls for the reader."""
        if not isinstance(moment, datetime):
            return moment
        return (moment.astimezone(self.zone) if timezone.is_aware(moment) else moment).date()

    def local_date(self, moment: date | datetime) -> str:
        return _in_format(self.day(moment), "DATE_FORMAT", self.language)

    def short_date(self, moment: date | datetime) -> str:
        day = self.day(moment)
        name = "MONTH_DAY_FORMAT" if day.year == self.today.year else "DATE_FORMAT"
        return _in_format(day, name, self.language)

    def clock(self, moment: datetime | time) -> str:
        is_instant = isinstance(moment, datetime) and timezone.is_aware(moment)
        at = moment.astimezone(self.zone) if isinstance(moment, datetime) and is_instant else moment
        return _in_format(time(at.hour, at.minute), "TIME_FORMAT", self.language)

    def local_time(self, moment: date | datetime) -> str:
        if not isinstance(moment, datetime):
            return self.local_date(moment)
        return f"{self.local_date(moment)}, {self.clock(moment)}"

    def month(self, day: date) -> str:
        return _in_format(self.day(day), "YEAR_MONTH_FORMAT", self.language)

    def ago(self, moment: date | datetime) -> str:
        if isinstance(moment, datetime):
            passed = self.now - moment
            if passed < timedelta(0):
                return self.short_date(moment)
            if passed < timedelta(minutes=1):
                return _("just now")
            if passed < timedelta(hours=1):
                return _("%(count)s min ago") % {"count": int(passed.total_seconds() // 60)}
            if passed < timedelta(hours=20):
                return _("%(count)s h ago") % {"count": int(passed.total_seconds() // 3600)}
        days = (self.today - self.day(moment)).days
        return _days_ago(days, self.language) if 0 <= days <= 30 else self.short_date(moment)

    def until(self, day: date) -> str:
        days = (day - self.today).days
        if days < 0:
            return ngettext("%(count)s day late", "%(count)s days late", -days) % {"count": -days}
        if days <= 1:
            return _("tomorrow") if days else _("today")
        if days <= 14:
            return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}
        return self.short_date(day)


def local_date(moment: date | datetime | None) -> str:
    """A day in the reader's zone: 4 Nov 2026."""
    return NOTHING if moment is None or moment == "" else Reader.here().local_date(moment)


def short_date(moment: date | datetime | None) -> str:
    """A day, with the year only where it is not this one: 4 Nov, 4 Nov 2024."""
    return NOTHING if moment is None or moment == "" else Reader.here().short_date(moment)


def local_time(moment: date | datetime | None) -> str:
    """An instant in the reader's zone: 4 Nov 2026, 10:05. A plain day has no time."""
    return NOTHING if moment is None or moment == "" else Reader.here().local_time(moment)


def clock(moment: datetime | time | None) -> str:
    """The time of day, of an instant in the reader's zone: 10:05."""
    return NOTHING if moment is None or moment == "" else Reader.here().clock(moment)


def month(day: date | str | None) -> str:
    """A month: Nov 2026. A frozen snapshot holds it as 2026-11."""
    if isinstance(day, str):
        day = date.fromisoformat(f"{day}-01") if day else None
    return NOTHING if day is None else Reader.here().month(day)


def machine_time(moment: date | datetime | None) -> str:
    """ISO 8601, for the datetime attribute."""
    return "" if moment is None or moment == "" else moment.isoformat()


def ago(moment: date | datetime | None) -> str:
    """How long since: just now, 5 min ago, 4 h ago, yesterday, 12 days ago, then the date."""
    return NOTHING if moment is None or moment == "" else Reader.here().ago(moment)


def until(day: date | None) -> str:
    """How a due day stands: today, tomorrow, in 3 days, 2 days late, else the date."""
    return NOTHING if day is None or day == "" else Reader.here().until(day)


def is_past(day: date | None) -> bool:
    """Whether a due day has gone by."""
    return day is not None and day != "" and day < timezone.localdate()


def initials(name: Any) -> str:
    """First letters of the first and the last name: RK."""
    words = str(name or "").split()
    if not words:
        return "?"
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def share_of_max(value: Any, largest: Any) -> str:
    """The length of a bar, 0 to 100, for `value` beside the `largest` in size. A bar draws; its figure stands by."""
    part, whole = _decimal(value), _decimal(largest)
    if part is None or not whole:
        return "0"
    return f"{min(abs(part / whole), Decimal(1)) * 100:.2f}"


def state_tone(state: Any) -> str:
    """The tone of a state's tag."""
    word = str(state)
    if word in _GOOD:
        return "brand"
    if word in _WAITING:
        return "warn"
    return "loss" if word in _BAD else ""


def state_icon(state: Any) -> str:
    """The symbol of a state's tag, so that its colour never speaks alone."""
    return {"brand": "check", "warn": "clock", "loss": "x"}.get(state_tone(state), "circle")


def strip(value: Any) -> Any:
    """Text without the white space around it; what is safe stays safe."""
    text = str(value).strip()
    return type(value)(text) if isinstance(value, str) else text


def fields_with_errors(form: BaseForm) -> list[BoundField]:
    """The visible fields that were refused."""
    return [field for field in form if field.errors]


def unlocalized(value: Any) -> str:
    """A coordinate for SVG: a dot before the decimals in every language."""
    return f"{float(value):g}"


def minus(value: Any, less: Any) -> str:
    """A coordinate moved by so much."""
    return f"{float(value) - float(less):g}"
