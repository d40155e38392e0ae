"""Invoices, what they hold, what is not yet on one, and the board of all of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from guru_tui.domain.billing import INVOICE_STATUSES, status_of
from guru_tui.domain.local_time import from_utc_text, from_wall_text, to_local, utc_text, zone
from guru_tui.domain.text import clean
from guru_tui.domain.views.clients import ClientVisit
from guru_tui.domain.views.invoices import Board, InvoiceDetail, InvoiceLine, InvoiceRow, PaymentRow, Uninvoiced
from guru_tui.errors import Invalid, NotFound
from guru_tui.store.queries import outbox

MOST = 500
"""How many rows a list holds at most; sums are over everything."""

_PAID = "COALESCE((SELECT SUM(a.amount_minor) FROM payment_allocation a WHERE a.invoice_id = i.id), 0)"

_ROW = f"""
SELECT i.id, COALESCE(i.number, ''), i.client_id, trim(c.first_name || ' ' || c.last_name), i.issued_on, i.due_on,
       i.currency, i.total_minor, {_PAID}, i.status,
       CASE i.status WHEN 'paid' THEN
         (SELECT p.received_on || p.method FROM payment_allocation a JOIN payment p ON p.id = a.payment_id
           WHERE a.invoice_id = i.id ORDER BY p.received_on DESC, p.id DESC LIMIT 1) END
FROM invoice i JOIN client c ON c.id = i.client_id
"""

# What took place and is on no invoice, and what did not and is charged for. Each part names its statuses, so that all
# walk the index (status, invoice_id, starts_at); the bound on `starts_at` keeps the second from the whole future.
_OPEN = """
(SELECT id, client_id, starts_at, ends_at, zone, title, status, fee_minor, currency FROM appointment
  WHERE status = 'attended' AND invoice_id IS NULL AND fee_minor > 0
 UNION ALL
 SELECT id, client_id, starts_at, ends_at, zone, title, status, fee_minor, currency FROM appointment
  WHERE status IN ('booked', 'confirmed') AND invoice_id IS NULL AND starts_at < :now AND ends_at <= :now
    AND fee_minor > 0
 UNION ALL
 SELECT id, client_id, starts_at, ends_at, zone, title, status, charge_minor, currency FROM appointment
  WHERE status IN ('no-show', 'late-cancelled') AND invoice_id IS NULL AND charge_minor > 0)
"""


def invoices(
    connection: sqlite3.Connection,
    *,
    today: date,
    status: str | None = None,
    client_id: int | None = None,
    limit: int = MOST,
    offset: int = 0,
) -> list[InvoiceRow]:
    """Invoices of one status or all, newest first; `today` (local) tells the overdue ones from the sent.

    Raises `Invalid` for a status that does not exist.
    """
    one_client = "" if client_id is None else " AND i.client_id = :client"
    rows = connection.execute(
        f"{_ROW} WHERE {_of_status(status)}{one_client} ORDER BY i.id DESC LIMIT :limit OFFSET :offset",
        {"client": client_id, "today": today.isoformat(), "limit": limit, "offset": offset},
    )
    return [_row(row, today) for row in rows]


def _of_status(status: str | None) -> str:
    overdue = f"i.due_on < :today AND i.total_minor > {_PAID}"
    match status:
        case None:
            return "1"
        case "overdue":
            return f"{_few('sent')} AND {overdue}"
        case "sent":
            return f"{_few('sent')} AND NOT ({overdue})"
        case "draft":
            return _few("draft")
        case "paid" | "void":
            # Nearly every invoice is paid: walking them newest first finds a page at once; the index would sort all.
            return f"+i.status = '{status}'"
        case _:
            raise Invalid(f"There is no invoice status {status!r}; it is one of {', '.join(INVOICE_STATUSES)}.")


def _few(status: str) -> str:
    # Statistics know only how many rows a status has on average; few invoices are open, and the index finds them.
    return f"likelihood(i.status = '{status}', 0.001)"


def find(connection: sqlite3.Connection, key: int | str) -> int:
    """The id of an invoice: an int is one; a text is a number as printed, a bare sequence, or `draft-<id>`.

    Raises `NotFound` with what to do.
    """
    if isinstance(key, int):
        row = connection.execute("SELECT id FROM invoice WHERE id = ?", (key,)).fetchone()
        if row is None:
            raise NotFound(f"There is no invoice with id {key}; see them with: guru invoices list")
        return key
    text = clean(key, field="The number").removeprefix("#").strip()
    draft = text.lower().removeprefix("draft-").removeprefix("draft ")
    if draft != text.lower() and draft.isascii() and draft.isdigit():
        return _find_draft(connection, int(draft[:18]))
    sequence = int(text[:18]) if text.isascii() and text.isdigit() else None
    row = connection.execute(
        """SELECT id FROM (
             SELECT 0 AS rank, id FROM invoice WHERE number = :text
             UNION ALL SELECT 1, id FROM invoice WHERE sequence = :sequence
             UNION ALL SELECT 2, id FROM invoice WHERE number = upper(:text) OR number = lower(:text))
           ORDER BY rank LIMIT 1""",
        {"text": text, "sequence": sequence},
    ).fetchone()
    if row is None:
        raise NotFound(f"There is no invoice {text!r}; see the numbers with: guru invoices list")
    return int(row[0])


def _find_draft(connection: sqlite3.Connection, invoice_id: int) -> int:
    row = connection.execute("SELECT number FROM invoice WHERE id = ?", (invoice_id,)).fetchone()
    if row is None:
        raise NotFound(f"There is no draft {invoice_id}; see them with: guru invoices list --status draft")
    if row[0] is not None:
        raise NotFound(f"Draft {invoice_id} has been issued as invoice {row[0]}; use that number.")
    return invoice_id


def has_document(connection: sqlite3.Connection, invoice_id: int) -> bool:
    """Whether an invoice's PDF has been made and is kept."""
    row = connection.execute("SELECT EXISTS (SELECT 1 FROM document WHERE invoice_id = ?)", (invoice_id,)).fetchone()
    return bool(row[0])


def invoice(connection: sqlite3.Connection, key: int | str, *, today: date, zone_name: str) -> InvoiceDetail:
    """One invoice with its lines, payments and messages; `key` as in `find`, which raises `NotFound`.

    `zone_name` is the practice's zone, for lines that belong to no appointment.
    """
    invoice_id = find(connection, key)
    row = connection.execute(f"{_ROW} WHERE i.id = ?", (invoice_id,)).fetchone()
    frozen = connection.execute(
        "SELECT letterhead, bill_to, subtotal_minor, tax_minor FROM invoice WHERE id = ?", (invoice_id,)
    ).fetchone()
    letterhead, bill_to, subtotal, tax = frozen
    return InvoiceDetail(
        row=_row(row, today),
        letterhead=_texts(letterhead),
        bill_to=_texts(bill_to),
        lines=lines(connection, invoice_id, zone_name=zone_name),
        subtotal_minor=subtotal,
        tax_minor=tax,
        payments=payments(connection, invoice_id),
        messages=tuple(outbox.messages_for_invoice(connection, invoice_id)),
    )


def lines(connection: sqlite3.Connection, invoice_id: int, *, zone_name: str) -> tuple[InvoiceLine, ...]:
    """An invoice's lines in their order."""
    rows = connection.execute(
        """SELECT l.service_at, COALESCE(a.zone, :zone), l.description, l.code, l.quantity_milli, l.unit_price_minor,
                  l.discount_minor, l.tax_minor, l.total_minor, l.appointment_id
           FROM line_item l LEFT JOIN appointment a ON a.id = l.appointment_id
           WHERE l.invoice_id = :invoice ORDER BY l.position""",
        {"invoice": invoice_id, "zone": zone_name},
    )
    return tuple(
        InvoiceLine(from_wall_text(at).replace(tzinfo=zone(place)) if at else None, *rest) for at, place, *rest in rows
    )


def payments(connection: sqlite3.Connection, invoice_id: int) -> tuple[PaymentRow, ...]:
    """What has settled an invoice, oldest first; amounts as far as they fell on it."""
    rows = connection.execute(
        """SELECT p.id, a.amount_minor, p.currency, p.method, p.received_on, p.reference,
                  p.amount_minor - (SELECT SUM(o.amount_minor) FROM payment_allocation o WHERE o.payment_id = p.id)
           FROM payment_allocation a JOIN payment p ON p.id = a.payment_id
           WHERE a.invoice_id = ? ORDER BY p.received_on, p.id""",
        (invoice_id,),
    )
    return tuple(
        PaymentRow(key, amount, currency, method, date.fromisoformat(day), reference, credit)
        for key, amount, currency, method, day, reference, credit in rows
    )


def uninvoiced(connection: sqlite3.Connection, client_id: int, *, now: datetime) -> list[ClientVisit]:
    """What a client has had and is on no invoice, oldest first: attended, or booked and over at the instant `now`; and
    the no-shows and late cancellations that are charged for, with that as their fee."""
    rows = connection.execute(
        f"""SELECT v.id, v.starts_at, v.zone, v.title, v.status, v.fee_minor, v.currency, '' FROM {_OPEN} v
            WHERE v.client_id = :client ORDER BY v.starts_at, v.id""",
        {"client": client_id, "now": utc_text(now)},
    )
    return [ClientVisit(key, to_local(from_utc_text(starts), place), *rest) for key, starts, place, *rest in rows]


def billable_clients(connection: sqlite3.Connection, *, now: datetime, begin: datetime, end: datetime) -> list[int]:
    """The clients with something to invoice that began between two instants, by name."""
    rows = connection.execute(
        f"""SELECT v.client_id FROM {_OPEN} v JOIN client c ON c.id = v.client_id
            WHERE v.starts_at >= :begin AND v.starts_at < :end
            GROUP BY v.client_id ORDER BY c.sort_name, c.id""",
        {"now": utc_text(now), "begin": utc_text(begin), "end": utc_text(end)},
    )
    return [row[0] for row in rows]


def board(
    connection: sqlite3.Connection, month: date, *, now: datetime, today: date, zone_name: str, currency: str
) -> Board:
    """The four columns; `paid` holds what was settled in the local month of `month`.

    `sent_minor` is what is still due on every sent invoice, overdue ones included; sums are in `currency`.
    """
    since = month.replace(day=1)
    until = (since + timedelta(days=31)).replace(day=1)
    facts: dict[str, object] = {
        "now": utc_text(now),
        "today": today.isoformat(),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "currency": currency,
        "most": MOST,
    }
    drafts = connection.execute(f"{_ROW} WHERE {_few('draft')} ORDER BY i.id DESC LIMIT :most", facts)
    sent = connection.execute(f"{_ROW} WHERE {_few('sent')} ORDER BY i.due_on, i.id LIMIT :most", facts)
    paid = connection.execute(
        f"""{_ROW} JOIN ({_SETTLED}) s ON s.id = i.id
            ORDER BY s.settled_on DESC, i.id DESC LIMIT :most""",
        facts,
    )
    return Board(
        invoiceable=_invoiceable(connection, facts, zone_name),
        drafts=_rows(drafts, today),
        sent=_rows(sent, today),
        paid=_rows(paid, today),
        since=since,
        currency=currency,
        **_sums(connection, facts),
    )


# The invoices that the last of their payments settled within the month. CROSS JOIN keeps SQLite to this order.
_SETTLED = """
SELECT i.id, i.total_minor, i.currency, max(p.received_on) AS settled_on
FROM payment p CROSS JOIN payment_allocation a ON a.payment_id = p.id CROSS JOIN invoice i ON i.id = a.invoice_id
WHERE p.received_on >= :since AND p.received_on < :until AND i.status = 'paid'
  AND NOT EXISTS (SELECT 1 FROM payment_allocation later JOIN payment q ON q.id = later.payment_id
                   WHERE later.invoice_id = i.id AND q.received_on >= :until)
GROUP BY i.id
"""


def _invoiceable(connection: sqlite3.Connection, facts: Mapping[str, object], zone_name: str) -> tuple[Uninvoiced, ...]:
    rows = connection.execute(
        f"""SELECT v.client_id, trim(c.first_name || ' ' || c.last_name), count(*), sum(v.fee_minor), v.currency,
                   min(v.starts_at), max(v.starts_at)
            FROM {_OPEN} v JOIN client c ON c.id = v.client_id
            GROUP BY v.client_id, v.currency ORDER BY max(v.starts_at) DESC, v.client_id LIMIT :most""",
        facts,
    )
    return tuple(
        Uninvoiced(
            client_id=client_id,
            client=client,
            visits=visits,
            amount_minor=amount,
            currency=currency,
            first=to_local(from_utc_text(first), zone_name),
            last=to_local(from_utc_text(last), zone_name),
        )
        for client_id, client, visits, amount, currency, first, last in rows
    )


def _sums(connection: sqlite3.Connection, facts: Mapping[str, object]) -> dict[str, int]:
    row = connection.execute(
        f"""SELECT
              (SELECT COALESCE(SUM(v.fee_minor), 0) FROM {_OPEN} v WHERE v.currency = :currency),
              (SELECT COALESCE(SUM(i.total_minor), 0) FROM invoice i
                WHERE {_few("draft")} AND i.currency = :currency),
              COALESCE(SUM(due), 0), COALESCE(SUM(CASE WHEN due_on < :today THEN due END), 0),
              (SELECT COALESCE(SUM(s.total_minor), 0) FROM ({_SETTLED}) s WHERE s.currency = :currency)
            FROM (SELECT i.total_minor - {_PAID} AS due, i.due_on FROM invoice i
                   WHERE {_few("sent")} AND i.currency = :currency)""",
        facts,
    ).fetchone()
    names = ("invoiceable_minor", "drafts_minor", "sent_minor", "overdue_minor", "paid_minor")
    return dict(zip(names, row, strict=True))


def _rows(rows: Iterable[tuple[Any, ...]], today: date) -> tuple[InvoiceRow, ...]:
    return tuple(_row(row, today) for row in rows)


def _row(row: tuple[Any, ...], today: date) -> InvoiceRow:
    key, number, client_id, client, issued, due, currency, total, paid, stored, settled = row
    due_on = date.fromisoformat(due) if due else None
    return InvoiceRow(
        id=key,
        number=number,
        client_id=client_id,
        client=client,
        issued_on=date.fromisoformat(issued) if issued else None,
        due_on=due_on,
        currency=currency,
        total_minor=total,
        paid_minor=paid,
        status=status_of(stored, total - paid, due_on, today),
        paid_on=date.fromisoformat(settled[:10]) if settled else None,
        paid_by=settled[10:] if settled else "",
    )


def _texts(frozen: str) -> dict[str, str]:
    return {str(key): str(value) for key, value in json.loads(frozen or "{}").items()}
