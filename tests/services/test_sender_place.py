"""What started a sender: found by starting one the way cron, a shell and systemd do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from guru_tui.services.sender_place import LAUNCHD_LABEL, place

ASK = f"{sys.executable} -c 'from guru_tui.services.sender_place import place; print(place(\"remind\"))'"
HOST = os.uname().nodename


def _asked(starter: Path, command: str, **environ: str) -> str:
    done = subprocess.run(
        [str(starter), "-c", command], capture_output=True, text=True, stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd()), **environ}, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def cron(tmp_path: Path) -> Path:
    """A shell that goes by the name of cron, which is how the kernel lists it."""
    return Path(shutil.copy("/bin/sh", tmp_path / "crond"))


def test_a_line_of_the_crontab(cron: Path) -> None:
    assert _asked(cron, f"{ASK}; true") == f"cron on {HOST}"


def test_cron_runs_its_lines_in_a_shell_which_may_run_a_script(cron: Path, tmp_path: Path) -> None:
    script = tmp_path / "remind.sh"
    script.write_text(f"{ASK}\ntrue\n")
    assert _asked(cron, f"/bin/sh {script}; true") == f"cron on {HOST}"


def test_a_unit_of_systemd_and_an_agent_of_launchd() -> None:
    shell = Path("/bin/sh")
    assert _asked(shell, ASK, INVOCATION_ID="0f3c") == f"systemd on {HOST}"
    assert _asked(shell, ASK, XPC_SERVICE_NAME=LAUNCHD_LABEL) == f"launchd on {HOST}"
    assert _asked(shell, ASK, XPC_SERVICE_NAME="application.com.apple.Terminal") == f"a script on {HOST}"
    assert _asked(shell, ASK) == f"a script on {HOST}"


def test_the_app_is_the_app_wherever_it_runs() -> None:
    assert place("app", {"INVOCATION_ID": "0f3c"}) == f"app on {HOST}"


def test_a_terminal_comes_before_the_unit_that_the_terminal_runs_in() -> None:
    main, inner = os.openpty()
    done = subprocess.run(
        ["/bin/sh", "-c", ASK], stdin=inner, capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd()), "INVOCATION_ID": "0f3c"},
    )  # fmt: skip
    os.close(main)
    os.close(inner)
    assert done.stdout.strip() == f"terminal on {HOST}"
