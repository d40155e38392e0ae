"""What the machine is told outside the store: the data directory and how messages leave.

Read from the environment over `.env` in the data directory, never from the working directory: a foreign
folder must not redirect a practice's mail.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from guru_tui.errors import Misconfigured

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
CLICKATELL_URL = "https://platform.clickatell.com"


class Settings(NamedTuple):  # not a dataclass: an idle `guru remind` is short of the time that loading those takes
    """One run's settings. `values` holds every `GURU_*` variable that is set, checked where it is used."""

    home: Path
    values: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        """Without the values: keys and passwords are among them, and a crash report shows what it meets."""
        return f"Settings({str(self.home)!r}, {sorted(self.values)})"

    @property
    def database(self) -> Path:
        """The practice's file."""
        return self.home / "practice.db"

    @property
    def backups(self) -> Path:
        """Where automatic backups go."""
        return self.home / "backups"

    @property
    def outbox_dir(self) -> Path:
        """Where the `file` backends write messages."""
        named = self.get("GURU_OUTBOX_DIR")
        return _folder("GURU_OUTBOX_DIR", named) if named else self.home / "outbox"

    def get(self, name: str, default: str = "") -> str:
        """The variable `name`, stripped; `default` where it is unset or empty."""
        return self.values.get(name, "").strip() or default

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """The variable `name` as one of `allowed`; raises `Misconfigured` for anything else."""
        value = self.get(name, default).lower()
        if value not in allowed:
            raise Misconfigured(f"{name} is {value!r}; it can be {', '.join(allowed)}.")
        return value

    def number(self, name: str, default: int) -> int:
        """The variable `name` as a whole number; raises `Misconfigured` for anything else."""
        value = self.get(name, str(default))
        if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
            raise Misconfigured(f"{name} is {value!r}; it must be a number from 1 to 65535.")
        return int(value)

    @property
    def email_backend(self) -> str:
        """`smtp`, `file` or `none`: by default `smtp` when a host is set."""
        return self.choice(
            "GURU_EMAIL_BACKEND", ("smtp", "file", "none"), "smtp" if self.get("GURU_SMTP_HOST") else "none"
        )

    @property
    def sms_backend(self) -> str:
        """`clickatell`, `clickatell-legacy`, `file` or `none`: by default `clickatell` when a key is set."""
        default = "clickatell" if self.get("GURU_CLICKATELL_API_KEY") else "none"
        return self.choice("GURU_SMS_BACKEND", ("clickatell", "clickatell-legacy", "file", "none"), default)


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine, the only one that may be spoken to without TLS."""
    host = host.strip().lower()
    # A name that merely begins with 127. belongs to whoever registered it.
    return host in _LOOPBACK or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def is_file(named: str) -> bool:
    """Whether a setting names a file that is there and may be looked at; False also for a path that cannot be one."""
    try:
        return Path(named).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; raises `Misconfigured` for a `.env` that others can read."""
    environ = os.environ if environ is None else environ
    home = _home(environ.get("GURU_HOME", "").strip())
    values = _dotenv(home / ".env")
    values.update({name: value for name, value in environ.items() if name.startswith("GURU_")})
    return Settings(home, values)


def _home(named: str) -> Path:
    if named:
        return _folder("GURU_HOME", named).absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("guru"))


def _folder(name: str, value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise Misconfigured(f"{name} is {value!r}, and there is no such user; give a folder's path.") from None


def _dotenv(path: Path) -> dict[str, str]:
    try:
        mode = path.stat().st_mode
    except OSError:
        return {}
    if mode & 0o077:
        raise Misconfigured(f"{path} can be read by others and holds passwords; run: chmod 600 {path}")
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"{path} cannot be read ({error}); write it as UTF-8 text, one NAME=value a line."
        ) from None
    for statement in parse_stream(StringIO(text)):
        if statement.error:  # python-dotenv would only leave it out, and with it perhaps the password
            raise Misconfigured(f"{path} is wrong in line {statement.original.line}; write one NAME=value a line.")
    return {
        name: value
        for name, value in dotenv_values(stream=StringIO(text), interpolate=False).items()
        if value is not None
    }
