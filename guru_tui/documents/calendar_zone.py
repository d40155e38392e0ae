"""What the clocks of a zone do, for a calendar that travels (VTIMEZONE, RFC 5545, 3.6.5).

Written here from the zone itself and not by the library: that one is slow to load, and gives a change to summer time
in the wall time after it, an hour late, where the standard counts in the one before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_STEP = timedelta(days=1)
_EXACT = timedelta(seconds=1)


@lru_cache(maxsize=16)
def described(zone: str, first: int, last: int) -> bytes:
    """The component that describes `zone` from the year `first` to the end of `last`."""
    place = ZoneInfo(zone)
    begin, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    before = begin.astimezone(place)
    # The first stretch begins with the first year, as if nothing had been before.
    for at in (begin, *_changes(place, begin, end)):
        after = at.astimezone(place)
        kind = "DAYLIGHT" if after.dst() else "STANDARD"
        since = before.utcoffset() or timedelta()
        lines += [
            f"BEGIN:{kind}",
            f"DTSTART:{(at + since):%Y%m%dT%H%M%S}",
            f"TZNAME:{after.tzname()}",
            f"TZOFFSETFROM:{_offset(since)}",
            f"TZOFFSETTO:{_offset(after.utcoffset() or timedelta())}",
            f"END:{kind}",
        ]
        before = after
    lines += ["END:VTIMEZONE", ""]
    return "\r\n".join(lines).encode()


def _changes(place: ZoneInfo, begin: datetime, end: datetime) -> list[datetime]:
    """The UTC instants after `begin` and before `end` at which the clocks are changed, to the second."""
    found = []
    at = begin
    while at < end:
        following = at + _STEP
        if _told(place, at) != _told(place, following):
            low, high = at, following
            while high - low > _EXACT:
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                low, high = (low, middle) if _told(place, middle) != _told(place, at) else (middle, high)
            found.append(high)
        at = following
    return [each for each in found if each < end]


def _told(place: ZoneInfo, at: datetime) -> tuple[timedelta | None, timedelta | None, str | None]:
    there = at.astimezone(place)
    return there.utcoffset(), there.dst(), there.tzname()


def _offset(offset: timedelta) -> str:
    """`+0200`, with seconds where there are any (RFC 5545, 3.3.14)."""
    seconds = int(offset.total_seconds())
    sign, seconds = "-" if seconds < 0 else "+", abs(seconds)
    rest = f"{seconds % 60:02d}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02d}{seconds // 60 % 60:02d}{rest}"
