"""Is everything all right? Each check says ok, warn or fail, and what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import from_utc_text
from guru_tui.errors import GuruError
from guru_tui.services.reads import Reads
from guru_tui.settings import Settings
from guru_tui.store import schema
from guru_tui.store.connection import connect, there, translated

_BACKUP_AGE = timedelta(days=7)
_RUN_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `status` is ok, warn or fail; `remedy` is empty where all is well."""

    name: str
    status: str
    message: str
    remedy: str = ""


def examine(settings: Settings, clock: Clock, *, network: bool = True) -> list[Check]:
    """Every check, in the order in which a person would go through them; `network`: try the logins too."""
    checks = list(_files(settings))
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
    for check in _store(connection):
        yield check
        if check.status == "fail":
            return
    reads = Reads(connection, clock)
    yield from _practice(reads)
    yield from _channels(settings, reads, network=network)
    yield from _reminders(connection, clock)
    yield _backup(settings, clock)


def _files(settings: Settings) -> Iterator[Check]:
    private = [settings.home, settings.backups]
    try:
        files = [settings.database, settings.home / ".env", *settings.backups.glob("*.db")]
        loose = [path for path in (*private, *files) if path.exists() and path.stat().st_mode & 0o077]
    except OSError as error:
        yield Check(
            "permissions", "fail", f"{settings.home} cannot be used ({error.strerror})", "set GURU_HOME to one that can"
        )
        return
    if loose:
        yield Check(
            "permissions",
            "fail",
            f"others can read {', '.join(str(path) for path in loose[:3])}",
            f"chmod -R go-rwx {settings.home}",
        )
    elif settings.home.exists():
        yield Check("permissions", "ok", "only you can read the data directory")


def _store(connection: sqlite3.Connection) -> Iterator[Check]:
    at = schema.revision(connection)
    if not at:
        yield Check("store", "fail", "it does not say which version it is of", "restore a backup: guru restore FILE")
        return
    try:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        answer, orphans = str(error), None
    if answer != "ok" or orphans:
        yield Check("store", "fail", f"damaged: {answer}", "restore a backup: guru restore FILE")
    elif at > schema.HEAD:
        yield Check("store", "fail", f"written by a newer guru (store {at})", "update guru")
    elif at < schema.HEAD:
        yield Check("store", "warn", f"of an older version ({at})", "any command brings it up to date, after a backup")
    else:
        yield Check("store", "ok", f"sound, version {at}, SQLite {sqlite3.sqlite_version}")


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


def _channels(settings: Settings, reads: Reads, *, network: bool) -> Iterator[Check]:
    from guru_tui.channels import build as channels
    from guru_tui.channels.base import RefusedChannel

    env = settings.home / ".env"
    remedies = {
        "email": f"put GURU_SMTP_HOST, GURU_SMTP_USER, GURU_SMTP_PASSWORD into {env} (chmod 600)",
        "sms": f"put GURU_CLICKATELL_API_KEY into {env} (chmod 600)",
    }
    practice = reads.practice()
    try:
        described = channels.describe(settings, practice)
        built = channels.build(settings, practice)
    except GuruError as error:
        yield Check("channels", "fail", str(error))
        return
    for name in ("email", "sms"):
        channel = built.get(name)
        if channel is None:
            yield Check(name, "warn", "off: nothing leaves this way", remedies[name])
            continue
        # What is wrong in the settings is told without a network.
        problem = channel.check() if network or isinstance(channel, RefusedChannel) else None
        if problem is None:
            yield Check(name, "ok", described[name])
        elif isinstance(channel, RefusedChannel):
            yield Check(name, "fail", described[name])
        else:
            yield Check(name, "fail", f"{described[name]}: {problem.reason}", remedies[name])


def _reminders(connection: sqlite3.Connection, clock: Clock) -> Iterator[Check]:
    runs = connection.execute("SELECT who, last_at, paused FROM sender_run ORDER BY last_at DESC").fetchall()
    if not runs:
        yield Check(
            "reminders",
            "warn",
            "no sender has run yet",
            "put a line into cron: */5 * * * * guru remind, or keep guru daemon running",
        )
    else:
        who, last_at, paused = runs[0]
        age = clock.now() - from_utc_text(last_at)
        if paused:
            yield Check("reminders", "fail", f"sending is paused: {paused}", "mend that, then run: guru remind")
        elif age > _RUN_AGE:
            yield Check("reminders", "warn", f"last run {_ago(age)} by {who}", "is cron or guru daemon running?")
        else:
            yield Check("reminders", "ok", f"last run {_ago(age)} by {who}")
    stuck = connection.execute(
        "SELECT count(*) FROM outbox_message WHERE state IN ('failed', 'unknown', 'missed', 'blocked')"
    ).fetchone()[0]
    if stuck:
        yield Check(
            "outbox",
            "warn",
            f"{stuck} messages need you",
            "guru outbox list --state failed (or unknown, missed, blocked)",
        )


def _backup(settings: Settings, clock: Clock) -> Check:
    newest = max((path.stat().st_mtime for path in settings.backups.glob("*.db")), default=None)
    if newest is None:
        return Check("backup", "warn", "none yet", "guru backup")
    age = clock.now() - datetime.fromtimestamp(newest, tz=clock.now().tzinfo)
    if age > _BACKUP_AGE:
        return Check("backup", "warn", f"last one {_ago(age)}", "guru backup")
    return Check("backup", "ok", f"last one {_ago(age)}")


def _ago(age: timedelta) -> str:
    minutes = max(int(age.total_seconds()) // 60, 0)
    if minutes < 2:
        return "just now"
    if minutes < 120:
        return f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"
