"""The calendar where two things happen at once, or names are hidden: nothing goes unsaid, nobody is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from threading import Event

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.waitlist import Wish
from guru_tui.screens.dialogs.cancel import Cancel
from guru_tui.screens.dialogs.drop import Drop
from guru_tui.screens.dialogs.move import Move
from guru_tui.screens.dialogs.offer import Offer
from guru_tui.screens.dialogs.pattern import Pattern
from guru_tui.screens.dialogs.wait import Wait
from guru_tui.screens.log import LogScreen
from guru_tui.screens.record import RecordScreen
from guru_tui.screens.session import Session
from guru_tui.screens.waiting import WaitingScreen
from guru_tui.screens.week import WeekScreen
from tests.screens.conftest import Hand, book


@pytest.fixture
def phone(guru: Guru) -> Iterator[Guru]:
    """Another session on the same store."""
    opened = Guru(guru.settings, guru.clock, origin="phone")
    yield opened
    opened.close()


@pytest.fixture
def unwatched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app does not notice by itself what others change: the second before it looks again."""
    monkeypatch.setattr("guru_tui.screens.base.PracticeScreen.stale", lambda _screen: False)


async def on(hand: Hand, key: int) -> None:
    """The cursor of Today on an appointment of the day."""
    assert hand.today.point(("appointment", key))
    await hand.until(lambda: hand.today.entry is not None and hand.today.entry.id == key)


# ---- Esc right behind Enter ----------------------------------------------------------------------------------


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Changes are made only once this is set."""
    go, write = Event(), Session.write

    def waits(session: Session, use_case: Callable[[Guru], object]) -> object:
        go.wait(10)
        return write(session, use_case)

    monkeypatch.setattr(Session, "write", waits)
    return go


async def test_esc_right_behind_enter_hides_nothing_that_was_done(open_app, day, slowly) -> None:
    async with open_app(day.guru) as hand:
        await on(hand, day.later)
        await hand.press("x")
        await hand.until(lambda: isinstance(hand.app.screen, Cancel))
        await hand.press("enter", "escape")
        slowly.set()
        await hand.until(lambda: not hand.dialogs)
        assert day.guru.reads.entry(day.later).status == "cancelled"
        await hand.until(lambda: "Cancelled Lerato Mokoena" in hand.status)


async def test_nor_does_it_where_a_record_is_left(open_app, day, slowly) -> None:
    day.guru.booking.cancel(day.later, notify=False)
    async with open_app(day.guru) as hand:
        await on(hand, day.now)
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, RecordScreen))
        await hand.press("u", "escape")
        slowly.set()
        await hand.until(lambda: "Took back: Cancelled Lerato Mokoena" in hand.screen)
        assert day.guru.reads.entry(day.later).status == "booked"
        await hand.press("escape")
        await hand.until(lambda: not hand.dialogs)


# ---- privacy -------------------------------------------------------------------------------------------------


async def test_a_refusal_names_nobody_while_privacy_is_on(open_app, day) -> None:
    async with open_app(day.guru, (140, 40)) as hand:
        await on(hand, day.later)
        await hand.press("s", "c")
        await hand.until(lambda: "Marked" in hand.status)
        await hand.press("s", "c")
        await hand.until(lambda: "Lerato Mokoena is marked confirmed already" in hand.status)
        await hand.press("asterisk", "s", "c")
        await hand.until(lambda: "L. M. is marked confirmed already" in hand.status)


async def test_an_undo_that_is_in_the_way_names_nobody_while_privacy_is_on(open_app, day) -> None:
    day.guru.booking.cancel(day.later, notify=False)
    book(day.guru, day.sarah, datetime(2026, 11, 25, 14))
    async with open_app(day.guru, (140, 40)) as hand:
        await hand.press("asterisk", "g", "l")
        await hand.until(lambda: isinstance(hand.app.screen, LogScreen))
        await hand.press("j", "u", "enter")
        await hand.until(lambda: "overlaps" in hand.screen)
        assert "S. B. 14:00-15:00" in hand.screen and "Sarah" not in hand.screen


async def test_what_comes_into_the_way_of_a_drop_is_not_named_while_privacy_is_on(open_app, day, phone) -> None:
    async with open_app(day.guru) as hand:
        await on(hand, day.later)
        await hand.press("asterisk", "m", "j", "enter")
        await hand.until(lambda: isinstance(hand.app.screen, Drop))
        book(phone, day.sarah, datetime(2026, 11, 25, 15))
        await hand.press("enter")
        await hand.until(lambda: "f moves it all the same" in hand.screen)
        assert "S. B. 15:00-16:00" in hand.screen and "Sarah" not in hand.screen


async def test_who_has_a_time_that_cannot_be_offered_is_not_named_while_privacy_is_on(open_app, day, phone) -> None:
    day.guru.waitlist.add(day.thandi, Wish(60))
    async with open_app(day.guru) as hand:
        await hand.press("asterisk", "W")
        await hand.until(lambda: isinstance(hand.app.screen, WaitingScreen) and hand.key())
        await hand.press("enter")
        await hand.until(lambda: isinstance(hand.app.screen, Offer) and hand.app.screen.reading is not None)
        book(phone, day.sarah, hand.app.screen.reading.start)
        await hand.press("enter")
        await hand.until(lambda: "That time overlaps S. B." in hand.screen)
        assert "Sarah" not in hand.screen


async def test_the_message_before_enter_names_nobody_while_privacy_is_on(open_app, day) -> None:
    async with open_app(day.guru, (140, 40)) as hand:
        await on(hand, day.later)
        await hand.press("x")
        await hand.until(lambda: "Lerato, your appointment" in hand.screen)
        await hand.press("escape", "asterisk", "x")
        await hand.until(lambda: "The text is hidden with the names." in hand.screen)
        assert "Cancel L. M." in hand.screen and "Lerato" not in hand.screen and "0134" not in hand.screen


async def test_a_note_is_not_shown_while_privacy_is_on(open_app, day) -> None:
    day.guru.booking.set_note(day.now, "Post-op knee")
    async with open_app(day.guru, (140, 40)) as hand:
        await on(hand, day.now)
        await hand.until(lambda: "note: Post-op knee" in hand.screen)
        await hand.press("asterisk")
        await hand.until(lambda: "Names are hidden" in hand.status)
        assert "Post-op" not in hand.screen
        await hand.press("2")
        await hand.until(lambda: isinstance(hand.app.screen, WeekScreen))
        hand.app.screen.point(("appointment", day.now))
        await hand.until(lambda: "T. N." in hand.screen)
        assert "Post-op" not in hand.screen


# ---- what was on the screen is what is meant -----------------------------------------------------------------


@pytest.mark.usefixtures("unwatched")
async def test_what_moved_elsewhere_before_m_was_pressed_is_not_moved_from_there(open_app, day, phone) -> None:
    async with open_app(day.guru) as hand:
        await on(hand, day.later)
        phone.booking.move(day.later, datetime(2026, 11, 25, 16), notify=False)
        await hand.press("m")
        await hand.until(lambda: isinstance(hand.app.screen, WeekScreen))
        await hand.press("j", "enter")
        await hand.until(lambda: isinstance(hand.app.screen, Drop))
        await hand.press("enter")
        await hand.until(lambda: "Changed elsewhere meanwhile" in hand.screen)
        assert f"{day.guru.reads.entry(day.later).starts:%H:%M}" == "16:00"


@pytest.mark.usefixtures("unwatched")
async def test_nor_where_the_time_is_typed(open_app, day, phone) -> None:
    async with open_app(day.guru) as hand:
        await on(hand, day.later)
        phone.booking.move(day.later, datetime(2026, 11, 25, 16), notify=False)
        await hand.press("m")
        await hand.until(lambda: isinstance(hand.app.screen, WeekScreen))
        await hand.press("e")
        await hand.until(lambda: isinstance(hand.app.screen, Move))
        await hand.type("15:00")
        await hand.press("enter")
        await hand.until(lambda: "Changed elsewhere meanwhile" in hand.screen)
        assert f"{day.guru.reads.entry(day.later).starts:%H:%M}" == "16:00"


@pytest.mark.usefixtures("unwatched")
async def test_nor_does_it_repeat_from_there(open_app, day, phone) -> None:
    async with open_app(day.guru) as hand:
        await on(hand, day.later)
        phone.booking.move(day.later, datetime(2026, 11, 25, 16), notify=False)
        await hand.press("full_stop")
        await hand.until(lambda: isinstance(hand.app.screen, Pattern))
        await hand.type("every wed x3")
        await hand.press("enter")
        await hand.until(
            lambda: "Changed elsewhere meanwhile" in hand.screen or "repeats differently now" in hand.screen
        )
        assert [entry.id for entry in day.guru.reads.agenda(date(2026, 12, 2), 1)] == []


async def test_an_entry_of_the_waiting_list_that_was_changed_elsewhere_is_not_overwritten(open_app, day, phone) -> None:
    key = day.guru.waitlist.add(day.thandi, Wish(60, weekdays=(1,))).entry_id
    async with open_app(day.guru) as hand:
        await hand.press("W")
        await hand.until(lambda: isinstance(hand.app.screen, WaitingScreen) and hand.key() == key)
        await hand.press("e")
        await hand.until(lambda: isinstance(hand.app.screen, Wait))
        phone.waitlist.change(key, Wish(45, weekdays=(1, 3)))
        await hand.type("mornings")
        await hand.press("enter")
        await hand.until(lambda: "Changed elsewhere meanwhile" in hand.screen)
        assert day.guru.reads.waiting(key).times == "Tue and Thu"
