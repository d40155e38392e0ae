"""The installed `guru`, forked with its libraries loaded: the same program in a process of its own, without a second
of imports each time.

`python -m tests.warm SOCKET` waits there. Each connection brings one JSON line (`argv`, `environ`, `cwd`) and three
descriptors, and is answered with the exit status. What hangs on how the interpreter starts (its locale, its zone, what
is imported when) is for `Shell.cold`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import random
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

_MOST = 1 << 20
# Loaded by the commands alone, when they need it; the app stays out, and so does whatever reads the environment.
_LOADED = ("guru_tui.cli", "guru_tui.services", "guru_tui.jobs", "guru_tui.channels", "guru_tui.store")


class Stove:
    """Keeps the waiting process of one test worker."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="guru-warm-")
        self._address = str(Path(self._folder.name) / "socket")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", self._address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def run(
        self, argv: list[str], environ: Mapping[str, str], stdin: str | None, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; raises `TimeoutError`."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write((stdin or "").encode())
            given.seek(0)
            status = self._ask(argv, environ, (given, out, err), timeout)
            return subprocess.CompletedProcess(argv, status, _text(out), _text(err))

    def _ask(self, argv: list[str], environ: Mapping[str, str], files: tuple[IO[bytes], ...], timeout: float) -> int:
        request = json.dumps({"argv": argv, "environ": dict(environ), "cwd": str(Path.cwd())}).encode()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
            asked.settimeout(timeout)
            asked.connect(self._address)
            socket.send_fds(asked, [request], [file.fileno() for file in files])
            answer = asked.recv(64)
        assert answer, "the process that runs commands has died"
        return int(answer)

    def close(self) -> None:
        """End the waiting process."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._folder.cleanup()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="surrogateescape")


def _load() -> None:
    import dateparser
    import sqlalchemy.orm
    import time_machine

    assert dateparser.parse("tomorrow") and time_machine
    for name in _LOADED:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__") and ".migrations" not in module.name:
                importlib.import_module(module.name)
    sqlalchemy.orm.configure_mappers()
    gc.collect()
    gc.freeze()


def _serve(address: str) -> list[str]:
    """Wait for commands; returns, in the process of a command, what to run."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes that watch over the commands
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while True:
            asked, _ = listening.accept()
            with asked:
                if os.fork():
                    continue
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                message, descriptors, _, _ = socket.recv_fds(asked, _MOST, 3)
                child = os.fork()
                if not child:
                    return _become(json.loads(message), descriptors)
                _, ended = os.waitpid(child, 0)
                asked.send(str(os.waitstatus_to_exitcode(ended)).encode())
                os._exit(0)


def _become(request: dict[str, Any], descriptors: list[int]) -> list[str]:
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environ"])
    time.tzset()
    os.chdir(request["cwd"])
    random.seed()
    if os.environ.get("TEST_NOW"):
        import time_machine

        time_machine.travel(datetime.fromisoformat(os.environ["TEST_NOW"]), tick=True).start()
    argv: list[str] = request["argv"]
    return argv


if __name__ == "__main__":
    _load()
    sys.argv = _serve(sys.argv[1])
    runpy.run_path(sys.argv[0], run_name="__main__")
