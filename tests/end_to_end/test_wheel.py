"""What is installed elsewhere: the wheel alone, from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip would lay it into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _run(unpacked: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked), "TMPDIR": str(cwd), "HOME": str(cwd)}
    return subprocess.run(
        [sys.executable, "-m", "guru_tui", *arguments],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_demo_runs_from_any_folder_on_the_wheel_alone(unpacked: Path, tmp_path: Path) -> None:
    where = subprocess.run(
        [sys.executable, "-c", "import guru_tui; print(guru_tui.__file__)"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(unpacked)), "the checkout would be tested instead of the wheel"
    done = _run(unpacked, tmp_path, "demo")
    assert done.returncode == 0, done.stderr
    assert "Sea Point Physio" in done.stdout
    assert list(tmp_path.rglob("*.pdf")) and list(tmp_path.rglob("*.eml")) and list(tmp_path.rglob("*.sms.json"))


def test_everything_that_ships_is_in_it(unpacked: Path) -> None:
    shipped = {path.relative_to(ROOT / "data") for path in (ROOT / "data").rglob("*") if path.is_file()}
    assert shipped
    for path in shipped:
        assert (unpacked / "guru_tui" / "data" / path).is_file(), path
    for name in (
        "guru.tcss",
        "py.typed",
        "store/schema.sql",
        "store/migrations/env.py",
        "store/migrations/script.py.mako",
    ):
        assert (unpacked / "guru_tui" / name).is_file(), name
