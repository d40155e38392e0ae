"""What started this sender, and on which machine: `cron on desk`, `systemd on desk`, `terminal on desk`.

The store keeps it with each run, so that `guru doctor` can say from where reminders have run. Asked for by every idle
`guru remind`, so it costs a few system calls and no import.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

LAUNCHD_LABEL = "guru-tui.daemon"
"""The name of our launchd agent; launchd hands it to what it starts as XPC_SERVICE_NAME (launchd.plist(5))."""

AUTOMATIC = ("cron", "systemd", "launchd")
"""The first words of places where nobody has to be at the keyboard."""

_CRONS = ("cron", "crond", "anacron", "fcron", "busybox crond")
_SHELLS = ("sh", "dash", "bash", "zsh", "ksh", "busybox", "fish")
_GENERATIONS = 4


def place(who: str, environ: Mapping[str, str] | None = None) -> str:
    """What started this process, and the machine's name; `who` is `remind`, `daemon` or `app`."""
    return f"{_starter(who, os.environ if environ is None else environ)} on {os.uname().nodename}"


def _starter(who: str, environ: Mapping[str, str]) -> str:
    if who == "app":
        return "app"
    # A terminal comes first: one that systemd has started hands its own INVOCATION_ID to everything in it.
    if os.isatty(0):
        return "terminal"
    if _child_of_cron():
        return "cron"
    if environ.get("XPC_SERVICE_NAME") == LAUNCHD_LABEL:
        return "launchd"
    if environ.get("INVOCATION_ID"):  # systemd.exec(5): set for every service it starts
        return "systemd"
    return "a script"


def _child_of_cron() -> bool:
    """Whether cron is the parent, or the parent of the shell that cron runs its lines in; False without /proc."""
    number = os.getppid()
    for _ in range(_GENERATIONS):
        name, number = _process(number)
        if name in _CRONS or name.upper() == "CRON":  # Debian's cron calls its children CRON
            return True
        if name not in _SHELLS or number <= 1:
            return False
    return False


def _process(number: int) -> tuple[str, int]:
    """Name and parent of a process, from `/proc/N/stat` (proc(5)); an empty name where that cannot be read."""
    try:
        text = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
        # The name stands in parentheses and may itself contain some.
        name, _, rest = text.partition("(")[2].rpartition(")")
        return name, int(rest.split()[1])
    except (OSError, ValueError, IndexError):
        return "", 0
