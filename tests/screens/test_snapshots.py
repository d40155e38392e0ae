"""The screens as they look, on the sample practice at a fixed moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guru_tui.app import GuruApp
from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.screens.session import Session
from guru_tui.settings import Settings

SIZES = [(80, 24), (140, 40)]
KEYS: dict[str, list[str]] = {
    "today": [],
    "clients": ["4"],
    "record": ["4", "enter"],
    "invoices": ["5"],
    "outbox": ["6"],
    "templates": ["7"],
    "log": ["g", "l"],
    "reminders": ["right_square_bracket", "r"],
}
MOMENT = datetime(2026, 11, 25, 12, 32, tzinfo=UTC)
"""A Wednesday, 14:32 in Johannesburg."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample practice, made once."""
    from guru_tui.services import demo

    home = tmp_path_factory.mktemp("sample")
    demo.build(home, FixedClock(MOMENT), days=60, clients=60)
    return home


@pytest.fixture
def app(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GuruApp]:
    """The app on it, in colour whatever the terminal of the tests says."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    settings = Settings(sample, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})
    guru = Guru(settings, FixedClock(MOMENT), origin="test")
    session = Session(guru, demo=True)
    yield GuruApp(session, background=False)
    session.close()
    guru.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", KEYS)
def test_screen(snap_compare: Callable[..., bool], app: GuruApp, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(app, press=KEYS[name], terminal_size=size)
