"""The reminders as a line of the user's crontab (crontab(1), crontab(5)), between comments that mark it as ours."""

from __future__ import annotations

import shlex
from pathlib import Path

from guru_tui.errors import GuruError, Misconfigured
from guru_tui.services.service_units import programs

_BEGIN = "# guru reminders begin: taken away by guru service uninstall"
_END = "# guru reminders end"
MINUTES = 5
"""Minutes between two runs."""


class Crontab:
    """Our lines of the crontab; all others are kept as they are."""

    kind = "cron"
    title = "crontab line"
    where = "your crontab"

    def check(self) -> None:
        """Raise `Misconfigured` where there is no cron, and where our marks in it are damaged."""
        if not programs.there("crontab"):
            raise Misconfigured(
                "There is no crontab program on this machine; "
                "install the service instead (guru service install) or keep guru daemon running."
            )
        _parts(self._table())

    def text(self, command: tuple[str, ...], home: Path | None) -> str:
        """The lines that run `command`, with `home` as its data directory where that is not the usual one."""
        words = [f"GURU_HOME={shlex.quote(str(home))}"] if home is not None else []
        words += [shlex.quote(word) for word in command]
        # cron makes a line break of a bare percent sign, in quotes too, and takes the backslash away.
        line = " ".join([*words, "remind", ">/dev/null"]).replace("%", r"\%")
        return f"{_BEGIN}\n*/{MINUTES} * * * * {line}\n{_END}\n"

    def installed(self) -> str | None:
        """Our lines; None where there are none."""
        if not programs.there("crontab"):
            return None
        return _parts(self._table())[1]

    def write(self, text: str) -> None:
        """Put our lines in, in place of former ones; raises `GuruError` with what crontab says."""
        before, _, after = _parts(self._table())
        if before and not before.endswith("\n"):
            before += "\n"
        self._put(before + text + after)

    def remove(self) -> None:
        """Take our lines out."""
        before, _, after = _parts(self._table())
        self._put(before + after)

    def enabled(self) -> bool | None:
        """A line that stands in the crontab counts."""
        return True

    def running(self) -> bool | None:
        """Whether the machine's cron runs cannot be told; the runs themselves tell."""
        return None

    def hints(self) -> list[str]:
        """What the practitioner should know."""
        return []

    def _table(self) -> str:
        answer = programs.run("crontab", "-l")
        if answer.status == 0:
            return answer.out
        said = answer.err.lower()
        if not said.strip() or "no crontab" in said or "no such file" in said:
            return ""
        raise GuruError(f"The crontab could not be read ({answer.complaint}); look with: crontab -l")

    def _put(self, table: str) -> None:
        answer = programs.run("crontab", "-", stdin=table)
        if answer.status:
            raise GuruError(f"The crontab could not be written ({answer.complaint}); it is as it was.")


def _parts(table: str) -> tuple[str, str | None, str]:
    """What stands before our lines, our lines (None where there are none), and what stands after them."""
    lines = table.splitlines(keepends=True)
    marks = [number for number, line in enumerate(lines) if line.strip() in (_BEGIN, _END)]
    if not marks:
        return table, None, ""
    if len(marks) != 2 or lines[marks[0]].strip() != _BEGIN or lines[marks[1]].strip() != _END:
        raise GuruError(
            f"The crontab has guru's lines in it twice or in part; take out everything from {_BEGIN!r} "
            f"to {_END!r} with: crontab -e"
        )
    first, last = marks[0], marks[1] + 1
    return "".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:])
