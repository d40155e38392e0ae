"""Which free time fits whom on the waiting list, who comes first, and how a wish is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guru_tui.domain.waitlist import DAY, Slot, Wish, days_in_words, fits, in_words, pieces, rank, start_in

TUESDAY = date(2026, 12, 1)


def at(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time())  # noqa: DTZ007 (a wall time)


def slot(begin: str, end: str, day: date = TUESDAY, type_id: int | None = None) -> Slot:
    return Slot(at(begin, day), at(end, day), type_id)


class Entry(NamedTuple):
    id: int
    wish: Wish
    since: datetime


MORNINGS = Wish(45, (1, 3), 0, 720)


@pytest.mark.parametrize(
    ("free", "start"),
    [
        (slot("10:30", "11:30"), "10:30"),
        (slot("10:30", "11:15"), "10:30"),
        (slot("10:30", "11:14"), None),
        (slot("11:30", "13:00"), None),  # it would end in the afternoon
        (slot("11:15", "13:00"), "11:15"),
        (slot("10:30", "11:30", date(2026, 12, 2)), None),  # a Wednesday
        (slot("10:30", "11:30", date(2026, 12, 3)), "10:30"),
    ],
)
def test_a_free_time_fits_where_the_whole_appointment_lies_in_it(free: Slot, start: str | None) -> None:
    found = start_in(MORNINGS, free)
    assert (f"{found:%H:%M}" if found else None) == start


def test_the_first_start_that_is_wanted_is_taken() -> None:
    wish = Wish(60, opens=14 * 60, first_on=TUESDAY, last_on=TUESDAY)
    assert start_in(wish, slot("13:00", "15:00")) == at("14:00")
    assert start_in(wish, slot("13:00", "14:59")) is None
    assert start_in(wish, slot("14:00", "15:00", TUESDAY + timedelta(7))) is None


def test_a_start_lies_in_what_came_free_though_the_end_may_lie_behind_it() -> None:
    freed = slot("09:00", "12:00")._replace(latest=at("10:00"))
    assert start_in(Wish(90), freed) == at("09:00")
    assert start_in(Wish(90, opens=9 * 60 + 45), freed) == at("09:45")
    assert start_in(Wish(60, opens=10 * 60), freed) is None


def test_of_a_free_time_over_several_days_the_wanted_day_is_found() -> None:
    weekend = Slot(at("12:00", date(2026, 11, 27)), at("12:00", date(2026, 12, 1)))
    assert start_in(Wish(60, (6,)), weekend) == at("00:00", date(2026, 11, 29))
    assert start_in(Wish(60, (2,)), weekend) is None


def test_who_has_waited_longest_comes_first_then_who_fits_best() -> None:
    old, new = datetime(2026, 11, 1, 9, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)
    entries = [
        Entry(1, Wish(30), new),
        Entry(2, Wish(60), new + timedelta(hours=2)),
        Entry(3, Wish(60, type_id=2), new + timedelta(hours=1)),
        Entry(4, Wish(30), old),
        Entry(5, Wish(90), old),
    ]
    ranked = rank(entries, [slot("10:00", "11:00", type_id=1)])
    assert [entry.id for entry, _ in ranked] == [4, 2, 1, 3]
    assert {start for _, start in ranked} == {at("10:00")}


WISHES = st.builds(
    lambda minutes, days, opens, length, first, last: Wish(
        minutes, tuple(sorted(days)), opens, min(opens + length, DAY), first, last
    ),
    st.integers(1, 300),
    st.sets(st.integers(0, 6)),
    st.integers(0, DAY - 1),
    st.integers(1, DAY),
    st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
    st.none() | st.dates(date(2026, 11, 1), date(2026, 12, 31)),
)
MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda minute: datetime(2026, 11, 1) + timedelta(minutes=minute))
SLOTS = st.builds(lambda start, minutes: Slot(start, start + timedelta(minutes=minutes)), MOMENTS, st.integers(1, 4000))


@given(WISHES, SLOTS)
def test_what_is_found_is_inside_the_free_time_and_what_was_wanted(wish: Wish, free: Slot) -> None:
    start = start_in(wish, free)
    if start is None:
        # Then no start does, to the minute.
        for minute in range(0, int((free.end - free.start).total_seconds()) // 60, 7):
            begin = free.start + timedelta(minutes=minute)
            assert begin + timedelta(minutes=wish.minutes) > free.end or not fits(wish, begin)
        return
    end = start + timedelta(minutes=wish.minutes)
    midnight = datetime.combine(start.date(), datetime.min.time())
    assert free.start <= start < end <= free.end
    assert wish.opens <= (start - midnight).total_seconds() / 60
    assert (end - midnight).total_seconds() / 60 <= wish.closes
    assert not wish.weekdays or start.weekday() in wish.weekdays
    assert wish.first_on is None or wish.first_on <= start.date()
    assert wish.last_on is None or start.date() <= wish.last_on
    assert fits(wish, start)


@given(WISHES, SLOTS, st.integers(0, 600))
def test_more_free_time_never_fits_fewer(wish: Wish, free: Slot, more: int) -> None:
    start, longer = start_in(wish, free), free._replace(end=free.end + timedelta(minutes=more))
    if start is not None:
        assert start_in(wish, longer) == start


@given(st.lists(WISHES, max_size=8), SLOTS, st.randoms())
def test_the_order_does_not_hang_on_how_the_list_is_read(wishes: list[Wish], free: Slot, random: object) -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    entries = [Entry(number, wish, since + timedelta(hours=number % 3)) for number, wish in enumerate(wishes)]
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(shuffled, [free]) == rank(entries, [free])
    assert {entry.id for entry, _ in rank(entries, [free])} == {e.id for e in entries if start_in(e.wish, free)}


@given(SLOTS, st.lists(SLOTS, max_size=6))
def test_what_is_left_of_a_time_is_free_and_nothing_free_is_lost(free: Slot, others: list[Slot]) -> None:
    taken = [(other.start, other.end) for other in others]
    left = pieces(free, taken)
    for minute in range(0, int((free.end - free.start).total_seconds()) // 60, 13):
        moment = free.start + timedelta(minutes=minute)
        busy = any(begin <= moment < end for begin, end in taken)
        assert busy != any(piece.start <= moment < piece.end for piece in left)


def test_days_in_words() -> None:
    said = [days_in_words(days) for days in ((), (1,), (1, 3), (0, 1, 2, 3, 4), (0, 2, 4), (0, 1))]
    assert said == ["", "Tue", "Tue and Thu", "Mon to Fri", "Mon, Wed and Fri", "Mon and Tue"]


def test_a_wish_in_words() -> None:
    until = Wish(45, (1, 3), 0, 720, None, date(2026, 12, 11), 3)
    assert in_words(until, "Massage") == "Tue and Thu mornings, 45 min Massage, until Fri 11 Dec"
    assert in_words(Wish(60)) == "any time, 60 min"
    assert in_words(Wish(60, opens=840)) == "any day after 14:00, 60 min"
    assert in_words(Wish(60, (4,), 0, 600)) == "Fri before 10:00, 60 min"
    assert in_words(Wish(60, (), 540, 750, TUESDAY, TUESDAY)) == "any day 09:00-12:30, 60 min, on Tue 1 Dec"
    assert in_words(Wish(60, (0, 1), first_on=TUESDAY)) == "Mon and Tue, 60 min, from Tue 1 Dec"
    assert in_words(Wish(30, opens=1020, first_on=TUESDAY, last_on=date(2026, 12, 4))) == (
        "evenings, 30 min, Tue 1 Dec to Fri 4 Dec"
    )
