"""A calendar file (RFC 5545) as events: what it says of each, and each occurrence of those that repeat."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar

from guru_tui.documents.calendar_feed import BLOCKED, CLIENT, EMAIL, FEE, KIND, MOBILE, STATUS
from guru_tui.documents.occurrences import occurrences, wall
from guru_tui.domain.events import (
    CANCELLED,
    DECLINED,
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
from guru_tui.domain.local_time import elapsed, short_date, to_local, zone
from guru_tui.errors import Invalid

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MOST_CHANGES = 1_000_000
_BLANK = " \t\r\n\x00\x1a"
_BUSY_STATUS = "X-MICROSOFT-CDO-BUSYSTATUS"

Component = icalendar.Event


def is_calendar(data: bytes) -> bool:
    """Whether this looks like a calendar file."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"


def read_calendar(data: bytes, window: Window, *, own_address: str = "") -> Events:
    """The events of a file; `own_address` is the practitioner's, who is nobody's client.

    Times with a zone, in UTC and without either are told in the practice's. Raises `Invalid` for what is no calendar.
    """
    rows = list(_events(data))
    found: list[Event] = []
    refused: list[Refused] = []
    for uid, group in _by_uid(rows).items():
        masters = [(row, event) for row, event in group if "RECURRENCE-ID" not in event]
        changed = [(row, event) for row, event in group if "RECURRENCE-ID" in event]
        if masters:
            # Where a file has one event twice, the newer revision holds.
            row, master = max(masters, key=lambda one: _sequence(one[1]))
            _collect(uid, row, master, changed, window, own_address, found, refused)
        else:
            for row, event in changed:
                _take(uid, row, event, window, own_address, found, refused)
    return sorted_out(found, refused, window)


def _events(data: bytes) -> Iterator[tuple[int, Component]]:
    wrong = Invalid("The file is no calendar that can be read; export it once more as iCalendar (.ics).")
    text = _decoded(data)
    if not text.rstrip(_BLANK).upper().endswith("END:VCALENDAR"):
        raise Invalid("The file ends in the middle of the calendar; download or export it once more.")
    try:
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
    except (
        ValueError,
        IndexError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
    ):  # OSError: a zone named like a folder
        raise wrong from None
    found = [event for calendar in calendars for event in calendar.walk("VEVENT") if isinstance(event, Component)]
    if not found:
        raise Invalid("There is no event in the file; export the calendar itself as iCalendar (.ics).")
    yield from enumerate(found, start=1)


def _decoded(data: bytes) -> str:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _by_uid(rows: list[tuple[int, Component]]) -> dict[str, list[tuple[int, Component]]]:
    groups: dict[str, list[tuple[int, Component]]] = {}
    for row, event in rows:
        groups.setdefault(_uid(event), []).append((row, event))
    return groups


def _uid(event: Component) -> str:
    named = kept_name(str(event.get("UID", "")))
    if named:
        return named
    told = [str(event.get(name, "")) for name in ("SUMMARY", "DURATION", "LOCATION")]
    told += [str(_moment(event.get(name))) for name in ("DTSTART", "DTEND")]
    return f"ics:{hashlib.sha256(chr(10).join(told).encode()).hexdigest()[:32]}"


def _moment(value: Any) -> Any:
    """The date, time or length that a property holds; None where it has none or one that cannot be read."""
    try:
        return value.dt
    except (AttributeError, ValueError):  # the library's own broken properties raise a ValueError
        return None


def _sequence(event: Component) -> int:
    try:
        return min(max(int(event.get("SEQUENCE", 0)), 0), _MOST_CHANGES)
    except (TypeError, ValueError):
        return 0


def _collect(
    uid: str,
    row: int,
    master: Component,
    changed: list[tuple[int, Component]],
    window: Window,
    own_address: str,
    found: list[Event],
    refused: list[Refused],
) -> None:
    if "RRULE" not in master and "RDATE" not in master:
        _take(uid, row, master, window, own_address, found, refused)
        return
    try:
        start = _value(master, "DTSTART")
        others = {wall(_value(event, "RECURRENCE-ID"), start): (at, event) for at, event in changed}
        if any(str(event["RECURRENCE-ID"].params.get("RANGE", "")) for _, event in changed):
            raise Invalid("it changes all later occurrences at once, which cannot be read; enter that series by hand")
        walls = occurrences(master, start, _length(master, start), window)
    except (Invalid, ValueError, TypeError, AttributeError, OverflowError) as error:
        refused.append(Refused(row, _reason(master, error)))
        return
    for at in walls:
        if at not in others:
            _take(_occurrence(uid, at), row, master, window, own_address, found, refused, at=at)
    for at, (number, event) in others.items():
        _take(_occurrence(uid, at), number, event, window, own_address, found, refused)


def _occurrence(uid: str, at: datetime) -> str:
    return f"{uid}#{at:%Y%m%dT%H%M}"


def _take(
    uid: str,
    row: int,
    event: Component,
    window: Window,
    own_address: str,
    found: list[Event],
    refused: list[Refused],
    *,
    at: datetime | None = None,
) -> None:
    """Add one event, or (at that wall time of its own) one occurrence."""
    try:
        if at is None and "RECURRENCE-ID" in event and "#" not in uid:
            uid = _occurrence(uid, wall(_value(event, "RECURRENCE-ID"), _value(event, "DTSTART")))
        found.append(_told(uid, row, event, window.zone, own_address, at))
    except (Invalid, ValueError, TypeError, AttributeError, OverflowError) as error:
        refused.append(Refused(row, _reason(event, error)))


def _told(uid: str, row: int, event: Component, practice: str, own_address: str, at: datetime | None) -> Event:
    first = _value(event, "DTSTART")
    length = of_a_lifetime(_length(event, first))
    all_day = not isinstance(first, datetime)
    if all_day:
        day = at.date() if at is not None else first
        starts, ends = whole_days(day, day + length, practice)
    else:
        begin = first if at is None else at.replace(tzinfo=first.tzinfo)
        # A time without a zone is that of wherever one is: the practice.
        aware = begin if begin.tzinfo is not None else begin.replace(tzinfo=zone(practice))
        starts = to_local(aware.astimezone(UTC), practice).replace(second=0, microsecond=0)
        ends = to_local(starts.astimezone(UTC) + length, practice).replace(second=0, microsecond=0)
    guests = tuple(_guests(event, own_address))
    return Event(
        row=row,
        uid=uid,
        title=_text(event, "SUMMARY"),
        starts=starts,
        ends=ends,
        whole_days=all_day,
        client=_text(event, CLIENT),
        mobile=_text(event, MOBILE),
        email=_text(event, EMAIL),
        guests=guests,
        kind=_text(event, KIND),
        location=_text(event, "LOCATION"),
        note=_text(event, "DESCRIPTION"),
        status=_text(event, STATUS),
        fee=_text(event, FEE),
        passes=_passes(event, own_address, starts, ends),
        blocked=bool(_text(event, BLOCKED)),
        sequence=_sequence(event),
    )


def _value(event: Component, name: str) -> Any:
    """The date or time of a property; raises `Invalid` where it has none that can be read."""
    found = event.get(name)
    value = _moment(found)
    if not isinstance(value, date):
        raise Invalid(f"it has no {name} that can be read")
    named = str(found.params.get("TZID", ""))
    if isinstance(value, datetime) and value.tzinfo is None and named:
        raise Invalid(f"its time zone {named!r} is not known")
    if not 1900 <= value.year < 3000:
        raise Invalid(f"the year {value.year} is not one that is meant")
    return value


def _length(event: Component, first: date) -> timedelta:
    if any(name in ("DTEND", "DURATION") for name, _ in event.errors):
        raise Invalid("its end cannot be read")
    if "DTEND" in event:
        return _between(first, _value(event, "DTEND"))
    if "DURATION" in event:
        length = _moment(event["DURATION"])
        if not isinstance(length, timedelta):
            raise Invalid("its length cannot be read")
        return length
    return timedelta(0) if isinstance(first, datetime) else timedelta(days=1)


def _between(first: date, last: date) -> timedelta:
    if not isinstance(first, datetime) and not isinstance(last, datetime):
        return last - first
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        raise Invalid("it begins with a time and ends with a day, or the other way round")
    if first.tzinfo is None and last.tzinfo is None:
        return last - first
    if first.tzinfo is None or last.tzinfo is None:
        raise Invalid("one of its times has a zone and the other has none")
    return elapsed(first, last)


def _passes(event: Component, own_address: str, starts: datetime, ends: datetime) -> str:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return CANCELLED
    if any(
        _address(guest) == own_address.lower() and str(guest.params.get("PARTSTAT", "")).upper() == "DECLINED"
        for guest in _listed(event.get("ATTENDEE"))
        if own_address
    ):
        return DECLINED
    busy = str(event.get(_BUSY_STATUS, "")).upper()
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT" or busy == "FREE":
        return FREE
    return "" if ends > starts else NO_LENGTH


def _guests(event: Component, own_address: str) -> Iterator[tuple[str, str]]:
    organizer = {_address(one) for one in _listed(event.get("ORGANIZER"))}
    for guest in _listed(event.get("ATTENDEE")):
        address = _address(guest)
        rooms = str(guest.params.get("CUTYPE", "")).upper() in ("RESOURCE", "ROOM")
        if "@" in address and address != own_address.lower() and not rooms:
            # Of two who meet, the one who invited is the practitioner, unless the file has no other.
            if address in organizer and len(_listed(event.get("ATTENDEE"))) > 1 and not own_address:
                continue
            name = str(guest.params.get("CN", "")).strip().strip('"')
            yield address, "" if "@" in name else name


def _address(party: Any) -> str:
    return str(party).strip().lower().removeprefix("mailto:")


def _listed(value: Any) -> list[Any]:
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [one for one in found if hasattr(one, "params")]


def _text(event: Component, name: str) -> str:
    value = event.get(name)
    if value is None or isinstance(value, list):
        value = value[0] if value else ""
    text = str(value)
    if name.startswith("X-"):  # the library leaves what it does not know as it stands in the file
        text = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
    return text.strip()


def _reason(event: Component, error: Exception) -> str:
    title = _text(event, "SUMMARY")[:60]
    what = f"{title!r}" if title else "An event without a title"
    try:
        day = _value(event, "DTSTART")
        what += f" of {short_date(day)} {day.year}"
    except Invalid:
        pass
    told = str(error) if isinstance(error, Invalid) else "it cannot be read"
    return f"{what}: {told.rstrip('.')}."
