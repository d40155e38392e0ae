"""The calendar as a whole, for the feed and the export: every entry, how often it was changed and when.

These reads walk the tables: a feed holds everything. One pass each, because a question for every one of 50,000
appointments would take seconds.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from guru_tui.domain.views.calendar_feed import FeedRow, Revision

_TOLD = ("appointment", "blocked_time", "client", "location")
_LAST = "9999"


class MailDomain(NamedTuple):
    """The domain of the practice's mail address from `since` (UTC text) on; empty where it had none."""

    since: str
    domain: str


def entries(connection: sqlite3.Connection, begin: str = "", end: str = _LAST) -> list[FeedRow]:
    """Every appointment, cancelled ones too, and blocked time that overlaps `begin` to `end` (UTC texts), by start."""
    rows = connection.execute(
        """SELECT 'appointment', a.id, a.uid, a.starts_local, a.zone, a.starts_at, a.ends_at, a.title, a.created_at,
                  a.status, a.client_id, c.first_name, c.last_name, c.mobile, c.email, COALESCE(a.location_id, 0),
                  COALESCE(l.name, ''), COALESCE(l.address, ''), a.note, a.fee_minor, a.currency, a.sequence
           FROM appointment a JOIN client c ON c.id = a.client_id LEFT JOIN location l ON l.id = a.location_id
           WHERE a.ends_at > ?1 AND a.starts_at < ?2
           UNION ALL
           SELECT 'block', id, uid, starts_local, zone, starts_at, ends_at, title, created_at,
                  '', 0, '', '', '', '', 0, '', '', '', 0, '', 0
           FROM blocked_time WHERE ends_at > ?1 AND starts_at < ?2
           ORDER BY 6, 1, 2""",
        (begin, end),
    )
    return [FeedRow(*row) for row in rows]


def revisions(connection: sqlite3.Connection) -> dict[str, dict[int, Revision]]:
    """How often and when last every appointment, blocked time, client and place was written, by table and id.

    The change log loses nothing, undo included, so the number never falls.
    """
    written_at = dict(connection.execute("SELECT id, at FROM action"))
    marks = ", ".join("?" * len(_TOLD))
    found: dict[str, dict[int, Revision]] = {table: {} for table in _TOLD}
    rows = connection.execute(
        f"""SELECT table_name, CAST(row_key AS INTEGER), count(*), max(action_id) FROM change
            WHERE table_name IN ({marks}) GROUP BY table_name, row_key""",
        _TOLD,
    )
    for table, key, changes, action in rows:
        found[table][key] = Revision(changes, written_at.get(action, ""))
    return found


def mailed(connection: sqlite3.Connection) -> dict[int, int]:
    """The newest revision of each appointment's entry that began to leave by mail, by appointment."""
    return dict(
        connection.execute(
            """SELECT appointment_id, max(calendar_sequence) FROM outbox_message
               WHERE calendar_sequence IS NOT NULL GROUP BY appointment_id"""
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


def _domain(address: str | None) -> str:
    return (address or "").rpartition("@")[2].lower()
