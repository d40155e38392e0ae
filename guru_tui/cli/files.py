"""Files that commands write: for their owner only, whole or not at all, never over another by accident."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from guru_tui.errors import Invalid, NotAllowed


def typed(text: str) -> Path:
    """The path that was typed, `~` filled in; raises `Invalid` where that names an unknown user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Invalid(f"{text!r} names a user that there is not; write ./~… for a file of that name.") from None


def in_folder(path: Path, name: str) -> Path:
    """`path`, or `name` in it where it is a folder."""
    with suppress(OSError):  # what is wrong with the path is told by writing there
        if path.is_dir():
            return path / name
    return path


def write_private(path: Path, data: bytes, *, replace: bool) -> None:
    """Write a file for its owner only (0600); a link is followed.

    Raises `NotAllowed` where it exists, unless `replace`, and where it cannot be written; `Invalid` for what is no file
    (a folder, a device).
    """
    named = str(path)
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            raise Invalid(f"{named} is no file; name one in a folder of yours.")
        if path.exists() and not replace:
            raise _taken(named)
        _write(path, data, replace=replace)
    except FileExistsError:
        raise _taken(named) from None
    except RuntimeError:  # how pathlib reports links that lead to each other
        raise Invalid(f"{named} is a link that leads nowhere; choose another name.") from None
    except OSError as error:
        raise NotAllowed(
            f"{named} cannot be written ({error.strerror}); free some space or choose another name or folder."
        ) from None


def _taken(named: str) -> NotAllowed:
    return NotAllowed(f"{named} exists already; choose another name, or replace it with --force.")


def _write(path: Path, data: bytes, *, replace: bool) -> None:
    # Not by a hard link: memory sticks have none.
    target = path.with_name(f".{path.name}.{os.getpid()}.part") if replace else path
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            target.replace(path)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
