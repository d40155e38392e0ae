"""A calendar as a table (CSV): which column holds what, and each row as an event."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from guru_tui.domain.client_headings import IGNORE, heading_words
from guru_tui.domain.client_sheet import unguarded
from guru_tui.domain.csv_reading import Row, best_reading, decode
from guru_tui.domain.event_headings import field_named, field_of
from guru_tui.domain.events import (
    CANCELLED,
    FREE,
    NO_LENGTH,
    Event,
    Events,
    Refused,
    Window,
    kept_name,
    of_a_lifetime,
    sorted_out,
    whole_days,
)
from guru_tui.domain.local_time import MONTHS, resolve, to_local
from guru_tui.domain.text import clean
from guru_tui.errors import Ambiguous, Invalid

_HEADING_ROWS = 10
_NO_HEADINGS = (
    "The file has no row of headings such as Subject, Start Date, Start Time; "
    "if it is a table, name its columns with --map COLUMN=start_date."
)
_YES = frozenset({"true", "yes", "1", "ja", "y", "waar", "x"})
_FREE = frozenset({"free", "3", "transparent", "beskikbaar", "vry"})  # Outlook writes the number
_DATE = re.compile(r"(\d{1,4})[-/. ](\d{1,2}|[a-z]{3,9})[-/. ](\d{1,4})")
_TIME = re.compile(r"(\d{1,2})(?:[:h.](\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*([ap])?\.?(?:m\.?)?", re.IGNORECASE)


class _Table(NamedTuple):
    rows: Sequence[Row]
    first: int
    columns: Mapping[str, int]
    headings: Row
    problem: str = ""


def read_table(data: bytes, window: Window, *, mapping: Mapping[str, str] | None = None, dates: str = "") -> Events:
    """The events of a CSV file.

    `mapping` gives columns, named by their heading, a field. `dates` says whether `01/02/2026` has the day first
    (`dmy`) or the month (`mdy`); without it the file itself must show it. Raises `Invalid` for a file that is no such
    table, and `Ambiguous` where the order of its dates cannot be told.
    """
    wanted = {heading_words(heading): field_named(field) for heading, field in (mapping or {}).items()}
    table = best_reading(decode(data), lambda rows: _judged(_located(rows, wanted)))
    if table.problem:
        raise Invalid(table.problem)
    order = dates or _order(table)
    found: list[Event] = []
    refused: list[Refused] = []
    for number, row in enumerate(table.rows[table.first :], start=table.first + 1):
        if not any(cell.strip() for cell in row):
            continue
        cells = {
            field: unguarded(row[at].strip())
            for field, at in table.columns.items()
            if at < len(row) and row[at].strip()
        }
        try:
            found.append(_event(number, cells, order, window.zone))
        except (Invalid, Ambiguous) as error:
            refused.append(Refused(number, f"{error}"))
    if not found and not refused:
        raise Invalid("The file has headings but no events below them.")
    taken = set(table.columns.values())
    named = tuple((field, table.headings[at]) for field, at in table.columns.items())
    ignored = tuple(
        heading for at, heading in enumerate(table.headings) if heading and at not in taken and _filled(table, at)
    )
    return sorted_out(found, refused, window, columns=named, ignored=ignored)


def _judged(table: _Table) -> tuple[_Table, int]:
    return table, 0 if table.problem else len(table.columns)


def _located(rows: list[Row], wanted: Mapping[str, str]) -> _Table:
    best = _Table(rows, 0, {}, [], _NO_HEADINGS)
    for at, row in enumerate(rows[:_HEADING_ROWS]):
        columns: dict[str, int] = {}
        for index, heading in enumerate(row):
            field = wanted.get(heading_words(heading)) or field_of(heading)
            if field and field != IGNORE and field not in columns:
                columns[field] = index
        if len(columns) > len(best.columns):
            best = _Table(rows, at + 1, columns, [clean(cell[:200]) for cell in row])
    if not best.columns:
        return best
    missing = set(wanted) - {heading_words(heading) for heading in best.headings}
    if missing:
        named = ", ".join(heading for heading in best.headings if heading)
        return best._replace(problem=f"There is no column {min(missing)!r}; the file has {named}.")
    if not {"start", "start_date"} & set(best.columns):
        named = ", ".join(heading for heading in best.headings if heading)
        return best._replace(
            problem=f"No column is called a start (there are {named}); say which it is with --map COLUMN=start_date."
        )
    return best


def _filled(table: _Table, at: int) -> bool:
    return any(at < len(row) and row[at].strip() for row in table.rows[table.first :])


def _order(table: _Table) -> str:
    """Whether the dates of the table have the day or the month first, by the first that can be read in one way only."""
    open_ones = []
    for field in ("start", "start_date", "end", "end_date"):
        at = table.columns.get(field)
        for row in table.rows[table.first :] if at is not None else ():
            match = _DATE.match(row[at].strip().lower()) if at is not None and at < len(row) else None
            if match is None or len(match[1]) == 4 or not match[2].isdigit():
                continue
            if int(match[1]) > 12:
                return "dmy"
            if int(match[2]) > 12:
                return "mdy"
            if match[1] != match[2]:
                open_ones.append(match[0])
    if open_ones:
        raise Ambiguous(
            f"The dates of the file can have the day first or the month ({open_ones[0]}); say which.",
            ["--dates dmy   the day first", "--dates mdy   the month first"],
        )
    return "dmy"


def _event(row: int, cells: Mapping[str, str], order: str, zone_name: str) -> Event:
    starts, ends, all_day = _span(cells, order, zone_name)
    of_a_lifetime(ends - starts)
    status = cells.get("status", "").strip().lower()
    passes = "" if ends > starts else NO_LENGTH
    if status in ("cancelled", "canceled", "gekanselleer"):
        passes = CANCELLED
    elif cells.get("show_as", "").lower() in _FREE:
        passes = FREE
    title = cells.get("title", "")
    told = "\n".join((title, starts.isoformat(), ends.isoformat(), cells.get("client", ""), cells.get("email", "")))
    guests = tuple((address.lower(), "") for address in re.findall(r"[^\s;,<>]+@[^\s;,<>]+", cells.get("guests", "")))
    block = cells.get("kind", "").lower() == "block"
    return Event(
        row=row,
        uid=kept_name(cells.get("uid", "")) or f"csv:{hashlib.sha256(told.encode()).hexdigest()[:32]}",
        title=title,
        starts=starts,
        ends=ends,
        whole_days=all_day,
        client="" if block else cells.get("client", ""),
        mobile=cells.get("mobile", ""),
        email=cells.get("email", ""),
        guests=guests,
        kind=cells.get("type", ""),
        location=cells.get("location", ""),
        note=cells.get("note", ""),
        status=status,
        fee=cells.get("fee", ""),
        passes=passes,
        blocked=block,
    )


def _span(cells: Mapping[str, str], order: str, zone_name: str) -> tuple[datetime, datetime, bool]:
    first, at = _moment(cells.get("start", ""), cells.get("start_date", ""), cells.get("start_time", ""), order)
    if first is None:
        raise Invalid("The row has no start.")
    if isinstance(at, datetime):  # with an offset: an instant
        starts = to_local(at, zone_name)
    elif at is None or cells.get("all_day", "").lower() in _YES:
        last, _ = _moment(cells.get("end", ""), cells.get("end_date", ""), "", order)
        # Outlook and Google write the last day itself, or the day after it at midnight.
        after = last if last and cells.get("end_time", "")[:2] in ("00", "12") and last > first else None
        begin, end = whole_days(first, after or (last or first) + timedelta(days=1), zone_name)
        return begin, end, True
    else:
        starts = to_local(resolve(datetime.combine(first, at), zone_name, fold=0), zone_name)
    return starts, _end(cells, starts, first, order, zone_name), False


def _end(cells: Mapping[str, str], starts: datetime, first: date, order: str, zone_name: str) -> datetime:
    last, until = _moment(cells.get("end", ""), cells.get("end_date", ""), cells.get("end_time", ""), order)
    if isinstance(until, datetime):
        return to_local(until, zone_name)
    if until is not None:
        return to_local(resolve(datetime.combine(last or first, until), zone_name, fold=1), zone_name)
    minutes = cells.get("minutes", "")
    if minutes:
        return to_local(starts.astimezone(UTC) + timedelta(minutes=_minutes(minutes)), zone_name)
    raise Invalid("The row has no end and no length.")


def _minutes(text: str) -> int:
    whole = re.fullmatch(r"(\d{1,4})(?: ?(?:min|mins|minutes|minute))?", text.strip().lower())
    hours = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", text.strip())
    if hours:
        return int(hours[1]) * 60 + int(hours[2])
    if whole:
        return int(whole[1])
    raise Invalid(f"{text!r} is no length; write it in minutes.")


def _moment(both: str, day: str, clock: str, order: str) -> tuple[date | None, time | datetime | None]:
    """The day, and the time of day or (with an offset) the instant; None for what is not there."""
    if both:
        try:
            found = datetime.fromisoformat(both)
        except ValueError:
            match = _DATE.match(both.lower())
            if match is None:
                raise Invalid(f"{both!r} is no day and time; write it like 2026-11-25 10:00.") from None
            day, clock = match[0], both[match.end() :].strip(" ,T")
        else:
            if found.tzinfo is not None:
                return found.date(), found
            return found.date(), found.time() if len(both) > len("2026-11-25") else None
    return _day(day, order) if day else None, _time(clock) if clock else None


def _day(text: str, order: str) -> date:
    wrong = Invalid(f"{text!r} is no day; write it like 2026-11-25.")
    match = _DATE.fullmatch(re.sub(r"^[a-z]{2,9},? (?=\d)", "", text.strip().lower()))
    if match is None:
        raise wrong
    one, middle, three = match.groups()
    if len(one) == 4:
        year, month, number = one, middle, three
    elif order == "mdy" and middle.isdigit():
        month, number, year = one, middle, three
    else:
        number, month, year = one, middle, three
    try:
        whole = int(year) + (2000 if len(year) == 2 else 0)
        found = date(whole, int(month) if month.isdigit() else _month(month), int(number))
    except ValueError:
        raise wrong from None
    if not 1900 <= found.year < 3000:
        raise wrong
    return found


def _month(text: str) -> int:
    for number, name in enumerate(MONTHS, start=1):
        if name.lower().startswith(text):
            return number
    raise ValueError(text)


def _time(text: str) -> time:
    match = _TIME.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        hour, half = int(match[1]), (match[4] or "").lower()
        if half:
            if not 1 <= hour <= 12:
                raise ValueError(text)
            hour = hour % 12 + (12 if half == "p" else 0)
        return time(hour, int(match[2] or 0))
    except ValueError:
        raise Invalid(f"{text!r} is no time of day; write it like 10:30.") from None
