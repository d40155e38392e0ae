"""The message that puts right what a client was told of a step that has been undone, or done again, since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from guru_tui.domain.booking import Correction
from guru_tui.domain.views.agenda import LIVE
from guru_tui.domain.views.messages import MessageRow
from guru_tui.services.notifications import NotificationService
from guru_tui.store import changelog
from guru_tui.store.queries import corrections as queries
from guru_tui.store.queries.outbox import gone_for_action, messages_by_id

# Planning numbers notices as the appointment's moves are; what is told once more keeps clear of that.
_FLOOR = 1000


def gone_about(connection: sqlite3.Connection, action_id: int) -> list[MessageRow]:
    """The messages about a step that have left or may have: its own, and those about its undoing and its redoing."""
    steps = [action_id]
    for step in changelog.about(connection, action_id):
        steps.append(step)
    return [row for step in steps for row in gone_for_action(connection, step)]


def no_longer_true(connection: sqlite3.Connection, gone: Iterable[MessageRow]) -> list[MessageRow]:
    """Those of `gone` after which the client still believes what no longer holds, or nobody can tell."""
    rows = list(gone)
    wrong = {key: bool(_due(connection, key)) for key in {row.appointment_id for row in rows} if key is not None}
    return [row for row in rows if row.appointment_id is None or wrong[row.appointment_id]]


def corrections(
    connection: sqlite3.Connection,
    notifications: NotificationService,
    gone: Iterable[MessageRow],
    *,
    step_id: int,
    now: datetime,
) -> tuple[Correction, ...]:
    """What the clients whom `gone` went to should be told now, with the text, one for each appointment.

    Nothing for an appointment of which the client knows what holds, hears it anyway, or that has begun. `step_id` is
    the undo or redo.
    """
    found = []
    for appointment_id, channels, name in _told(gone):
        kind = _due(connection, appointment_id)
        if not kind:
            continue
        previews = notifications.preview(
            connection, kind, now=now, appointment_id=appointment_id, channels=channels, action_id=step_id
        )
        if previews:
            found.append(Correction(appointment_id, previews[0].kind, name, channels, previews))
    return tuple(found)


def send(
    connection: sqlite3.Connection,
    notifications: NotificationService,
    gone: Iterable[MessageRow],
    *,
    step_id: int,
    now: datetime,
) -> tuple[MessageRow, ...]:
    """Queue the corrections that are due about a step, under that step; asked again, those that there are."""
    ids: list[int] = []
    gone = list(gone)
    for appointment_id, channels, _name in _told(gone):
        made = queries.made_by(connection, step_id, appointment_id)
        if not made and (kind := _due(connection, appointment_id)):
            number = max(queries.last_sequence(connection, appointment_id, kind), _FLOOR) + 1
            queued = notifications.queue(
                connection,
                kind,
                now=now,
                action_id=step_id,
                appointment_id=appointment_id,
                channels=channels,
                resend_sequence=number,
            )
            made = [row.id for row in queued]
        ids += made
    return tuple(messages_by_id(connection, ids))


def _told(gone: Iterable[MessageRow]) -> list[tuple[int, str, str]]:
    """For each appointment that a message went out about: its id, by which channels, and to whom."""
    ways: dict[int, dict[str, None]] = {}
    names: dict[int, str] = {}
    for row in gone:
        if row.appointment_id is not None:
            ways.setdefault(row.appointment_id, {})[row.channel] = None
            names[row.appointment_id] = row.recipient_name
    return [(key, ",".join(channels), names[key]) for key, channels in ways.items()]


def _due(connection: sqlite3.Connection, appointment_id: int) -> str:
    """The kind of message that tells what holds now; empty where the client knows it or will hear it."""
    told, now = queries.told_last(connection, appointment_id), queries.standing(connection, appointment_id)
    if told is None or queries.on_its_way(connection, appointment_id):
        return ""
    if now is None or now.status in ("cancelled", "late-cancelled"):
        return "cancellation" if told.kind != "cancellation" else ""
    if now.status not in LIVE:
        return ""
    if told.kind == "cancellation":
        return "confirmation"
    return "reschedule" if told.starts_at != now.starts_at else ""
