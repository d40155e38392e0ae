"""Starting, the first run, and the end nobody wants: what is loaded, what is asked, what a crash gives away."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from guru_tui.app import GuruApp, run_app, write_crash_report
from guru_tui.bootstrap import Guru
from guru_tui.cli import main
from guru_tui.domain.clock import FixedClock
from guru_tui.screens.session import Session
from guru_tui.screens.welcome import WelcomeApp, read_types
from guru_tui.settings import Settings
from guru_tui.store import schema
from guru_tui.widgets.record_list import RecordList

HEAVY = (
    "sqlmodel",
    "sqlalchemy",
    "dateparser",
    "fpdf",
    "phonenumbers",
    "apscheduler",
    "alembic",
    "requests",
    "yagmail",
)


def test_nothing_heavy_is_loaded_before_the_first_paint(guru: Guru) -> None:
    script = f"""
import sys
from pathlib import Path
from guru_tui.bootstrap import Guru
from guru_tui.settings import Settings
from guru_tui.app import GuruApp
from guru_tui.screens.session import Session
GuruApp._painted = lambda app: app.exit()
GuruApp(Session(Guru(Settings(Path({str(guru.settings.home)!r}))))).run(headless=True)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_without_a_terminal_it_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    said = capsys.readouterr()
    assert "guru agenda" in said.err
    assert said.out == ""


def test_a_crash_prints_a_sentence_and_no_data(guru: Guru, capfd: pytest.CaptureFixture[str]) -> None:
    session = Session(guru)
    app = GuruApp(session, background=False)

    def break_it() -> None:
        secret = "Sarah Botha 0825550101"
        raise ValueError(secret)

    app.call_later(break_it)
    app.run(headless=True)
    session.close()
    said = capfd.readouterr()
    assert app.return_code == 1
    assert app.crash_report is not None
    report = app.crash_report.read_text(encoding="utf-8")
    assert "break_it" in report and "ValueError" in report
    assert "Sarah" not in report + said.out + said.err
    assert app.crash_report.parent == guru.settings.home / "logs"
    assert app.crash_report.stat().st_mode & 0o077 == 0


def test_a_report_tells_where_through_all_causes(tmp_path: Path) -> None:
    try:
        try:
            raise KeyError("secret")
        except KeyError as error:
            raise RuntimeError("secret") from error
    except RuntimeError as error:
        path = write_crash_report(tmp_path, error)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert "RuntimeError" in text and "KeyError" in text and "secret" not in text


def test_no_practice_is_a_sentence_before_the_screen_is_taken(tmp_path: Path) -> None:
    from guru_tui.errors import Misconfigured

    guru = Guru(Settings(tmp_path / "none"), origin="app")
    with pytest.raises(Misconfigured, match="guru init"):
        run_app(guru)


@pytest.fixture
def nothing(tmp_path: Path, clock: FixedClock) -> Guru:
    """A data directory without a practice."""
    return Guru(Settings(tmp_path / "new"), clock, origin="app")


async def test_the_first_run_sets_up_a_practice(nothing: Guru) -> None:
    app = WelcomeApp(nothing)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        assert "name" in app.query_one("#problem").text  # type: ignore[attr-defined]
        for field, text in (("name", "Naledi Khumalo"), ("email", "nope"), ("practice", "Sea Point Physio")):
            app.query_one(f"#field-{field}").value = text  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "is not an email address" in app.query_one("#problem").text  # type: ignore[attr-defined]
        assert not nothing.settings.database.exists()
        app.query_one("#field-email").value = "hello@seapointphysio.example"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        while app.return_value is None and "Khumalo" in app.query_one("#field-name").value:  # type: ignore[attr-defined]
            assert not app.query_one("#problem").display, app.query_one("#problem").text  # type: ignore[attr-defined]
            await pilot.pause(0.01)
    assert app.return_value == "practice"
    practice = nothing.reads.practice()
    assert (practice.name, practice.full_name) == ("Sea Point Physio", "Naledi Khumalo")
    assert [(row.name, row.minutes, row.fee_minor) for row in nothing.reads.types()] == [
        ("Follow-up", 60, 45000),
        ("Intro", 60, 60000),
    ]
    assert len(nothing.reads.hours()) == 10
    nothing.close()


@pytest.mark.parametrize(("key", "answer"), [("ctrl+d", "demo"), ("escape", "")])
async def test_the_first_run_offers_the_sample_and_can_be_left(nothing: Guru, key: str, answer: str) -> None:
    app = WelcomeApp(nothing)
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press(key)
    assert app.return_value == answer
    assert not nothing.settings.database.exists()


@pytest.mark.parametrize("text", ["Follow-up", "Follow-up sixty R450", "A 60 R1; a 30 R2"])
def test_types_that_cannot_be_read_are_refused(text: str) -> None:
    from guru_tui.errors import Invalid

    with pytest.raises(Invalid):
        read_types(text, "ZAR")


async def test_who_sends_is_in_the_header(open_app, day) -> None:
    async with open_app(day.guru, (140, 40)) as hand:
        session = hand.app.session
        for status, shown in (
            ("this app sends", "sending"),
            ("the daemon (process 123) sends", "daemon sends"),
            ("paused: the mail server refused the login", "sending paused"),
        ):
            session.tell_sender(status)
            await hand.until(lambda shown=shown: shown in hand.screen.splitlines()[0])
        await hand.press("ctrl+l")
        assert "the mail server refused" in hand.screen


async def test_with_no_channel_the_header_says_so(open_app, home: Path, clock: FixedClock) -> None:
    schema.create(Settings(home).database)
    guru = Guru(Settings(home), clock, origin="test")
    async with open_app(guru, (140, 40)) as hand:
        hand.app.session.tell_sender("this app sends")
        await hand.until(lambda: "no channel set up" in hand.screen)
    guru.close()


def test_a_damaged_store_ends_with_its_remedy(guru: Guru) -> None:
    """What SQLite says of the file while the app is open reaches the person as a sentence, not as a crash."""
    session = Session(guru)
    app = GuruApp(session, background=False)

    def break_it() -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    app.call_later(break_it)
    app.run(headless=True)
    session.close()
    assert app.last_words is not None and "guru restore" in str(app.last_words)
    assert app.crash_report is None


async def test_a_tick_while_the_app_is_leaving_touches_nothing(open_app, guru: Guru) -> None:
    """Textual empties the screens before it stops the timers: a change seen in between must not end in a crash."""
    async with open_app(guru) as hand:
        guru.practice.set("profession", "Tutor")
        await hand.app.screen.query_one(RecordList).remove()
        hand.app._running = False
        try:
            hand.app._tick()
        finally:
            hand.app._running = True
        await hand.app.screen.recompose()
