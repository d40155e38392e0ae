"""Finding a free time from any screen, with the number of keys that it may take; what the booking line warns of."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from guru_tui.domain.clock import FixedClock
from tests.screens.conftest import book


def starts(day, client_id: int) -> list[datetime]:
    entries = day.guru.reads.agenda(date(2026, 11, 26), 60)
    return [entry.starts.replace(tzinfo=None) for entry in entries if entry.client_id == client_id]


async def test_a_free_time_is_found_and_booked_with_sixteen_keys(open_app, day) -> None:
    book(day.guru, day.thandi, datetime(2026, 12, 1, 13, 30), minutes=90)
    async with open_app(day.guru) as hand:
        await hand.type("F")
        await hand.type("tue pm")
        assert "Tue afternoons, 60 min Follow-up" in hand.screen
        assert "Tue 1 Dec" in hand.screen and "free 15:00–17:00" in hand.screen
        await hand.press("enter")
        await hand.type("sarah b")
        await hand.press("enter")
        assert hand.pressed == 16
        await hand.until(lambda: hand.dialogs == 0)
        assert starts(day, day.sarah) == [datetime(2026, 12, 1, 15, 0)]
        assert hand.today.day == date(2026, 12, 1)


async def test_down_chooses_a_stretch_and_tab_a_time_in_it(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("F")
        await hand.type("massage fri")
        await hand.press("down", "tab", "tab", "tab", "shift+tab")
        assert "14:00" in hand.screen and "free 13:30–17:00" in hand.screen
        await hand.press("enter")
        await hand.type("lerato")
        assert "lerato Massage" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        (entry,) = (row for row in day.guru.reads.agenda(date(2026, 11, 27)) if row.client_id == day.lerato)
        assert (f"{entry.starts:%H:%M}", entry.title, entry.minutes) == ("14:00", "Massage", 45)


async def test_tab_begins_again_after_the_last_time_of_a_stretch(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("F")
        await hand.type("tomorrow 8:00-9:15 45m")
        chosen = []
        for _ in range(4):
            await hand.press("tab")
            chosen.append(hand.app.screen._start(0).strftime("%H:%M"))
        assert chosen == ["08:15", "08:30", "08:00", "08:15"]
        await hand.press("shift+tab", "shift+tab")
        assert hand.app.screen._start(0).strftime("%H:%M") == "08:30"


@pytest.mark.parametrize("key", ["1", "4", "5", "6", "7"])
async def test_it_opens_on_every_screen(open_app, day, key: str) -> None:
    async with open_app(day.guru, size=(80, 24)) as hand:
        await hand.press(key)
        await hand.type("F")
        assert hand.dialogs == 1 and "Find a free time" in hand.screen
        assert "tomorrow" in hand.screen and "free 08:00–12:30" in hand.screen
        await hand.press("escape")
        assert hand.dialogs == 0


async def test_from_a_record_it_is_for_that_client(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("4", "enter")
        await hand.type("F")
        await hand.type("fri 9")
        await hand.press("enter", "enter")
        await hand.until(lambda: hand.dialogs == 1)
        booked = [entry.client for entry in day.guru.reads.agenda(date(2026, 11, 27))]
        assert len(booked) == 1 and "Booked" in hand.screen


async def test_where_nothing_is_free_the_next_is_offered(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("F")
        await hand.type("16/12")
        assert "nothing free (Day" in hand.screen and "Thu 17 Dec" in hand.screen
        await hand.press("enter")
        await hand.type("sarah")
        assert "Thu 17 Dec 2026 08:00" in hand.screen


async def test_what_is_not_understood_is_not_booked(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.type("F")
        await hand.type("fri blah")
        await hand.press("enter")
        assert hand.dialogs == 1 and "“blah” is not understood" in hand.screen


async def test_of_two_places_the_free_one_is_booked(open_app, day) -> None:
    away = day.guru.practice.add_location("Gardens")
    day.guru.opening.set_travel(1, away, 30)
    async with open_app(day.guru) as hand:
        await hand.type("F")
        await hand.type("fri @gardens")
        await hand.press("enter")
        await hand.type("sarah b")
        assert "sarah b @Gardens" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert [row.location for row in day.guru.reads.agenda(date(2026, 11, 27))] == ["Gardens"]


async def test_the_booking_line_warns_and_books_all_the_same(open_app, day) -> None:
    day.guru.practice.edit_type(1, {"minutes_after": 10})
    book(day.guru, day.lerato, datetime(2026, 12, 16, 9))
    async with open_app(day.guru) as hand:
        await hand.type("a")
        await hand.type("sarah b 16/12 10")
        said = " ".join(hand.screen.split())
        assert "free ✓" in said and "in hours ✓" in said and "closed: Day of Reconciliation" in said
        assert "10 min to be kept free after Lerato Mokoena 09:00-10:00" in said
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0)
        assert starts(day, day.sarah) == [datetime(2026, 12, 16, 10)]


async def test_privacy_hides_whom_it_is_too_close_to(open_app, day) -> None:
    day.guru.practice.edit_type(1, {"minutes_after": 10})
    book(day.guru, day.lerato, datetime(2026, 12, 17, 9))
    async with open_app(day.guru) as hand:
        await hand.type("*a")
        await hand.type("sarah b 17/12 10")
        assert "Lerato" not in hand.screen and "L. M. 09:00-10:00" in " ".join(hand.screen.split())


async def test_in_the_evening_the_search_begins_tomorrow(open_app, day, clock: FixedClock) -> None:
    clock.advance(hours=9)
    async with open_app(day.guru, size=(60, 20)) as hand:
        await hand.type("F")
        assert "tomorrow    08:00 free 08:00–12:30" in hand.screen and " today " not in hand.screen
