"""The reminders without anybody at the keyboard: a systemd user unit, a launchd agent or a line of the crontab.

Each is written by its own class, shown before it is written, and taken away without a trace of anything else.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from guru_tui.errors import Misconfigured, NotAllowed
from guru_tui.services.service_units import programs
from guru_tui.services.service_units.crontab import Crontab
from guru_tui.services.service_units.launchd import Launchd
from guru_tui.services.service_units.systemd import Systemd, lingers
from guru_tui.settings import Settings
from guru_tui.store.connection import there
from guru_tui.store.sender_lock import holder


class Unit(Protocol):
    """One way to have the machine start the sender."""

    kind: str
    title: str

    @property
    def where(self) -> str:
        """The file it is written to, for a person."""
        ...

    def check(self) -> None:
        """Raise `Misconfigured`, naming the alternative, where this machine does not have it."""
        ...

    def text(self, command: tuple[str, ...], home: Path | None) -> str:
        """What is written; `home` only where it is not the usual data directory."""
        ...

    def installed(self) -> str | None:
        """What stands there of ours; None for nothing."""
        ...

    def write(self, text: str) -> None:
        """Write and start it."""
        ...

    def remove(self) -> None:
        """Stop it and take it away."""
        ...

    def enabled(self) -> bool | None:
        """Whether it starts by itself."""
        ...

    def running(self) -> bool | None:
        """Whether it runs now; None where that cannot be told."""
        ...

    def hints(self) -> list[str]:
        """What to know about it."""
        ...


class Standing(NamedTuple):
    """One thing that guru has installed. `current`: it is what `guru service install` would write today."""

    kind: str
    title: str
    where: str
    text: str
    current: bool
    enabled: bool | None
    running: bool | None

    @property
    def works(self) -> bool:
        """Whether it can be relied on, as far as can be told."""
        return self.enabled is not False and self.running is not False


class Proposal(NamedTuple):
    """What `install` would write. `state`: `new`, `changed` or `same`; `warnings` are sentences."""

    kind: str
    title: str
    where: str
    text: str
    state: str
    warnings: tuple[str, ...]


class ServiceUnits:
    """What starts the sender of one practice on this machine."""

    def __init__(self, settings: Settings, *, platform: str = sys.platform) -> None:
        self._settings = settings
        self._platform = platform
        service: Unit = Launchd() if platform == "darwin" else Systemd()
        self._units: dict[bool, Unit] = {False: service, True: Crontab()}

    def propose(self, *, cron: bool = False, environ: Mapping[str, str] | None = None) -> Proposal:
        """What would be written where; writes nothing.

        Raises `Misconfigured` where the machine lacks it or there is no practice yet, `NotAllowed` for a practice that
        is a demo or lies in a folder for temporary files.
        """
        self._check_home()
        unit = self._units[cron]
        unit.check()
        text, former = self._text(unit), unit.installed()
        state = "new" if former is None else "same" if former == text else "changed"
        warnings = self._warnings(cron, os.environ if environ is None else environ)
        return Proposal(unit.kind, unit.title, unit.where, text, state, tuple(warnings))

    def install(self, proposal: Proposal) -> Standing:
        """Write and start what was proposed; raises `GuruError` with what the machine says."""
        unit = self._units[proposal.kind == "cron"]
        unit.write(proposal.text)
        return self._standing(unit, proposal.text)

    def standing(self) -> list[Standing]:
        """Everything that guru has installed here."""
        found = ((unit, unit.installed()) for unit in self._units.values())
        return [self._standing(unit, text) for unit, text in found if text is not None]

    def uninstall(self, standing: Standing) -> None:
        """Stop it and take it away."""
        self._units[standing.kind == "cron"].remove()

    def hints(self, standing: Standing) -> list[str]:
        """What the practitioner should know about something that is installed."""
        return self._units[standing.kind == "cron"].hints()

    def lingers(self) -> bool | None:
        """Whether a systemd unit runs while nobody is logged in; None where that cannot be told."""
        return lingers() if self._platform != "darwin" else None

    def _standing(self, unit: Unit, text: str) -> Standing:
        return Standing(
            unit.kind, unit.title, unit.where, text, text == self._text(unit), unit.enabled(), unit.running()
        )

    def _text(self, unit: Unit) -> str:
        home = self._settings.home
        programs.plain(str(home))
        return unit.text(programs.this_guru(), None if home == programs.usual_home(self._platform) else home)

    def _check_home(self) -> None:
        home = self._settings.home
        if temporary(home):
            raise NotAllowed(
                f"{home} is a folder for temporary files, which no service should rely on; "
                "set GURU_HOME to where the practice is to stay."
            )
        if not there(self._settings.database):
            raise Misconfigured(f"There is no practice in {home} yet; set one up with: guru init")

    def _warnings(self, cron: bool, environ: Mapping[str, str]) -> list[str]:
        found = []
        other = self._units[not cron]
        if other.installed() is not None:
            found.append(
                f"the {other.title} is installed too; only one of them is needed, "
                f"take both away with guru service uninstall and install the one you want"
            )
        given = sorted(
            name for name in environ
            if name.startswith("GURU_") and name != "GURU_HOME" and environ[name] and not self._in_dotenv(name)
        )  # fmt: skip
        if given:
            found.append(
                f"{', '.join(given)} {'are' if len(given) > 1 else 'is'} set in this shell only, where the "
                f"{self._units[cron].title} does not see it; write it into {self._settings.home / '.env'} (chmod 600)"
            )
        sender = holder(self._settings.home)
        by_hand = sender is not None and sender.who == "daemon" and not (cron or self._units[False].running())
        if sender is not None and by_hand:
            found.append(f"guru daemon runs already (process {sender.pid}); stop it, the service takes over")
        return found

    def _in_dotenv(self, name: str) -> bool:
        from guru_tui.settings import load

        return name in load({"GURU_HOME": str(self._settings.home)}).values


def temporary(home: Path) -> bool:
    """Whether a data directory is a demo's or lies among files that the machine will delete."""
    return home.name.startswith("guru-demo-") or home.is_relative_to(Path(tempfile.gettempdir()).absolute())
