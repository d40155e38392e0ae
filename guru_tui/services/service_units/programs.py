"""Running the machine's own programs (systemctl, launchctl, crontab), and how this guru is started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from guru_tui.errors import GuruError, NotAllowed, TryAgain

_PATIENCE = 20.0
STOPPING = 200.0
"""Seconds to wait where a sender may have to finish its message first: a mail server may take two minutes to answer."""


class Answer(NamedTuple):
    """How a program ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """What it printed last, on one line, for a sentence."""
        lines = (self.err.strip() or self.out.strip()).splitlines()
        return lines[-1].strip() if lines else f"status {self.status}"


def run(*command: str, stdin: str | None = None, patience: float = _PATIENCE) -> Answer:
    """Run a program to its end, never through a shell; raises `TryAgain` where it takes longer than `patience` s.

    A program that cannot be started answers 127, as a shell would.
    """
    try:
        done = subprocess.run(  # noqa: S603 (a list of words, the first a program's name of our own choice)
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=patience,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        raise TryAgain(f"{command[0]} has not answered for {patience:.0f} seconds; try again.") from None
    except OSError as error:
        return Answer(127, "", f"{command[0]}: {error.strerror}")
    return Answer(done.returncode, done.stdout, done.stderr)


def there(name: str) -> bool:
    """Whether the machine has a program of that name."""
    return shutil.which(name) is not None


def this_guru() -> tuple[str, ...]:
    """The words that start this very guru from anywhere; links are kept, for an update moves what they lead to."""
    called = Path(sys.argv[0])
    beside = Path(sys.executable).with_name("guru")
    for program in (called.absolute(), beside):
        if program.name == "guru" and program.is_file() and os.access(program, os.X_OK):
            return (plain(str(program)),)
    return (plain(sys.executable), "-m", "guru_tui")


def plain(path: str) -> str:
    """`path`, if one line of a file can hold it; raises `NotAllowed` where it has line breaks or other controls."""
    if not path.isprintable():
        raise NotAllowed(f"The path {path!r} has characters in it that no service can be given; rename it first.")
    return path


def usual_home(platform: str) -> Path:
    """The data directory that a guru started with an empty environment uses (as `platformdirs` has it)."""
    folder = Path("Library/Application Support") if platform == "darwin" else Path(".local/share")
    return Path.home() / folder / "guru"


def write(path: Path, text: str) -> None:
    """Put `text` into the file `path` whole or not at all, making its folder; raises `GuruError` where it refuses."""
    being_made = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        being_made.write_text(text, "utf-8")
        being_made.chmod(0o644)
        being_made.replace(path)
    except OSError as error:
        being_made.unlink(missing_ok=True)
        raise GuruError(f"{path} could not be written ({error.strerror}); check the folder's permissions.") from None


def read(path: Path) -> str | None:
    """The text of `path`; None where there is none. Raises `GuruError` where it cannot be read."""
    try:
        return path.read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GuruError(f"{path} could not be read ({error.strerror}); check its permissions.") from None
