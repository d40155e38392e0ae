"""The ways out and in: mail server, SMS provider and its account, the mailbox that replies come to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from guru_tui.domain.clock import Clock
from guru_tui.errors import GuruError
from guru_tui.services.doctor.finding import Check
from guru_tui.services.reads import Reads
from guru_tui.settings import Settings


def channels(settings: Settings, reads: Reads, *, network: bool) -> Iterator[Check]:
    """Each channel: set up, and (with `network`) its login tried."""
    from guru_tui.channels.base import RefusedChannel
    from guru_tui.channels.build import build, describe

    env = settings.home / ".env"
    remedies = {
        "email": f"put GURU_SMTP_HOST, GURU_SMTP_USER, GURU_SMTP_PASSWORD into {env} (chmod 600)",
        "sms": f"put GURU_CLICKATELL_API_KEY into {env} (chmod 600)",
    }
    practice = reads.practice()
    try:
        described = describe(settings, practice)
        built = build(settings, practice)
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


def sms_account(
    settings: Settings, connection: sqlite3.Connection, reads: Reads, clock: Clock, *, network: bool
) -> Iterator[Check]:
    """What the SMS account holds, where its provider tells."""
    from guru_tui.channels.build import build
    from guru_tui.domain.local_time import to_local
    from guru_tui.services.sms_account import holds, shortage, sms_ahead

    practice, now = reads.practice(), clock.now()
    channel = build(settings, practice).get("sms")
    found = holds(connection, channel, now, network=network) if channel is not None else None
    if found is None:
        return
    lacking = shortage(found, practice, sms_ahead(connection, settings, practice, now))
    at = to_local(found.at, practice.zone)
    message = f"{found.text} at {at:%H:%M} on {at:%d %B}"
    if lacking:
        yield Check("sms balance", "warn", f"{message}: {lacking}", "top up the account with the SMS provider")
    else:
        yield Check("sms balance", "ok", message)


def mailbox(settings: Settings) -> Iterator[Check]:
    """The mailbox, where one is set: its login tried."""
    from guru_tui.services.replies import check

    found = check(settings)
    if found is not None:
        status, message, remedy = found
        yield Check("mailbox", status, message, remedy)
