"""When a reminder leaves: the local calendar date minus the lead, after the quiet hours, before the start."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.reminders import after_quiet, notice_serves, reminder_moment

ZONES = st.sampled_from(
    [
        "Africa/Johannesburg",
        "Europe/London",
        "America/New_York",
        "Pacific/Auckland",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    ]
)
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
EVENING, MORNING = time(20), time(7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def moment(start: str, zone: str = "Africa/Johannesburg", lead: int = 1, hour: time = time(10)) -> datetime:
    return reminder_moment(
        datetime.fromisoformat(start), zone, lead_days=lead, at=hour, quiet_from=EVENING, quiet_to=MORNING
    )


def test_the_day_before_at_the_hour() -> None:
    assert moment("2026-11-27T08:00") == at("2026-11-26T10:00+02:00")
    assert moment("2026-11-27T23:30") == at("2026-11-26T10:00+02:00")
    assert moment("2026-11-27T08:00", lead=3) == at("2026-11-24T10:00+02:00")
    # The clocks of London go back on 25 October 2026: ten o'clock the day before is still ten o'clock there.
    assert moment("2026-10-25T09:00", "Europe/London") == at("2026-10-24T10:00+01:00")
    assert moment("2026-10-26T09:00", "Europe/London") == at("2026-10-25T10:00+00:00")


def test_quiet_hours_shift_it_but_never_past_the_start() -> None:
    assert moment("2026-11-27T09:00", hour=time(21)) == at("2026-11-27T07:00+02:00")
    assert moment("2026-11-27T09:00", hour=time(6)) == at("2026-11-26T07:00+02:00")
    assert moment("2026-11-27T06:30", hour=time(21)) == at("2026-11-26T21:00+02:00")


def test_an_hour_after_the_start_becomes_the_last_hour_before_it() -> None:
    assert moment("2026-11-27T09:00", lead=0) == at("2026-11-27T08:00+02:00")


@given(STARTS, ZONES, st.integers(0, 14), TIMES, TIMES, TIMES)
def test_always_before_the_start_on_the_right_day(
    start: datetime, zone: str, lead: int, hour: time, quiet_from: time, quiet_to: time
) -> None:
    found = reminder_moment(start, zone, lead_days=lead, at=hour, quiet_from=quiet_from, quiet_to=quiet_to)
    begins = start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert found < begins
    planned = datetime.combine(start.date() - timedelta(days=lead), hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if planned < begins:
        assert planned <= found <= planned + timedelta(hours=26)


@given(STARTS, ZONES, TIMES, TIMES)
def test_the_end_of_the_quiet_hours_is_not_quiet(now: datetime, zone: str, quiet_from: time, quiet_to: time) -> None:
    instant = now.replace(tzinfo=UTC)
    shifted = after_quiet(instant, zone, quiet_from, quiet_to)
    assert instant <= shifted <= instant + timedelta(hours=26)
    if shifted > instant:
        local = shifted.astimezone(ZoneInfo(zone))
        assert (
            local.time().replace(fold=0) == quiet_to
            or local.utcoffset() != instant.astimezone(ZoneInfo(zone)).utcoffset()
        )
    if quiet_from == quiet_to:
        assert shifted == instant


def test_quiet_hours_within_one_day() -> None:
    noon = at("2026-11-25T12:30+02:00")
    assert after_quiet(noon, "Africa/Johannesburg", time(12), time(14)) == at("2026-11-25T14:00+02:00")
    assert after_quiet(noon, "Africa/Johannesburg", time(13), time(14)) == noon


def test_a_notice_made_after_the_moment_serves_in_its_place() -> None:
    due = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert not notice_serves(due, None)
    assert not notice_serves(due, due - timedelta(seconds=1))
    assert notice_serves(due, due + timedelta(seconds=1))
