"""What the tests of the screens share: a practice with a day in it, and a hand that counts its key presses."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from textual.pilot import Pilot

from guru_tui.app import GuruApp
from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.screens.session import Session
from guru_tui.screens.today import TodayScreen
from guru_tui.widgets.record_list import RecordList

PATIENCE = 10.0


@dataclass
class Hand:
    """Types as a person would, counts what it presses, and waits for what it is told to wait for."""

    app: GuruApp
    pilot: Pilot[int]
    pressed: int = field(default=0)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each once the one before was dealt with."""
        for key in keys:
            self.pressed += 1
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Press the keys of a text."""
        await self.press(*("space" if letter == " " else letter for letter in text))

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until the condition holds; what the screen showed is told where it never does."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"it never came to that; the screen shows:\n{self.screen}")
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    @property
    def screen(self) -> str:
        """What is on the terminal."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def status(self) -> str:
        """The sentence on the status line of the screen below all dialogs."""
        from guru_tui.widgets.bars import StatusBar

        return self.app.screen_stack[0].query_one(StatusBar).text

    @property
    def today(self) -> TodayScreen:
        """The Today screen, once it is on display."""
        screen = self.app.screen
        assert isinstance(screen, TodayScreen), screen
        return screen

    @property
    def dialogs(self) -> int:
        """How many screens and dialogs lie over the main one."""
        return len(self.app.screen_stack) - 1

    def key(self) -> object:
        """The record under the cursor of the screen on top."""
        return self.app.screen.query_one(RecordList).key


@dataclass(frozen=True)
class Day:
    """The practice of the fixture: ids of who is in it and of what is booked."""

    guru: Guru
    sarah: int
    thandi: int
    lerato: int
    past: int
    now: int
    later: int


def book(guru: Guru, client_id: int, start: datetime, *, minutes: int = 60, fee: int = 45000) -> int:
    """Book without a message."""
    types = guru.reads.types()
    request = BookingRequest(client_id, start, minutes, types[0].id, types[0].location_id, types[0].name, fee)
    return guru.booking.book(request, notify=False).appointment_id


@pytest.fixture
def day(guru: Guru) -> Day:
    """Wednesday 25 November 2026, 10:00: one visit over, one going on, one to come, one client seen before."""
    sarah = guru.clients.add("Sarah", "Botha", "082 555 0101", "sarah@example.com")
    thandi = guru.clients.add("Thandi", "Nkosi", "072 555 0190", "thandi@example.com")
    lerato = guru.clients.add("Lerato", "Mokoena", "082 555 0134", "")
    at = datetime(2026, 11, 25, 8, 0)
    past = book(guru, sarah, at)
    now = book(guru, thandi, at + timedelta(hours=1, minutes=30))
    later = book(guru, lerato, at + timedelta(hours=6))
    return Day(guru, sarah, thandi, lerato, past, now, later)


@pytest.fixture
def open_app() -> Callable[..., object]:
    """`async with open_app(guru, size=(80, 24)) as hand`."""

    @asynccontextmanager
    async def opened(guru: Guru, size: tuple[int, int] = (80, 24), *, demo: bool = False) -> AsyncIterator[Hand]:
        session = Session(guru, demo=demo)
        app = GuruApp(session, background=False)
        try:
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                yield Hand(app, pilot)
        finally:
            session.close()
            gc.unfreeze()  # a real app ends with its process; here all that it held would stay

    return opened
