"""Where the files that ship with the program lie: in the wheel beside the code, in a checkout one folder up."""

from __future__ import annotations

from pathlib import Path

from guru_tui.errors import NotFound


def data_file(name: str) -> Path:
    """The path of the shipped file `name` (relative to the folder `data`); raises `NotFound` without it."""
    package = Path(__file__).parent
    bundled = package / "data"
    # An installed program must never take a `data` folder that another package has put beside it.
    root = bundled if bundled.is_dir() else package.parent / "data"
    path = root / name
    if not path.is_file():
        raise NotFound(f"The file {name} that belongs to guru is missing; install guru-tui again.")
    return path
