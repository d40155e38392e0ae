"""Clocks that jump and clocks that change: each reminder once, at its hour, never after the start."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.settings import Settings
from guru_tui.store import schema
from tests.conftest import set_up
from tests.outbox_support import book, client, files, outbox, run, setting

pytestmark = pytest.mark.slow

ZONES = ("Africa/Johannesburg", "Europe/London", "America/New_York")
# The days on which the clocks of the zone change in 2027, with weekly appointments around them.
FIRST_MONDAY = {"Africa/Johannesburg": "2027-03-01", "Europe/London": "2027-03-15", "America/New_York": "2027-03-01"}


def practice(home: Path, at: datetime, zone: str = "Africa/Johannesburg") -> tuple[Guru, FixedClock]:
    """A fresh practice in a zone whose messages go to files."""
    clock = FixedClock(at)
    configured = Settings(home, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})
    schema.create(configured.database)
    guru = Guru(configured, clock, origin="test")
    set_up(guru)
    setting(guru, "zone", zone)
    return guru, clock


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", ["00:30", "01:30", "02:30", "09:00", "23:45"])
def test_a_reminder_leaves_at_its_wall_time_across_the_change_of_the_clocks(
    tmp_path: Path, zone: str, hour: str
) -> None:
    """The day before at 10:00 local, whatever the clocks have done in between; `hour` is the appointment's."""
    place = ZoneInfo(zone)
    first = datetime.fromisoformat(FIRST_MONDAY[zone])
    guru, clock = practice(
        tmp_path / "home", datetime.combine(first, datetime.min.time(), place) - timedelta(days=3), zone
    )
    person = client(guru, mobile="")
    booked = 0
    for week in range(5):
        for day in (0, 6):  # a Monday and the Sunday before the next, on which clocks change
            start = (first + timedelta(days=7 * week + day)).strftime("%Y-%m-%dT") + hour
            try:
                book(guru, person, start)
            except Exception as error:
                assert "does not exist" in str(error) or "happens twice" in str(error), error
            else:
                booked += 1
    assert booked >= 8
    left: list[tuple[datetime, datetime]] = []
    end = clock.now() + timedelta(days=42)
    while clock.now() < end:
        for row in run(guru).messages:
            if row.state == "sent":
                assert row.starts_at is not None
                left.append((clock.now().astimezone(place), row.starts_at.astimezone(place)))
        clock.advance(hours=1)
    assert len(left) == booked == len(outbox(guru))
    for sent, start in left:
        assert sent.date() == start.date() - timedelta(days=1), (sent, start)
        assert f"{sent:%H:%M}" == "10:00", (sent, start)
        assert f"{start:%H:%M}" == hour
    guru.close()


JUMPS = st.lists(st.integers(-36 * 60, 36 * 60), min_size=3, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(jumps=JUMPS)
def test_whatever_the_clock_does_no_message_goes_twice_and_none_after_the_start(
    tmp_path_factory: pytest.TempPathFactory, jumps: list[int]
) -> None:
    home = tmp_path_factory.mktemp("jumps") / "home"
    guru, clock = practice(home, datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    starts = [f"2026-11-{day}T{hour}:00" for day in (26, 27, 28) for hour in ("09", "15")]
    for number, start in enumerate(starts):
        book(guru, client(guru, f"Client{number}", mobile=""), start)
    for minutes in [0, *jumps]:
        clock.advance(minutes=minutes)
        for row in run(guru).messages:
            if row.state == "sent" and row.sent_at == clock.now():
                assert row.starts_at is not None and clock.now() < row.starts_at
    counted = Counter((row.appointment_id, row.starts_at, row.kind, row.channel, row.recipient) for row in outbox(guru))
    assert not counted or max(counted.values()) == 1
    sent = [row for row in outbox(guru) if row.state == "sent"]
    assert len(files(home)) == len(sent) == len({row.appointment_id for row in sent})
    # Once the clock is right again every appointment has had its reminder, or is named as missed.
    clock.advance(minutes=-sum(jumps))
    for _ in range(20):
        run(guru)
        clock.advance(hours=4)
    ends = {row.appointment_id: row.state for row in outbox(guru)}
    assert len(ends) == len(outbox(guru)) == len(starts) and set(ends.values()) <= {"sent", "missed"}, ends
    assert len(files(home)) == sum(state == "sent" for state in ends.values())
    guru.close()
