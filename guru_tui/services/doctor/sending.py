"""Whether reminders leave: what runs them, when they last ran and from where, and what is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from guru_tui.domain.local_time import short_date, to_local
from guru_tui.domain.views.outbox import SenderRow
from guru_tui.errors import GuruError
from guru_tui.services.doctor.finding import Check, ago
from guru_tui.services.reads import Reads
from guru_tui.services.service_units import ServiceUnits, Standing
from guru_tui.settings import Settings

# A service runs every half minute and notes it once a minute, a crontab line runs every five minutes.
_SERVICE_AGE = timedelta(minutes=15)
# A line that somebody has put into a crontab by hand may run once a day.
_RUN_AGE = timedelta(hours=25)
_CLOCKS_DIFFER = timedelta(minutes=2)
_INSTALL = "guru service install"


def sending(settings: Settings, reads: Reads, now: datetime) -> Iterator[Check]:
    """What is installed, the last run, the switch, and the messages that need a person."""
    standing: list[Standing] = []
    try:
        standing = ServiceUnits(settings).standing()
        yield from _services(settings, standing)
    except GuruError as error:
        yield Check("service", "warn", str(error))
    on = reads.practice().sending
    if not on:
        yield Check("sending", "warn", "switched off: every message waits", "guru settings set sending yes")
    yield from _runs(reads, standing, now, on=on)
    yield from _needs(reads)


def _services(settings: Settings, standing: list[Standing]) -> Iterator[Check]:
    again = {one.kind: f"{_INSTALL}{' --cron' if one.kind == 'cron' else ''}" for one in standing}
    if len(standing) > 1:
        names = " and ".join(f"the {one.title}" for one in standing)
        yield Check("service", "warn", f"{names} are both installed", "guru service uninstall --cron")
    for one in standing:
        if not one.works:
            word = "not running" if one.enabled else "not enabled"
            yield Check("service", "warn", f"the {one.title} is installed but {word}", again[one.kind])
        elif not one.current:
            message = f"the {one.title} is for another guru or another data directory than {settings.home}"
            yield Check("service", "warn", message, again[one.kind])
        else:
            hints = "; ".join(ServiceUnits(settings).hints(one))
            yield Check("service", "ok", f"the {one.title} {'runs' if one.running else 'is installed'}", hints)


def _runs(reads: Reads, standing: list[Standing], now: datetime, *, on: bool) -> Iterator[Check]:
    runs = reads.senders()
    if not runs:
        yield Check("reminders", "warn", "no sender has run yet", f"{_INSTALL}, or keep guru daemon running")
        return
    last = runs[0]
    if last.last_at - now > _CLOCKS_DIFFER:
        at = to_local(last.last_at, reads.practice().zone)
        message = f"the last run lies in the future ({short_date(at.date())} {at:%H:%M}, by {last.by})"
        yield Check("clock", "warn", message, "the machine's clock is or was wrong: set it, then run guru remind")
    text = f"last run {ago(now - last.last_at)} by {last.by}"
    if last.paused and on:
        yield Check("reminders", "fail", f"sending is paused: {last.paused}", "mend that, then run: guru remind")
    else:
        yield _lately(runs, standing, now, text)


def _lately(runs: list[SenderRow], standing: list[Standing], now: datetime, text: str) -> Check:
    alone = next((run for run in runs if not run.by_hand), None)
    if standing and alone is None:
        return Check("reminders", "warn", f"{text}: what is installed has not run yet", "guru service status")
    if standing and alone is not None and now - alone.last_at > _SERVICE_AGE:
        since = f"{ago(now - alone.last_at)} by {alone.by} for the last time by itself"
        return Check("reminders", "warn", f"{text}, {since}: what is installed does not run", "guru service status")
    if alone is not None and now - alone.last_at <= _RUN_AGE:
        return Check("reminders", "ok", text)
    if now - runs[0].last_at > _RUN_AGE:
        return Check("reminders", "warn", text, f"nothing sends by itself: {_INSTALL}")
    return Check("reminders", "warn", f"{text}: they leave only while somebody runs guru", _INSTALL)


def _needs(reads: Reads) -> Iterator[Check]:
    counts: dict[str, int] = {}
    for need in reads.needs():
        counts[need.state] = counts.get(need.state, 0) + need.messages
    if counts:
        states = ", ".join(f"{number} {state}" for state, number in counts.items())
        remedy = f"guru outbox list --state {next(iter(counts))}; when dealt with: guru outbox done ID"
        yield Check("outbox", "warn", f"messages that need you: {states}", remedy)
    unknown = counts.get("unknown", 0)
    if unknown:
        message = f"{unknown} {'message' if unknown == 1 else 'messages'} may or may not have gone"
        yield Check("unknown", "warn", message, "ask the client, then: guru outbox resend ID")
