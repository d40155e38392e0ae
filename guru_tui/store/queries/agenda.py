"""The calendar's reads: a day's entries, what overlaps a time, what needs a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from guru_tui.domain.local_time import from_utc_text, to_local, utc_text
from guru_tui.domain.policies import owed
from guru_tui.domain.practice import CHANNELS
from guru_tui.domain.views.agenda import LIVE, AgendaEntry, Conflict, DayTotals, Span
from guru_tui.store.queries.message_facts import HEARD
from guru_tui.store.queries.message_rules import rules
from guru_tui.store.queries.reminder_words import ReminderWords, Visit

if TYPE_CHECKING:
    from guru_tui.domain.practice import Practice

_LONGEST = timedelta(days=1)  # no appointment is longer, so an index range can bound what may still overlap

# `+s.status` keeps SQLite on the client's few invoices instead of walking every unpaid one.
_APPOINTMENT = f"""
SELECT a.id, a.starts_at, a.ends_at, a.zone, a.title, a.status, a.client_id,
       trim(c.first_name || ' ' || c.last_name), c.mobile, c.email, c.sms_allowed, c.email_allowed,
       COALESCE(l.name, ''), a.fee_minor, a.currency, a.note, a.created_at,
       {HEARD}, a.type_id, a.starts_local,
       (SELECT o.reason FROM outbox_message o
         WHERE o.appointment_id = a.id AND o.kind = 'reminder' AND o.starts_at = a.starts_at
           AND o.reason <> '' LIMIT 1),
       i.status, i.number, i.due_on,
       (SELECT COALESCE(SUM(s.total_minor), 0) FROM invoice s WHERE s.client_id = a.client_id AND +s.status = 'sent')
       - (SELECT COALESCE(SUM(p.amount_minor), 0) FROM invoice s JOIN payment_allocation p ON p.invoice_id = s.id
           WHERE s.client_id = a.client_id AND +s.status = 'sent'),
       (SELECT count(*) FROM appointment v
         WHERE v.client_id = a.client_id AND v.starts_at <= a.starts_at AND v.status <> 'cancelled'),
       a.charge_minor
FROM appointment a
JOIN client c ON c.id = a.client_id
LEFT JOIN location l ON l.id = a.location_id
LEFT JOIN invoice i ON i.id = a.invoice_id
"""


def appointments(
    connection: sqlite3.Connection,
    begin: datetime,
    end: datetime,
    *,
    practice: Practice,
    now: datetime,
    available: Collection[str] = CHANNELS,
) -> list[AgendaEntry]:
    """Every appointment, cancelled ones too, that overlaps `begin` to `end` (instants), by start.

    `available`: the channels that are set up, which is where reminders can go.
    """
    words = ReminderWords(practice, rules(connection, "reminder"), now, available)
    rows = connection.execute(
        _APPOINTMENT + "WHERE a.starts_at > ? AND a.starts_at < ? AND a.ends_at > ? ORDER BY a.starts_at, a.id",
        (utc_text(begin - _LONGEST), utc_text(end), utc_text(begin)),
    )
    return [_entry(row, words, now) for row in rows]


def appointment(
    connection: sqlite3.Connection,
    appointment_id: int,
    *,
    practice: Practice,
    now: datetime,
    available: Collection[str] = CHANNELS,
) -> AgendaEntry | None:
    """One appointment as the agenda shows it."""
    words = ReminderWords(practice, rules(connection, "reminder"), now, available)
    row = connection.execute(_APPOINTMENT + "WHERE a.id = ?", (appointment_id,)).fetchone()
    return _entry(row, words, now) if row else None


def blocks(connection: sqlite3.Connection, begin: datetime, end: datetime) -> list[AgendaEntry]:
    """Every blocked time that overlaps `begin` to `end` (instants), by start."""
    rows = connection.execute(
        """SELECT id, starts_at, ends_at, zone, title FROM blocked_time
           WHERE starts_at < ? AND ends_at > ? ORDER BY starts_at, id""",
        (utc_text(end), utc_text(begin)),
    )
    return [
        AgendaEntry("block", key, to_local(from_utc_text(start), zone), to_local(from_utc_text(stop), zone), title, "")
        for key, start, stop, zone, title in rows
    ]


def spans(connection: sqlite3.Connection, begin: datetime, end: datetime) -> list[Span]:
    """What holds a time between two instants, by start: appointments that are not cancelled, and blocked times."""
    rows = connection.execute(
        """SELECT 'appointment', a.id, a.starts_at, a.ends_at, a.zone, a.title, a.status,
                  trim(c.first_name || ' ' || c.last_name)
           FROM appointment a JOIN client c ON c.id = a.client_id
           WHERE a.starts_at > :earliest AND a.starts_at < :end AND a.ends_at > :begin
             AND a.status NOT IN ('cancelled', 'late-cancelled')
           UNION ALL
           SELECT 'block', id, starts_at, ends_at, zone, title, '', '' FROM blocked_time
           WHERE starts_at < :end AND ends_at > :begin
           ORDER BY 3, 1 DESC, 2""",
        {"earliest": utc_text(begin - _LONGEST), "begin": utc_text(begin), "end": utc_text(end)},
    )
    return [
        Span(kind, key, to_local(from_utc_text(start), zone), to_local(from_utc_text(stop), zone), *rest)
        for kind, key, start, stop, zone, *rest in rows
    ]


def conflicts(
    connection: sqlite3.Connection, begin: datetime, end: datetime, *, exclude_appointment: int | None = None
) -> list[Conflict]:
    """What stands in the calendar between two instants: live appointments and blocked times, by start."""
    rows = connection.execute(
        """SELECT 'appointment', a.id, trim(c.first_name || ' ' || c.last_name), a.starts_at, a.ends_at, a.zone
           FROM appointment a JOIN client c ON c.id = a.client_id
           WHERE a.starts_at > :earliest AND a.starts_at < :end AND a.ends_at > :begin
             AND a.status NOT IN ('cancelled', 'late-cancelled') AND a.id IS NOT :excluded
           UNION ALL
           SELECT 'block', id, CASE title WHEN '' THEN 'blocked time' ELSE title END, starts_at, ends_at, zone
           FROM blocked_time WHERE starts_at < :end AND ends_at > :begin
           ORDER BY 4""",
        {
            "earliest": utc_text(begin - _LONGEST),
            "begin": utc_text(begin),
            "end": utc_text(end),
            "excluded": exclude_appointment,
        },
    )
    return [
        Conflict(kind, key, name, to_local(from_utc_text(start), zone), to_local(from_utc_text(stop), zone))
        for kind, key, name, start, stop, zone in rows
    ]


def next_start(connection: sqlite3.Connection, now: datetime) -> str | None:
    """The UTC text of the next appointment's start."""
    row = connection.execute(
        "SELECT min(starts_at) FROM appointment WHERE starts_at > ? AND status IN ('booked', 'confirmed')",
        (utc_text(now),),
    ).fetchone()
    return row[0] if row else None


def anyone_waits(connection: sqlite3.Connection) -> bool:
    """Whether anybody is on the waiting list, for those who would load its rows only then."""
    row = connection.execute("SELECT 1 FROM waitlist_entry WHERE state IN ('waiting', 'offered') LIMIT 1").fetchone()
    return row is not None


def totals(connection: sqlite3.Connection, *, now: datetime, today: date) -> DayTotals:
    """What needs a person, over the whole practice."""
    # The statuses are listed for the index on them: by invoice alone SQLite walks every cancelled appointment too.
    row = connection.execute(
        """SELECT COALESCE(u.amount, 0), u.visits, COALESCE(o.amount, 0), o.invoices, f.messages, h.messages,
                  r.replies FROM
           (SELECT SUM(amount) AS amount, count(*) AS visits FROM (
             SELECT CASE WHEN status IN ('no-show', 'late-cancelled') THEN charge_minor ELSE fee_minor END AS amount
               FROM appointment
              WHERE invoice_id IS NULL AND status IN ('attended', 'booked', 'confirmed', 'no-show', 'late-cancelled')
                AND (status NOT IN ('booked', 'confirmed') OR (starts_at < :now AND ends_at <= :now)))
             WHERE amount > 0) u,
           (SELECT SUM(i.total_minor - (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment_allocation p
                                         WHERE p.invoice_id = i.id)) AS amount, count(*) AS invoices
             FROM invoice i WHERE i.status = 'sent' AND i.due_on < :today) o,
           (SELECT count(*) AS messages FROM outbox_message WHERE acknowledged_at = ''
              AND state IN ('failed', 'undelivered', 'unknown', 'missed', 'blocked', 'expired')) f,
           (SELECT count(*) AS messages FROM outbox_message WHERE state = 'held') h,
           (SELECT count(*) AS replies FROM client_reply WHERE done_at = '') r""",
        {"now": utc_text(now), "today": today.isoformat()},
    ).fetchone()
    return DayTotals(*row)


def _entry(row: tuple[Any, ...], words: ReminderWords, now: datetime) -> AgendaEntry:
    (key, start, stop, zone, title, status, client_id, client, mobile, email, sms, mail, location, fee, currency, note,
     created, heard, type_id, starts_local, reason, invoice_status, number, due_on, owes, visit,
     charge) = row  # fmt: skip
    starts, ends = to_local(from_utc_text(start), zone), to_local(from_utc_text(stop), zone)
    due = date.fromisoformat(due_on) if due_on else None
    visit_of = Visit(key, type_id, client_id, start, starts_local, zone, status, created)
    reminder = words.of(visit_of, mobile, email, bool(sms), bool(mail), heard, reason or "")
    return AgendaEntry(
        kind="appointment",
        id=key,
        starts=starts,
        ends=ends,
        title=title,
        status=status,
        client_id=client_id,
        client=client,
        mobile=mobile,
        email=email,
        location=location,
        fee_minor=fee,
        currency=currency,
        note=note,
        reminder=reminder.word,
        reminder_reason=reminder.reason,
        reminder_at=reminder.leaves,
        reminder_by=reminder.by,
        billing=_billing(status, invoice_status, due, owed(status, fee, charge), ends, now),
        invoice_number=number or "",
        invoice_due_on=due,
        owes_minor=owes,
        visit=visit,
        charge_minor=charge,
    )


def _billing(
    status: str, invoice_status: str | None, due_on: date | None, owed_minor: int, ends: datetime, now: datetime
) -> str:
    if invoice_status == "sent":
        return "overdue" if due_on and due_on < now.astimezone(ends.tzinfo).date() else "sent"
    if invoice_status:
        return invoice_status
    settled = status not in LIVE or ends <= now
    return "uninvoiced" if settled and owed_minor else "-"
