"""Wall time, zone and instant, and the way between them.

An appointment keeps what was agreed (09:00 in Cape Town) and the UTC instant derived from it, so a
weekly 09:00 stays 09:00 across daylight saving while differences are still taken in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from guru_tui.errors import Ambiguous, Invalid

WALL = "%Y-%m-%dT%H:%M"
YEARS = range(1900, 3000)
"""The years that a person can mean: far from those where Python's dates end and a zone's offset leads past them."""


def zone(name: str) -> ZoneInfo:
    """The IANA zone `name`; raises `Invalid` for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"There is no time zone {name!r}; use an IANA name such as Africa/Johannesburg.") from None


def resolve(wall: datetime, zone_name: str, *, fold: int | None = None) -> datetime:
    """The UTC instant of a naive local `wall` time.

    Raises `Invalid` where the clocks skip that time, and `Ambiguous` where they show it twice and
    `fold` (0 the first, 1 the second) does not say which.
    """
    place = zone(zone_name)
    first, second = (wall.replace(tzinfo=place, fold=which) for which in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if skipped(wall, zone_name):
        raise Invalid(
            f"{wall:%H:%M} does not exist on {wall:%d %B %Y} in {zone_name}: the clocks go forward over it. "
            "Choose a time before or after the change."
        )
    if fold is None:
        raise Ambiguous(
            f"{wall:%H:%M} happens twice on {wall:%d %B %Y} in {zone_name}: the clocks go back over it. "
            "Choose a time outside that hour.",
            [f"{moment:%H:%M} {moment.tzname()}" for moment in (first, second)],
        )
    return (second if fold else first).astimezone(UTC)


def skipped(wall: datetime, zone_name: str) -> bool:
    """Whether the clocks go forward over a naive local time, so that it does not exist."""
    place = zone(zone_name)
    first = wall.replace(tzinfo=place, fold=0)
    return first.astimezone(UTC).astimezone(place).replace(tzinfo=None, fold=0) != wall.replace(fold=0)


def to_local(instant: datetime, zone_name: str) -> datetime:
    """The aware local time of an aware `instant`."""
    return instant.astimezone(zone(zone_name))


def elapsed(begin: datetime, end: datetime) -> timedelta:
    """The time that passes between two aware moments. Plain subtraction is of wall times where both are in one
    zone, and an hour off across a change of the clocks."""
    return end.astimezone(UTC) - begin.astimezone(UTC)


def utc_text(instant: datetime) -> str:
    """How the store writes an instant: ISO 8601 in UTC to the second, so that text order is time order."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_utc_text(text: str) -> datetime:
    """The aware UTC instant of `utc_text`'s form."""
    return datetime.fromisoformat(text)


def wall_text(wall: datetime) -> str:
    """How the store writes a wall time: naive ISO 8601 to the minute."""
    return wall.strftime(WALL)


def from_wall_text(text: str) -> datetime:
    """The naive wall time of `wall_text`'s form."""
    return datetime.fromisoformat(text)


def day_bounds(day: date, zone_name: str, *, days: int = 1) -> tuple[datetime, datetime]:
    """The UTC instants at which local `day` begins and the day `days` later begins."""
    place = zone(zone_name)
    begin, end = (
        datetime.combine(when, time(), tzinfo=place).astimezone(UTC) for when in (day, day + timedelta(days=days))
    )
    return begin, end


def short_date(day: date) -> str:
    """`Wed 5 Jun`: how a screen writes a day. Not from the locale, so that it is the same everywhere."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def short_moment(wall: datetime) -> str:
    """`Wed 5 Jun 10:30`: how a screen writes a local day and time."""
    return f"{short_date(wall.date())} {wall:%H:%M}"


def span_text(start: datetime, end: datetime) -> str:
    """`Fri 27 Nov 12:00–17:00`, `Wed 16 Dec, all day`, `Thu 24 Dec to Sat 2 Jan`: how a screen writes a time from a
    start to an end, both local."""
    first = short_date(start.date())
    if start.time() == end.time() == time():
        last = (end - timedelta(days=1)).date()
        return f"{first}, all day" if last == start.date() else f"{first} to {short_date(last)}"
    until = "" if end.date() == start.date() else f"{short_date(end.date())} "
    return f"{first} {start:%H:%M}{f' to {until}' if until else '–'}{end:%H:%M}"


def long_date(day: date, language: str = "en") -> str:
    """`Wed 5 June`, in Afrikaans (`af`) `Wo 5 Junie`: how a message writes a day (`appointment_start_date`)."""
    weekday = AFRIKAANS_WEEKDAYS[day.weekday()] if language == "af" else WEEKDAYS[day.weekday()][:3]
    return f"{weekday} {day.day} {_month(day, language)}"


def full_date(day: date, language: str = "en") -> str:
    """`5 June 2026`, in Afrikaans (`af`) `5 Junie 2026`: how a document and a sentence write a day."""
    return f"{day.day} {_month(day, language)} {day.year}"


def _month(day: date, language: str) -> str:
    return (AFRIKAANS_MONTHS if language == "af" else MONTHS)[day.month - 1]


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
AFRIKAANS_WEEKDAYS = ("Ma", "Di", "Wo", "Do", "Vr", "Sa", "So")
AFRIKAANS_MONTHS = (
    "Januarie",
    "Februarie",
    "Maart",
    "April",
    "Mei",
    "Junie",
    "Julie",
    "Augustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
