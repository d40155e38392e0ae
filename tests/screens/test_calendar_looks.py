"""What the calendar shows at every size: nothing clipped that matters, nothing called free that is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.views.hours import Interval
from guru_tui.domain.waitlist import Wish
from guru_tui.screens.month import MonthScreen
from guru_tui.widgets.bars import Hint, in_rows
from guru_tui.widgets.month_grid import MonthGrid
from guru_tui.widgets.paint import Pane
from tests.screens.conftest import Day, Hand, book

Open = Callable[..., Any]
SIZES = [(80, 24), (140, 40), (60, 20), (45, 20)]


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time of November 2026; the practice's today is the 25th, a Wednesday."""
    return datetime(2026, 11, 1, hour, minute) + timedelta(days=day - 1)


async def month(hand: Hand, day: date) -> MonthScreen:
    """The month with the cursor on a day."""
    await hand.press("3")
    await hand.until(lambda: isinstance(hand.app.screen, MonthScreen))
    screen = hand.app.screen
    assert isinstance(screen, MonthScreen)
    screen.go_to_date(day)
    await hand.until(lambda: screen.grid.cursor == day)
    return screen


def cell(hand: Hand, day: date) -> list[str]:
    """The lines of a day in the month."""
    grid = hand.app.screen.query_one(MonthGrid)
    week, weekday = divmod((day - grid.days[0].day).days, 7)
    tops = grid._tops()
    lines = [grid.render_line(y).text.split("│") for y in range(tops[week], tops[week + 1])]
    return [line[1 + weekday].strip() for line in lines]


# ---- the month -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_days_off_stand_on_every_day_of_the_month(day: Day, open_app: Open, size: tuple[int, int]) -> None:
    day.guru.booking.block(at(16), at(19), "Leave")
    async with open_app(day.guru, size) as hand:
        await month(hand, at(17).date())
        for number in (16, 17, 18):
            lines = cell(hand, at(number).date())
            assert lines[1].startswith("▒L") and "▒" in lines[-1], lines
        assert "▒" not in "".join(cell(hand, at(19).date()))
        assert "▒ all day Leave" in hand.screen
        if size == (140, 40):
            assert "all day     ▒ Leave" in hand.screen


async def test_what_is_blocked_for_a_part_of_a_day_stands_there_once(day: Day, open_app: Open) -> None:
    day.guru.booking.block(at(16, 12), at(17, 10), "Trip")
    async with open_app(day.guru, (140, 40)) as hand:
        await month(hand, at(17).date())
        assert "00:00-10:00 ▒ Trip" in hand.screen
        await month(hand, at(16).date())
        assert "12:00-24:00 ▒ Trip" in hand.screen
        assert not any(cell(hand, at(16).date())[2:])


@pytest.mark.parametrize("size", SIZES)
async def test_the_count_of_a_full_day_is_told_at_every_size(day: Day, open_app: Open, size: tuple[int, int]) -> None:
    for number in range(12):
        book(day.guru, day.sarah, at(19, 8) + timedelta(minutes=45 * number), minutes=45)
    day.guru.booking.block(at(19, 7), at(19, 8), "Swim")
    day.guru.opening.close(at(19).date(), at(19).date(), "Open day")
    async with open_app(day.guru, size) as hand:
        await month(hand, at(20).date())
        head, *lines = cell(hand, at(19).date())
        assert head.split()[1].lstrip("▁▂▃▄▅▆▇█") == "12"
        assert lines[-1] == f"+{12 - len(lines) + 1}", "what is not named are appointments, not what is blocked"


async def test_a_closed_day_has_no_gaps(day: Day, open_app: Open) -> None:
    day.guru.opening.close(at(19).date(), at(19).date(), "Course")
    async with open_app(day.guru, (140, 40)) as hand:
        await month(hand, at(19).date())
        await hand.until(lambda: "Thu 19 Nov · Course · 0 booked" in hand.screen)
        assert "gap" not in hand.screen and "free" not in hand.screen
        await hand.press("l")
        await hand.until(lambda: "Fri 20 Nov · 0 booked · 2 gaps" in hand.screen)


async def test_no_line_of_the_month_stays_empty_below_it(day: Day, open_app: Open) -> None:
    async with open_app(day.guru, (80, 24)) as hand:
        screen = await month(hand, date(2026, 12, 1))
        assert screen.grid.render_line(screen.grid.size.height - 1).text.startswith("│")
        await hand.pilot.click(screen.grid, offset=(3, screen.grid.size.height - 1))
        await hand.until(lambda: screen.grid.cursor == date(2026, 12, 28))


# ---- a day -----------------------------------------------------------------------------------------------


async def test_of_days_off_today_shows_the_whole_day(day: Day, open_app: Open) -> None:
    day.guru.booking.block(at(26), at(28), "Leave")
    async with open_app(day.guru) as hand:
        for _ in range(2):
            await hand.press("right_square_bracket")
            await hand.until(lambda: "all day     ▒ Leave" in hand.screen)
            assert "Thu 26 Nov to Fri 27 Nov; x removes it." in hand.screen, "all of it"


async def test_what_the_line_takes_is_not_called_free_beside_it(day: Day, open_app: Open) -> None:
    async with open_app(day.guru, (140, 40)) as hand:
        await hand.press("a")
        await hand.type("sarah fri 10")
        beside = hand.app.screen.query_one("#beside", Pane)
        assert [line for line in beside.text.splitlines() if line] == [
            "08:00-10:00 ┊ free", "10:00-11:00 ◆ NEW", "11:00-12:30 ┊ free", "13:30-17:00 ┊ free",
        ]  # fmt: skip


async def test_the_key_that_goes_ahead_is_in_sight_where_it_is_narrow(day: Day, open_app: Open) -> None:
    async with open_app(day.guru, (45, 20)) as hand:
        await hand.press("a")
        await hand.type("sarah b today 930")
        assert "‼ Thandi Nkosi 09:30-10:30" in hand.screen and "^F books anyway" in hand.screen
        assert "today" in hand.screen.partition("when")[2].partition("type")[0]


async def test_a_card_never_ends_in_a_title_and_tells_the_note_first(day: Day, open_app: Open) -> None:
    day.guru.booking.set_note(day.now, "L knee, progress to step-downs")
    for week in range(1, 5):
        book(day.guru, day.thandi, at(25, 15) + timedelta(weeks=week))
        day.guru.booking.set_status(book(day.guru, day.thandi, at(25, 15) - timedelta(weeks=week)), "attended")
        day.guru.invoicing.invoice_client(day.thandi)
    for height in range(30, 50):
        async with open_app(day.guru, (140, height)) as hand:
            card = hand.app.screen.query_one("#card", Pane)
            room = card.content_size.height
            told = [text for line in card.lines(card.content_size.width)[:room] for text, _ in line]
            assert told[-1] not in ("Last note", "Upcoming", "Before", "Invoices"), (height, told)
            assert told.index("Last note") < told.index("Upcoming") if "Upcoming" in told else True
            assert "L knee, progress to step-downs" in told, height


async def test_one_that_came_by_a_rule_says_so_once_everything_is_loaded(day: Day, open_app: Open) -> None:
    kind = day.guru.reads.types()[0]
    request = BookingRequest(day.sarah, at(25, 16), 60, kind.id, kind.location_id, kind.name, 45000)
    change = day.guru.series.book(request, Repeat("week", count=3), notify=False)
    day.guru.series.block(at(25, 12, 30), at(25, 13, 30), "Lunch", Repeat("day", count=3))
    async with open_app(day.guru) as hand:
        hand.app.session.warm = True
        hand.today.go_to_day(None, at=("appointment", change.ids[0]))
        await hand.until(lambda: "every Wed, 1 of 3" in hand.screen)
        await hand.press("k", "k", "k", "k")
        await hand.until(lambda: "every day, 1 of 3; x removes it" in hand.screen)


# ---- blocking --------------------------------------------------------------------------------------------


async def test_friday_afternoon_is_blocked_with_eight_keys_over_the_lunch_that_repeats(
    day: Day, open_app: Open
) -> None:
    lunch = Repeat("week", weekdays=(0, 1, 2, 3, 4), count=40)
    day.guru.series.block(at(25, 12, 30), at(25, 13, 30), "Lunch", lunch)
    async with open_app(day.guru) as hand:
        await hand.press("b")
        await hand.type("fri pm")
        await hand.press("enter")
        await hand.until(lambda: "Blocked Fri 27 Nov 12:00–17:00" in hand.status)
        assert hand.pressed == 8
    assert [entry.title for entry in day.guru.reads.agenda(at(27).date())] == ["", "Lunch"]


async def test_what_is_blocked_already_is_not_blocked_again_unasked(day: Day, open_app: Open) -> None:
    day.guru.booking.block(at(27, 12), at(27, 17), "Golf")
    async with open_app(day.guru) as hand:
        await hand.press("b")
        await hand.type("fri 14-15")
        await hand.press("enter")
        await hand.until(lambda: "That overlaps Golf 12:00-17:00" in hand.screen)


# ---- lists and bars --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_waiting_list_is_told_whole(day: Day, open_app: Open, size: tuple[int, int]) -> None:
    for client in (day.sarah, day.thandi, day.lerato):
        day.guru.waitlist.add(client, Wish(60, (1, 3), 0, 720, type_id=1))
    async with open_app(day.guru, size) as hand:
        await hand.press("W")
        await hand.until(lambda: "Waiting list 3 clients" in hand.screen)


@pytest.mark.parametrize("size", SIZES)
async def test_a_free_time_is_told_with_its_end_at_every_size(day: Day, open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(day.guru, size) as hand:
        await hand.press("F")
        await hand.until(lambda: "free 08:00–12:30" in hand.screen)


@pytest.mark.parametrize("size", SIZES)
async def test_the_go_menu_offers_every_key(day: Day, open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(day.guru, size) as hand:
        await hand.press("g")
        for offered in ("t Today", "w Week", "m Month", "d date", "a waiting list", "l log", "Esc back"):
            assert offered in hand.screen, offered


@pytest.mark.parametrize("width", range(20, 120, 7))
def test_bars_of_keys_leave_none_out(width: int) -> None:
    hints = [Hint(key, f"does {'x' * (number % 9)}", "act") for number, key in enumerate("abcdefghijklm")]
    rows = in_rows(hints, width)
    assert [hint for row in rows for hint in row] == hints
    for row in rows:
        assert 4 + sum(len(hint.key) + 1 + len(hint.label) + 2 for hint in row) - 2 <= width or len(row) == 1


async def test_a_practice_without_hours_is_neither_closed_nor_free_all_week(day: Day, open_app: Open) -> None:
    day.guru.practice.set_hours([])
    async with open_app(day.guru) as hand:
        await hand.press("right_square_bracket")
        await hand.until(lambda: "Nothing on Thu 26 Nov: a adds an appointment" in hand.screen)
        await hand.press("2")
        await hand.until(lambda: "Week 48" in hand.screen)
        assert "h free" not in hand.screen
        day.guru.practice.set_hours([Interval(2, 480, 750)])
        await hand.press("1")
        await hand.until(lambda: "Nothing on Thu 26 Nov (closed): a adds" in hand.screen)


@pytest.mark.parametrize("size", SIZES)
async def test_the_week_keeps_its_hours_in_sight_over_days_off(day: Day, open_app: Open, size: tuple[int, int]) -> None:
    day.guru.booking.block(at(30), at(35), "Leave")
    async with open_app(day.guru, size) as hand:
        await hand.press("2")
        await hand.until(lambda: "08:00│" in hand.screen)
        await hand.press("right_square_bracket", "right_square_bracket")
        while "▒Leave" not in hand.screen:
            await hand.press("left_square_bracket")
        await hand.press("l", "h")
        rows = [line for line in hand.screen.splitlines() if "08:00│" in line]
        assert rows and "▒Leave" in rows[0], hand.screen
        assert "all day · Leave · Mon 30 Nov to Fri 4 Dec" in hand.screen or size[0] < 60
