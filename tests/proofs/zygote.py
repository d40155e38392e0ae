"""A process that has everything loaded and makes senders by fork: one takes milliseconds, so that hundreds can die.

Run as `python zygote.py`; it reads one JSON line per sender (`home`, `now`, `env`, `die_after` in seconds or null),
and answers with its status when it has ended. A status below 0 is the signal that ended it.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path

import guru_tui.jobs.delivery
import guru_tui.services.last_check
import guru_tui.services.message_texts
import guru_tui.store.queries.message_facts
import guru_tui.store.schema  # noqa: F401
from guru_tui.bootstrap import Guru
from guru_tui.channels import email, sms  # noqa: F401
from guru_tui.domain.clock import FixedClock
from guru_tui.settings import Settings


def send(home: str, now: str, env: dict[str, str]) -> int:
    """One run of the sender, as `guru remind` does it."""
    from guru_tui.errors import TryAgain

    guru = Guru(Settings(Path(home), env), FixedClock(datetime.fromisoformat(now)))
    try:
        return guru.delivery("remind").run_once().status
    except TryAgain:
        return 75


def main() -> None:
    """Fork a sender for each line."""
    import yagmail  # noqa: F401

    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        die_after = order.pop("die_after")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                status = send(**order)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        if die_after is not None:
            time.sleep(die_after)
            os.kill(child, signal.SIGKILL)  # it is not waited for yet, so its number is still its own
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


if __name__ == "__main__":
    main()
