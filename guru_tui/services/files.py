"""Files that a person names: read, or written for their owner only, whole or not at all, never over another."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from guru_tui.errors import Invalid, NotAllowed


def typed(text: str) -> Path:
    """The path that was typed, `~` filled in; raises `Invalid` where that names an unknown user."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise Invalid(f"{text!r} names a user that there is not; write ./~… for a file of that name.") from None


def shown(path: Path) -> str:
    """The path as people write it: `~` for one's own folder."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)


def in_folder(path: Path, name: str) -> Path:
    """`path`, or `name` in it where it is a folder."""
    with suppress(OSError):  # what is wrong with the path is told by writing there
        if path.is_dir():
            return path / name
    return path


LARGEST = 100_000_000
"""Bytes of a file that are read at most, so that one which never ends is a sentence."""

FORCE = ", or replace it with --force"
"""How a command has a file replaced."""


class Completed(NamedTuple):
    """What was typed as far as it can be told, and the names that it may go on to (a folder's ends in a slash)."""

    text: str
    names: tuple[str, ...]


def completed(text: str) -> Completed:
    """What was typed of a path, completed as a shell does; what cannot be looked into completes to itself."""
    folder, slash, begun = text.rpartition("/")
    if begun == "~":
        return Completed(f"{text}/", ())
    try:
        with os.scandir(Path(f"{folder}{slash}" or ".").expanduser()) as found:
            names = sorted(
                f"{entry.name}/" if entry.is_dir() else entry.name
                for entry in found
                if entry.name.startswith(begun) and (begun or not entry.name.startswith(".")) and _legible(entry.name)
            )
    except (OSError, RuntimeError, ValueError):
        return Completed(text, ())
    common = os.path.commonprefix(names) or begun  # noqa: RUF071 (letters are meant, not folders)
    return Completed(f"{folder}{slash}{common}", tuple(names) if len(names) > 1 else ())


def _legible(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes of another encoding, which no field can hold
        return False
    return name.isprintable()


def read_file(name: str, what: str) -> bytes:
    """The bytes of a file; raises `Invalid` where there is none to read, saying to name `what` for a folder."""
    path = typed(name)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise Invalid(f"{name} is no file that can be read; name {what}.")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > LARGEST:
                raise too_large(name, what)
            return file.read()
    except IsADirectoryError:
        raise Invalid(f"{name} is a folder; name {what} in it.") from None
    except FileNotFoundError:
        raise Invalid(f"There is no file {name}; check its name and folder.") from None
    except (OSError, ValueError) as error:
        raise Invalid(f"{name} cannot be read ({getattr(error, 'strerror', None) or 'no such name'}).") from None


def too_large(name: str, what: str) -> Invalid:
    """What to say of a file that is not read for its size."""
    return Invalid(f"{name} is larger than {LARGEST // 1_000_000} MB, more than any practice has; name {what}.")


def write_private(path: Path, data: bytes, *, replace: bool, otherwise: str = FORCE) -> None:
    """Write a file for its owner only (0600); a link is followed.

    Raises `NotAllowed` where it exists, unless `replace` (`otherwise`: how to have it replaced), and where it cannot be
    written; `Invalid` for what is no file (a folder, a device).
    """
    named = str(path)
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            raise Invalid(f"{named} is no file; name one in a folder of yours.")
        if path.exists() and not replace:
            raise _taken(named, otherwise)
        if replace:
            replace_private(path, data)
        else:
            _filled(path, data)
    except FileExistsError:
        raise _taken(named, otherwise) from None
    except RuntimeError:  # how pathlib reports links that lead to each other
        raise Invalid(f"{named} is a link that leads nowhere; choose another name.") from None
    except OSError as error:
        raise NotAllowed(
            f"{named} cannot be written ({error.strerror}); free some space or choose another name or folder."
        ) from None


def identity(path: Path) -> tuple[int, ...]:
    """Which file a path leads to; empty where it leads nowhere."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino


def replace_private(path: Path, data: bytes) -> tuple[int, ...]:
    """Put a file for its owner only (0600) in place of the one at `path`, whole or not at all; a link is followed.

    Returns its size and time of writing, by which it is known from another that is put there (see `stamp`).
    """
    import threading  # only here: it would cost each command a millisecond

    path = path.resolve()
    # Not by a hard link: memory sticks have none.
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_native_id()}.part")
    part.unlink(missing_ok=True)  # of one that was killed and had the same numbers
    written = _filled(part, data)
    try:
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return written


def stamp(path: Path) -> tuple[int, ...]:
    """What is another where a file was replaced; empty where there is none."""
    try:
        return _size_and_time(path.stat())
    except OSError:
        return ()


def _filled(path: Path, data: bytes) -> tuple[int, ...]:
    """Make a file that is not there yet, and leave none that is not whole."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            return _size_and_time(os.fstat(file.fileno()))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _size_and_time(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns


def _taken(named: str, otherwise: str) -> NotAllowed:
    return NotAllowed(f"{named} exists already; choose another name{otherwise}.")
