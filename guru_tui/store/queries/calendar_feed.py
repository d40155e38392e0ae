"""The calendar for the feed and the export: every entry of some time, how often it was changed and when.

One pass each, because a question for every one of 50,000 appointments would take seconds.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import from_utc_text, utc_text
from guru_tui.domain.views.calendar_feed import FeedRow, Revision
from guru_tui.store.calendar_sequence import NUMBER, OF_SERIES

_LAST = "9999"
_APPOINTMENTS = "starts_at > :earliest AND starts_at < :end AND ends_at > :begin"
_BLOCKS = "starts_at < :end AND ends_at > :begin"


class MailDomain(NamedTuple):
    """The domain of the practice's mail address from `since` (UTC text) on; empty where it had none."""

    since: str
    domain: str


def entries(connection: sqlite3.Connection, begin: str = "", end: str = _LAST) -> list[FeedRow]:
    """Every appointment, cancelled ones too, and blocked time that overlaps `begin` to `end` (UTC texts), by start."""
    rows = connection.execute(
        f"""SELECT 'appointment', a.id, a.uid, a.starts_local, a.zone, a.starts_at, a.ends_at, a.title, a.created_at,
                   a.status, a.client_id, c.first_name, c.last_name, c.mobile, c.email, COALESCE(a.location_id, 0),
                   COALESCE(l.name, ''), COALESCE(l.address, ''), a.note, a.fee_minor, a.currency, a.sequence
            FROM appointment a JOIN client c ON c.id = a.client_id LEFT JOIN location l ON l.id = a.location_id
            WHERE {_APPOINTMENTS}
            UNION ALL
            SELECT 'block', id, uid, starts_local, zone, starts_at, ends_at, title, created_at,
                   '', 0, '', '', '', '', 0, '', '', '', 0, '', 0
            FROM blocked_time WHERE {_BLOCKS}
            ORDER BY 6, 1, 2""",
        _between(begin, end),
    )
    return [FeedRow(*row) for row in rows]


def revisions(connection: sqlite3.Connection, begin: str = "", end: str = _LAST) -> dict[str, dict[int, Revision]]:
    """How often and when last every appointment and blocked time between `begin` and `end`, their clients and places
    were written, by table and id.

    The change log loses nothing, undo included, so the number never falls.
    """
    shown = " UNION ALL ".join(
        f"""SELECT '{table}' AS table_name, s.id AS key, count(*) AS changes, max(c.action_id) AS newest
            FROM (SELECT DISTINCT {column} AS id FROM {entries} WHERE {bounds}) s
            JOIN change c ON c.table_name = '{table}' AND c.row_key = CAST(s.id AS TEXT) GROUP BY s.id"""
        for table, column, entries, bounds in (
            ("appointment", "id", "appointment", _APPOINTMENTS),
            ("client", "client_id", "appointment", _APPOINTMENTS),
            ("location", "location_id", "appointment", _APPOINTMENTS),
            ("blocked_time", "id", "blocked_time", _BLOCKS),
        )
    )
    rows = connection.execute(
        f"SELECT table_name, key, changes, (SELECT at FROM action WHERE id = newest) FROM ({shown})",
        _between(begin, end),
    )
    found: dict[str, dict[int, Revision]] = {}
    for table, key, changes, at in rows:
        found.setdefault(table, {})[key] = Revision(changes, at)
    return found


def mailed(connection: sqlite3.Connection, begin: str = "", end: str = _LAST) -> dict[int, int]:
    """The newest revision of the entry of each appointment between `begin` and `end` that began to leave by mail."""
    return dict(
        connection.execute(
            f"""SELECT id, max(number) FROM (
                  SELECT appointment_id AS id, calendar_sequence AS number FROM outbox_message
                  WHERE appointment_id IN (SELECT id FROM appointment WHERE {_APPOINTMENTS})
                    AND calendar_sequence IS NOT NULL
                  UNION ALL
                  SELECT CAST(t.key AS INTEGER), {NUMBER} FROM outbox_message o, {OF_SERIES}
                  WHERE o.series_id IS NOT NULL AND o.calendar_sequence IS NOT NULL AND {NUMBER} IS NOT NULL)
                GROUP BY id""",
            _between(begin, end),
        )
    )


def mail_domains(connection: sqlite3.Connection) -> list[MailDomain]:
    """The domains that the practice's mail address has had, oldest first; the first one since ever."""
    present = connection.execute("SELECT value FROM setting WHERE key = 'email'").fetchone()
    changes = connection.execute(
        """SELECT a.at, json_extract(c.before, '$.value'), json_extract(c.after, '$.value')
           FROM change c JOIN action a ON a.id = c.action_id
           WHERE c.table_name = 'setting' AND c.row_key = 'email' ORDER BY c.id"""
    ).fetchall()
    if not changes:
        return [MailDomain("", _domain(present[0] if present else ""))]
    first = MailDomain("", _domain(changes[0][1]))
    return [first, *(MailDomain(at, _domain(after)) for at, _, after in changes)]


def last_change(connection: sqlite3.Connection) -> int:
    """The number of the newest row of the change log, 0 where there is none."""
    row = connection.execute("SELECT max(id) FROM change").fetchone()
    return int(row[0] or 0)


def _between(begin: str, end: str) -> dict[str, str]:
    """Bounds of a time; an appointment never lasts longer than a day, which keeps its index of use."""
    earliest = utc_text(from_utc_text(begin) - timedelta(days=1)) if begin else ""
    return {"earliest": earliest, "begin": begin, "end": end}


def _domain(address: str | None) -> str:
    return (address or "").rpartition("@")[2].lower()
