"""Fixtures shared by the suite: a real practice in a folder of its own, and a clock that stands still."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock, SystemClock
from guru_tui.domain.views.hours import Interval
from guru_tui.settings import Settings
from guru_tui.store import schema

pytest_plugins = ["tests.fixtures_servers", "tests.shell"]

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in Johannesburg."""

PRACTICE = {
    "practice_name": "Sea Point Physio",
    "first_name": "Naledi",
    "last_name": "Khumalo",
    "profession": "Physiotherapist",
    "phone": "+27215550100",
    "email": "hello@seapointphysio.example",
    "zone": "Africa/Johannesburg",
    "country": "ZA",
    "currency": "ZAR",
    "alert_channels": "off",  # a test that makes messages fail counts those, not the mail that tells of them
}


# A machine that is busy with something else is no finding.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("suite")


# What is started under nohup hands its deaf ear on to every program that the tests hang up on.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


# No test may depend on the day it is run: with this the machine's clock goes so many days ahead (`make elsewhere`).
_DAYS_AHEAD = timedelta(days=int(os.environ.get("TEST_DAYS_AHEAD", "0")))
if _DAYS_AHEAD:
    _machine = SystemClock.now
    SystemClock.now = lambda clock: _machine(clock) + _DAYS_AHEAD  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The suite never sees the settings or the practice of the person who runs it."""
    for name in list(os.environ):
        if name.startswith("GURU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GURU_HOME", str(tmp_path / "nowhere"))


@pytest.fixture
def clock() -> FixedClock:
    """A clock at `NOW`; move it with `advance`."""
    return FixedClock(NOW)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data directory of the test's practice."""
    return tmp_path / "home"


def set_up(guru: Guru) -> None:
    """The practice that most tests work in."""
    guru.practice.set_many(PRACTICE)
    place = guru.practice.add_location("Sea Point", address="15 Flannery Road, Sea Point")
    guru.practice.add_type("Follow-up", 60, 45000, location_id=place)
    guru.practice.add_type("Intro", 60, 60000, location_id=place)
    guru.practice.add_type("Massage", 45, 60000, location_id=place)
    guru.practice.set_hours(
        Interval(day, opens, closes) for day in range(5) for opens, closes in ((480, 750), (810, 1020))
    )


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a fresh practice, to be copied: making one takes a hundred times as long."""
    home = tmp_path_factory.mktemp("made") / "home"
    with closing(_opened(home, FixedClock(NOW), new=True)) as opened:
        set_up(opened)
    return home


def _opened(home: Path, clock: FixedClock, *, new: bool = False) -> Guru:
    settings = Settings(home, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})
    if new:
        schema.create(settings.database)
    return Guru(settings, clock, origin="test")


@pytest.fixture
def guru(home: Path, clock: FixedClock, _made: Path) -> Iterator[Guru]:
    """A fresh practice whose messages go to files."""
    shutil.copytree(_made, home)
    opened = _opened(home, clock)
    yield opened
    opened.close()
