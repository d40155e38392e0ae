"""The calendar as other programs read it: one RFC 5545 object with every appointment and blocked time.

Its lines are written here and not by the library, which needs half a millisecond for an entry: 50,000 of them are a
second's work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category
from zoneinfo import ZoneInfo

from guru_tui.documents.calendar_text import PRODUCT, folded, one_line
from guru_tui.documents.calendar_zone import described
from guru_tui.domain.local_time import YEARS, from_utc_text, utc_text
from guru_tui.domain.money import Money
from guru_tui.domain.phone import national
from guru_tui.domain.views.calendar_feed import FeedRow

CLIENT, MOBILE, EMAIL, KIND, STATUS, FEE, BLOCKED = (
    f"X-GURU-{name}" for name in ("CLIENT", "MOBILE", "EMAIL", "TYPE", "STATUS", "FEE", "BLOCKED")
)
"""What a complete copy says of an entry beyond the standard, so that it can be brought in again."""

HEAD = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODUCT}\r\n"
"""How every feed begins, and by what one is known for ours."""

_LAST_YEAR = YEARS[-1]
_MEAN = {ord("\\"): "\\\\", ord(";"): "\\;", ord(","): "\\,", ord("\n"): "\\n", ord("\r"): None}


class FeedEvent(NamedTuple):
    """An entry of the calendar with its name and revision; `modified` is a UTC text."""

    row: FeedRow
    uid: str
    sequence: int
    modified: str


def feed(events: Sequence[FeedEvent], *, name: str, zone: str, privacy: str, complete: bool = False) -> bytes:
    """The calendar called `name`; `zone` is the practice's, `privacy` a word of `PRIVACY`.

    The same events give the same bytes: no present moment is in them. A `complete` one (for `full` only) carries
    notes, fees and statuses, for moving elsewhere; it is for the practitioner's own disk.
    """
    head = [
        HEAD,
        "CALSCALE:GREGORIAN\r\n",
        "METHOD:PUBLISH\r\n",
        _line("X-WR-CALNAME", name),
        _line("X-WR-TIMEZONE", zone),
    ]
    parts = [line.encode("utf-8", "ignore") for line in head]
    parts += _zones(event.row for event in events)
    places = {}
    for event in events:
        row = event.row
        if row.zone not in places:
            places[row.zone] = ZoneInfo(row.zone)
        parts.append("".join(_event(event, places[row.zone], privacy, complete)).encode("utf-8", "ignore"))
    parts.append(b"END:VCALENDAR\r\n")
    return b"".join(parts)


def _zones(rows: Iterable[FeedRow]) -> list[bytes]:
    """What the clocks of every zone in use do, from the year of its first entry to the year after its last."""
    years: dict[str, tuple[int, int]] = {}
    for row in rows:
        first, last = years.get(row.zone, (9999, 0))
        years[row.zone] = (min(first, int(row.starts_at[:4])), max(last, int(row.ends_at[:4])))
    return [described(zone, first - 1, min(last, _LAST_YEAR) + 1) for zone, (first, last) in sorted(years.items())]


def _event(event: FeedEvent, place: ZoneInfo, privacy: str, complete: bool) -> list[str]:
    row = event.row
    modified = _utc(event.modified)
    lines = [
        "BEGIN:VEVENT\r\n",
        _written("UID", event.uid),
        f"SEQUENCE:{event.sequence}\r\n",
        f"DTSTAMP:{modified}\r\n",
        f"LAST-MODIFIED:{modified}\r\n",
        f"CREATED:{_utc(row.created_at)}\r\n",
        *_times(row, place),
        # A copy to come back from leaves a blocked time that has no title without one.
        _line("SUMMARY", row.title if complete and row.kind == "block" else summary(row, privacy)),
        f"STATUS:{'CANCELLED' if row.cancelled else 'CONFIRMED'}\r\n",
        "TRANSP:OPAQUE\r\n",
        "CLASS:PRIVATE\r\n",
    ]
    if privacy != "busy" and (where := _where(row.location, row.address)):
        lines.append(_line("LOCATION", where))
    if complete:
        lines += _complete(row)
    elif privacy == "full" and row.mobile:
        lines.append(_line("DESCRIPTION", national(row.mobile)))
    lines.append("END:VEVENT\r\n")
    return lines


def summary(row: FeedRow, privacy: str) -> str:
    """What the entry is called: a client's name as far as `privacy` lets it be told.

    Blocked time is called as the practitioner called it; what came from another calendar may be called after anybody.
    """
    if privacy == "busy":
        return "Busy"
    if row.kind == "block":
        return (row.title if privacy == "full" or not row.uid else "") or "Blocked"
    if privacy == "full":
        return f"{row.client}, {row.title}" if row.title else row.client
    if privacy == "first-name":
        return row.first_name
    return "".join(f"{word[0].upper()}." for word in row.client.replace("-", " ").split())


def _times(row: FeedRow, place: ZoneInfo) -> tuple[str, str]:
    starts = from_utc_text(row.starts_at).astimezone(place)
    ends = from_utc_text(row.ends_at).astimezone(place)
    whole_days = starts.hour == starts.minute == ends.hour == ends.minute == 0
    if row.kind == "block" and whole_days and ends.date() > starts.date():
        return (f"DTSTART;VALUE=DATE:{starts:%Y%m%d}\r\n", f"DTEND;VALUE=DATE:{ends:%Y%m%d}\r\n")
    return _moment("DTSTART", starts, row.zone), _moment("DTEND", ends, row.zone)


def _moment(name: str, at: datetime, zone: str) -> str:
    # A wall time that the clocks show twice means the first (RFC 5545, 3.3.5); the second is told in UTC.
    if at.fold:
        return f"{name}:{_utc(utc_text(at))}\r\n"
    return f"{name};TZID={zone}:{_utc(at.isoformat()[:19])}\r\n"


@lru_cache(maxsize=64)
def _where(name: str, address: str) -> str:
    lines = (one_line(line).strip(" ,") for line in address.splitlines())
    return ", ".join(part for part in (name, *lines) if part)


def _complete(row: FeedRow) -> list[str]:
    lines = [_line("DESCRIPTION", row.note)] if row.note else []
    if row.kind == "block":
        return [*lines, _line(BLOCKED, "TRUE")]  # its title may be a client's name
    told = {
        CLIENT: row.client,
        MOBILE: row.mobile,
        EMAIL: row.email,
        KIND: row.title,
        STATUS: row.status,
        FEE: f"{Money(row.fee_minor, row.currency).decimal()} {row.currency}",
    }
    return lines + [_line(name, value) for name, value in told.items() if value]


@lru_cache(maxsize=4096)  # a practice has many appointments, but few clients, types and places
def _line(name: str, value: str) -> str:
    return _written(name, value)


def _written(name: str, value: str) -> str:
    line = f"{name}:{_text(value)}"
    if len(line) <= 75 and line.isascii():
        return f"{line}\r\n"
    return folded(line).decode()


def _text(value: str) -> str:
    if not value.isprintable():
        # Not `isprintable`: a joined emoji, or one newer than this Python, is text all the same.
        value = "".join(
            character for character in value if character == "\n" or category(character) not in ("Cc", "Zl", "Zp")
        )
    return value.translate(_MEAN)


def _utc(text: str) -> str:
    """`20261125T080000Z` of the store's `2026-11-25T08:00:00Z`."""
    return text.replace("-", "").replace(":", "")
