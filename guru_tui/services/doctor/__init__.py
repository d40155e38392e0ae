"""Is everything all right? Each check says ok, warn or fail, and what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from guru_tui.domain.clock import Clock
from guru_tui.errors import GuruError
from guru_tui.services.doctor import machine, outside
from guru_tui.services.doctor.feed import feed
from guru_tui.services.doctor.finding import Check
from guru_tui.services.doctor.sending import sending
from guru_tui.services.reads import Reads
from guru_tui.settings import Settings
from guru_tui.store.connection import connect, there, translated

__all__ = ["Check", "examine"]


def examine(settings: Settings, clock: Clock, *, network: bool = True) -> list[Check]:
    """Every check, in the order in which a person would go through them; `network`: try the logins too."""
    checks = list(machine.files(settings))
    try:
        if not there(settings.database):
            return [Check("practice", "fail", f"no practice in {settings.home}", "guru init"), *checks]
        connection = connect(settings.database)
    except GuruError as error:
        return [Check("store", "fail", str(error)), *checks]
    try:
        with translated():
            checks += _inside(settings, clock, connection, network=network)
    except GuruError as error:
        checks.append(Check("store", "fail", str(error)))
    finally:
        connection.close()
    return checks


def _inside(settings: Settings, clock: Clock, connection: sqlite3.Connection, *, network: bool) -> Iterator[Check]:
    for check in machine.store(connection):
        yield check
        if check.status != "ok":
            return  # the reads are made for a sound store of this version
    reads = Reads(connection, clock, settings)
    yield from _practice(reads)
    yield from outside.channels(settings, reads, network=network)
    yield from outside.sms_account(settings, connection, reads, clock, network=network)
    if network:
        yield from outside.mailbox(settings)
    yield from sending(settings, reads, clock.now())
    yield from feed(settings, connection, clock)
    yield machine.backup(settings, clock)


def _practice(reads: Reads) -> Iterator[Check]:
    practice = reads.practice()
    yield Check("zone", "ok", f"{practice.zone}, now {reads.now():%H:%M}")
    missing = [key for key in ("practice_name", "phone", "email") if not practice[key]]
    if missing:
        yield Check(
            "practice",
            "warn",
            f"{', '.join(missing)} not set; messages name them",
            f'guru settings set {missing[0]} "…"',
        )
    else:
        yield Check("practice", "ok", practice.name)
    if not reads.types():
        yield Check("types", "warn", "no appointment types", 'guru types add "Follow-up" --minutes 60 --fee 450')
    if not reads.hours():
        yield Check("hours", "warn", "no operating hours", 'guru hours set "Mon-Fri 08:00-17:00"')
