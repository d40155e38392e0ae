"""The reminders as a systemd user unit (systemd.unit(5), systemd.service(5), systemd.exec(5))."""

from __future__ import annotations

import os
from pathlib import Path

from guru_tui.errors import GuruError, Misconfigured
from guru_tui.services.service_units import programs

_NAME = "guru.service"
_MARK = "# Written by: guru service install. Taken away by: guru service uninstall."

# Restarts are not limited: a data directory on a disk that is mounted late must not end the reminders for good, nor a
# store that a newer guru has taken over. Stopping may take as long as a mail server takes to answer.
_UNIT = """{mark}
[Unit]
Description=Guru sends appointment reminders
StartLimitIntervalSec=0

[Service]
{environment}ExecStart={command} daemon
Restart=on-failure
RestartSec=60
RestartPreventExitStatus=2
TimeoutStopSec=180
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

[Install]
WantedBy=default.target
"""


class Systemd:
    """The unit `guru.service` of the user's own manager."""

    kind = "systemd"
    title = "systemd user unit"

    def __init__(self) -> None:
        # The specification wants a relative XDG_CONFIG_HOME ignored.
        named = Path(os.environ.get("XDG_CONFIG_HOME", ""))
        self._config = named if named.is_absolute() else Path.home() / ".config"
        self._path = self._config / "systemd" / "user" / _NAME

    @property
    def where(self) -> str:
        """The unit's file."""
        return str(self._path)

    def check(self) -> None:
        """Raise `Misconfigured` where no systemd runs for this user, and where a unit is not of our making."""
        if not programs.there("systemctl"):
            raise Misconfigured(
                "There is no systemd on this machine; install a crontab line instead: guru service install --cron"
            )
        answer = programs.run("systemctl", "--user", "show-environment")
        if answer.status:
            raise Misconfigured(
                f"systemd does not run for this user ({answer.complaint}); "
                "install a crontab line instead: guru service install --cron"
            )
        found = programs.read(self._path)
        if found is not None and not found.startswith(_MARK):
            raise Misconfigured(f"{self._path} is not one that guru wrote; move it away, then install again.")

    def text(self, command: tuple[str, ...], home: Path | None) -> str:
        """The unit that runs `command`, with `home` as its data directory where that is not the usual one."""
        environment = f"Environment={_quoted(f'GURU_HOME={home}')}\n" if home is not None else ""
        if set(command[0]) & set("\"'\\$"):
            command = ("/usr/bin/env", *command)  # systemd takes no such character in the program's own name
        words = " ".join(_argument(word) for word in command)
        return _UNIT.format(mark=_MARK, environment=environment, command=words)

    def installed(self) -> str | None:
        """The unit that guru has written; None where there is none."""
        found = programs.read(self._path)
        return found if found is not None and found.startswith(_MARK) else None

    def write(self, text: str) -> None:
        """Write the unit, enable and start it (again); raises `GuruError` with what systemd says, all as before."""
        former = self.installed()
        if former != text:
            programs.write(self._path, text)
        try:
            self._control("daemon-reload")
            self._control("enable", _NAME)
            self._control("restart" if former not in (None, text) else "start", _NAME)
        except GuruError:
            if former is None:
                self._path.unlink(missing_ok=True)
            elif former != text:
                programs.write(self._path, former)
            programs.run("systemctl", "--user", "daemon-reload")
            raise

    def remove(self) -> None:
        """Stop the unit, letting the message in hand finish, and take its file away."""
        programs.run("systemctl", "--user", "disable", "--now", _NAME, patience=programs.STOPPING)
        self._path.unlink(missing_ok=True)
        # Where no manager answers, what `disable` would have removed is still there.
        (self._path.parent / "default.target.wants" / _NAME).unlink(missing_ok=True)
        programs.run("systemctl", "--user", "daemon-reload")

    def enabled(self) -> bool | None:
        """Whether it starts with the user's session."""
        return programs.run("systemctl", "--user", "is-enabled", _NAME).out.strip() == "enabled"

    def running(self) -> bool | None:
        """Whether it runs at this moment."""
        return programs.run("systemctl", "--user", "is-active", _NAME).out.strip() == "active"

    def hints(self) -> list[str]:
        """What the practitioner should know: a user's units end when she logs out, unless she lingers."""
        if lingers() is False:
            return ["it runs while you are logged in; to let it run always: loginctl enable-linger"]
        return []

    def _control(self, *words: str) -> None:
        answer = programs.run("systemctl", "--user", *words, patience=programs.STOPPING)
        if answer.status:
            raise GuruError(f"systemd refused ({answer.complaint}); look with: systemctl --user status {_NAME}")


def lingers() -> bool | None:
    """Whether this user's services run while nobody is logged in (loginctl(1)); None where that cannot be told."""
    answer = programs.run("loginctl", "show-user", str(os.getuid()), "--property=Linger")
    if answer.status:
        return None
    return answer.out.strip() == "Linger=yes"


def _argument(word: str) -> str:
    return _quoted(word).replace("$", "$$") if set(word) & set(" \t\"'\\$;") else word.replace("%", "%%")


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
