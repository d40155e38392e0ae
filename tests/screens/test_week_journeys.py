"""Journeys on Week and Month, with the number of keys that each may take."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.screens.month import MonthScreen
from guru_tui.screens.week import WeekScreen
from guru_tui.widgets.week_sheet import Cell
from tests.screens.conftest import book


def week(hand) -> WeekScreen:
    screen = hand.app.screen
    assert isinstance(screen, WeekScreen), screen
    return screen


def starts(day, client_id: int) -> list[datetime]:
    entries = [entry for entry in day.guru.reads.agenda(date(2026, 11, 23), 60) if entry.client_id == client_id]
    return [entry.starts.replace(tzinfo=None) for entry in entries if entry.status != "cancelled"]


async def test_it_opens_on_what_goes_on_with_the_practice_hours_on_top(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2")
        assert week(hand).entry.id == day.now
        assert "Week 48 · 23–29 Nov · 3 booked" in hand.screen
        rows = hand.screen.splitlines()
        assert rows[3].startswith(" 08:00") and rows[20].startswith("   ·"), "from eight to five at 80x24"
        assert rows[7].startswith("▶10:00") and "▶Thandi" in rows[6]
        assert "Thandi Nkosi · 09:30-10:30 · Follow-up" in hand.screen


async def test_in_the_evening_it_opens_on_the_next_day(open_app, day, clock: FixedClock) -> None:
    tomorrow = book(day.guru, day.sarah, datetime(2026, 11, 26, 9, 0))
    clock.advance(hours=11)
    async with open_app(day.guru) as hand:
        await hand.press("2")
        assert week(hand).entry.id == tomorrow
        assert hand.screen.splitlines()[3].startswith(" 08:00"), "not the rows of the night"
        await hand.press("right_square_bracket", "t")
        assert week(hand).entry.id == tomorrow


async def test_the_cursor_goes_by_cells_and_past_what_stands_there(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2")
        assert week(hand).grid.cursor == Cell(2, 9 * 60 + 30)
        await hand.press("j")
        assert week(hand).grid.cursor == Cell(2, 10 * 60 + 30)
        assert "Wed 25 Nov 10:30 · free until 12:30" in hand.screen
        await hand.press("k")
        assert week(hand).entry.id == day.now
        await hand.press("k", "k")
        assert week(hand).entry.id == day.past
        await hand.press("l", "j", "h", "home")
        assert week(hand).grid.cursor == Cell(2, 8 * 60)
        await hand.press("h", "h", "h")
        assert week(hand).grid.cursor == Cell(6, 8 * 60), "over the edge into the week before"
        assert "16–22 Nov" in hand.screen
        await hand.press("t")
        assert week(hand).entry.id == day.now and "23–29 Nov" in hand.screen


async def test_the_weeks_beside_are_ready_and_never_older_than_the_store(
    open_app, day, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2")
        pages = week(hand)._pages
        await hand.until(lambda: pages.has(date(2026, 11, 30), 7) and pages.has(date(2026, 11, 16), 7))
        read: list[date] = []
        spans = type(day.guru.reads).spans
        monkeypatch.setattr(
            type(day.guru.reads), "spans", lambda reads, first, days: read.append(first) or spans(reads, first, days)
        )
        await hand.press("right_square_bracket")
        assert "30 Nov–6 Dec" in hand.screen and "0 booked" in hand.screen
        assert date(2026, 11, 30) not in read, "it was read before the key was pressed"
        await hand.press("left_square_bracket")
        assert week(hand).entry.id == day.now
        # Somebody else books there: nothing that was read before is shown.
        with closing(Guru(day.guru.settings, clock)) as desk:
            book(desk, day.sarah, datetime(2026, 12, 2, 10, 0))
        await hand.press("right_square_bracket")
        assert "1 booked" in hand.screen and "Sarah" in hand.screen
        await hand.press("left_square_bracket")
        await hand.until(lambda: pages.has(date(2026, 11, 16), 7))
        # The now-line of a page that is kept would stand where it was.
        clock.advance(hours=1)
        assert not pages.has(date(2026, 11, 23), 7)
        await hand.press("right_square_bracket", "left_square_bracket")
        assert "▶11:00" in hand.screen


async def test_a_slot_is_booked_with_its_time(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2", "l", "j")
        before = hand.pressed
        await hand.type("a")
        await hand.type("ler")
        await hand.press("enter")
        assert hand.pressed - before == 5
        await hand.until(lambda: hand.dialogs == 0)
        assert starts(day, day.lerato) == [datetime(2026, 11, 25, 14), datetime(2026, 11, 26, 10)]
        assert week(hand).entry.client == "Lerato Mokoena"
        assert "Booked Lerato Mokoena" in hand.status


async def test_an_appointment_is_moved_with_five_keys_and_back_with_one(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        hand.today.point(("appointment", day.later))
        before = hand.pressed
        await hand.press("m")
        await hand.until(lambda: isinstance(hand.app.screen, WeekScreen) and week(hand)._moving)
        await hand.press("l", "j")
        assert "Lerato Mokoena · Thu 26 Nov 14:30-15:30 · free ✓" in hand.screen
        assert "◆Lerat" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 1)
        assert "Wed 25 Nov 14:00" in hand.screen and "Thu 26 Nov 2026 14:30" in hand.screen
        assert "SMS to 082 555 0134" in hand.screen
        await hand.press("enter")
        assert hand.pressed - before == 5
        await hand.until(lambda: hand.dialogs == 0 and "Moved" in hand.status)
        assert starts(day, day.lerato) == [datetime(2026, 11, 26, 14, 30)]
        assert hand.today.entry.id == day.later and hand.today.day == date(2026, 11, 26)
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        assert starts(day, day.lerato) == [datetime(2026, 11, 25, 14)]


async def test_a_clash_is_shown_before_the_drop_and_wants_a_key_of_its_own(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2", "m")
        await hand.press(*"k" * 2)
        assert "‼ Sarah Botha 08:00-09:00" in hand.screen and "‼Thandi" in hand.screen
        await hand.press("enter", "enter")
        assert hand.dialogs == 1 and "f moves it all the same" in hand.screen
        await hand.press("escape")
        assert "Thandi Nkosi · Wed 25 Nov 08:30-09:30 · ‼" in hand.screen, "Esc goes on moving"
        await hand.press("enter", "f")
        await hand.until(lambda: hand.dialogs == 0 and "Moved" in hand.status)
        assert starts(day, day.thandi) == [datetime(2026, 11, 25, 8, 30)]
        assert "1 clash" in hand.screen
        first = week(hand).entry.id
        await hand.press("tab")
        assert {first, week(hand).entry.id} == {day.now, day.past}


async def test_length_and_weeks_while_moving_and_esc_changes_nothing(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2", "m", "right_square_bracket", "plus")
        assert "Wed 2 Dec 09:30-10:45" in hand.screen and "Week 49" in hand.screen
        await hand.press("minus", "minus", "minus", "minus", "minus", "minus")
        assert "09:30-09:45" in hand.screen, "a quarter of an hour at least"
        await hand.press("x", "d", "a")
        assert hand.dialogs == 0, "no other key does anything meanwhile"
        await hand.press("escape")
        assert starts(day, day.thandi) == [datetime(2026, 11, 25, 9, 30)]
        assert week(hand).entry.id == day.now and "Week 48" in hand.screen and "Left where it was" in hand.status
        await hand.press("m", "enter")
        assert hand.dialogs == 0 and "where it was" in hand.status


async def test_a_typed_time_from_within_the_move(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2", "m", "e")
        await hand.type("fri 11")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0 and "Moved" in hand.status)
        assert starts(day, day.thandi) == [datetime(2026, 11, 27, 11)]
        assert week(hand).entry.id == day.now


async def test_what_is_booked_elsewhere_meanwhile_stops_the_drop(open_app, day, home, clock) -> None:
    from guru_tui.bootstrap import Guru
    from tests.screens.conftest import book

    async with open_app(day.guru) as hand:
        await hand.press("2", "m", "l", "enter")
        await hand.until(lambda: hand.dialogs == 1)
        phone = Guru(day.guru.settings, clock, origin="phone")
        book(phone, day.sarah, datetime(2026, 11, 26, 9))
        phone.close()
        await hand.press("enter")
        await hand.until(lambda: "f moves it all the same" in hand.screen)
        assert starts(day, day.thandi) == [datetime(2026, 11, 25, 9, 30)]


async def test_friday_afternoon_is_blocked_with_eight_keys(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2")
        before = hand.pressed
        await hand.type("b")
        await hand.type("fri pm")
        await hand.press("enter")
        assert hand.pressed - before == 8
        await hand.until(lambda: hand.dialogs == 0)
        assert "▒" in hand.screen


async def test_zoom_days_and_dates(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("2", "plus")
        assert "   :30" in hand.screen and week(hand).entry.id == day.now
        await hand.press("plus")
        assert "15 minutes are the finest" in hand.status
        await hand.press("minus", "minus")
        assert week(hand).grid.zoom == 60
        await hand.press("w")
        assert "Sat 28" not in hand.screen and week(hand).entry.id == day.now
        await hand.press("g", "d")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.type("24/12")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert "Thu 24" in hand.screen and week(hand)._cursor_day() == date(2026, 12, 24)


@pytest.mark.parametrize(("size", "shown"), [((60, 20), 3), ((45, 20), 3), ((80, 24), 7), ((140, 40), 7)])
async def test_as_many_days_as_fit(open_app, day, size: tuple[int, int], shown: int) -> None:
    async with open_app(day.guru, size) as hand:
        await hand.press("2")
        assert len(week(hand).grid.columns) == shown and week(hand).entry.id == day.now
        await hand.press("right_square_bracket", "l", "l", "l", "l")
        for line in hand.screen.splitlines():
            assert len(line) <= size[0]


async def test_the_now_line_moves_and_another_process_is_seen(open_app, day, clock: FixedClock) -> None:
    from tests.screens.conftest import book

    async with open_app(day.guru) as hand:
        await hand.press("2")
        clock.advance(hours=1)
        book(day.guru, day.sarah, datetime(2026, 11, 27, 12))
        day.guru.connection.execute("SELECT 1")
        await hand.until(lambda: "▶11:00" in hand.screen and "4 booked" in hand.screen)
        assert week(hand).entry.id == day.now, "the cursor stays on its record"


async def test_month_counts_and_goes_to_the_day(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("3")
        assert "November 2026 · 3 booked" in hand.screen and "25•▃3" in hand.screen
        assert "Wed 25 Nov · 3 booked · 4 gaps · ✓" not in hand.screen
        await hand.press("tab")
        screen = hand.app.screen
        assert isinstance(screen, MonthScreen) and screen.entry.id == day.now
        await hand.press("enter")
        await hand.until(lambda: hand.key() == ("appointment", day.now))
        await hand.press("3", "right_square_bracket", "j", "l")
        assert isinstance(hand.app.screen, MonthScreen)
        assert "January 2027" in hand.screen and hand.app.screen.grid.cursor == date(2027, 1, 2)
        await hand.press("left_curly_bracket", "t")
        assert "November 2026" in hand.screen and hand.app.screen.grid.cursor == date(2026, 11, 25)


async def test_month_moves_and_cancels_what_tab_has_come_to(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("3", "tab", "tab", "m", "l", "enter")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0 and "Moved" in hand.status)
        assert starts(day, day.lerato) == [datetime(2026, 11, 26, 14)]
        assert isinstance(hand.app.screen, MonthScreen) and hand.app.screen.entry.id == day.later
        await hand.press("x", "enter")
        await hand.until(lambda: "Cancelled" in hand.status)
        assert starts(day, day.lerato) == []


async def test_a_day_without_anything_can_be_booked_from_the_month(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("3", "l")
        await hand.type("a")
        await hand.type("sarah b 9")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert datetime.combine(date(2026, 11, 26), time(9)) in starts(day, day.sarah)


async def test_closed_days_and_holidays_are_told(open_app, day) -> None:
    day.guru.opening.close(date(2026, 11, 26), date(2026, 11, 27), "Congress")
    async with open_app(day.guru, (140, 40)) as hand:
        await hand.press("2", "l")
        assert "Thu 26 Congress" in hand.screen and "outside the operating hours" in hand.screen
        await hand.press("h", "m", "l")
        assert "closed: Congress" in hand.screen, "warned of before it is dropped there"
        await hand.press("escape", "g", "d")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.type("25/12")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert (
            "Fri 25 Christma" in hand.screen
            and "Fri 25 Dec" in hand.screen
            and "Christmas Day · a books" in hand.screen
        )
        await hand.press("3")
        assert "26 Congress" in hand.screen


async def test_what_was_moved_elsewhere_meanwhile_is_not_overwritten(open_app, day, clock) -> None:
    from guru_tui.bootstrap import Guru

    async with open_app(day.guru) as hand:
        await hand.press("2", "m", "l", "enter")
        await hand.until(lambda: hand.dialogs == 1)
        phone = Guru(day.guru.settings, clock, origin="phone")
        phone.booking.move(day.now, datetime(2026, 11, 30, 9), notify=False)
        phone.close()
        await hand.press("enter")
        await hand.until(lambda: "elsewhere" in hand.screen)
        assert starts(day, day.thandi) == [datetime(2026, 11, 30, 9)]


async def test_the_line_as_a_form_books_the_same(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("a")
        await hand.type("sarah b fri 9 45m ::bring scans")
        await hand.press("ctrl+o")
        await hand.until(lambda: hand.dialogs == 2)
        assert "27 Nov 2026" in hand.screen and "Sarah Botha" in hand.screen and "bring scans" in hand.screen
        await hand.press("down", "down", "end", *["backspace"] * 5)
        await hand.type("11h15")
        await hand.press("ctrl+s")
        await hand.until(lambda: hand.dialogs == 0)
        [entry] = [each for each in day.guru.reads.agenda(date(2026, 11, 27)) if each.kind != "block"]
        assert (entry.client, entry.minutes, entry.note) == ("Sarah Botha", 45, "bring scans")
        assert entry.starts.replace(tzinfo=None) == datetime(2026, 11, 27, 11, 15)


async def test_what_is_in_the_way_of_a_form_leaves_the_line_as_it_was_meant(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("a")
        await hand.type("sarah b today 14")
        await hand.press("ctrl+o")
        await hand.until(lambda: hand.dialogs == 2)
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 1)
        assert "Lerato Mokoena 14:00-15:00" in hand.screen and "#1" in hand.screen
        await hand.press("ctrl+f")
        await hand.until(lambda: hand.dialogs == 0)
        assert len(starts(day, day.sarah)) == 2


async def test_of_five_days_on_show_a_weekend_makes_seven(open_app, day) -> None:
    from tests.screens.conftest import book

    saturday = book(day.guru, day.sarah, datetime(2026, 11, 28, 9))
    async with open_app(day.guru) as hand:
        await hand.press("2", "w", "1")
        hand.today.go_to_day(date(2026, 11, 28))
        hand.today.point(("appointment", saturday))
        await hand.press("m")
        await hand.until(lambda: isinstance(hand.app.screen, WeekScreen) and week(hand)._moving)
        assert "Sat 28" in hand.screen and "◆Sarah" in hand.screen
        await hand.press("escape", "2", "w")
        assert "Sat 28" not in hand.screen
        week(hand).go_to_date(date(2026, 11, 29))
        await hand.pilot.pause()
        assert "Sun 29" in hand.screen and week(hand)._cursor_day() == date(2026, 11, 29)
