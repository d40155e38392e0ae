"""What messages are made from: appointments and invoices with their clients, in one statement each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guru_tui.domain.message_facts import AppointmentFacts, InvoiceFacts, Person

_APPOINTMENT = """
SELECT a.id, c.id, c.first_name, c.last_name, c.mobile, c.email, c.sms_allowed, c.email_allowed, c.language,
       a.status, a.starts_at, a.starts_local, a.zone, a.created_at, a.sequence, a.title, a.fee_minor, a.currency,
       COALESCE(NULLIF(l.address, ''), l.video_link, ''), COALESCE(l.instructions, ''),
       a.type_id, a.minutes, COALESCE(l.name, ''),
       COALESCE((SELECT max(n.created_at) FROM outbox_message n
                  WHERE n.appointment_id = a.id AND n.starts_at = a.starts_at
                    AND n.kind IN ('confirmation', 'reschedule')
                    AND n.state IN ('held', 'queued', 'claimed', 'sending', 'sent', 'delivered', 'unknown')), '')
FROM appointment a
JOIN client c ON c.id = a.client_id
LEFT JOIN location l ON l.id = a.location_id
"""
_STARTS_LOCAL, _ZONE, _TOLD_AT = 11, 12, 23


def appointment(connection: sqlite3.Connection, appointment_id: int) -> AppointmentFacts | None:
    """One appointment; None where it does not exist (any more)."""
    row = connection.execute(_APPOINTMENT + "WHERE a.id = ?", (appointment_id,)).fetchone()
    return _appointment(row) if row else None


def to_remind(
    connection: sqlite3.Connection, after: str, until: str, withdrawn_by_hand: str, due: Callable[[str, str, str], bool]
) -> list[AppointmentFacts]:
    """Live appointments that start between two instants (text) and have no reminder for that start that counts.

    One that was withdrawn with the appointment's former state does not count, nor one that was blocked once there is a
    way to the client, nor one that failed once the client's address is another. One that the practitioner withdrew
    (`withdrawn_by_hand` is its reason) does. `due` is asked with wall time, zone and `told_at` before anything is made
    of a row: most of the time nothing is due, and that should cost nothing.
    """
    rows = connection.execute(
        _APPOINTMENT
        + """WHERE a.starts_at > ? AND a.starts_at <= ? AND a.status IN ('booked', 'confirmed')
             AND NOT EXISTS (SELECT 1 FROM outbox_message m
                 WHERE m.appointment_id = a.id AND m.kind = 'reminder' AND m.starts_at = a.starts_at
                   AND (m.state NOT IN ('blocked', 'cancelled', 'failed') OR m.reason = ?
                        OR (m.state = 'failed' AND m.recipient IN (c.mobile, c.email))
                        OR (m.state = 'blocked' AND (c.mobile = '' OR NOT c.sms_allowed)
                            AND (c.email = '' OR NOT c.email_allowed))))
             ORDER BY a.starts_at, a.id""",
        (after, until, withdrawn_by_hand),
    )
    return [_appointment(row) for row in rows if due(row[_STARTS_LOCAL], row[_ZONE], row[_TOLD_AT])]


def never_reminded(connection: sqlite3.Connection, after: str, until: str) -> list[AppointmentFacts]:
    """Appointments that started between two instants (text) without any reminder for that start."""
    rows = connection.execute(
        _APPOINTMENT
        + """WHERE a.starts_at > ? AND a.starts_at <= ?
             AND a.status IN ('booked', 'confirmed', 'attended', 'no-show')
             AND NOT EXISTS (SELECT 1 FROM outbox_message m
                 WHERE m.appointment_id = a.id AND m.kind = 'reminder' AND m.starts_at = a.starts_at)
             ORDER BY a.starts_at, a.id""",
        (after, until),
    )
    return [_appointment(row) for row in rows]


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
    """The action behind the newest reschedule notice for `starts_at` that was withdrawn (or, if asked, waits).

    None where there is none, or where the client has been written to about that start.
    """
    row = connection.execute(
        """SELECT m.action_id FROM outbox_message m
           WHERE m.appointment_id = :id AND m.kind = 'reschedule' AND m.starts_at = :start
             AND (m.state = 'cancelled' OR (:waiting AND m.state IN ('held', 'queued')))
             AND NOT EXISTS (SELECT 1 FROM outbox_message t WHERE t.appointment_id = :id AND t.starts_at = :start
                               AND t.state IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown'))
           ORDER BY m.updated_at DESC, m.id DESC LIMIT 1""",
        {"id": appointment_id, "start": starts_at, "waiting": waiting},
    ).fetchone()
    return row[0] if row else None


def never_told(connection: sqlite3.Connection, appointment_id: int) -> bool:
    """Whether the appointment's confirmation was withdrawn before it left and nothing else has gone out about it."""
    row = connection.execute(
        """SELECT sum(kind = 'confirmation' AND state IN ('cancelled', 'held', 'queued')),
                  sum(state IN ('claimed', 'sending', 'sent', 'delivered', 'undelivered', 'unknown'))
           FROM outbox_message WHERE appointment_id = ?""",
        (appointment_id,),
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
