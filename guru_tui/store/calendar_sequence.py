"""What messages have told a client's calendar of an appointment, and so which number its entry's next revision has.

A message about one appointment keeps that in its row. One about a series keeps it by appointment, as JSON: the number
(null without an entry, as in a text message) and what was told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from guru_tui.domain.message_facts import AppointmentFacts

OF_SERIES = "json_each(CASE WHEN o.series_id IS NULL OR o.calendar_facts = '' THEN '{}' ELSE o.calendar_facts END) t"
"""What a message `o` about a series has told, as a table `t` by appointment (`key`)."""

NUMBER, TOLD = "json_extract(t.value, '$[0]')", "json_extract(t.value, '$[1]')"
"""The number of an appointment's entry in such a message, and what was told, in SQL."""

CONCERNS = """(h.before IS NULL OR h.after IS NULL
    OR json_extract(h.before, '$.starts_at') <> json_extract(h.after, '$.starts_at')
    OR json_extract(h.before, '$.status') <> json_extract(h.after, '$.status'))"""
"""In SQL, whether a message about a series tells of the appointment of a change `h` which its action made: one that has
only come to another series, or has another fee, is none that the client hears of."""


class Entry(NamedTuple):
    """What is told of an appointment: its entry's name and revision (RFC 5545, 3.8.7.4), None without an entry.

    `facts` is the name and what is shown, one line of text each: first the method, then the start.
    """

    uid: str
    sequence: int | None
    facts: str


def left_without(key: str) -> str:
    """In SQL, whether a message `o` about a series has left and told nothing of the appointment with the id `key`
    (an expression that gives a text)."""
    return f"""(o.calendar_facts <> '' AND o.state IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')
        AND NOT EXISTS (SELECT 1 FROM {OF_SERIES} WHERE t.key = {key}))"""


def next_entry(connection: sqlite3.Connection, about: AppointmentFacts, uid: str, facts: str) -> Entry:
    """The entry that a mail about the appointment carries which is to show `facts` (one line of text each).

    The first one is named `uid` and has the number 0; later ones keep the first one's name. One that shows the same
    as the newest has the newest's number, any other the next. What began to leave counts, even where it failed or
    its fate is unknown: it may have arrived, and a gap in the numbers harms nobody.
    """
    row = newest(connection, about)
    if row is None:
        return Entry(uid, 0, f"{uid}\n{facts}")
    last, told = row
    first = told.partition("\n")[0] or uid
    same = told == f"{first}\n{facts}"
    return Entry(first, last if same else last + 1, f"{first}\n{facts}")


def newest(connection: sqlite3.Connection, about: AppointmentFacts) -> tuple[int, str] | None:
    """Number and facts of the newest entry about an appointment that began to leave; None where none did."""
    by_series = f"""
        UNION ALL
        SELECT {NUMBER}, {TOLD}, o.updated_at, o.id FROM outbox_message o, {OF_SERIES}
        WHERE o.client_id = :client AND o.series_id IS NOT NULL AND o.calendar_sequence IS NOT NULL
          AND t.key = CAST(:id AS TEXT) AND {NUMBER} IS NOT NULL"""
    row = connection.execute(
        f"""SELECT calendar_sequence, calendar_facts, updated_at, id FROM outbox_message
            WHERE appointment_id = :id AND calendar_sequence IS NOT NULL
            {by_series if about.series_id is not None else ""}
            ORDER BY 1 DESC, 3 DESC, 4 DESC LIMIT 1""",
        {"id": about.id, "client": about.person.client_id},
    ).fetchone()
    return (int(row[0]), str(row[1])) if row else None


def written(entries: Mapping[int, Entry]) -> str:
    """What a message about a series keeps of what it tells, by appointment."""
    import json  # here, because the queries that read it start an idle run of the sender

    return json.dumps({key: (one.sequence, one.facts) for key, one in entries.items()}, ensure_ascii=False)
