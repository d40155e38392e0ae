"""When a reminder leaves: the local calendar date minus the lead, after the quiet hours, before the start."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.reminders import after_quiet, before_quiet, hours_moment, notice_serves, reminder_moment

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


EARLY = datetime(2020, 1, 1, tzinfo=UTC)


def hours(start: str, number: int, zone: str = "Africa/Johannesburg", now: datetime = EARLY) -> datetime:
    return hours_moment(
        datetime.fromisoformat(start), zone, hours=number, quiet_from=EVENING, quiet_to=MORNING, now=now
    )


def test_hours_before_the_start_are_real_hours() -> None:
    assert hours("2026-11-27T14:00", 2) == at("2026-11-27T12:00+02:00")
    assert hours("2026-11-27T14:00", 48) == at("2026-11-25T14:00+02:00")
    # The clocks of London go back at 02:00 on 25 October 2026: 24 hours before 14:00 it was 15:00 there.
    assert hours("2026-10-25T14:00", 24, "Europe/London") == at("2026-10-24T15:00+01:00")
    # And forward on 28 March 2027.
    assert hours("2027-03-28T14:00", 24, "Europe/London") == at("2027-03-27T13:00+00:00")
    assert hours("2026-11-01T12:00", 24, "America/New_York") == at("2026-10-31T13:00-04:00")
    assert hours("2027-03-14T12:00", 24, "America/New_York") == at("2027-03-13T11:00-05:00")


def test_hours_that_fall_into_the_quiet_hours_come_later() -> None:
    assert hours("2026-11-27T09:00", 3) == at("2026-11-27T07:00+02:00")
    assert hours("2026-11-27T09:00", 12) == at("2026-11-27T07:00+02:00")


def test_where_that_would_be_too_late_they_come_before_the_quiet_hours() -> None:
    evening, moment = at("2026-11-26T20:00+02:00"), at("2026-11-27T05:30+02:00")
    assert hours("2026-11-27T06:30", 1) == evening
    assert hours("2026-11-27T06:30", 1, now=evening) == evening
    assert hours("2026-11-27T06:30", 1, now=evening + timedelta(minutes=59)) == evening
    assert hours("2026-11-27T06:30", 1, now=evening + timedelta(hours=1)) == moment


@given(STARTS, ZONES, st.integers(1, 168), TIMES, TIMES)
def test_hours_before_never_reach_the_start(
    start: datetime, zone: str, number: int, quiet_from: time, quiet_to: time
) -> None:
    begins = start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    planned = begins - timedelta(hours=number)
    for now in (EARLY, planned, begins):
        found = hours_moment(start, zone, hours=number, quiet_from=quiet_from, quiet_to=quiet_to, now=now)
        assert found < begins
        assert planned - timedelta(hours=26) <= found <= planned + timedelta(hours=26)
        if found > planned:
            assert after_quiet(found, zone, quiet_from, quiet_to) == found


@given(STARTS, ZONES, TIMES, TIMES)
def test_the_quiet_hours_have_begun_when_they_are_on(
    now: datetime, zone: str, quiet_from: time, quiet_to: time
) -> None:
    instant = now.replace(tzinfo=UTC)
    if after_quiet(instant, zone, quiet_from, quiet_to) > instant:
        assert instant - timedelta(hours=26) <= before_quiet(instant, zone, quiet_from) <= instant


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
