"""What each face loads: start-up is a feature, and layers are held by what is really imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru


def _loaded(code: str, home: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        env={"GURU_HOME": str(home), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    return set(done.stdout.split("\n"))


HEAVY = {
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "fpdf",
    "dateparser",
    "holidays",
    "apscheduler",
    "phonenumbers",
    "requests",
    "yagmail",
}
TERMINAL = {"textual", "rich"}


def test_an_idle_remind_loads_nothing_it_does_not_need(guru: Guru, home: Path) -> None:
    loaded = _loaded("from guru_tui.cli import main; main(['remind'])", home)
    assert "guru_tui.jobs.delivery" in loaded
    assert not loaded & (HEAVY | TERMINAL | {"click", "email.message", "ssl", "logging", "asyncio"})


def test_reading_the_agenda_loads_no_models(guru: Guru, home: Path) -> None:
    loaded = _loaded("from guru_tui.cli import main; main(['agenda', '--json'])", home)
    assert "guru_tui.store.queries.agenda" in loaded
    assert not loaded & (HEAVY | TERMINAL)


@pytest.mark.parametrize(
    "module", ["services.booking", "services.invoicing", "jobs.scheduler", "channels.build", "documents.invoice"]
)
def test_nothing_below_the_faces_loads_the_terminal(module: str, tmp_path: Path) -> None:
    loaded = _loaded(f"import guru_tui.{module}", tmp_path)
    assert f"guru_tui.{module}" in loaded
    assert not loaded & TERMINAL


def test_importing_does_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _loaded("import guru_tui.bootstrap, guru_tui.app, guru_tui.cli, guru_tui.services.booking", home)
    assert not home.exists()


def test_the_first_screen_loads_what_it_shows_and_no_more(tmp_path: Path) -> None:
    loaded = _loaded("import guru_tui.cli.app, guru_tui.app, guru_tui.services.reads", tmp_path)
    assert "guru_tui.screens.today" in loaded
    assert not loaded & (HEAVY | {"argparse", "calendar", "guru_tui.screens.clients", "guru_tui.screens.today_side"})
    assert not {name for name in loaded if name.startswith("guru_tui.domain.views.")} - {"guru_tui.domain.views.agenda"}
