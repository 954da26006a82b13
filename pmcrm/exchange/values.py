"""What a cell says: numbers, dates, texts and totals as people write them.

Pure: no Django. Nothing here guesses. A reader is told the decimal sign or the order of the date; what does not fit is
refused with a reason (`reasons.py`), never bent into a value.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from pmcrm.exchange import reasons

Cell = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
DecimalSign = Literal[".", ","]
DateOrder = Literal["mdy", "dmy", "ymd"]

MONEY_PLACES: Final = 6
_STEP: Final = Decimal(1).scaleb(-MONEY_PLACES)
_INTEGER_DIGITS: Final = 14


class BadValueError(ValueError):
    """A cell that cannot be read. `reason` is a template of `reasons.py`, `params` fills it."""

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason.format(**params))
        self.reason = reason
        self.params = params


class ErrorCell(str):
    """An error a spreadsheet stored in a cell (#N/A, #DIV/0!), or a formula without a stored value. It equals only
    itself, so that no text of the same letters is taken for it."""

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def reason(self) -> str:
        return reasons.ERROR_CELL if self else reasons.NO_STORED_VALUE


# --- texts ----------------------------------------------------------------------------------------------------------

INVISIBLE_EDGE: Final = (
    " \t\r\n\v\f\0\xa0\u2000\u2001\u2002\u2003\u2007\u2009\u200b\u200c\u200d\u202f\u2060\u3000\ufeff"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def is_blank(cell: Cell) -> bool:
    """Nothing in it that a person could see."""
    if cell is None:
        return True
    return isinstance(cell, str) and not cell.strip(INVISIBLE_EDGE)


def text(cell: Cell) -> str:
    """The cell as text: composed (NFC), without invisible characters at its edges, control signs or signs that turn
    the direction of writing. A whole number that a spreadsheet holds as 10042.0 is "10042"."""
    if isinstance(cell, ErrorCell):
        raise BadValueError(cell.reason)
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable():
            return cell.strip()
        return unicodedata.normalize("NFC", _CONTROL.sub("", cell)).strip(INVISIBLE_EDGE)
    return shown(cell)


def shown(cell: Cell) -> str:
    """The cell as a spreadsheet would print it, for previews and reports."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return format(Decimal(format(cell, ".15g")), "f")
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


# --- numbers --------------------------------------------------------------------------------------------------------

_CURRENCY: Final = (
    r"(?:(?:US|CA|A|HK|NZ|S|R)?[$€£¥₽₹₩₺₴₸₪₫฿₱]|"
    r"(?:USD|EUR|GBP|CHF|JPY|CNY|RMB|RUB|UAH|KZT|BYN|PLN|CZK|HUF|RON|BGN|DKK|NOK|SEK|ISK|TRY|ILS|AED|SAR|INR|SGD|HKD|"
    r"TWD|KRW|AUD|NZD|CAD|MXN|BRL|ARS|CLP|COP|ZAR|EGP|NGN|KES|THB|VND|IDR|MYR|PHP)\b|Kč|zł|kr\.?|Fr\.|руб\.?|р\.|元)"
)
_AMOUNT: Final = re.compile(
    rf"\s*(?P<open>\()?\s*(?P<sign>[-+])?\s*(?P<currency>{_CURRENCY})?\s*(?P<sign2>[-+])?\s*(?P<open2>\()?\s*"
    rf"(?P<digits>[\d.,' ]*\d[\d.,']*)\s*"
    rf"(?P<close2>\))?\s*(?P<sign3>-)?\s*(?P<currency2>{_CURRENCY})?\s*(?P<sign4>-)?\s*(?P<close>\))?",
    re.IGNORECASE,
)
_ABSENT: Final = {"n/a", "na", "n.a.", "nan", "null", "none", "nil", "-", "--", "—", "?", "k.a.", "н/д", "无"} | {
    "#n/a", "#na", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#null!"
}  # fmt: skip
_ALIKE: Final = str.maketrans({"−": "-", "–": "-", "’": "'", "‘": "'", "٬": "'"})
_EXPONENT: Final = re.compile(r"[-+]?\d+(?:[.,]\d+)?e[-+]?\d+", re.IGNORECASE)


def _digits_shape(sign: str, group: str) -> re.Pattern[str]:
    grouped = "|".join(rf"[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+" for mark in (group, " ", "'"))
    return re.compile(rf"(?P<whole>{grouped}|\d+)?(?:{re.escape(sign)}(?P<part>\d*))?")


_SHAPE: Final = {".": _digits_shape(".", ","), ",": _digits_shape(",", ".")}
# Most cells are plain already; these need no second look and no Decimal.
_PLAIN: Final = re.compile(r"-?(?:0|[1-9]\d{0,13})(?:\.\d{1,6})?", re.ASCII).fullmatch
_PLAIN_COMMA: Final = re.compile(r"-?(?:0|[1-9]\d{0,13})(?:,\d{1,6})?", re.ASCII).fullmatch
# A point that no groups of three could be parted by proves itself, and a comma alike.
_PROVES_POINT: Final = re.compile(r"-?\d+\.(?:\d{1,2}|\d{4,})", re.ASCII).fullmatch
_PROVES_COMMA: Final = re.compile(r"-?\d+,(?:\d{1,2}|\d{4,})", re.ASCII).fullmatch


def _parts(written: str) -> re.Match[str] | None:
    """The amount taken apart, or nothing where it is no amount or carries two minus signs."""
    alike = unicodedata.normalize("NFKC", written).translate(_ALIKE).strip(INVISIBLE_EDGE)
    found = _AMOUNT.fullmatch(alike)
    if found is None:
        return None
    opened, closed = (
        sum(found[name] is not None for name in names) for names in (("open", "open2"), ("close", "close2"))
    )
    if opened != closed or opened + len(_minus_signs(found)) > 1:
        return None
    return found


def _minus_signs(found: re.Match[str]) -> list[str]:
    return [found[name] for name in ("sign", "sign2", "sign3", "sign4") if found[name]]


def _is_negative(found: re.Match[str]) -> bool:
    return bool(found["open"] or found["open2"] or "-" in _minus_signs(found))


def _not_a_number(written: str) -> BadValueError:
    word = written.strip(INVISIBLE_EDGE).casefold()
    if word in _ABSENT:
        return BadValueError(reasons.NUMBER_ABSENT)
    if word.endswith("%"):
        return BadValueError(reasons.PERCENTAGE)
    if _EXPONENT.fullmatch(word):
        return BadValueError(reasons.ROUNDED_FORM)
    return BadValueError(reasons.NOT_A_NUMBER)


def number(cell: Cell, decimal: DecimalSign = ".") -> Decimal:
    """The amount, exact, rounded half-even to 6 places where it carries more. Raises BadValueError.

    Understood: (1,234.50) and 123.45- and a true minus as negative, a currency sign or code on either side, groups of
    three parted by the other sign, a space or an apostrophe. A spreadsheet's number is taken with its 15 digits.
    """
    if isinstance(cell, ErrorCell):
        raise BadValueError(cell.reason)
    if isinstance(cell, bool) or not isinstance(cell, str | float | int):
        raise BadValueError(reasons.NOT_A_NUMBER)
    if isinstance(cell, float | int):
        amount = Decimal(format(cell, ".15g"))
    else:
        found = _parts(cell)
        if found is None:
            raise _not_a_number(cell)
        shape = _SHAPE[decimal].fullmatch(found["digits"].strip())
        if shape is None or not (shape["whole"] or shape["part"]):
            raise BadValueError(reasons.WRONG_DECIMAL, decimal=decimal)
        whole = re.sub(r"\D", "", shape["whole"] or "0")
        amount = Decimal(f"{whole}.{shape['part'] or '0'}")
        if _is_negative(found):
            amount = -amount
    if not amount.is_finite():
        raise BadValueError(reasons.NOT_A_NUMBER)
    if abs(amount) >= Decimal(10) ** _INTEGER_DIGITS:
        raise BadValueError(reasons.TOO_LARGE)
    return amount.quantize(_STEP, ROUND_HALF_EVEN)


def plain(amount: Decimal) -> str:
    """One spelling for one amount: no exponent, no trailing zeros, no negative zero."""
    written = format(amount, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in ("-0", "") else written


def is_plain_number(cell: Cell, decimal: DecimalSign) -> bool:
    """An amount that says nothing beside its value: digits, at most 6 of them after the decimal sign."""
    return isinstance(cell, str) and (_PLAIN if decimal == "." else _PLAIN_COMMA)(cell) is not None


def number_text(cell: Cell, decimal: DecimalSign = ".") -> str:
    """`plain(number(cell, decimal))`, fast for what is plain already."""
    if isinstance(cell, str) and is_plain_number(cell, decimal):
        found = cell if decimal == "." else cell.replace(",", ".")
        found = found.rstrip("0").rstrip(".") if "." in found else found
        return "0" if found == "-0" else found
    return plain(number(cell, decimal))


def decimal_evidence(cell: Cell) -> Literal[".", ",", "either"] | None:
    """Which decimal sign this cell proves; "either" for 1,234 or 1.234; nothing where it holds no separator."""
    if not isinstance(cell, str) or not ("." in cell or "," in cell):
        return None
    if _PROVES_POINT(cell):
        return "."
    if _PROVES_COMMA(cell):
        return ","
    found = _parts(cell)
    if found is None:
        return None
    digits = found["digits"].strip()
    point, comma = (_SHAPE[sign].fullmatch(digits) is not None for sign in (".", ","))
    if point and comma:
        return "either"
    return "." if point else "," if comma else None


def currency_sign(cell: Cell) -> str:
    """The currency sign or code that stands beside the amount, as written; empty where there is none."""
    if not isinstance(cell, str) or (found := _parts(cell)) is None:
        return ""
    return found["currency"] or found["currency2"] or ""


# --- dates ----------------------------------------------------------------------------------------------------------

_TIME: Final = r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AP]M|Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.IGNORECASE)
_COMPACT: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_CHINESE: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_DOTTED: Final = re.compile(rf"(\d{{1,2}})\.\s?(\d{{1,2}})\.\s?(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
_SLASHED: Final = re.compile(rf"(\d{{1,2}})([/-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.IGNORECASE)
_NAMED: Final = re.compile(
    rf"(?:(?P<day>\d{{1,2}})[ .-]+(?P<month>[^\W\d_]{{3,9}})\.?|(?P<month2>[^\W\d_]{{3,9}})\.? +(?P<day2>\d{{1,2}}),?)"
    rf"[ ,.-]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_ELSEWHERE: Final = {
    "mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12,
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10,
    "ноя": 11, "дек": 12,
}  # fmt: skip
_EPOCH_1900: Final = dt.date(1899, 12, 30)
_EPOCH_1904: Final = dt.date(1904, 1, 1)


def _day(year: str | int, month: str | int, day: str | int) -> dt.date:
    full = int(year) + (2000 if int(year) < 100 else 0)
    if not 1900 <= full <= 2100:
        raise BadValueError(reasons.YEAR_OUT_OF_RANGE)
    try:
        return dt.date(full, int(month), int(day))
    except ValueError:
        raise BadValueError(reasons.IMPOSSIBLE_DATE) from None


def _by_name(found: re.Match[str]) -> dt.date:
    word = (found["month"] or found["month2"]).casefold()[:3]
    month = _MONTHS.index(word) + 1 if word in _MONTHS else _MONTHS_ELSEWHERE.get(word)
    if month is None:
        raise BadValueError(reasons.NOT_A_DATE)
    return _day(found["year"], month, found["day"] or found["day2"])


def _by_order(found: re.Match[str], order: DateOrder) -> dt.date:
    first, second, year = int(found[1]), int(found[3]), found[4]
    if order == "ymd":
        raise BadValueError(reasons.OTHER_DATE_ORDER, order=order)
    month, day = (first, second) if order == "mdy" else (second, first)
    if month > 12 and day <= 12:
        try:
            _day(year, day, month)
        except BadValueError:
            raise BadValueError(reasons.IMPOSSIBLE_DATE) from None
        raise BadValueError(reasons.OTHER_DATE_ORDER, order=order)
    return _day(year, month, day)


def date(cell: Cell, order: DateOrder = "ymd", *, epoch_1904: bool = False) -> dt.date:
    """The day. Raises BadValueError, also for a day that does not exist: nothing is repaired.

    The shape decides where it can: 2019-12-31 and 20191231 by year, 31.12.2019 by day, a month's name by itself; only
    12/31/2019 and 12-31-2019 are read by `order`. A two-digit year lies in this century. A spreadsheet's serial number
    counts only where the spreadsheet holds a number, never as text.
    """
    if isinstance(cell, ErrorCell):
        raise BadValueError(cell.reason)
    if isinstance(cell, dt.datetime):
        return _day(cell.year, cell.month, cell.day)
    if isinstance(cell, dt.date):
        return _day(cell.year, cell.month, cell.day)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        epoch = _EPOCH_1904 if epoch_1904 else _EPOCH_1900
        if not 1 <= cell < 80_000:
            raise BadValueError(reasons.NOT_A_DATE)
        return epoch + dt.timedelta(days=int(cell))
    if not isinstance(cell, str):
        raise BadValueError(reasons.NOT_A_DATE)
    return _written_date(unicodedata.normalize("NFKC", cell).strip(INVISIBLE_EDGE), order)


def _written_date(written: str, order: DateOrder) -> dt.date:
    if found := _YEAR_FIRST.fullmatch(written):
        return _day(found[1], found[3], found[4])
    if found := _SLASHED.fullmatch(written):
        return _by_order(found, order)
    if found := _DOTTED.fullmatch(written):
        return _day(found[3], found[2], found[1])
    if found := (_COMPACT.fullmatch(written) or _CHINESE.fullmatch(written)):
        return _day(found[1], found[2], found[3])
    if found := _NAMED.fullmatch(written):
        return _by_name(found)
    if re.fullmatch(r"\d+(?:\.\d+)?", written):
        raise BadValueError(reasons.BARE_NUMBER_AS_DATE)
    raise BadValueError(reasons.NOT_A_DATE)


def date_evidence(cell: Cell) -> Literal["mdy", "dmy", "either"] | None:
    """Which order this cell proves; "either" for 03/04/2019; nothing where the shape decides or both agree."""
    if not isinstance(cell, str) or (found := _SLASHED.fullmatch(cell.strip(INVISIBLE_EDGE))) is None:
        return None
    fits: list[Literal["mdy", "dmy"]] = []
    days: set[dt.date] = set()
    orders: tuple[Literal["mdy", "dmy"], ...] = ("mdy", "dmy")
    for order in orders:
        try:
            days.add(_by_order(found, order))
        except BadValueError:
            continue
        fits.append(order)
    if len(fits) == 2:
        return "either" if len(days) == 2 else None
    return fits[0] if fits else None


# --- totals ---------------------------------------------------------------------------------------------------------

_TOTAL_WORDS: Final = (
    r"(?:(?:grand|sub|overall|net)?[ -]?total(?:s|e|en)?|total (?:general|général|geral)|sum|summe|somme|suma|razem"
    r"|totaal|gesamt(?:summe|ergebnis)?|zwischensumme|insgesamt|итог|итого|всего|промежуточный итог"
    r"|合计|合計|总计|總計|小计|小計|总和)"
    r"\s*[:：]?"
)
_TOTAL: Final = re.compile(_TOTAL_WORDS, re.IGNORECASE)
_TOTAL_LINE: Final = re.compile(rf"^{_TOTAL_WORDS}$", re.IGNORECASE | re.MULTILINE)
_TOTAL_OF: Final = re.compile(
    r"(?:.+ (?:sub)?total|(?:sub)?total (?:for|of) .+|(?:итого|summe|gesamt) .+)\s*:?", re.IGNORECASE
)


def is_total_word(cell: Cell) -> bool:
    """A cell that says nothing but *total*, in the languages of common exports."""
    return isinstance(cell, str) and _TOTAL.fullmatch(cell.strip(INVISIBLE_EDGE)) is not None


def holds_total_word(lines: str) -> bool:
    """Whether one of these lines, trimmed, may say nothing but *total*."""
    return _TOTAL_LINE.search(lines) is not None


def is_total_label(cell: Cell) -> bool:
    """A cell that heads a row of sums: *Grand Total*, also *Berlin Total* and *Total for Berlin*."""
    return is_total_word(cell) or (
        isinstance(cell, str) and _TOTAL_OF.fullmatch(cell.strip(INVISIBLE_EDGE)) is not None
    )


def loses_digits(cell: Cell, decimal: DecimalSign) -> bool:
    """Whether the amount carries more than 6 places and is rounded when read."""
    if isinstance(cell, float):
        written = format(Decimal(format(cell, ".15g")), "f")
        return len(written.partition(".")[2]) > MONEY_PLACES
    if not isinstance(cell, str) or (found := _parts(cell)) is None:
        return False
    shape = _SHAPE[decimal].fullmatch(found["digits"].strip())
    return shape is not None and len((shape["part"] or "").rstrip("0")) > MONEY_PLACES
