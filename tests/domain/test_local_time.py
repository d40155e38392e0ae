"""Wall time, zone and instant, where clocks change and where they do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.local_time import (
    day_bounds,
    from_utc_text,
    from_wall_text,
    full_date,
    long_date,
    resolve,
    short_date,
    span_text,
    to_local,
    utc_text,
    wall_text,
    zone,
)
from guru_tui.errors import Ambiguous, Invalid

ZONES = st.sampled_from(
    [
        "Africa/Johannesburg",
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kathmandu",
    ]
)
WALLS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2060, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_plain_time() -> None:
    assert resolve(wall("2026-11-25T09:00"), "Africa/Johannesburg") == datetime(2026, 11, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "skipped"),
    [
        ("Europe/London", "2026-03-29T01:30"),
        ("America/New_York", "2026-03-08T02:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15"),
        ("Pacific/Apia", "2011-12-30T12:00"),
        ("America/Sao_Paulo", "2018-11-04T00:00"),
    ],
)
def test_a_time_that_the_clocks_skip_is_refused(place: str, skipped: str) -> None:
    for fold in (None, 0, 1):
        with pytest.raises(Invalid, match="does not exist"):
            resolve(wall(skipped), place, fold=fold)


def test_a_time_that_happens_twice_is_asked() -> None:
    twice = wall("2026-10-25T01:30")
    with pytest.raises(Ambiguous, match="happens twice on 25 October 2026") as asked:
        resolve(twice, "Europe/London")
    assert asked.value.choices == ("01:30 BST", "01:30 GMT")
    assert resolve(twice, "Europe/London", fold=0) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert resolve(twice, "Europe/London", fold=1) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert resolve(wall("2026-10-25T02:00"), "Europe/London") == datetime(2026, 10, 25, 2, tzinfo=UTC)


@given(WALLS, ZONES)
def test_what_resolves_comes_back(moment: datetime, place: str) -> None:
    try:
        instant = resolve(moment, place)
    except Ambiguous:
        first, second = (resolve(moment, place, fold=fold) for fold in (0, 1))
        assert timedelta() < second - first <= timedelta(hours=2)
        instant = first
    except Invalid:
        around = [to_local(moment.replace(tzinfo=UTC) + timedelta(hours=hours), place) for hours in range(-15, 16)]
        assert moment not in [local.replace(tzinfo=None) for local in around]
        return
    assert instant.tzinfo is UTC
    assert to_local(instant, place).replace(tzinfo=None) == moment
    assert from_utc_text(utc_text(instant)) == instant
    assert from_wall_text(wall_text(moment)) == moment


@given(st.lists(WALLS, min_size=2, max_size=5), ZONES)
def test_stored_instants_sort_as_text(moments: list[datetime], place: str) -> None:
    instants = [moment.replace(tzinfo=zone(place)) for moment in moments]
    assert sorted(map(utc_text, instants)) == [utc_text(one) for one in sorted(i.astimezone(UTC) for i in instants)]


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 1, 1)), ZONES, st.integers(1, 14))
def test_days_follow_each_other_without_gap_or_overlap(day: date, place: str, days: int) -> None:
    begin, end = day_bounds(day, place, days=days)
    assert end == day_bounds(day + timedelta(days=days), place)[0]
    assert begin <= end
    if begin < end:
        assert to_local(begin, place).date() >= day
        assert to_local(begin - timedelta(minutes=1), place).date() < day
        assert to_local(end - timedelta(minutes=1), place).date() <= day + timedelta(days=days - 1)


@pytest.mark.parametrize(
    ("place", "day", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Africa/Johannesburg", date(2026, 3, 29), 24),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_has_the_hours_its_clocks_show(place: str, day: date, hours: int) -> None:
    begin, end = day_bounds(day, place)
    assert end - begin == timedelta(hours=hours)


def test_zones_that_do_not_exist_are_refused() -> None:
    for name in ("", "Mars/Olympus", "../etc/passwd", "Africa", "x\0y", "/etc/localtime", "\ud800"):
        with pytest.raises(Invalid, match="Africa/Johannesburg"):
            zone(name)


def test_dates_are_written_in_english_whatever_the_locale() -> None:
    assert (short_date(date(2026, 6, 3)), long_date(date(2026, 6, 3))) == ("Wed 3 Jun", "Wed 3 June")


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 6, 3), "Wo 3 Junie 2026"), (date(2026, 3, 1), "So 1 Maart 2026"),
        (date(2027, 1, 4), "Ma 4 Januarie 2027"), (date(2026, 12, 8), "Di 8 Desember 2026"),
        (date(2026, 10, 1), "Do 1 Oktober 2026"), (date(2026, 5, 1), "Vr 1 Mei 2026"),
        (date(2026, 8, 1), "Sa 1 Augustus 2026"),
    ],
)  # fmt: skip
def test_days_in_afrikaans(day: date, written: str) -> None:
    assert f"{long_date(day, 'af')} {day.year}" == written
    assert full_date(day, "af") == written.partition(" ")[2]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-11-27T12:00", "2026-11-27T17:00", "Fri 27 Nov 12:00–17:00"),
        ("2026-12-16T00:00", "2026-12-17T00:00", "Wed 16 Dec, all day"),
        ("2026-12-24T00:00", "2027-01-03T00:00", "Thu 24 Dec to Sat 2 Jan"),
        ("2026-11-27T22:00", "2026-11-28T02:00", "Fri 27 Nov 22:00 to Sat 28 Nov 02:00"),
        ("2026-11-27T22:00", "2026-11-28T00:00", "Fri 27 Nov 22:00 to Sat 28 Nov 00:00"),
    ],
)
def test_how_a_time_from_a_start_to_an_end_is_written(start: str, end: str, said: str) -> None:
    assert span_text(wall(start), wall(end)) == said
