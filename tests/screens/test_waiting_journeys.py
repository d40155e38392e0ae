"""Journeys over the waiting list: what a person presses, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from guru_tui.domain.waitlist import Wish
from guru_tui.screens.waiting import WaitingScreen
from tests.outbox_support import states
from tests.screens.conftest import Day, Hand

Open = Callable[..., Any]
SIZES = [(80, 24), (140, 40), (60, 20)]


def toasts(hand: Hand) -> str:
    return "\n".join(f"{each.title}\n{each.message}" for each in hand.app._notifications)


def listed(day: Day) -> list[tuple[str, str]]:
    return [(row.client, row.wants) for row in day.guru.reads.waitlist()]


@pytest.mark.parametrize("size", SIZES)
async def test_a_client_is_put_on_the_list_from_one_line(day: Day, open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(day.guru, size) as hand:
        await hand.press("W")
        await hand.until(lambda: isinstance(hand.app.screen, WaitingScreen))
        assert "Nobody waits" in hand.screen
        await hand.press("a")
        await hand.type("thandi tue, thu mornings 45 min")
        assert "Tue and Thu mornings, 45 min Follow-up" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: listed(day))
        await hand.until(lambda: isinstance(hand.app.screen, WaitingScreen))
        assert listed(day) == [("Thandi Nkosi", "Tue and Thu mornings, 45 min Follow-up")]
        assert "Thandi Nkosi" in hand.screen and "Tue and Thu" in hand.screen


async def test_the_list_opens_from_the_go_menu_too(day: Day, open_app: Open) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("g", "a")
        await hand.until(lambda: isinstance(hand.app.screen, WaitingScreen))
        await hand.press("escape")
        assert hand.today


async def test_what_cannot_be_read_stays_in_the_line(day: Day, open_app: Open) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("W", "a")
        await hand.type("thandi blah tue")
        await hand.press("enter")
        await hand.until(lambda: "No client is called “thandi" in hand.screen)
        assert listed(day) == []


async def test_a_name_that_nobody_has_becomes_a_new_client(day: Day, open_app: Open) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("W", "a")
        await hand.type("zola xaba tue")
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 3)
        await hand.press("ctrl+s")
        await hand.until(lambda: hand.dialogs == 2)
        await hand.until(lambda: "Zola Xaba" in hand.screen or "zola xaba" in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: listed(day))
        assert listed(day)[0][0].casefold() == "zola xaba"


async def test_cancelling_says_who_waits_and_one_key_offers_it(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (2,), 720, 1080, type_id=1))
    async with open_app(day.guru) as hand:
        hand.today.point(("appointment", day.later))
        hand.pressed = 0
        await hand.press("x", "enter")
        await hand.until(lambda: "Sarah Botha" in toasts(hand))
        assert "O offers it to Sarah Botha" in toasts(hand)
        await hand.press("O")
        await hand.until(lambda: "Offered Sarah Botha Wed 25 Nov" in hand.status)
        assert hand.pressed == 3
        assert states(day.guru)[-1] == ("offer", "sms", "held")
        await hand.press("O")
        await hand.until(lambda: "Nobody waits" in hand.status)
        assert [state[0] for state in states(day.guru)].count("offer") == 1
        await hand.press("u")
        await hand.until(lambda: states(day.guru)[-1] == ("offer", "sms", "cancelled"))


async def test_cancelling_says_nothing_where_nobody_waits_for_it(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (0,)))
    async with open_app(day.guru) as hand:
        hand.today.point(("appointment", day.later))
        await hand.press("x", "enter")
        await hand.until(lambda: "Cancelled" in hand.status)
        assert toasts(hand) == ""


async def test_a_gap_is_offered_to_the_first_who_waits_for_it(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (2,)))
    async with open_app(day.guru) as hand:
        await hand.press("G")
        await hand.until(lambda: hand.today.free_slot() is not None)
        hand.pressed = 0
        await hand.press("O")
        await hand.until(lambda: "Offered Sarah Botha Wed 25 Nov" in hand.status)
        assert hand.pressed == 1


async def test_a_time_is_offered_from_the_list_in_three_keys(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (1,), 0, 720, type_id=1))
    async with open_app(day.guru, (80, 24)) as hand:
        await hand.press("W", "enter")
        await hand.until(lambda: "Tue 1 Dec 2026 08:00" in hand.screen)
        assert "fits ✓" in hand.screen and "Sea Point Physio has a time free on Tue 1 December" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: states(day.guru) == [("offer", "sms", "held")])
        assert hand.pressed == 3
        await hand.until(lambda: "Tue 1 Dec 08:00" in hand.screen)


async def test_tab_goes_on_to_the_next_time_that_fits_and_any_other_can_be_typed(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (1,), 0, 720, type_id=1))
    async with open_app(day.guru) as hand:
        await hand.press("W", "enter", "tab")
        await hand.until(lambda: "Tue 1 Dec 2026 09:00" in hand.screen)
        await hand.type("wed 15:30")
        await hand.until(lambda: "not what was asked for" in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: states(day.guru))
        row = day.guru.reads.waitlist()[0]
        assert row.offered_start is not None and row.offered_start.hour == 15


async def test_a_taken_time_is_not_offered(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (2,)))
    async with open_app(day.guru) as hand:
        await hand.press("W", "enter")
        await hand.type("today 14:00")
        await hand.until(lambda: "‼ Lerato Mokoena" in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: "overlaps" in hand.screen)
        assert states(day.guru) == []


async def test_booking_from_the_list_and_taking_off(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (1,), type_id=1))
    day.guru.waitlist.add(day.thandi, Wish(60, (4,)))
    async with open_app(day.guru) as hand:
        await hand.press("W", "b")
        await hand.until(lambda: "08:00" in hand.screen)
        await hand.press("enter")
        await hand.until(lambda: listed(day) == [("Thandi Nkosi", "Fri, 60 min")])
        assert hand.pressed == 3
        await hand.until(lambda: "Thandi" in hand.screen and hand.dialogs == 1)
        await hand.press("x")
        await hand.until(lambda: listed(day) == [])
        await hand.press("u")
        await hand.until(lambda: listed(day) == [("Thandi Nkosi", "Fri, 60 min")])


async def test_what_is_waited_for_is_changed_on_its_own_line(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (1,), type_id=1), "back is bad")
    async with open_app(day.guru) as hand:
        await hand.press("W", "e")
        await hand.until(lambda: "#1 Follow-up tue 60m ::back is bad" in hand.screen)
        await hand.press("home", *(["right"] * len("#1 Follow-up tue")))
        await hand.type(", thu")
        await hand.press("enter")
        await hand.until(lambda: listed(day) == [("Sarah Botha", "Tue and Thu, 60 min Follow-up")])


async def test_privacy_shows_initials_on_the_list_and_in_what_is_said(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (2,), 720, 1080), "back is bad")
    async with open_app(day.guru) as hand:
        await hand.press("asterisk")
        hand.today.point(("appointment", day.later))
        await hand.press("x", "enter")
        await hand.until(lambda: "S. B." in toasts(hand))
        assert "Sarah" not in toasts(hand)
        await hand.press("W")
        await hand.until(lambda: "S. B." in hand.screen)
        assert "Sarah" not in hand.screen and "back is bad" not in hand.screen and "082" not in hand.screen


async def test_a_free_time_of_today_that_somebody_waits_for_stands_on_the_to_dos(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (2,), 720, 1080))
    async with open_app(day.guru, (140, 40)) as hand:
        await hand.until(lambda: "15:00 is free" in hand.screen)
        await hand.press("exclamation_mark")
        await hand.until(lambda: "15:00 is free and Sarah Botha waits" in hand.screen)
        await hand.press("j", "enter")
        await hand.until(lambda: isinstance(hand.app.screen, WaitingScreen))


async def test_moving_says_who_waits_for_the_former_time_and_one_key_offers_it(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (2,), 720, 1080, type_id=1))
    async with open_app(day.guru) as hand:
        hand.today.point(("appointment", day.later))
        await hand.press("m")
        await hand.until(lambda: type(hand.app.screen).__name__ == "WeekScreen")
        await hand.press("l", "enter")
        await hand.until(lambda: hand.dialogs == 1)
        await hand.press("enter")
        await hand.until(lambda: "from 14:00" in toasts(hand))
        await hand.until(lambda: type(hand.app.screen).__name__ == "TodayScreen")
        await hand.press("O")
        await hand.until(lambda: "Offered Sarah Botha Wed 25 Nov 14:00" in hand.status)


async def test_removing_blocked_time_names_who_fits_and_one_key_offers_it(day: Day, open_app: Open) -> None:
    day.guru.waitlist.add(day.sarah, Wish(60, (2,), 12 * 60, 18 * 60, type_id=1))
    key = day.guru.booking.block(datetime(2026, 11, 25, 15), datetime(2026, 11, 25, 17), "Admin")
    async with open_app(day.guru) as hand:
        hand.today.go_to_day(None, at=("block", key))
        await hand.until(lambda: hand.today.entry is not None and hand.today.entry.kind == "block")
        await hand.press("x")
        await hand.until(lambda: "Free now, and waited for: Wed 25 Nov" in toasts(hand))
        assert "Sarah Botha: Wed afternoons, from 15:00" in toasts(hand)
        assert "O offers it to Sarah Botha." in toasts(hand)
        await hand.press("O")
        await hand.until(lambda: "Offered Sarah Botha Wed 25 Nov 15:00" in hand.status)
        assert [kind for kind, _, state in states(day.guru) if state == "held"] == ["offer"]


async def test_blocked_time_that_was_removed_elsewhere_is_said_to_be(day: Day, open_app: Open) -> None:
    key = day.guru.booking.block(datetime(2026, 11, 25, 15), datetime(2026, 11, 25, 17), "Admin")
    async with open_app(day.guru) as hand:
        hand.today.go_to_day(None, at=("block", key))
        await hand.until(lambda: hand.today.entry is not None and hand.today.entry.kind == "block")
        day.guru.booking.unblock(key)
        await hand.press("x")
        await hand.until(lambda: "removed elsewhere meanwhile" in hand.screen)
