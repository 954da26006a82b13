"""Why a row was not taken, in words for somebody who does not program.

A reason is a template: it is stored with the values it names and translated where it is shown, so it imports no
Django. `gettext_noop` marks a sentence for the catalogue and returns it unchanged.
"""

from __future__ import annotations


def gettext_noop(sentence: str) -> str:
    return sentence


MISSING = gettext_noop("A value is needed here.")
NOT_A_NUMBER = gettext_noop("This is not a number.")
NUMBER_ABSENT = gettext_noop("This says that the number is missing. Write the number.")
ERROR_CELL = gettext_noop("The spreadsheet shows an error here instead of a value.")
NO_STORED_VALUE = gettext_noop("This formula has no stored value. Open the file in a spreadsheet and save it again.")
WRONG_DECIMAL = gettext_noop("This does not fit the decimal sign “{decimal}”.")
ROUNDED_FORM = gettext_noop("This number is in rounded form (E notation). Write out its digits.")
PERCENTAGE = gettext_noop("This is a percentage, an amount is needed.")
NOT_A_SHARE = gettext_noop(
    "Write a fraction between 0 and 1, such as 0.15, or a percentage with its sign, such as 15 %."
)
TOO_LARGE = gettext_noop("This number is larger than 14 digits before the decimal sign.")
NOT_A_DATE = gettext_noop("This is not a date.")
IMPOSSIBLE_DATE = gettext_noop("This date does not exist.")
OTHER_DATE_ORDER = gettext_noop("This does not fit the date order {order}.")
BARE_NUMBER_AS_DATE = gettext_noop("This is a bare number, not a date. Write it as 2019-12-31.")
YEAR_OUT_OF_RANGE = gettext_noop("The year must lie between 1900 and 2100.")
NOT_A_TIME = gettext_noop(
    "This is not a time of day. Write it as 2026-03-29 14:30, with +02:00 behind it where you know."
)
TIME_SKIPPED = gettext_noop(
    "The clocks of {zone} skipped this time: they were put forward. Correct it, or add its offset."
)
TIME_TWICE = gettext_noop(
    "The clocks of {zone} showed this time twice: they were put back. Add the offset that is meant, such as +02:00."
)
TOO_LONG = gettext_noop("This is longer than {limit} characters.")
TOO_FEW_COLUMNS = gettext_noop("The row has {found} columns instead of {expected}.")
TOO_MANY_COLUMNS = gettext_noop("The row has {found} columns instead of {expected}. Is a separator inside a text?")
STRAY_QUOTE = gettext_noop("A quotation mark stands in the middle of a value.")
TOTAL_AS_NAME = gettext_noop("This looks like a total, not a customer.")
NO_JOINED_ROW = gettext_noop("The look-up file has no row with this key.")
SEVERAL_JOINED_ROWS = gettext_noop("The look-up file has this key twice, in rows {first} and {second}.")

# --- the file as a whole ---

FILE_EMPTY = gettext_noop("The file is empty. There is nothing to import.")
ONLY_HEADER = gettext_noop("The file has a header but no rows. There is nothing to import.")
OPEN_QUOTE = gettext_noop(
    "A quotation mark opened in line {line} is never closed, so the rest of the file cannot be told apart. "
    "Close it, or double it where it belongs to the text."
)
ZERO_BYTE = gettext_noop("Line {line} holds a zero byte: this is not a text file.")
NOT_TEXT = gettext_noop("This is neither text nor a spreadsheet. Save it as CSV in UTF-8 or as XLSX.")
WRONG_TYPE = gettext_noop("Files of type {suffix} cannot be read. Save it as .csv, .txt, .tsv or .xlsx.")
UNDECODABLE = gettext_noop(
    "Line {line} is not valid {encoding}. The file mixes encodings, or another one is right: "
    "choose it, or save the whole file as UTF-8."
)
UNKNOWN_ENCODING = gettext_noop("“{encoding}” is not an encoding we know. Use one of: {offered}.")
NOT_XLSX = gettext_noop("This is not an XLSX workbook. Save it as XLSX or as CSV in UTF-8.")
OLD_XLS = gettext_noop("This is a workbook of the old kind (XLS). Save it as XLSX or as CSV in UTF-8.")
LOCKED_XLSX = gettext_noop(
    "The XLSX file is damaged or locked by a password. Open it in a spreadsheet and save it again."
)
XLSX_TOO_LARGE = gettext_noop("The XLSX file unpacks to more than {limit} MB. Save the sheet as CSV.")
NO_SUCH_SHEET = gettext_noop("The workbook has no sheet “{sheet}”. It has: {offered}.")
NO_HEADER_AT = gettext_noop("The file has no filled row {row} that could be the header.")

# --- the look-up file ---

JOIN_WITHOUT_KEY = gettext_noop("{file} has no column “{key}” to join by. It has: {columns}.")
JOIN_TOO_LARGE = gettext_noop("The look-up file {file} has more than {limit} rows. Keep those that are needed.")
JOIN_UNCLEAR = gettext_noop(
    "The look-up file {file} cannot be read without a guess. Save it as UTF-8 with a header row."
)
JOIN_BROKEN_ROW = gettext_noop("Row {row} of the look-up file {file} has {found} columns instead of {expected}.")
