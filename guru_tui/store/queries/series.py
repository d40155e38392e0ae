"""Series: where an entry stands in its own, and what an action did to the appointments of one."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from guru_tui.domain.local_time import from_wall_text
from guru_tui.domain.recurrence import parse_rule
from guru_tui.domain.series import SeriesPlace
from guru_tui.domain.views.agenda import LIVE

_TABLES = {"appointment": "appointment", "block": "blocked_time"}


class Touched(NamedTuple):
    """What an action did to an appointment: its start (instant, wall time) and status before and after.

    Empty before where the action made it, and after where it took it away.
    """

    id: int
    start_before: str
    local_before: str
    status_before: str
    start: str
    local: str
    status: str

    @property
    def came(self) -> bool:
        """Whether it takes place at a start at which it did not."""
        return self.status in LIVE and (self.status_before not in LIVE or self.start != self.start_before)

    @property
    def went(self) -> bool:
        """Whether it does not take place any more at a start at which it did."""
        return self.status_before in LIVE and (self.status not in LIVE or self.start != self.start_before)


def place(connection: sqlite3.Connection, kind: str, entry_id: int, now: str) -> SeriesPlace | None:
    """Where an appointment or blocked time (`block`) stands in its series; None where it is in none.

    What has begun by `now` (text), and what is cancelled, counts into no change.
    """
    table = _TABLES[kind]
    live = "status IN ('booked', 'confirmed') AND invoice_id IS NULL" if kind == "appointment" else "1"
    kept = "status <> 'cancelled'" if kind == "appointment" else "1"
    row = connection.execute(
        f"""SELECT s.id, s.rule, s.starts_local, o.starts_at FROM {table} o JOIN series s ON s.id = o.series_id
            WHERE o.id = ?""",
        (entry_id,),
    ).fetchone()
    if row is None:
        return None
    series_id, rule, starts, at = row
    number, total, later, every = connection.execute(
        f"""SELECT sum({kept} AND starts_at <= :at), sum({kept}),
                   sum({live} AND starts_at >= :at AND (starts_at > :now OR starts_at = :at)),
                   sum({live} AND (starts_at > :now OR starts_at = :at))
            FROM {table} WHERE series_id = :series""",
        {"series": series_id, "at": at, "now": now},
    ).fetchone()
    return SeriesPlace(series_id, parse_rule(rule), from_wall_text(starts), number, total, later, every)


def touched(connection: sqlite3.Connection, action_id: int) -> list[Touched]:
    """The appointments that an action made or changed, in the order in which it did."""
    rows = connection.execute(
        """SELECT CAST(row_key AS INTEGER),
                  json_extract(before, '$.starts_at'), json_extract(before, '$.starts_local'),
                  json_extract(before, '$.status'),
                  json_extract(after, '$.starts_at'), json_extract(after, '$.starts_local'),
                  json_extract(after, '$.status')
           FROM change WHERE action_id = ? AND table_name = 'appointment' ORDER BY id""",
        (action_id,),
    )
    found: dict[int, Touched] = {}
    for key, *images in rows:
        row = Touched(key, *(text or "" for text in images))
        first = found.get(key)
        found[key] = row if first is None else Touched(*first[:4], *row[4:])
    return list(found.values())


class Waiting(NamedTuple):
    """A message about a series that has not left, and the action that it tells of."""

    id: int
    kind: str
    action_id: int


def waiting(connection: sqlite3.Connection, action_id: int) -> list[Waiting]:
    """The messages about series, held or waiting, of earlier actions on what an action made or changed."""
    rows = connection.execute(
        """SELECT DISTINCT o.id, o.kind, o.action_id FROM change c INDEXED BY ix_change_action_id
           CROSS JOIN change h ON h.table_name = 'appointment' AND h.row_key = c.row_key AND h.action_id <> c.action_id
           JOIN outbox_message o ON o.action_id = h.action_id AND o.series_id IS NOT NULL
           WHERE c.action_id = ? AND c.table_name = 'appointment' AND o.state IN ('held', 'queued', 'claimed')
           ORDER BY o.id""",
        (action_id,),
    )
    return [Waiting(*row) for row in rows]
