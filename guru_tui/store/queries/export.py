"""What an export hands out that no other read gives as a whole: the invoices and the PDFs that are kept of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple


class IssuedRow(NamedTuple):
    """An issued invoice; amounts in minor units, dates as ISO text."""

    number: str
    client: str
    issued_on: str
    due_on: str
    total_minor: int
    paid_minor: int
    currency: str
    status: str


def issued(connection: sqlite3.Connection) -> list[IssuedRow]:
    """Every invoice that has a number, by number."""
    rows = connection.execute(
        """SELECT i.number, trim(c.first_name || ' ' || c.last_name), COALESCE(i.issued_on, ''),
                  COALESCE(i.due_on, ''), i.total_minor,
                  (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment_allocation p WHERE p.invoice_id = i.id),
                  i.currency, i.status
           FROM invoice i JOIN client c ON c.id = i.client_id WHERE i.number IS NOT NULL ORDER BY i.sequence"""
    )
    return [IssuedRow(*row) for row in rows]


def documents(connection: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """File name and bytes of the newest PDF of each invoice; one at a time, because together they may be large."""
    rows = connection.execute(
        """SELECT d.file_name, d.content FROM document d
           WHERE d.revision = (SELECT max(n.revision) FROM document n WHERE n.invoice_id = d.invoice_id)
           ORDER BY d.invoice_id"""
    )
    return ((str(name), bytes(content)) for name, content in rows)
