"""The mails to the practitioner herself: what failed (an alert, one an hour at most) and the day's agenda.

They go through the outbox like every other message, so they are sent once, wait while the mail server is down, and can
be looked up. Each run of the sender asks for them; where nothing is due that is one query.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import from_utc_text, to_local, utc_text, zone
from guru_tui.domain.practice import Practice
from guru_tui.errors import GuruError
from guru_tui.settings import Settings

if TYPE_CHECKING:
    from guru_tui.domain.message import NewMessage

_BETWEEN_ALERTS = timedelta(hours=1)
# What ended longer ago than this stands on Today and is no news for a mail.
_ALERT_USEFUL = timedelta(days=7)
# A pause that goes on is told again once a day.
_PAUSE_AGAIN = timedelta(days=1)
_NOON = time(12)
_WAITS = ("held", "queued", "claimed", "sending")


def plan(
    connection: sqlite3.Connection, settings: Settings, practice: Practice, now: datetime
) -> tuple[NewMessage, ...]:
    """The mails to the practitioner that are due at `now` (aware) and not in the outbox yet; writes nothing.

    None where the practice has no address of its own or no mail server, or where sending is switched off.
    """
    if not practice["email"] or not practice.sending or not _has_mail(settings):
        return ()
    found = (_alert(connection, practice, now), _agenda(connection, practice, now))
    return tuple(message for message in found if message is not None)


def _has_mail(settings: Settings) -> bool:
    try:
        return settings.email_backend != "none"
    except GuruError:  # a setting that is wrong: the mail waits for the remedy, like any other
        return True


def _alert(connection: sqlite3.Connection, practice: Practice, now: datetime) -> NewMessage | None:
    """What has ended badly since the last alert; none while that one waits, and one an hour at most."""
    from guru_tui.store.queries import practitioner

    if practice["alert_channels"] == "off" or not practitioner.any_trouble(connection):
        return None
    last = practitioner.newest(connection, "alert", utc_text(now))
    if last is not None and last.state in _WAITS:
        return None
    told = max(last.created_at, last.sent_at) if last is not None else ""
    if told and now - from_utc_text(told) < _BETWEEN_ALERTS:
        return None
    since = max(last.created_at if last is not None else "", utc_text(now - _ALERT_USEFUL))
    rows = practitioner.trouble(connection, since)
    if last is not None and any(row.at == last.created_at for row in rows):
        from guru_tui.services.practitioner_texts import named

        # Times are whole seconds: of that one, the last alert may have named some and not others.
        known = named(last.body)
        rows = [row for row in rows if row.at > last.created_at or row.id not in known]
    paused = practitioner.paused(connection)
    if last is not None and paused in last.body and now - from_utc_text(told) < _PAUSE_AGAIN:
        paused = ""
    if not rows and not paused:
        return None
    from guru_tui.services.practitioner_texts import alert

    subject, body = alert(rows, paused, practice)
    return _mail(
        connection, practice, "alert", f"{now.astimezone(UTC):%Y-%m-%dT%H}", now, now + _ALERT_USEFUL, subject, body
    )


def _agenda(connection: sqlite3.Connection, practice: Practice, now: datetime) -> NewMessage | None:
    """The agenda of the day that is due: from its hour on until noon, so a late start still brings it."""
    if practice["agenda_channels"] == "off":
        return None
    found = _day_due(practice, now)
    if found is None:
        return None
    day, noon = found
    from guru_tui.store.queries import practitioner

    if practitioner.made_until(connection, "agenda", utc_text(noon)):
        return None
    from guru_tui.services.practitioner_texts import agenda

    text = agenda(connection, practice, day, now)
    if text is None:
        return None
    return _mail(connection, practice, "agenda", day.isoformat(), now, noon, *text)


def _day_due(practice: Practice, now: datetime) -> tuple[date, datetime] | None:
    """The local day whose agenda may be sent at `now`, and its noon; None outside those hours.

    An `agenda_time` from noon on means the evening before: at that hour the day itself is over.
    """
    at = time.fromisoformat(practice["agenda_time"])
    lead = timedelta(days=1) if at >= _NOON else timedelta()
    today = to_local(now, practice.zone).date()
    for day in (today, today + lead):
        # Hours that the clocks skip or show twice count as in `domain.reminders`; instants are compared, not walls.
        begin, noon = _instant(day - lead, at, practice), _instant(day, _NOON, practice)
        if begin <= now < noon:
            return day, noon
    return None


def _instant(day: date, at: time, practice: Practice) -> datetime:
    return datetime.combine(day, at, tzinfo=zone(practice.zone)).astimezone(UTC)


def _mail(
    connection: sqlite3.Connection,
    practice: Practice,
    kind: str,
    about: str,
    now: datetime,
    expires: datetime,
    subject: str,
    body: str,
) -> NewMessage | None:
    """The mail, unless the outbox has had it already."""
    from guru_tui.domain.message import NewMessage
    from guru_tui.store.queries import practitioner

    message = NewMessage(
        kind=kind,
        channel="email",
        client_id=None,
        recipient=practice["email"],
        recipient_name=practice.full_name,
        subject=subject,
        body=body,
        state="queued",
        not_before=utc_text(now),
        expires_at=utc_text(expires),
        about=about,
    )
    return None if practitioner.made(connection, message.key) else message
