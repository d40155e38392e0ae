"""The plan is visible before it happens, on Today and on the record, and one more key changes it."""

from __future__ import annotations

from datetime import datetime

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from tests.screens.conftest import Day, book

NEXT_WEEK = datetime(2026, 12, 2, 9, 0)


async def test_two_keys_from_today_choose_how_one_appointment_is_reminded_of(
    open_app, day: Day, clock: FixedClock
) -> None:
    visit = book(day.guru, day.sarah, datetime(2026, 11, 26, 14, 0))
    clock.advance(hours=-5)  # five in the morning of the day before: nothing has left
    async with open_app(day.guru, (80, 30)) as hand:
        await hand.press("right_square_bracket", "j", "j")
        hand.pressed = 0
        await hand.press("r")
        await hand.until(lambda: "Reminders · Sarah Botha · Thu 26 Nov 14:00" in hand.screen)
        assert "Wed 25 Nov 10:00 · scheduled · the day before at 10:00" in hand.screen
        assert "SMS to 082 555 0101" in hand.screen and "email to sarah@example.com" in hand.screen
        assert "Hi Sarah, a reminder" in hand.screen
        await hand.press("2")
        await hand.until(lambda: "email to" not in hand.screen)
        assert hand.pressed == 2
        assert "SMS to 082 555 0101" in hand.screen
        await hand.press("5")
        await hand.until(lambda: "are switched off for this appointment" in hand.screen)
        await hand.press("escape")
        assert "Chose no reminders for Sarah Botha Thu 26 Nov 14:00" in hand.status
        assert day.guru.reads.entry(visit).reminder == "off"
        await hand.press("u")
        await hand.until(lambda: day.guru.reads.entry(visit).reminder == "scheduled")


async def test_the_record_tells_the_plan_and_changes_it_for_all_of_a_client(open_app, day: Day) -> None:
    first, second = book(day.guru, day.sarah, NEXT_WEEK), book(day.guru, day.sarah, NEXT_WEEK.replace(day=9))
    async with open_app(day.guru, (140, 40)) as hand:
        await hand.press("4", "slash", *"sarah", "enter")
        await hand.until(lambda: "Upcoming 2" in hand.screen)
        assert "Reminder Tue 1 Dec 10:00 by SMS and email" in hand.screen
        assert "Reminder Tue 8 Dec 10:00 by SMS and email" in hand.screen
        await hand.press("r", "c")
        assert "All of Sarah Botha" in hand.screen
        await hand.press("3")
        await hand.until(lambda: "SMS to" not in hand.screen)
        await hand.press("c")
        assert "This appointment" in hand.screen
        await hand.press("escape")
        await hand.until(lambda: "Reminder Tue 8 Dec 10:00 by email" in hand.screen)
        assert "Reminder Tue 1 Dec 10:00 by email" in hand.screen
    for visit in (first, second):
        assert [each.channel for each in day.guru.reads.reminders(visit)] == ["email"]


async def test_what_is_over_can_be_looked_at_and_not_chosen(open_app, day: Day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("g", "g", "r")
        await hand.until(lambda: "Reminders · Sarah Botha" in hand.screen)
        assert "the appointment has begun" in hand.screen and "(2) SMS" not in hand.screen
        await hand.press("2")
        assert "nothing to choose" in hand.screen
        await hand.press("escape")
        assert hand.dialogs == 0
    assert day.guru.reads.rules()[1:] == []


async def test_a_client_without_appointments_can_be_chosen_for(open_app, guru: Guru) -> None:
    client_id = guru.clients.add("Jan", "de Wet", "082 555 0143", "")
    async with open_app(guru) as hand:
        await hand.press("4", "enter", "r")
        await hand.until(lambda: "Nothing is booked." in hand.screen)
        await hand.press("5", "escape")
        await hand.until(lambda: "Chose no reminders for Jan de Wet" in hand.screen)
    (rule,) = guru.reads.rules()[1:]
    assert (rule.client_id, rule.channels) == (client_id, "off")


async def test_nothing_under_the_cursor_is_said(open_app, guru: Guru) -> None:
    async with open_app(guru) as hand:
        await hand.press("r")
        assert "There is no appointment under the cursor" in hand.status
