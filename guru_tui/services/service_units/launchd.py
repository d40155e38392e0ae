"""The reminders as a launchd agent of macOS (launchd.plist(5), launchctl(1))."""

from __future__ import annotations

import os
import plistlib
from pathlib import Path

from guru_tui.errors import GuruError, Misconfigured
from guru_tui.services.sender_place import LAUNCHD_LABEL
from guru_tui.services.service_units import programs


class Launchd:
    """The agent of the user's own session."""

    kind = "launchd"
    title = "launchd agent"

    def __init__(self) -> None:
        self._path = Path.home() / "Library" / "LaunchAgents" / f"{LAUNCHD_LABEL}.plist"
        self._domain = f"gui/{os.getuid()}"

    @property
    def where(self) -> str:
        """The agent's file."""
        return str(self._path)

    def check(self) -> None:
        """Raise `Misconfigured` where there is no launchd."""
        if not programs.there("launchctl"):
            raise Misconfigured(
                "There is no launchctl on this machine; install a crontab line instead: guru service install --cron"
            )

    def text(self, command: tuple[str, ...], home: Path | None) -> str:
        """The agent that runs `command`, with `home` as its data directory where that is not the usual one."""
        agent = {
            "Label": LAUNCHD_LABEL,
            "ProgramArguments": [*command, "daemon"],
            **({"EnvironmentVariables": {"GURU_HOME": str(home)}} if home is not None else {}),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 60,
            "ExitTimeOut": 180,
            "ProcessType": "Background",
            "Umask": 0o077,
        }
        return plistlib.dumps(agent).decode()

    def installed(self) -> str | None:
        """The agent's text; None where there is none."""
        return programs.read(self._path)

    def write(self, text: str) -> None:
        """Write the agent and load it (again); raises `GuruError` with what launchd says, all as before."""
        former = self.installed()
        if former == text and self.enabled():
            programs.run("launchctl", "kickstart", f"{self._domain}/{LAUNCHD_LABEL}")
            return
        if former is not None:
            self._unload()
        programs.write(self._path, text)
        answer = programs.run("launchctl", "bootstrap", self._domain, str(self._path))
        if answer.status:
            if former is None:
                self._path.unlink(missing_ok=True)
            else:
                programs.write(self._path, former)
            raise GuruError(f"launchd refused ({answer.complaint}); log in at the Mac's own screen and try again.")

    def remove(self) -> None:
        """Unload the agent, letting the message in hand finish, and take its file away."""
        self._unload()
        self._path.unlink(missing_ok=True)

    def enabled(self) -> bool | None:
        """Whether launchd has it loaded."""
        return programs.run("launchctl", "print", f"{self._domain}/{LAUNCHD_LABEL}").status == 0

    def running(self) -> bool | None:
        """Whether it runs at this moment."""
        answer = programs.run("launchctl", "print", f"{self._domain}/{LAUNCHD_LABEL}")
        return answer.status == 0 and "state = running" in answer.out

    def hints(self) -> list[str]:
        """What the practitioner should know."""
        return ["it runs while you are logged in, and not while the Mac sleeps"]

    def _unload(self) -> None:
        programs.run("launchctl", "bootout", f"{self._domain}/{LAUNCHD_LABEL}", patience=programs.STOPPING)
