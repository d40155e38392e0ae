"""The clients' reads: search, figures, and their cost on a large practice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.domain.client_fields import search_text, sort_text
from guru_tui.domain.local_time import utc_text
from guru_tui.store import changelog, schema
from guru_tui.store.connection import connect, transaction
from guru_tui.store.queries import clients

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
ZONE = "Africa/Johannesburg"
PEOPLE = [
    ("Sarah", "Botha", "+27825550134", "sarah.botha@example.com"),
    ("Zoë", "van der Merwe", "+27835550177", "zoe@example.com"),
    ("Sam", "Smit", "+27215550100", "sam@smit.example"),
    ("Siobhán", "O’Brien-Smith", "+353851234567", ""),
    ("Łucja", "", "", "100%@under_score.example"),
    ("Botho", "Sarahson", "", ""),
]


def add(
    connection: sqlite3.Connection, first: str, last: str, mobile: str = "", email: str = "", archived: str = ""
) -> int:
    cursor = connection.execute(
        """INSERT INTO client (first_name, last_name, sort_name, search, mobile, email, archived_at, created_at,
           address, birth_date, id_number, language, sms_allowed, email_allowed, codes_consent_on, bill_to_name,
           bill_to_email, bill_to_address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', '', 'en', 1, 1, '', '', '', '')""",
        (first, last, sort_text(first, last), search_text(first, last), mobile, email, archived, utc_text(NOW)),
    )
    return int(cursor.lastrowid or 0)


def book(connection: sqlite3.Connection, client: int, start: datetime, status: str = "booked", **fields: object) -> int:
    values: dict[str, object] = {
        "client_id": client,
        "title": "Follow-up",
        "starts_local": (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "zone": ZONE,
        "starts_at": utc_text(start),
        "ends_at": utc_text(start + timedelta(hours=1)),
        "minutes": 60,
        "fee_minor": 45000,
        "currency": "ZAR",
        "status": status,
        "status_at": "",
        "reason": "",
        "note": "",
        "sequence": 0,
        "created_at": utc_text(NOW),
        **fields,
    }
    marks = ", ".join("?" * len(values))
    cursor = connection.execute(
        f"INSERT INTO appointment ({', '.join(values)}) VALUES ({marks})",
        tuple(values.values()),
    )
    return int(cursor.lastrowid or 0)


def bill(connection: sqlite3.Connection, client: int, sequence: int, total: int, due: str, status: str = "sent") -> int:
    cursor = connection.execute(
        """INSERT INTO invoice (client_id, status, number, sequence, issued_on, due_on, currency, letterhead, bill_to,
           subtotal_minor, tax_minor, total_minor, note, issued_at, created_at)
           VALUES (?, ?, ?, ?, '2026-11-01', ?, 'ZAR', '{}', '{}', ?, 0, ?, '', '', ?)""",
        (client, status, f"INV-{sequence}", sequence, due, total, total, utc_text(NOW)),
    )
    return int(cursor.lastrowid or 0)


def pay(connection: sqlite3.Connection, client: int, invoice: int, amount: int, day: str, method: str = "EFT") -> None:
    cursor = connection.execute(
        """INSERT INTO payment (client_id, amount_minor, currency, method, received_on, reference, token, created_at)
           VALUES (?, ?, 'ZAR', ?, ?, '', ?, ?)""",
        (client, amount, method, day, f"{invoice}-{day}-{method}", utc_text(NOW)),
    )
    connection.execute(
        "INSERT INTO payment_allocation (payment_id, invoice_id, amount_minor) VALUES (?, ?, ?)",
        (cursor.lastrowid, invoice, amount),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "home" / "practice.db"
    schema.create(path)
    connection = connect(path)
    yield connection
    connection.close()


@pytest.fixture
def peopled(store: sqlite3.Connection) -> sqlite3.Connection:
    with transaction(store):
        action = changelog.begin_action(store, "test", at=NOW)
        for person in PEOPLE:
            add(store, *person)
        add(store, "Sarah", "Archived", archived=utc_text(NOW))
        changelog.end_action(store, action, "")
    return store


def names(connection: sqlite3.Connection, search: str = "", **options: bool) -> list[str]:
    rows = clients.clients(connection, search=search, now=NOW, zone=ZONE, **options)  # type: ignore[arg-type]
    assert clients.client_count(connection, search=search, **options) == len(rows)
    return [row.name for row in rows]


def test_sorted_by_last_name_without_the_archived(peopled: sqlite3.Connection) -> None:
    assert names(peopled) == [
        *("Sarah Botha", "Łucja", "Siobhán O’Brien-Smith", "Botho Sarahson", "Sam Smit", "Zoë van der Merwe"),
    ]
    assert names(peopled, archived=True) == ["Sarah Archived"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("sarah", ["Sarah Botha", "Botho Sarahson"]),
        ("SAR BO", ["Sarah Botha", "Botho Sarahson"]),
        ("sarah b", ["Sarah Botha", "Botho Sarahson"]),
        ("botha s", ["Sarah Botha"]),
        ("Botha, Sarah", ["Sarah Botha"]),
        ("s s", ["Siobhán O’Brien-Smith", "Sam Smit"]),
        ("sam sam", []),
        ("zoe merwe", ["Zoë van der Merwe"]),
        ("van d m zo", ["Zoë van der Merwe"]),
        ("merwe van", []),
        ("lucja", ["Łucja"]),
        ("o'brien", ["Siobhán O’Brien-Smith"]),
        ("obrien smith", ["Siobhán O’Brien-Smith"]),
        ("smi", ["Siobhán O’Brien-Smith", "Sam Smit"]),
        ("arah", []),
        ("0825", ["Sarah Botha"]),
        ("082 555 0134", ["Sarah Botha"]),
        ("+27 82 555", ["Sarah Botha"]),
        ("0134", ["Sarah Botha"]),
        ("555", ["Sarah Botha", "Sam Smit", "Zoë van der Merwe"]),
        ("085 123", ["Siobhán O’Brien-Smith"]),
        ("0555", []),
        ("12", []),
        ("botha@", ["Sarah Botha"]),
        ("@EXAMPLE.com", ["Sarah Botha", "Zoë van der Merwe"]),
        ("smit.example", ["Sam Smit"]),
        ("100%@under_", ["Łucja"]),
        ("100%", []),
        ("s%h", []),
        ("under_score.e", ["Łucja"]),
        ("underxscore.e", []),
        ("\\", []),
        ("'; DROP TABLE client; --", []),
        ("-", []),
        ("   ", ["Sarah Botha", "Łucja", "Siobhán O’Brien-Smith", "Botho Sarahson", "Sam Smit", "Zoë van der Merwe"]),
    ],
)
def test_search(peopled: sqlite3.Connection, search: str, found: list[str]) -> None:
    assert names(peopled, search) == found


def test_pages_follow_each_other(peopled: sqlite3.Connection) -> None:
    pages = [clients.clients(peopled, now=NOW, zone=ZONE, limit=4, offset=at) for at in (0, 4, 8)]
    assert [len(page) for page in pages] == [4, 2, 0]
    assert [row.name for page in pages for row in page] == names(peopled)


@pytest.fixture
def busy(store: sqlite3.Connection) -> tuple[sqlite3.Connection, int]:
    """One client with a history."""
    with transaction(store):
        action = changelog.begin_action(store, "test", at=NOW)
        client, other = add(store, "Sarah", "Botha"), add(store, "Sam", "Smit")
        settled = bill(store, client, 1, 60000, "2026-10-01", "paid")
        overdue = bill(store, client, 2, 45000, "2026-11-24")
        due_today = bill(store, client, 3, 90000, "2026-11-25")
        pay(store, client, settled, 60000, "2026-10-02", "card")
        pay(store, client, overdue, 20000, "2026-11-20")
        pay(store, client, overdue, 5000, "2025-12-31")
        pay(store, client, due_today, 10000, "2026-01-01", "write-off")
        bill(store, other, 4, 70000, "2026-12-24")
        day = timedelta(days=1)
        book(store, client, NOW - 400 * day, "attended", invoice_id=settled, note="First visit")
        book(store, client, NOW - 20 * day, "attended", invoice_id=overdue)
        book(store, client, NOW - 10 * day, "attended", note="Step-downs next time")
        book(store, client, NOW - 9 * day, "no-show")
        book(store, client, NOW - 8 * day, "cancelled")
        book(store, client, NOW - day, "booked", fee_minor=30000)
        book(store, client, NOW - timedelta(minutes=30), "confirmed")
        book(store, client, NOW + timedelta(hours=1), "cancelled", note="Not coming")
        book(store, client, NOW + day, "confirmed", note="bring scan")
        book(store, client, NOW + 2 * day, "booked")
        book(store, other, NOW + timedelta(minutes=5))
        changelog.end_action(store, action, "")
    return store, client


def test_the_row_tells_what_is_owed_and_what_comes(busy: tuple[sqlite3.Connection, int]) -> None:
    store, client = busy
    row = next(row for row in clients.clients(store, now=NOW, zone=ZONE) if row.id == client)
    assert row.owes_minor == 45000 - 25000 + 90000 - 10000
    assert row.overdue
    assert row.next_start is not None and row.next_start.isoformat() == "2026-11-26T10:00:00+02:00"
    earlier = next(r for r in clients.clients(store, now=NOW - timedelta(days=5), zone=ZONE) if r.id == client)
    assert not earlier.overdue


def test_the_record(busy: tuple[sqlite3.Connection, int]) -> None:
    store, client = busy
    record = clients.client(store, client, now=NOW, zone=ZONE, today=date(2026, 11, 25))
    assert record is not None
    assert record.row == next(row for row in clients.clients(store, now=NOW, zone=ZONE) if row.id == client)
    assert (record.attended, record.no_shows) == (3, 1)
    assert record.uninvoiced_minor == 45000 + 30000  # attended, and booked in the past; not the one under way
    assert record.paid_this_year_minor == 60000 + 20000  # not last year's, not what was written off
    assert record.since == date(2025, 10, 21)
    assert record.last_note == "Step-downs next time"
    assert [visit.status for visit in record.upcoming] == ["confirmed", "booked"]
    assert [visit.status for visit in record.recent] == [
        *("confirmed", "booked", "cancelled", "no-show", "attended", "attended", "attended"),
    ]
    assert [visit.invoice_number for visit in record.recent][-3:] == ["", "INV-2", "INV-1"]
    assert [(one.number, one.status, one.due_minor) for one in record.invoices] == [
        ("INV-3", "sent", 80000),
        ("INV-2", "overdue", 20000),
        ("INV-1", "paid", 0),
    ]
    assert (record.invoices[2].paid_on, record.invoices[2].paid_by) == (date(2026, 10, 2), "card")
    assert record.currency == "ZAR"
    assert sum(one.due_minor for one in record.invoices if one.status in ("sent", "overdue")) == record.row.owes_minor


def test_nobody_is_nobody(peopled: sqlite3.Connection) -> None:
    assert clients.client(peopled, 999, now=NOW, zone=ZONE, today=date(2026, 11, 25)) is None
    fresh = clients.client(peopled, 1, now=NOW, zone=ZONE, today=date(2026, 11, 25))
    assert fresh is not None and (fresh.since, fresh.upcoming, fresh.invoices) == (date(2026, 11, 25), (), ())


def test_a_page_of_a_large_practice_costs_little_more_than_of_a_small_one(store: sqlite3.Connection) -> None:
    def fill(people: int, visits: int) -> None:
        with transaction(store):
            action = changelog.begin_action(store, "test", at=NOW)
            ids = [add(store, f"First{at}", f"Last{at % 977}") for at in range(people)]
            for at in range(visits):
                book(store, ids[at % people], NOW + timedelta(hours=at % 9000 - 8000))
            changelog.end_action(store, action, "")

    def best(limit: int) -> float:
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            clients.clients(store, now=NOW, zone=ZONE, limit=limit)
            taken.append(time.perf_counter() - start)
        return min(taken)

    fill(50, 500)
    small = best(50)
    fill(2000, 8000)
    assert best(50) < small * 5 + 0.002

    statements: list[str] = []
    store.set_trace_callback(statements.append)
    clients.clients(store, now=NOW, zone=ZONE)
    store.set_trace_callback(None)
    plan = " ".join(row[3] for row in store.execute(f"EXPLAIN QUERY PLAN {statements[0]}"))
    assert "ix_appointment_client_starts" in plan
    assert "ix_client_sort_name" in plan
    assert "ix_invoice_client_id" in plan
    assert "SCAN v" not in plan and "SCAN i" not in plan and "SCAN a" not in plan
