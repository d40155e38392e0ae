"""Series in the app: booked with a choice for what is in the way, cancelled by scope."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from guru_tui.screens.dialogs.cancel import Cancel
from guru_tui.screens.dialogs.scope import Scope
from guru_tui.screens.dialogs.series import SeriesDialog
from tests.screens.conftest import book


def starts(guru, kind="appointment"):  # type: ignore[no-untyped-def]
    table = "appointment" if kind == "appointment" else "blocked_time"
    status = "AND status = 'booked'" if kind == "appointment" else ""
    rows = guru.connection.execute(
        f"SELECT starts_local FROM {table} WHERE series_id IS NOT NULL {status} ORDER BY starts_at"
    )
    return [row[0][:16] for row in rows]


async def test_a_series_is_booked_with_a_choice_for_each_that_is_not_free(open_app, day) -> None:  # type: ignore[no-untyped-def]
    for week in (8, 15, 22):
        book(day.guru, day.lerato, datetime(2026, 12, week, 10))
    async with open_app(day.guru) as hand:
        await hand.press("a")
        await hand.type("sarah every tue 10am x6")
        assert "every Tue, 6 times, last Tue 5 Jan" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, SeriesDialog))
        assert "‼ free 11:00 overlaps Lerato Mokoena 10:00-11:00" in hand.screen
        await hand.press("enter")
        assert "3 are not free" in hand.screen
        await hand.press("s", "h")
        assert "— left out" in hand.screen and "→ 11:00" in hand.screen
        await hand.press("enter")
        assert "1 is not free" in hand.screen
        await hand.press("k", "enter")
        await hand.until(lambda: not hand.dialogs)
        assert "Booked Sarah Botha 5 times, every Tue 10:00 from Tue 1 Dec" in hand.status
        assert starts(day.guru) == [
            "2026-12-01T10:00",
            "2026-12-15T11:00",
            "2026-12-22T10:00",
            "2026-12-29T10:00",
            "2027-01-05T10:00",
        ]
        await hand.press("u")
        await hand.until(lambda: not starts(day.guru))


async def test_capitals_decide_about_all_of_them(open_app, day) -> None:  # type: ignore[no-untyped-def]
    for week in (8, 15):
        book(day.guru, day.lerato, datetime(2026, 12, week, 10))
    async with open_app(day.guru) as hand:
        await hand.press("a")
        await hand.type("sarah every tue 10am x4")
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, SeriesDialog))
        await hand.press("S", "enter")
        await hand.until(lambda: not hand.dialogs)
        assert starts(day.guru) == ["2026-12-01T10:00", "2026-12-22T10:00"]


async def test_blocks_repeat(open_app, day) -> None:  # type: ignore[no-untyped-def]
    async with open_app(day.guru) as hand:
        await hand.press("b")
        await hand.type("every fri pm x8 admin")
        assert "every Fri, 8 times, last Fri 15 Jan" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, SeriesDialog))
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert len(starts(day.guru, "block")) == 8


async def booked_today(hand, day):  # type: ignore[no-untyped-def]
    """Sarah daily at 11:00 from today on, the cursor on today's."""
    await hand.press("a")
    await hand.type("sarah every day 11am x4")
    await hand.press("enter")
    await hand.until(lambda: isinstance(hand.app.screen, SeriesDialog))
    await hand.press("enter")
    await hand.until(lambda: not hand.dialogs)
    key = day.guru.connection.execute("SELECT min(id) FROM appointment WHERE series_id IS NOT NULL").fetchone()[0]
    hand.today.point(("appointment", key)) or hand.today.point(key)
    await hand.pilot.pause()


@pytest.mark.parametrize(("scope", "left"), [("1", 3), ("2", 0), ("3", 0)])
async def test_x_on_one_of_a_series_asks_how_much_of_it(open_app, day, scope, left) -> None:  # type: ignore[no-untyped-def]
    async with open_app(day.guru) as hand:
        await booked_today(hand, day)
        await hand.press("x")
        await hand.until(lambda: isinstance(hand.app.screen, Scope))
        assert "It is 1 of 4, booked every day." in hand.screen
        await hand.press(scope)
        await hand.until(lambda: not isinstance(hand.app.screen, Scope))
        if scope != "1":
            await hand.until(lambda: isinstance(hand.app.screen, Cancel))
            assert "Cancel 4 appointments of Sarah Botha" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: not hand.dialogs)
        assert len(starts(day.guru)) == left


async def test_nothing_is_asked_about_a_single_one(open_app, day) -> None:  # type: ignore[no-untyped-def]
    async with open_app(day.guru) as hand:
        hand.today.point(("appointment", day.later)) or hand.today.point(day.later)
        await hand.press("x", "enter")
        await hand.until(lambda: not hand.dialogs)
        assert "Cancelled Lerato Mokoena" in hand.status


async def test_the_dialog_fits_a_small_terminal_and_hides_names(open_app, day) -> None:  # type: ignore[no-untyped-def]
    book(day.guru, day.lerato, datetime(2026, 12, 8, 10))
    async with open_app(day.guru, size=(45, 20)) as hand:
        await hand.press("*", "a")
        await hand.type("sarah every tue 10am x30")
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, SeriesDialog))
        assert "Lerato" not in hand.screen and "Esc" in hand.screen
        await hand.press("end")
        last = datetime(2026, 12, 1) + timedelta(7 * 29)
        assert f"{last.day} Jun" in hand.screen
