"""APScheduler on a wall clock that jumps: a machine without a battery wakes in 1970, another is set back by hours.

APScheduler keeps the wall time of the next run. After a jump back that lies hours ahead, and nothing would run until
then; after a jump forward by years it counts every run that was left out, one object each. Here the distance to the
next run is never more than the interval, and only the next run is ever computed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger


class Every(BaseTrigger):  # type: ignore[misc]
    """At once, and then every `seconds` after the run before, counted from when it was due or seen to be overdue."""

    def __init__(self, seconds: float) -> None:
        self.interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The present for the first run; else one interval from `now` (aware), whatever was left out."""
        return now if previous_fire_time is None else now + self.interval


class _Steady(BaseScheduler):  # type: ignore[misc]
    def _process_jobs(self) -> float | None:
        now = datetime.now(self.timezone)  # the time that APScheduler itself reads, which this is to keep up with
        interval = timedelta.max
        for job in self.get_jobs():
            interval = min(interval, job.trigger.interval)
            if job.next_run_time is not None and job.next_run_time - now > job.trigger.interval:
                job.modify(next_run_time=now)
        wait: float | None = super()._process_jobs()
        # Threads wait by the monotonic clock, so no jump of the other one makes this longer.
        return wait if wait is None else min(wait, interval.total_seconds())


class SteadyBlockingScheduler(_Steady, BlockingScheduler):  # type: ignore[misc]
    """A `BlockingScheduler` whose jobs have the trigger `Every`."""


class SteadyBackgroundScheduler(_Steady, BackgroundScheduler):  # type: ignore[misc]
    """A `BackgroundScheduler` whose jobs have the trigger `Every`."""


def options() -> dict[str, Any]:
    """How a job is added: late runs are one run, and never two at once."""
    return {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
