"""What messages are made from: appointments and invoices with their clients, in one statement each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from guru_tui.domain.local_time import from_utc_text, to_local, utc_text, wall_text
from guru_tui.domain.reminders import UNDER_WAY, Standing
from guru_tui.store.calendar_sequence import CONCERNS, left_without
from guru_tui.store.outbox import WITHDRAWN_BY_HAND

if TYPE_CHECKING:
    from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts, Person
    from guru_tui.domain.practice import Practice

# A notice `m` about a whole series that tells of the very start which an appointment `a` has now. By the action, as an
# appointment can have come to another series since.
_BY_SERIES = f"""m.series_id IS NOT NULL AND m.kind IN ('confirmation', 'reschedule') AND m.action_id IN
                   (SELECT h.action_id FROM change h WHERE h.table_name = 'appointment'
                       AND h.row_key = CAST(a.id AS TEXT) AND json_extract(h.after, '$.starts_at') = a.starts_at
                       AND {CONCERNS})"""
_NOTICED = "m.state IN ('held', 'queued', 'claimed', 'sending', 'sent', 'delivered', 'unknown')"

_APPOINTMENT = f"""
SELECT a.id, c.id, c.first_name, c.last_name, c.mobile, c.email, c.sms_allowed, c.email_allowed, c.language,
       a.status, a.starts_at, a.starts_local, a.zone, a.created_at, a.sequence, a.title, a.fee_minor, a.currency,
       COALESCE(NULLIF(l.address, ''), l.video_link, ''), COALESCE(l.instructions, ''),
       a.type_id, a.minutes, COALESCE(l.name, ''),
       max(COALESCE((SELECT max(m.created_at) FROM outbox_message m
                      WHERE m.appointment_id = a.id AND m.starts_at = a.starts_at
                        AND m.kind IN ('confirmation', 'reschedule') AND {_NOTICED}), ''),
           COALESCE((SELECT max(m.created_at) FROM outbox_message m WHERE {_BY_SERIES} AND {_NOTICED}), '')),
       a.series_id
FROM appointment a
JOIN client c ON c.id = a.client_id
LEFT JOIN location l ON l.id = a.location_id
"""

_SAYS = f"""m.kind || char(31) || m.rule_id || char(31) || m.channel || char(31) || m.state
            || char(31) || m.recipient || char(31) || m.created_at || char(31) || m.not_before
            || char(31) || (m.reason = '{WITHDRAWN_BY_HAND}')"""
_OWN = """m.appointment_id = a.id AND m.starts_at = a.starts_at
               AND m.kind IN ('reminder', 'confirmation', 'reschedule')"""
# Most appointments are in no series, and planning asks of thousands: only one that is pays for looking there too.
HEARD = f"""CASE WHEN a.series_id IS NULL
            THEN (SELECT group_concat({_SAYS}, char(30)) FROM outbox_message m WHERE {_OWN})
            ELSE trim(COALESCE((SELECT group_concat({_SAYS}, char(30)) FROM outbox_message m WHERE {_OWN}), '')
                 || char(30)
                 || COALESCE((SELECT group_concat({_SAYS}, char(30)) FROM outbox_message m WHERE {_BY_SERIES}), ''),
                 char(30)) END"""
"""What the outbox has about the start of an appointment `a`, for `heard` to read."""

_TELLING = ("sending", "sent", "delivered", "unknown")
STUCK = timedelta(hours=1)
"""A notice whose time came longer ago than this and that still waits tells the client nothing."""


class Heard(NamedTuple):
    """What the outbox has about one start. `told_at`: when the live notice of it was made (UTC text), or empty.

    `waits`: when a notice was made that has not left yet, and when its time came; both empty where there is none.
    """

    told_at: str
    reminders: tuple[Standing, ...]
    waits: tuple[str, str] = ("", "")

    def told(self, now: datetime) -> str:
        """When the client was told, or will be by a notice that waits and is not stuck (UTC text); empty for never."""
        made, due = self.waits
        return max(self.told_at, made if made and due > utc_text(now - STUCK) else "")


class ReminderRow(NamedTuple):
    """A reminder of the outbox, as the rules look at it."""

    id: int
    rule_id: int
    channel: str
    state: str
    reason: str


NOTHING_HEARD = Heard("", ())


def heard(text: str | None, by_sms: str, by_email: str) -> Heard:
    """Read what `HEARD` gave, for a client with these addresses (empty where one may not be used).

    A reminder that was cancelled counts only where the practitioner withdrew it, one that failed while the client's
    address is the same, one that is blocked while there is no way to the client.
    """
    if not text:
        return NOTHING_HEARD
    told_at, reminders, waits = "", [], ("", "")
    for entry in text.split("\x1e"):
        kind, rule_id, channel, state, recipient, created_at, not_before, by_hand = entry.split("\x1f")
        if kind != "reminder":
            if state in _TELLING:
                told_at = max(told_at, created_at)
            elif state in UNDER_WAY:
                waits = max(waits, (created_at, not_before))
            continue
        counts = {
            "cancelled": by_hand == "1",
            "failed": recipient in (by_sms, by_email),
            "blocked": not by_sms and not by_email,
            **dict.fromkeys(UNDER_WAY, False),
        }.get(state, True)
        reminders.append(Standing(int(rule_id), channel, state, counts, created_at))
    return Heard(told_at, tuple(reminders), waits)


def appointment(connection: sqlite3.Connection, appointment_id: int) -> AppointmentFacts | None:
    """One appointment; None where it does not exist (any more)."""
    row = connection.execute(_APPOINTMENT + "WHERE a.id = ?", (appointment_id,)).fetchone()
    return _appointment(row) if row else None


# Every message about the appointment `:id`, those about its whole series with the start that they tell of it. One that
# has left and told nothing of it, because it was off by then, is as good as one that was cancelled.
_ABOUT = f"""(SELECT o.id, o.kind, o.state, o.action_id, o.starts_at, o.updated_at, 0 AS first, 0 AS of_series
             FROM outbox_message o WHERE o.appointment_id = :id
             UNION ALL
             SELECT o.id, o.kind, CASE WHEN {left_without("CAST(:id AS TEXT)")} THEN 'cancelled' ELSE o.state END,
                    o.action_id, json_extract(h.after, '$.starts_at'), o.updated_at, h.before IS NULL, 1
             FROM change h JOIN outbox_message o ON o.action_id = h.action_id AND o.series_id IS NOT NULL
             WHERE h.table_name = 'appointment' AND h.row_key = CAST(:id AS TEXT) AND {CONCERNS}
                   AND NOT (o.kind = 'cancellation' AND h.before IS NULL))"""


# The image that the change log has of an appointment whose booking was undone, in the place of its row.
_TAKEN_BACK = _APPOINTMENT.replace(
    "FROM appointment a",
    """FROM (SELECT json_extract(x.image, '$.id') AS id, 'cancelled' AS status, {}
             FROM (SELECT before AS image FROM change WHERE action_id = :undo AND table_name = 'appointment'
                     AND row_key = :key AND after IS NULL) x) a""".format(
        ", ".join(
            f"json_extract(x.image, '$.{column}') AS {column}"
            for column in (
                "client_id", "starts_at", "starts_local", "zone", "created_at", "sequence", "title", "fee_minor",
                "currency", "type_id", "location_id", "minutes", "series_id",
            )
        )
    ),
)  # fmt: skip


def taken_back(connection: sqlite3.Connection, appointment_id: int, undo_id: int) -> AppointmentFacts | None:
    """The facts of an appointment whose booking was undone, as of one that is cancelled.

    None where that undo took back no such booking, or its client is gone as well.
    """
    row = connection.execute(_TAKEN_BACK, {"undo": undo_id, "key": str(appointment_id)}).fetchone()
    return _appointment(row) if row else None


def offer(connection: sqlite3.Connection, entry_id: int, starts_at: str, practice: Practice) -> AppointmentFacts | None:
    """The appointment that an entry of the waiting list would have at `starts_at` (UTC text); its id is 0.

    `status` is the entry's state, or `archived` where its client is. None where there is no such entry.
    """
    row = connection.execute(
        """SELECT c.id, c.first_name, c.last_name, c.mobile, c.email, c.sms_allowed, c.email_allowed, c.language,
                  CASE WHEN c.archived_at <> '' AND w.state IN ('waiting', 'offered') THEN 'archived' ELSE w.state END,
                  w.created_at, COALESCE(t.name, ''), COALESCE(t.fee_minor, 0),
                  COALESCE(NULLIF(l.address, ''), l.video_link, ''), COALESCE(l.instructions, ''),
                  w.type_id, w.minutes, COALESCE(l.name, '')
           FROM waitlist_entry w JOIN client c ON c.id = w.client_id
           LEFT JOIN appointment_type t ON t.id = w.type_id LEFT JOIN location l ON l.id = t.location_id
           WHERE w.id = ?""",
        (entry_id,),
    ).fetchone()
    if row is None:
        return None
    from guru_tui.domain.message_facts import AppointmentFacts

    state, created_at, title, fee_minor, address, instructions, type_id, minutes, place = row[8:]
    start = to_local(from_utc_text(starts_at), practice.zone)
    return AppointmentFacts(
        0, _person(row[:8]), state, starts_at, wall_text(start), practice.zone, created_at, 0, title, fee_minor,
        practice.currency, address, instructions, type_id, minutes, place,
    )  # fmt: skip


def appointments(connection: sqlite3.Connection, ids: Iterable[int]) -> list[AppointmentFacts]:
    """The appointments of these ids, by start."""
    listed = ",".join(str(int(number)) for number in ids)
    rows = connection.execute(_APPOINTMENT + f"WHERE a.id IN ({listed}) ORDER BY a.starts_at, a.id")
    return [_appointment(row) for row in rows]


def upcoming(connection: sqlite3.Connection, after: str, until: str) -> Iterator[tuple[Any, ...]]:
    """Live appointments that start between two instants (text), by start, as bare rows: most of them are not due.

    Each is id, start (instant, wall time), zone, type, client, when it was made, mobile and email address, whether they
    may be used, and what `heard` reads (empty where the outbox has nothing about that start).
    """
    return connection.execute(
        f"""SELECT a.id, a.starts_at, a.starts_local, a.zone, a.type_id, a.client_id, a.created_at,
                   c.mobile, c.email, c.sms_allowed, c.email_allowed, {HEARD}
            FROM appointment a JOIN client c ON c.id = a.client_id
            WHERE a.starts_at > ? AND a.starts_at <= ? AND a.status IN ('booked', 'confirmed')
            ORDER BY a.starts_at, a.id""",
        (after, until),
    )


def heard_of(connection: sqlite3.Connection, appointment_id: int) -> Heard:
    """What the outbox has about the present start of one appointment."""
    row = connection.execute(
        f"""SELECT {HEARD}, CASE WHEN c.sms_allowed THEN c.mobile ELSE '' END,
                   CASE WHEN c.email_allowed THEN c.email ELSE '' END
            FROM appointment a JOIN client c ON c.id = a.client_id WHERE a.id = ?""",
        (appointment_id,),
    ).fetchone()
    return heard(*row) if row else NOTHING_HEARD


def never_reminded(connection: sqlite3.Connection, after: str, until: str) -> list[AppointmentFacts]:
    """Appointments that started between two instants (text) without any reminder for that start.

    One that was cancelled, unless by the practitioner's own hand, was none.
    """
    rows = connection.execute(
        _APPOINTMENT
        + """WHERE a.starts_at > ? AND a.starts_at <= ?
             AND a.status IN ('booked', 'confirmed', 'attended', 'no-show')
             AND NOT EXISTS (SELECT 1 FROM outbox_message m
                 WHERE m.appointment_id = a.id AND m.kind = 'reminder' AND m.starts_at = a.starts_at
                   AND (m.state <> 'cancelled' OR m.reason = ?))
             ORDER BY a.starts_at, a.id""",
        (after, until, WITHDRAWN_BY_HAND),
    )
    return [_appointment(row) for row in rows]


def reminders(connection: sqlite3.Connection, appointment_id: int, starts_at: str) -> list[ReminderRow]:
    """The reminders that the outbox has of one start of an appointment, oldest first."""
    rows = connection.execute(
        """SELECT id, rule_id, channel, state, reason FROM outbox_message
           WHERE appointment_id = ? AND starts_at = ? AND kind = 'reminder' ORDER BY id""",
        (appointment_id, starts_at),
    )
    return [ReminderRow(*row) for row in rows]


def moved_from(connection: sqlite3.Connection, appointment_id: int, action_id: int) -> tuple[str, str] | None:
    """The start (instant, wall time) that the appointment had before the action; None where it did not move it."""
    row = connection.execute(
        """SELECT json_extract(before, '$.starts_at'), json_extract(before, '$.starts_local') FROM change
           WHERE action_id = ? AND table_name = 'appointment' AND row_key = ? AND before IS NOT NULL
             AND json_extract(before, '$.starts_at') <> json_extract(after, '$.starts_at')
           ORDER BY id LIMIT 1""",
        (action_id, str(appointment_id)),
    ).fetchone()
    return (row[0], row[1]) if row else None


def unheard_move(
    connection: sqlite3.Connection, appointment_id: int, starts_at: str, *, waiting: bool = False
) -> int | None:
    """The action behind the newest reschedule notice for `starts_at` that never left (or, if asked, waits).

    One about its series that waits leaves out what is not so any more. None where there is none, or where what the
    client was written last is about that start.
    """
    row = connection.execute(
        f"""SELECT m.action_id FROM {_ABOUT} m
           WHERE m.kind = 'reschedule' AND m.starts_at = :start
             AND (m.state IN ('cancelled', 'failed', 'blocked', 'expired')
                  OR ((:waiting OR m.of_series AND NOT EXISTS (
                          SELECT 1 FROM appointment a WHERE a.id = :id AND a.starts_at = :start
                             AND a.status IN ('booked', 'confirmed')))
                      AND m.state IN ('held', 'queued')))
             AND :start IS NOT (SELECT t.starts_at FROM {_ABOUT} t
                                 WHERE t.state IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')
                                 ORDER BY t.updated_at DESC, t.id DESC LIMIT 1)
           ORDER BY m.updated_at DESC, m.id DESC LIMIT 1""",
        {"id": appointment_id, "start": starts_at, "waiting": waiting},
    ).fetchone()
    return row[0] if row else None


def never_told(connection: sqlite3.Connection, appointment_id: int, *, besides: int | None = None) -> bool:
    """Whether the appointment's confirmation was withdrawn before it left and nothing else has gone out about it.

    Messages of the action `besides` do not count.
    """
    row = connection.execute(
        f"""SELECT sum((kind = 'confirmation' OR first) AND state IN ('cancelled', 'held', 'queued')),
                  sum(state IN ('claimed', 'sending', 'sent', 'delivered', 'undelivered', 'unknown'))
           FROM {_ABOUT} WHERE :besides IS NULL OR action_id IS NOT :besides""",
        {"id": appointment_id, "besides": besides},
    ).fetchone()
    return bool(row[0]) and not row[1]


def invoice(connection: sqlite3.Connection, invoice_id: int) -> InvoiceFacts | None:
    """One invoice; the bill goes to the bill-to address where the client has one. None where it does not exist."""
    row = connection.execute(
        """SELECT i.id, c.id, c.first_name, c.last_name, c.mobile, COALESCE(NULLIF(c.bill_to_email, ''), c.email),
                  c.sms_allowed, c.email_allowed OR c.bill_to_email <> '', c.language,
                  i.status, COALESCE(i.number, ''), i.due_on, i.currency,
                  i.total_minor
                  - (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment_allocation p WHERE p.invoice_id = i.id),
                  d.id, COALESCE(d.revision, 0),
                  EXISTS (SELECT 1 FROM line_item x
                           WHERE x.invoice_id = i.id AND x.code_kind = 'icd10' AND x.code <> ''),
                  c.codes_consent_on <> ''
           FROM invoice i
           JOIN client c ON c.id = i.client_id
           LEFT JOIN document d ON d.invoice_id = i.id
           WHERE i.id = ? ORDER BY d.revision DESC LIMIT 1""",
        (invoice_id,),
    ).fetchone()
    if row is None:
        return None
    from guru_tui.domain.message_facts import InvoiceFacts

    key, *person, status, number, due_on, currency, due_minor, document_id, revision, codes, consent = row
    return InvoiceFacts(
        key,
        _person(person),
        status,
        number,
        due_on,
        currency,
        due_minor,
        document_id,
        revision,
        bool(codes),
        bool(consent),
    )


def document(connection: sqlite3.Connection, document_id: int) -> tuple[str, bytes] | None:
    """File name and bytes of an issued document."""
    row = connection.execute("SELECT file_name, content FROM document WHERE id = ?", (document_id,)).fetchone()
    return (row[0], bytes(row[1])) if row else None


def _appointment(row: tuple[Any, ...]) -> AppointmentFacts:
    from guru_tui.domain.message_facts import AppointmentFacts

    return AppointmentFacts(row[0], _person(row[1:9]), *row[9:])


def _person(row: Any) -> Person:
    from guru_tui.domain.message_facts import Person

    client_id, first, last, mobile, email, sms, mail, language = row
    return Person(client_id, first, last, mobile, email, bool(sms), bool(mail), language)
