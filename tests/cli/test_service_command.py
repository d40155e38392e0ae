"""`guru service`, with stand-ins for systemctl, loginctl, launchctl and crontab that record how they are called.

The real programs are not on the machines that run this suite (no user manager, no cron), and where they are, a test has
no business in them: HOME, XDG_CONFIG_HOME and PATH are the test's own. `systemd-analyze`, where there is one, reads
the unit that was written.
"""

from __future__ import annotations

import os
import plistlib
import pty
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.errors import GuruError
from guru_tui.services.service_units import ServiceUnits, programs
from guru_tui.services.service_units.crontab import Crontab
from guru_tui.services.service_units.systemd import Systemd
from guru_tui.settings import Settings
from tests.outbox_support import run
from tests.shell import GURU, Shell

SYSTEMCTL = """#!/bin/sh
PATH=/usr/bin:/bin
state={state}
echo "systemctl $*" >>"$state/calls"
if [ -e "$state/no-bus" ]; then echo "Failed to connect to bus: No medium found" >&2; exit 1; fi
shift
case "$1" in
    refuse) exit 1 ;;
    enable) [ ! -e "$state/refuse" ] || {{ echo "Failed to enable unit: refused" >&2; exit 1; }}; touch "$state/on" ;;
    start | restart) touch "$state/active" ;;
    disable) rm -f "$state/on" "$state/active" ;;
    is-enabled) [ -e "$state/on" ] && echo enabled || {{ echo disabled; exit 1; }} ;;
    is-active) [ -e "$state/active" ] && echo active || {{ echo inactive; exit 3; }} ;;
esac
"""
LOGINCTL = """#!/bin/sh
PATH=/usr/bin:/bin
[ -e {state}/lingers ] && echo Linger=yes || echo Linger=no
"""
CRONTAB = """#!/bin/sh
PATH=/usr/bin:/bin
state={state}
echo "crontab $*" >>"$state/calls"
case "$1" in
    -l) cat "$state/crontab" 2>/dev/null || {{ echo "no crontab for naledi" >&2; exit 1; }} ;;
    -) [ ! -e "$state/refuse" ] || {{ echo "crontab: you are not allowed" >&2; exit 1; }}; cat >"$state/crontab" ;;
esac
"""
LAUNCHCTL = """#!/bin/sh
PATH=/usr/bin:/bin
state={state}
echo "launchctl $1" >>"$state/calls"
case "$1" in
    bootstrap) [ ! -e "$state/refuse" ] || {{ echo "Bootstrap failed: 5" >&2; exit 5; }}; touch "$state/loaded" ;;
    bootout) rm "$state/loaded" ;;
    print) [ -e "$state/loaded" ] && echo "state = running" ;;
esac
"""
STAND_INS = {"systemctl": SYSTEMCTL, "loginctl": LOGINCTL, "crontab": CRONTAB, "launchctl": LAUNCHCTL}


class Machine:
    """A home directory and the programs of a machine, and what has been asked of them."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "naledi"
        self.state = folder / "state"
        self.programs = folder / "bin"
        for made in (self.home, self.state, self.programs):
            made.mkdir()
        for name, text in STAND_INS.items():
            program = self.programs / name
            program.write_text(text.format(state=self.state))
            program.chmod(0o755)

    @property
    def unit(self) -> Path:
        """Where the unit belongs."""
        return self.home / ".config/systemd/user/guru.service"

    @property
    def crontab(self) -> str:
        """The crontab as it stands."""
        path = self.state / "crontab"
        return path.read_text() if path.exists() else ""

    def set(self, name: str, text: str = "") -> None:
        """Put a file among the stand-ins' state."""
        (self.state / name).write_text(text)

    def without(self, *names: str) -> None:
        """Take programs away."""
        for name in names:
            (self.programs / name).unlink()

    def calls(self) -> list[str]:
        """What the programs were asked to do since the last time, questions left out."""
        path = self.state / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        asked = ("show-environment", "is-enabled", "is-active", "crontab -l", "launchctl print")
        return [
            line.replace("systemctl --user", "systemctl") for line in lines if not any(one in line for one in asked)
        ]

    def environ(self) -> dict[str, str]:
        """What makes a process live here; the practice is not where it keeps its temporary files."""
        return {"HOME": str(self.home), "PATH": str(self.programs), "TMPDIR": str(self.home.parent / "tmp")}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "tmp").mkdir()
    return Machine(tmp_path)


@pytest.fixture
def installed(guru: Guru, home: Path, machine: Machine) -> Shell:
    """The installed program over the fixture's practice, on that machine."""
    return Shell(home, env=machine.environ())


@pytest.fixture
def here(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """This very process lives on that machine."""
    for name, value in machine.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(tempfile, "tempdir", machine.environ()["TMPDIR"])
    return machine


# ---- systemd -----------------------------------------------------------------------------------------


def test_the_unit_is_written_enabled_and_started(installed: Shell, machine: Machine, home: Path) -> None:
    done = installed.run("service", "install", "--yes")
    text = machine.unit.read_text()
    assert text in done.stdout and f"systemd user unit is installed: {machine.unit}" in done.stdout
    assert f'Environment="GURU_HOME={home}"' in text
    assert f"ExecStart={GURU} daemon" in text
    for line in (
        "Restart=on-failure",
        "NoNewPrivileges=yes",
        "PrivateTmp=yes",
        "UMask=0077",
        "WantedBy=default.target",
    ):
        assert f"\n{line}\n" in text
    assert machine.calls() == [f"systemctl {what}" for what in ("daemon-reload", "enable guru.service",
                                                                "start guru.service")]  # fmt: skip
    assert "loginctl enable-linger" in done.stdout
    machine.set("lingers")
    assert "linger" not in installed.run("service", "status").stdout


def test_installing_again_changes_nothing(installed: Shell, machine: Machine) -> None:
    installed.run("service", "install", "--yes")
    before, _ = machine.unit.stat(), machine.calls()
    done = installed.run("service", "install")  # nothing to write, so nothing to ask
    assert "is installed already" in done.stdout
    assert (machine.calls(), machine.unit.stat().st_mtime_ns) == ([], before.st_mtime_ns)
    assert installed.json("service", "install", "--yes")["state"] == "unchanged"


def test_installing_again_starts_what_was_stopped(installed: Shell, machine: Machine) -> None:
    installed.run("service", "install", "--yes")
    (machine.state / "active").unlink()
    assert installed.json("service", "status", status=3)["services"][0]["running"] is False
    assert installed.json("service", "install", "--yes")["running"] is True


def test_a_changed_path_brings_the_unit_up_to_date(installed: Shell, machine: Machine, home: Path) -> None:
    installed.run("service", "install", "--yes")
    machine.unit.write_text(machine.unit.read_text().replace(str(GURU), "/old/place/guru"))
    found = installed.json("service", "status")
    assert found["services"][0]["current"] is False
    assert found["hints"][-1] == "to put it right: guru service install"
    machine.calls()
    done = installed.run("service", "install", "--yes")
    assert "brought up to date" in done.stdout and f"ExecStart={GURU} daemon" in machine.unit.read_text()
    assert machine.calls()[-1] == "systemctl restart guru.service"


def test_nothing_is_written_without_a_yes(installed: Shell, machine: Machine) -> None:
    done = installed.run("service", "install", status=1)
    assert "ExecStart" in done.stdout and "--yes" in done.stderr
    assert "Nothing was written" in installed.run("service", "install", "--dry-run").stdout
    assert installed.json("service", "install", "--dry-run")["state"] == "would be installed"
    assert "--yes" in installed.run("service", "install", "--json", status=1).stderr
    assert not machine.unit.exists() and machine.calls() == []


@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_person_is_asked(installed: Shell, machine: Machine, answer: str, written: bool) -> None:
    main, inner = pty.openpty()
    os.write(main, answer.encode())
    done = subprocess.run(
        [GURU, "service", "install"], stdin=inner, capture_output=True, text=True, env=installed.environment(),
        timeout=60,
    )  # fmt: skip
    os.close(main)
    os.close(inner)
    assert f"Write this to {machine.unit} and start it? [y/N]" in done.stderr
    assert (done.returncode, machine.unit.exists()) == (0 if written else 1, written)


def test_uninstalling_takes_away_what_was_written_and_no_more(installed: Shell, machine: Machine) -> None:
    installed.run("service", "install", "--yes")
    beside = machine.unit.with_name("other.service")
    beside.write_text("[Unit]\n")
    machine.calls()
    assert "--yes" in installed.run("service", "uninstall", status=1).stderr
    assert "Nothing was written" in installed.run("service", "uninstall", "--dry-run").stdout
    assert machine.unit.exists()
    done = installed.run("service", "uninstall", "--yes")
    assert "The systemd user unit is gone." in done.stdout
    assert not machine.unit.exists() and beside.exists()
    assert machine.calls() == ["systemctl disable --now guru.service", "systemctl daemon-reload"]
    assert "There is no service of guru's here" in installed.run("service", "uninstall", "--yes").stdout
    assert installed.json("service", "uninstall", "--yes") == {"removed": []}


def test_status_before_during_and_after(installed: Shell, machine: Machine, guru: Guru) -> None:
    found = installed.json("service", "status", status=3)
    assert (found["installed"], found["services"], found["last_run"]) == (False, [], None)
    assert "guru service install" in installed.run("service", "status", status=3).stdout
    installed.run("service", "install", "--yes")
    run(guru)
    found = installed.json("service", "status")
    assert found["services"] == [
        {"kind": "systemd", "where": str(machine.unit), "current": True, "enabled": True, "running": True}
    ]
    assert (found["installed"], found["lingering"]) == (True, False)
    assert found["last_run"]["at"] == "2026-11-25T10:00:00+02:00"
    assert "systemd user unit: installed, running" in installed.run("service", "status").stdout


def test_no_systemd_names_the_crontab(installed: Shell, machine: Machine) -> None:
    machine.set("no-bus")
    done = installed.run("service", "install", "--yes", status=78)
    assert "No medium found" in done.stderr and "guru service install --cron" in done.stderr
    machine.without("systemctl")
    assert "guru service install --cron" in installed.run("service", "install", "--yes", status=78).stderr
    assert not machine.unit.exists()


def test_a_refusal_of_systemd_leaves_everything_as_it_was(installed: Shell, machine: Machine) -> None:
    machine.set("refuse")
    done = installed.run("service", "install", "--yes", status=1)
    assert "systemd refused (Failed to enable unit: refused)" in done.stderr
    assert not machine.unit.exists()


def test_a_unit_of_somebody_else_is_left_alone(installed: Shell, machine: Machine) -> None:
    machine.unit.parent.mkdir(parents=True)
    machine.unit.write_text("[Service]\nExecStart=/bin/true\n")
    assert "not one that guru wrote" in installed.run("service", "install", "--yes", status=78).stderr
    installed.run("service", "uninstall", "--yes")
    assert machine.unit.read_text().startswith("[Service]")


def test_what_only_this_shell_knows_is_pointed_out_by_name_alone(installed: Shell, home: Path) -> None:
    installed.env |= {"GURU_SMTP_HOST": "mail.example", "GURU_SMTP_PASSWORD": "hunter2"}
    dotenv = home / ".env"
    dotenv.write_text("GURU_SMTP_HOST=mail.example\n")
    dotenv.chmod(0o600)
    done = installed.run("service", "install", "--yes")
    assert "warning: GURU_SMTP_PASSWORD is set in this shell only" in done.stderr
    assert "GURU_SMTP_HOST" not in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_a_home_for_temporary_files_and_a_missing_practice_are_refused(installed: Shell, tmp_path: Path) -> None:
    installed.env["TMPDIR"] = str(installed.home.parent)
    assert "temporary files" in installed.run("service", "install", "--yes", status=1).stderr
    installed.env["TMPDIR"] = str(tmp_path / "tmp")
    installed.home = tmp_path / "none"
    assert "guru init" in installed.run("service", "install", "--yes", status=78).stderr
    installed.run("service", "status", status=3)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("name", ["plain", "a 100% place", 'a 100% "odd" place', "back\\slash $HOME", "it's; so"])
def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    guru = folder / "guru"
    guru.write_text("#!/bin/sh\n")
    guru.chmod(0o755)
    unit = tmp_path / "guru.service"
    unit.write_text(Systemd().text((str(guru),), folder))
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", unit], capture_output=True, text=True, timeout=60,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    said = [line for line in (done.stdout + done.stderr).splitlines() if "guru" in line]
    assert (done.returncode, said) == (0, [])


# ---- cron --------------------------------------------------------------------------------------------

OTHERS = "# my own lines\nMAILTO=naledi\n0 3 * * * rsync -a ~ /media/usb\n"


def test_the_crontab_line_stands_between_its_marks_and_all_others_stay(installed: Shell, machine: Machine) -> None:
    machine.set("crontab", OTHERS)
    installed.run("service", "install", "--cron", "--yes")
    assert machine.crontab.startswith(OTHERS)
    ours = machine.crontab.removeprefix(OTHERS).splitlines()
    assert ours[1] == f"*/5 * * * * GURU_HOME={installed.home} {GURU} remind >/dev/null"
    assert len(ours) == 3 and ours[0].startswith("#") and ours[2].startswith("#")
    machine.calls()
    assert "is installed already" in installed.run("service", "install", "--cron").stdout
    assert machine.calls() == []
    machine.set("crontab", machine.crontab.replace(str(GURU), "/old/guru") + "@reboot later\n")
    assert installed.json("service", "install", "--cron", "--yes")["state"] == "updated"
    assert str(GURU) in machine.crontab and machine.crontab.endswith("@reboot later\n")
    assert "crontab line is gone" in installed.run("service", "uninstall", "--cron", "--yes").stdout
    assert machine.crontab == OTHERS + "@reboot later\n"


def test_the_crontab_line_survives_odd_paths(here: Machine, tmp_path: Path) -> None:
    """The line is run the way cron runs it: up to the first bare percent sign, by sh."""
    folder = tmp_path / "Naledi's 100% practice"
    folder.mkdir()
    program = folder / "guru"
    program.write_text('#!/bin/sh\necho "$GURU_HOME|$*" >"$GURU_HOME/ran"\n')
    program.chmod(0o755)
    line = Crontab().text((str(program),), folder).splitlines()[1].removeprefix("*/5 * * * * ")
    assert "%" not in line.replace(r"\%", "")
    subprocess.run(["/bin/sh", "-c", line.replace(r"\%", "%")], check=True)
    assert (folder / "ran").read_text() == f"{folder}|remind\n"


def test_an_empty_crontab_a_refused_one_and_a_damaged_one(installed: Shell, machine: Machine) -> None:
    installed.run("service", "install", "--cron", "--yes")
    assert machine.crontab.count("\n") == 3
    whole = machine.crontab
    machine.set("crontab", OTHERS + whole[: whole.index("\n") + 1])
    assert "crontab -e" in installed.run("service", "install", "--cron", "--yes", status=1).stderr
    machine.set("crontab", OTHERS)
    machine.set("refuse")
    assert "not allowed" in installed.run("service", "install", "--cron", "--yes", status=1).stderr
    assert machine.crontab == OTHERS
    machine.without("crontab")
    assert "guru service install" in installed.run("service", "install", "--cron", "--yes", status=78).stderr


def test_one_of_the_two_is_enough(installed: Shell, machine: Machine) -> None:
    installed.run("service", "install", "--cron", "--yes")
    assert "warning: the crontab line is installed too" in installed.run("service", "install", "--yes").stderr
    found = installed.json("service", "status")
    assert [one["kind"] for one in found["services"]] == ["systemd", "cron"]
    assert "one is enough" in found["hints"][-1]
    done = installed.run("service", "uninstall", "--yes")
    assert "unit is gone" in done.stdout and "crontab line is gone" in done.stdout
    assert (machine.unit.exists(), machine.crontab) == (False, "")


# ---- launchd, and programs that misbehave ------------------------------------------------------------


def test_the_agent_of_a_mac(guru: Guru, home: Path, here: Machine) -> None:
    units = ServiceUnits(Settings(home), platform="darwin")
    proposal = units.propose(environ={})
    assert (proposal.kind, proposal.state) == ("launchd", "new")
    assert units.install(proposal).works
    path = here.home / "Library/LaunchAgents/guru-tui.daemon.plist"
    agent = plistlib.loads(path.read_bytes())
    assert agent["ProgramArguments"] == [str(GURU), "daemon"]
    assert agent["EnvironmentVariables"] == {"GURU_HOME": str(home)}
    assert (agent["RunAtLoad"], agent["KeepAlive"], agent["Umask"]) == (True, {"SuccessfulExit": False}, 0o077)
    assert here.calls() == ["launchctl bootstrap"]
    assert units.propose(environ={}).state == "same"
    (standing,) = units.standing()
    units.uninstall(standing)
    assert (path.exists(), units.standing(), here.calls()) == (False, [], ["launchctl bootout"])
    here.set("refuse")
    with pytest.raises(GuruError, match="launchd refused"):
        units.install(proposal)
    assert not path.exists()


def test_the_usual_home_is_not_spelled_out(guru: Guru, here: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = here.home / ".local/share/guru"
    usual.parent.mkdir(parents=True)
    guru.settings.home.rename(usual)
    units = ServiceUnits(Settings(usual))
    assert "GURU_HOME" not in units.propose(environ={}).text
    assert "GURU_HOME" not in units.propose(cron=True, environ={}).text


def test_a_program_that_hangs_is_given_up(here: Machine) -> None:
    hanging = here.programs / "hanging"
    hanging.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    hanging.chmod(0o755)
    with pytest.raises(GuruError, match="has not answered"):
        programs.run("hanging", patience=0.2)
    assert programs.run("no-such-program").status == 127
