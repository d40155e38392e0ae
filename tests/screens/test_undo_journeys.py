"""Undo, redo and the log in the app: what was done comes back, who was told otherwise is told, older steps too."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from textual.widgets import Input

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.recurrence import Repeat
from guru_tui.screens.dialogs.confirm import Confirm
from guru_tui.screens.dialogs.correction import PutRight
from guru_tui.screens.dialogs.step import Step
from guru_tui.screens.log import LogScreen
from tests.outbox_support import run, setting, states

FRIDAY = datetime(2026, 11, 27, 10, 30)


@pytest.fixture
def told(guru: Guru) -> int:
    """An appointment that the client has been told of and that was then cancelled, which she has been told as well."""
    setting(guru, "reminder_channels", "off")
    setting(guru, "hold_minutes", "0")
    sarah = guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")
    visit = guru.booking.book(BookingRequest(sarah, FRIDAY, 60, 1, 1, "Follow-up", 45000)).appointment_id
    run(guru)
    guru.booking.cancel(visit)
    run(guru)
    return visit


async def test_what_u_took_back_capital_u_does_again(open_app, day) -> None:
    async with open_app(day.guru) as hand:
        await hand.press("d")
        await hand.until(lambda: "Marked Thandi Nkosi attended" in hand.status)
        await hand.press("u")
        await hand.until(lambda: "Took back" in hand.status)
        await hand.press("U")
        await hand.until(lambda: "Did again: Marked Thandi Nkosi attended" in hand.status)
        assert day.guru.reads.entry(day.now).status == "attended"
        await hand.press("U")
        await hand.until(lambda: "nothing to redo" in hand.status)


async def test_enter_sends_the_correction_and_once(open_app, guru, told) -> None:
    async with open_app(guru) as hand:
        await hand.press("u")
        await hand.until(lambda: isinstance(hand.app.screen, PutRight))
        assert "Sarah Botha was told that it is cancelled; that no longer holds." in hand.screen
        assert "Fri 27 November" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0 and "1 correction" in hand.status)
        assert states(guru)[-1] == ("confirmation", "email", "queued")
    assert run(guru).sent == 1


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_a_series_is_put_right_by_one_message_and_two_keys(open_app, guru, size) -> None:
    setting(guru, "reminder_channels", "off")
    setting(guru, "hold_minutes", "0")
    sarah = guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")
    setting(guru, "public_holidays", "off")
    made = guru.series.book(BookingRequest(sarah, FRIDAY, 60, 1, 1, "Follow-up", 45000), Repeat("week", count=12))
    run(guru)
    guru.series.cancel(made.ids[0], "all")
    run(guru)
    async with open_app(guru, size=size) as hand:
        await hand.press("u")
        await hand.until(lambda: isinstance(hand.app.screen, PutRight))
        assert "Sarah Botha was told that they are cancelled; that no longer holds." in hand.screen
        assert "Fri 27 November" in " ".join(hand.screen.split())
        await hand.press("enter")
        await hand.until(lambda: hand.dialogs == 0 and "1 correction" in hand.status)
    assert states(guru)[2:] == [("confirmation", "email", "queued")], "one, never twelve"
    assert run(guru).sent == 1


async def test_esc_tells_nobody(open_app, guru, told) -> None:
    async with open_app(guru) as hand:
        await hand.press("u")
        await hand.until(lambda: isinstance(hand.app.screen, PutRight))
        await hand.press("escape")
        await hand.until(lambda: hand.dialogs == 0)
    assert len(states(guru)) == 2 and run(guru).sent == 0
    assert guru.reads.entry(told).status == "booked"


@pytest.mark.parametrize("size", [(80, 24), (140, 40), (60, 20), (45, 20)])
async def test_the_log_shows_the_steps_newest_first(open_app, day, size) -> None:
    day.guru.booking.set_note(day.now, "Bring the scans")
    async with open_app(day.guru, size=size) as hand:
        await hand.press("g", "l")
        await hand.until(lambda: isinstance(hand.app.screen, LogScreen))
        lines = [line for line in hand.screen.splitlines() if "25 Nov 10:00" in line]
        assert "Wrote a note" in lines[0] and len(lines) > 5
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, Step))
        assert "Bring the scans" in hand.screen and "Thandi Nkosi" in hand.screen and "note" in hand.screen
        await hand.press("escape")
        await hand.press("1")
        await hand.until(lambda: not isinstance(hand.app.screen, LogScreen))


async def test_before_and_after_stand_side_by_side(open_app, day) -> None:
    day.guru.booking.move(day.later, datetime(2026, 11, 26, 9), notify=False)
    async with open_app(day.guru, size=(100, 30)) as hand:
        await hand.press("g", "l", "enter")
        await hand.until(lambda: isinstance(hand.app.screen, Step))
        assert "Wed 25 Nov 2026 14:00 → Thu 26 Nov 2026 09:00" in hand.screen
        assert "starts_at" not in hand.screen and "sequence" not in hand.screen


async def test_names_are_hidden_in_the_log_too(open_app, day) -> None:
    day.guru.clients.update(day.sarah, address="12 Main Road")
    async with open_app(day.guru) as hand:
        await hand.press("asterisk", "g", "l")
        await hand.until(lambda: isinstance(hand.app.screen, LogScreen))
        assert "Botha" not in hand.screen and "Change client" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, Step))
        assert "Main Road" not in hand.screen and "Botha" not in hand.screen and "•••" in hand.screen


async def test_one_u_after_the_other_goes_back_through_the_log(open_app, day) -> None:
    guru = day.guru
    guru.booking.set_note(day.now, "One")
    guru.booking.set_note(day.later, "Two")
    async with open_app(guru) as hand:
        await hand.press("g", "l", "u")
        await hand.until(lambda: guru.reads.entry(day.later).note == "")
        await hand.until(lambda: "Took back" in hand.screen)
        await hand.press("u")
        await hand.until(lambda: guru.reads.entry(day.now).note == "")
        assert not isinstance(hand.app.screen, Confirm)
        await hand.press("v")
        await hand.until(lambda: "2 steps that were undone" in hand.screen)
        await hand.press("U", "U")
        await hand.until(lambda: guru.reads.entry(day.later).note == "Two")


async def test_an_older_step_is_asked_about_and_undone_alone(open_app, day) -> None:
    guru = day.guru
    guru.booking.set_note(day.now, "One")
    guru.booking.set_note(day.later, "Two")
    async with open_app(guru) as hand:
        await hand.press("g", "l", "j", "u")
        await hand.until(lambda: isinstance(hand.app.screen, Confirm))
        assert "What came after it stays" in hand.screen
        await hand.press("enter")
        await hand.until(lambda: guru.reads.entry(day.now).note == "")
        assert guru.reads.entry(day.later).note == "Two"


async def test_an_older_step_with_newer_ones_on_it_is_refused_with_the_reason(open_app, day) -> None:
    guru = day.guru
    guru.booking.set_note(day.now, "One")
    guru.booking.set_note(day.now, "Two")
    async with open_app(guru) as hand:
        await hand.press("g", "l", "j", "u", "enter")
        await hand.until(lambda: "changed again since" in hand.screen)
        assert guru.reads.entry(day.now).note == "Two"


async def test_the_filter_finds_by_name_and_by_what_was_done(open_app, day) -> None:
    day.guru.booking.set_status(day.past, "attended")
    async with open_app(day.guru) as hand:
        await hand.press("g", "l", "slash")
        await hand.type("sarah att")
        await hand.until(lambda: " 1 step " in hand.screen)
        assert "Marked Sarah Botha attended" in hand.screen and "Thandi" not in hand.screen
        await hand.press("escape")
        assert not hand.app.screen.query_one("#search", Input).display


async def test_from_the_open_step_u_undoes_it(open_app, day) -> None:
    day.guru.booking.set_note(day.now, "One")
    async with open_app(day.guru) as hand:
        await hand.press("g", "l", "enter", "u")
        await hand.until(lambda: day.guru.reads.entry(day.now).note == "")


async def test_another_hand_on_the_store_shows_in_the_log(open_app, day, guru) -> None:
    async with open_app(guru) as hand:
        await hand.press("g", "l")
        await hand.until(lambda: isinstance(hand.app.screen, LogScreen))
        other = Guru(guru.settings, guru.clock, origin="cli")
        other.booking.block(FRIDAY, FRIDAY + timedelta(hours=1), "Dentist")
        other.close()
        await hand.until(lambda: "Dentist" in hand.screen)
