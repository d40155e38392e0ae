"""What the feed says of a zone is what the clocks there do, as another program works it out from the text alone."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.tz import tzical

from guru_tui.documents.calendar_zone import described

ODD = (
    *("Africa/Johannesburg", "Europe/London", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe"),
    *("Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Antarctica/Troll", "Asia/Gaza"),
)


def as_told(zone: str, first: int, last: int) -> tzical:
    lines = described(zone, first, last).decode().replace("\r\n", "\n")
    return tzical(io.StringIO(lines)).get(zone)  # type: ignore[no-any-return]


@pytest.mark.parametrize("zone", ODD)
def test_every_hour_of_some_years_has_its_offset(zone: str) -> None:
    told, place = as_told(zone, 2024, 2029), ZoneInfo(zone)
    at = datetime(2025, 1, 1, 0, 30, tzinfo=UTC)
    while at.year < 2029:
        there = at.astimezone(place)
        wall = there.replace(tzinfo=told)
        assert wall.utcoffset() == there.utcoffset(), there
        at += timedelta(hours=1)


def test_every_zone_can_be_told() -> None:
    for zone in sorted(available_timezones()):
        text = described(zone, 2025, 2027)
        assert text.count(b"BEGIN:") == text.count(b"END:") >= 2
        assert all(len(line) <= 75 for line in text.split(b"\r\n"))
        noon = datetime(2026, 7, 1, 12)
        there = noon.replace(tzinfo=ZoneInfo(zone)).utcoffset()
        assert noon.replace(tzinfo=as_told(zone, 2025, 2027)).utcoffset() == there, zone
