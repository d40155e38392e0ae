"""The message that puts right what a client was told of a step that has been undone, or done again, since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from guru_tui.domain.booking import Correction
from guru_tui.domain.views.agenda import LIVE, OFF
from guru_tui.domain.views.messages import MessageRow
from guru_tui.services.notifications import NotificationService
from guru_tui.services.series_corrections import misled
from guru_tui.services.series_notices import SeriesNotices
from guru_tui.store import changelog
from guru_tui.store.queries import corrections as queries
from guru_tui.store.queries.outbox import gone_for_action, messages_by_id

# Planning numbers notices as the appointment's moves are; what is told once more keeps clear of that.
_FLOOR = 1000


def gone_about(connection: sqlite3.Connection, action_id: int, step_id: int) -> list[MessageRow]:
    """The messages about an action that have left or may have, before its undo or redo `step_id`.

    Its own, those about its former undoing and redoing, and what has told meanwhile of what `step_id` changes, or left
    without what it brings back.
    """
    steps = [action_id, *(step for step in changelog.about(connection, action_id) if step != step_id)]
    own = [row for step in steps for row in gone_for_action(connection, step)]
    others = {*queries.left_since(connection, step_id), *queries.left_without(connection, step_id)}
    others -= {row.id for row in own}
    return own + [row for row in messages_by_id(connection, others) if row.action_id != step_id]


def no_longer_true(connection: sqlite3.Connection, gone: Iterable[MessageRow], step_id: int) -> list[MessageRow]:
    """Those of `gone` after which the client still believes what no longer holds, or nobody can tell.

    `step_id` is the undo or redo.
    """
    rows = list(gone)
    of_series = any(row.series_id is not None for row in rows) and bool(misled(connection, step_id).kind)
    wrong: dict[int | None, bool] = {None: of_series}
    for row in rows:
        if row.appointment_id is not None and row.appointment_id not in wrong:
            wrong[row.appointment_id] = bool(_due(connection, row.appointment_id, row.client_id))
    return [row for row in rows if wrong[row.appointment_id] or (row.appointment_id is None and row.series_id is None)]


class Corrections:
    """What the clients should be told to whom messages about a step had gone, one message for each appointment or
    series.

    Nothing about what the client knows, hears anyway, or that has begun. `step_id` is the undo or redo.
    """

    def __init__(self, notifications: NotificationService, series: SeriesNotices) -> None:
        self._notifications = notifications
        self._series = series

    def due(
        self, connection: sqlite3.Connection, gone: Iterable[MessageRow], *, step_id: int, now: datetime
    ) -> tuple[Correction, ...]:
        """The corrections with their texts."""
        found = []
        for told in _told(gone):
            if told.appointment_id is None:
                previews = self._series.preview_correction(connection, step_id, told.channels, now=now)
            elif kind := _due(connection, told.appointment_id, told.client_id):
                previews = self._notifications.preview(
                    connection,
                    kind,
                    now=now,
                    appointment_id=told.appointment_id,
                    channels=told.channels,
                    action_id=step_id,
                )
            else:
                continue
            if previews:
                found.append(Correction(told.appointment_id, previews[0].kind, told.name, told.channels, previews))
        return tuple(found)

    def send(
        self, connection: sqlite3.Connection, gone: Iterable[MessageRow], *, step_id: int, now: datetime
    ) -> tuple[MessageRow, ...]:
        """Queue those that are due about a step, under that step; asked again, those that there are."""
        ids: list[int] = []
        for told in _told(gone):
            made = _made(connection, step_id, told)
            ids += made or [row.id for row in self._queue(connection, told, step_id, now)]
        return tuple(messages_by_id(connection, ids))

    def _queue(
        self, connection: sqlite3.Connection, told: _Told, step_id: int, now: datetime
    ) -> tuple[MessageRow, ...]:
        if told.appointment_id is None:
            return self._series.queue_correction(connection, step_id, told.channels, _FLOOR + 1, now=now)
        kind = _due(connection, told.appointment_id, told.client_id)
        if not kind:
            return ()
        return self._notifications.queue(
            connection,
            kind,
            now=now,
            action_id=step_id,
            appointment_id=told.appointment_id,
            channels=told.channels,
            resend_sequence=max(queries.last_sequence(connection, told.appointment_id, kind), _FLOOR) + 1,
        )


class _Told(NamedTuple):
    """What messages went out about: an appointment, or (None) a series, to whom, and by which channels."""

    appointment_id: int | None
    client_id: int | None
    name: str
    channels: str


def _told(gone: Iterable[MessageRow]) -> list[_Told]:
    """For each appointment; but where one was about a series, what puts that right puts right all that the step did."""
    found: dict[int | None, _Told] = {}
    for row in gone:
        if row.appointment_id is None and row.series_id is None:
            continue
        before = found.get(row.appointment_id)
        channels = dict.fromkeys([*(before.channels.split(",") if before else ()), row.channel])
        found[row.appointment_id] = _Told(row.appointment_id, row.client_id, row.recipient_name, ",".join(channels))
    return [found[None]] if None in found else list(found.values())


def _made(connection: sqlite3.Connection, step_id: int, told: _Told) -> list[int]:
    if told.appointment_id is None:
        return queries.made_about_series(connection, step_id)
    return queries.made_by(connection, step_id, told.appointment_id)


def _due(connection: sqlite3.Connection, appointment_id: int, client_id: int | None) -> str:
    """The kind of message that tells what holds now; empty where the client knows it or will hear it."""
    told = queries.told_last(connection, appointment_id, client_id)
    now = queries.standing(connection, appointment_id)
    if told is None or queries.on_its_way(connection, appointment_id):
        return ""
    if now is None or now.status in OFF:
        return "cancellation" if told.kind != "cancellation" else ""
    if now.status not in LIVE:
        return ""
    if told.kind == "cancellation":
        return "confirmation"
    return "reschedule" if told.starts_at != now.starts_at else ""
