"""Week and Month as they look: at every size, crowded, empty, with names of all scripts, without colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.app import GuruApp
from guru_tui.bootstrap import Guru
from guru_tui.screens.session import Session
from tests.screens.conftest import book
from tests.screens.test_snapshots import sample

__all__ = ["sample"]
SIZES = [(80, 24), (140, 40), (60, 20), (45, 20)]
SCREENS = {"week": ["2"], "month": ["3"]}
NAMES = ("王小明王小明", "عبد الله بن محمد", "Wilhelmina-Alexandrina van der Merwe-Oosthuizen-Ramatshila", "Ṱhilivhali")


@pytest.fixture
def in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the terminal of the tests says."""
    monkeypatch.delenv("NO_COLOR", raising=False)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A time on Wednesday 25 November 2026, or so many days later."""
    return datetime(2026, 11, 25, hour, minute) + timedelta(days=days)


def a_clash_of_three(guru: Guru) -> None:
    for number, minute in enumerate((0, 15, 30)):
        book_over(guru, f"Client {number + 1}", at(9, minute))
    book_over(guru, "Alone", at(11))
    guru.booking.block(at(13), at(17), "Admin")


def twelve_a_day(guru: Guru) -> None:
    for days in range(2):
        for number in range(12):
            book_over(
                guru, f"Client {12 * days + number + 1}", at(8, days=days) + timedelta(minutes=45 * number), minutes=45
            )


def every_script(guru: Guru) -> None:
    for number, name in enumerate(NAMES):
        book_over(guru, name, at(8 + 2 * number))
    guru.booking.block(at(8, days=1), at(10, days=1), NAMES[0])


def nothing(_guru: Guru) -> None:
    pass


CASES: dict[str, Callable[[Guru], None]] = {
    "clash": a_clash_of_three,
    "twelve": twelve_a_day,
    "scripts": every_script,
    "empty": nothing,
}


def book_over(guru: Guru, name: str, start: datetime, minutes: int = 60) -> None:
    """Book for a new client, whatever stands there."""
    from guru_tui.domain.booking import BookingRequest

    client = guru.clients.add(name, "")
    kind = guru.reads.types()[0]
    request = BookingRequest(client, start, minutes, kind.id, kind.location_id, kind.name, 45000)
    guru.booking.book(request, notify=False, force=True)


@pytest.fixture
def opened(guru: Guru) -> Iterator[GuruApp]:
    """The app on the practice of the test."""
    session = Session(guru)
    yield GuruApp(session, background=False)
    session.close()


@pytest.fixture
def on_sample(sample: Path, in_colour: None) -> Iterator[GuruApp]:
    """The app on the sample practice."""
    from guru_tui.domain.clock import FixedClock
    from guru_tui.settings import Settings
    from tests.screens.test_snapshots import MOMENT

    settings = Settings(sample, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})
    guru = Guru(settings, FixedClock(MOMENT), origin="test")
    session = Session(guru, demo=True)
    yield GuruApp(session, background=False)
    session.close()
    guru.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("screen", SCREENS)
def test_sizes(snap_compare: Callable[..., bool], on_sample: GuruApp, screen: str, size: tuple[int, int]) -> None:
    assert snap_compare(on_sample, press=SCREENS[screen], terminal_size=size)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("screen", SCREENS)
def test_cases(
    snap_compare: Callable[..., bool], in_colour: None, guru: Guru, opened: GuruApp, screen: str, case: str
) -> None:
    CASES[case](guru)
    assert snap_compare(opened, press=SCREENS[screen], terminal_size=(80, 24))


@pytest.mark.parametrize("screen", SCREENS)
def test_without_colours(
    snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, guru: Guru, screen: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    a_clash_of_three(guru)
    session = Session(guru)
    assert snap_compare(GuruApp(session, background=False), press=SCREENS[screen], terminal_size=(80, 24))
    session.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_in_the_terminals_own_colours(
    snap_compare: Callable[..., bool], in_colour: None, guru: Guru, opened: GuruApp, screen: str
) -> None:
    a_clash_of_three(guru)
    opened.theme = next(name for name in ("ansi-dark", "textual-ansi") if name in opened.available_themes)
    assert snap_compare(opened, press=SCREENS[screen], terminal_size=(80, 24))


def test_a_move_over_something(snap_compare: Callable[..., bool], in_colour: None, guru: Guru, opened: GuruApp) -> None:
    a_clash_of_three(guru)
    book(guru, guru.clients.add("Zoë", "van der Merwe"), at(10, days=1))
    keys = ["2", "l", "g", "g", "j", "j", "j", "j", "m", "h", "k"]
    assert snap_compare(opened, press=keys, terminal_size=(80, 24))
