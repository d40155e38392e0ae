"""Tables of text from any spreadsheet: encoding, delimiter and rows found by looking, not by asking.

`csv.Sniffer` is not used: it takes letters for delimiters and gives up on quoted cells with line breaks.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from guru_tui.errors import Invalid

DELIMITERS = (",", ";", "\t", "|")
_OTHER_FORMATS = (
    (b"PK\x03\x04", "a spreadsheet file (XLSX or ODS); open it, save it as CSV and import that"),
    (b"\xd0\xcf\x11\xe0", "an Excel file (XLS); open it, save it as CSV and import that"),
    (b"%PDF", "a PDF, which holds no table; export the list as CSV and import that"),
    (b"BEGIN:VCARD", "a vCard file; export the contacts as CSV and import that"),
    (b"\x1f\x8b", "compressed; unpack it and import the CSV file in it"),
    (b"{\\rtf", "a text document; save the table as CSV and import that"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

Row = list[str]
Read = TypeVar("Read")


def column_fields(pairs: Iterable[str]) -> dict[str, str]:
    """Which field each column holds, from pairs like `Kontak=mobile`; raises `Invalid` for what is no such pair."""
    fields = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not equals or not column.strip() or not field.strip():
            raise Invalid(f"{pair!r} names no column and field; write COLUMN=FIELD, such as Kontak=mobile.")
        fields[column.strip()] = field.strip()
    return fields


def decode(data: bytes) -> str:
    """The text of a CSV file: by its byte order mark, else UTF-8, else Windows-1252 as Excel writes it.

    Raises `Invalid` for an empty file and for one that is no text, naming what it seems to be.
    """
    text = _decode(data)
    if not text.strip("\ufeff\x00 \t\r\n\"'" + "".join(DELIMITERS)):
        raise Invalid("The file is empty; it needs a row for each entry.")
    return text


def _decode(data: bytes) -> str:
    for start, what in _OTHER_FORMATS:
        if data.lstrip()[: len(start)].upper() == start.upper():
            raise Invalid(f"The file is {what}.")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if b"\x00" in data:
        encoding = "utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"
        if data[1::2].count(0) + data[::2].count(0) < len(data) // 4:
            raise Invalid("The file is not text; export the list as CSV and import that.")
        return _decoded(data, encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid("The letters of the file cannot be read; save it as CSV in UTF-8 and import that.") from None


def rows(text: str, delimiter: str) -> list[Row]:
    """All rows as a spreadsheet numbers them: blank lines count, a quoted cell with line breaks is one row.

    Raises `Invalid` where a quotation mark is never closed.
    """
    try:
        return list(_reader(text, delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end" in str(error):
            return _unclosed(text, delimiter)
    try:
        return list(_reader(text, delimiter, strict=False))  # quotes inside a cell that nobody has doubled
    except csv.Error:
        raise Invalid("A cell of the file is longer than 131072 characters; check its quotation marks.") from None


def _unclosed(text: str, delimiter: str) -> list[Row]:
    row = 0
    try:
        for row, _ in enumerate(_reader(text, delimiter, strict=True), start=1):  # noqa: B007 (read after the loop)
            pass
    except csv.Error:
        pass
    raise Invalid(f"A quotation mark is opened in row {row + 1} and never closed; correct that row.")


def _reader(text: str, delimiter: str, *, strict: bool) -> Iterator[Row]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=strict)


def best_reading(text: str, judge: Callable[[list[Row]], tuple[Read, int]]) -> Read:
    """What `judge` makes of the rows under the delimiter that fits best.

    `judge` gives its reading and how many columns it recognised; then count how evenly the rows are filled, and
    how many columns there are. A first line `sep=;` (Excel) decides outright and is no row. Raises what `rows`
    raises where no delimiter works.
    """
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    named = first.strip().strip('"').lower()
    if (named.startswith("sep=") and len(named) == 5) or first.lower().rstrip("\r") == "sep=\t":
        return judge(rows(rest, first.strip('\r\n"')[4]))[0]
    best: tuple[int, float, int] | None = None
    found: Read | None = None
    trouble: Invalid | None = None
    for delimiter in DELIMITERS:
        try:
            table = rows(text, delimiter)
            reading, recognised = judge(table)
        except Invalid as error:
            trouble = trouble or error
            continue
        widths = [len(row) for row in table if any(cell.strip() for cell in row)] or [0]
        score = (recognised, sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if best is None or score > best:
            best, found = score, reading
    if best is None or found is None:
        raise trouble or Invalid("The file is empty; it needs a row for each entry.")
    return found
