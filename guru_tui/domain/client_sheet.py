"""A client list as a table: which column holds what, by its heading in English or Afrikaans or by its contents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from guru_tui.domain.client_headings import FULL_NAME, IGNORE, field_named, field_of, heading_words, is_first_or_full
from guru_tui.domain.csv_reading import Row, best_reading, decode
from guru_tui.domain.text import clean
from guru_tui.errors import Invalid

_HEADING_ROWS = 10  # titles and blank lines that may stand above the headings
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One client of the table: its row as a spreadsheet numbers it, and the text of each field that is not blank."""

    row: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A client list as read. `ignored`: headings of columns that were filled but not taken."""

    rows: tuple[SheetRow, ...]
    columns: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    table: Sequence[Row]
    first: int  # index of the first row with a client
    headings: Row
    columns: Mapping[int, str]
    problem: str = ""

    @property
    def recognised(self) -> int:
        return len(set(self.columns.values()) - {IGNORE})


def read_sheet(data: bytes, mapping: Mapping[str, str] | None = None) -> Sheet:
    """The clients of a CSV file.

    `mapping` names the field of a column that is not recognised, or `ignore`; a column is named by its heading,
    its letter (A, B, ...) or its number. Raises `Invalid` for a file that is no table, for a mapping that names no
    column or field, and where no column holds a name.
    """
    wanted = {heading: field_named(field) for heading, field in (mapping or {}).items()}
    layout = best_reading(decode(data), lambda table: _judged(_locate(table, wanted)))
    if layout.problem:
        raise Invalid(layout.problem)
    return _sheet(layout)


def _judged(layout: _Layout) -> tuple[_Layout, int]:
    return layout, 0 if layout.problem else layout.recognised


def _locate(table: list[Row], wanted: Mapping[str, str]) -> _Layout:
    filled = [index for index, row in enumerate(table) if any(cell.strip() for cell in row)]
    if not filled:
        return _Layout(table, 0, [], {}, "The file is empty; it needs one row for each client.")
    at = _heading_row(table, filled, wanted)
    first = filled[0] if at is None else at + 1
    width = max(len(row) for row in table)
    headings = list(table[at]) if at is not None else []
    headings = [clean(cell[:200]) for cell in headings] + [""] * (width - len(headings))
    columns, missing = _mapped(headings, wanted)
    if missing:
        named = ", ".join(heading for heading in headings if heading) or f"A to {_letter(width - 1)}"
        return _Layout(table, first, headings, {}, f"There is no column {missing!r}; the file has {named}.")
    body = table[first:]
    taken = set(columns.values())
    found = _by_heading(headings, body) if at is not None else _by_contents(_told_by(body), width)
    for index, field in found.items():
        if index not in columns and field not in taken:
            columns[index] = field
    problem = _problem(columns, headings, at is None, table[first]) if first < len(table) else ""
    if at is None and _is_unknown_heading(table[first], columns):
        headings = [clean(cell[:200]) for cell in table[first]] + [""] * (width - len(table[first]))
        first += 1
    return _Layout(table, first, headings, columns, problem)


def _told_by(body: list[Row]) -> list[Row]:
    """The rows whose contents tell the columns: not the first, where that may be headings we do not know."""
    addresses = any(_looks_like_email(cell) or _looks_like_phone(cell) for cell in body[0])
    return body if addresses or len(body) == 1 else body[1:]


def _is_unknown_heading(row: Row, columns: Mapping[int, str]) -> bool:
    """Whether words stand where addresses stand in the rows below: headings in a language we do not know."""
    tests = {"email": _looks_like_email, "mobile": _looks_like_phone}
    told = [(row[at], tests[field]) for at, field in columns.items() if field in tests and at < len(row)]
    return bool(told) and all(_looks_like_name(cell) and not test(cell) for cell, test in told)


def _heading_row(table: list[Row], filled: list[int], wanted: Mapping[str, str]) -> int | None:
    asked = {heading_words(heading) for heading in wanted}
    best, most = None, 0
    for index in filled[:_HEADING_ROWS]:
        cells = [cell for cell in table[index] if cell.strip()]
        if any(_looks_like_email(cell) or _looks_like_phone(cell) for cell in cells):
            break  # a row with an address in it is a client
        known = sum(field_of(cell) is not None or heading_words(cell) in asked for cell in cells)
        if known > most and (known >= 2 or index == filled[0]):
            best, most = index, known
    return best


def _mapped(headings: Row, wanted: Mapping[str, str]) -> tuple[dict[int, str], str]:
    columns: dict[int, str] = {}
    for name, field in wanted.items():
        words = heading_words(name)
        fitting = [index for index, heading in enumerate(headings) if words and heading_words(heading) == words]
        if not fitting and (at := _position(name)) is not None and at < len(headings):
            fitting = [at]
        if not fitting:
            return {}, name
        columns.update(dict.fromkeys(fitting, field))
    return columns, ""


def _position(name: str) -> int | None:
    name = name.strip().upper()
    if name.isascii() and name.isdigit() and 0 < int(name) < 1000:
        return int(name) - 1
    if not re.fullmatch(r"[A-Z]{1,2}", name):
        return None
    at = 0
    for letter in name:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def _letter(index: int) -> str:
    return (chr(ord("A") + index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def _by_heading(headings: Row, body: list[Row]) -> dict[int, str]:
    columns = {index: field for index, heading in enumerate(headings) if (field := field_of(heading)) is not None}
    if "last_name" in columns.values() and "first_name" not in columns.values():
        for index in columns:
            if is_first_or_full(headings[index]):
                columns[index] = "first_name"
    if {"first_name", "last_name"} <= set(columns.values()):
        columns = {index: field for index, field in columns.items() if field != FULL_NAME}
    for index, heading in enumerate(headings):
        # A bare "ID" is as often a row number as an identity number; thirteen digits tell.
        if heading_words(heading) == "id" and _mostly(_column(body, index), _looks_like_identity):
            columns[index] = "id_number"
    return columns


def _by_contents(body: list[Row], width: int) -> dict[int, str]:
    columns: dict[int, str] = {}
    texts = []
    for index in range(width):
        cells = _column(body, index)
        if _mostly(cells, _looks_like_email):
            columns[index] = "email"
        elif _mostly(cells, _looks_like_phone):
            columns[index] = "mobile"
        elif _mostly(cells, _looks_like_name):
            texts.append(index)
    if len(texts) == 1 and columns:
        columns[texts[0]] = FULL_NAME
    return columns


def _column(body: list[Row], index: int) -> list[str]:
    cells = (row[index].strip() for row in body[:_SAMPLE] if index < len(row))
    return [cell for cell in cells if cell]


def _mostly(cells: list[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(test, cells)) * 10 >= len(cells) * 6


def _looks_like_email(cell: str) -> bool:
    return bool(re.fullmatch(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*", cell))


def _looks_like_phone(cell: str) -> bool:
    return bool(re.fullmatch(r"[\s'+\d()./\-\u00a0]+", cell)) and 7 <= sum(map(str.isdigit, cell)) <= 15


def _looks_like_identity(cell: str) -> bool:
    return bool(re.fullmatch(r"\d{13}", cell))


def _looks_like_name(cell: str) -> bool:
    return (
        any(map(str.isalpha, cell)) and not any(map(str.isdigit, cell)) and len(cell) <= 80 and len(cell.split()) <= 6
    )


def _problem(columns: Mapping[int, str], headings: Row, headless: bool, sample: Row) -> str:
    if set(columns.values()) & {FULL_NAME, "first_name", "last_name"}:
        return ""
    if not headless:
        named = ", ".join(heading for heading in headings if heading)
        return f"No column is called a name (there are {named}); say which one it is with --map COLUMN=name."
    shown = ", ".join(f"{_letter(index)} {clean(cell)[:30]!r}" for index, cell in enumerate(sample) if cell.strip())
    return (
        f"The file has no headings and its columns cannot be told apart (first row: {shown}); "
        "name them with --map, for example --map A=first_name --map B=last_name."
    )


def _sheet(layout: _Layout) -> Sheet:
    used: dict[str, list[int]] = {}
    for index, field in layout.columns.items():
        if field != IGNORE:
            used.setdefault(field, []).append(index)
    found = []
    for number, row in enumerate(layout.table[layout.first :], start=layout.first + 1):
        if any(cell.strip() for cell in row):
            found.append(SheetRow(number, _values(row, used)))
    if not found:
        raise Invalid("The file has headings but no clients below them.")
    filled = {index for row in layout.table[layout.first :] for index, cell in enumerate(row) if cell.strip()}
    ignored = (layout.headings[index] or _letter(index) for index in sorted(filled) if index not in layout.columns)
    named = {
        field: tuple(layout.headings[at] or _letter(at) for at in sorted(places)) for field, places in used.items()
    }
    return Sheet(tuple(found), named, tuple(ignored))


def _values(row: Row, used: Mapping[str, Iterable[int]]) -> dict[str, str]:
    values = {}
    for field, places in used.items():
        cells = [unguarded(row[at].strip()) for at in sorted(places) if at < len(row) and row[at].strip()]
        if cells:
            values[field] = "\n".join(cells) if field == "address" else cells[0]
    return values


_FORMULA = "=+\\-@＝＋－＠"  # the wide ones as well, which a spreadsheet takes for the narrow ones in some languages
_GUARDED = re.compile(f"'+[{_FORMULA}]")
_BEGINS = re.compile(f"'*[{_FORMULA}]")


def guarded(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula: an apostrophe before a leading `=`, `+`, `-` or `@`.

    See OWASP, "CSV Injection". `unguarded` takes exactly that apostrophe away again.
    """
    return f"'{cell}" if _BEGINS.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell
