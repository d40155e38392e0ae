"""The floor for the daemon's memory: the smallest process that APScheduler wakes, every so many seconds (argument)."""

import sys

from apscheduler.schedulers.blocking import BlockingScheduler


def tick() -> None:
    """Nothing to do."""


if __name__ == "__main__":
    scheduler = BlockingScheduler()
    scheduler.add_job(tick, "interval", seconds=int(sys.argv[1]))
    print("ready", flush=True)
    scheduler.start()
