"""What the board and the lists show, held against the sums of the rows themselves; and that they stay fast."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.domain.local_time import utc_text, wall_text
from guru_tui.errors import Invalid, NotFound
from guru_tui.store import schema
from guru_tui.store.connection import connect, transaction
from guru_tui.store.queries import invoices as queries
from tests.conftest import NOW

TODAY = date(2026, 11, 25)
ZONE = "Africa/Johannesburg"


def board(connection: sqlite3.Connection, month: date = TODAY) -> queries.Board:
    return queries.board(connection, month, now=NOW, today=TODAY, zone_name=ZONE, currency="ZAR")


@pytest.fixture
def worked(guru: Guru, clock: FixedClock) -> Guru:
    """Invoices 1 (paid in October), 2 (overdue, partly paid), 3 (sent), 4 (paid in two months), a draft, a visit."""
    clients = [guru.clients.add(first, "Botha") for first in ("Anna", "Bea", "Carl", "Dan", "Eve", "Fay")]

    def visit(client: int, day: datetime, fee: int) -> None:
        guru.booking.book(BookingRequest(client, day, 60, 1, 1, "Follow-up", fee), force=True, notify=False)

    for client, fee in zip(clients, (10000, 20000, 30000, 40000, 50000, 60000), strict=True):
        visit(client, datetime(2026, 10, 1, 9), fee)
    clock.instant = datetime(2026, 10, 5, 8, tzinfo=UTC)
    for client in clients[:2]:
        guru.invoicing.invoice_client(client)
    guru.payments.pay("1", token="a")
    guru.payments.pay("2", amount_minor=5000, token="b")
    clock.instant = datetime(2026, 10, 30, 8, tzinfo=UTC)
    clock.instant = datetime(2026, 11, 20, 8, tzinfo=UTC)
    for client in clients[2:4]:
        guru.invoicing.invoice_client(client)
    guru.payments.pay("4", amount_minor=10000, received_on=date(2026, 10, 31), token="c")
    guru.payments.pay("4", received_on=date(2026, 11, 1), method="card", token="d")
    guru.invoicing.invoice_client(clients[4], draft=True)
    clock.instant = NOW
    return guru


def test_the_board_has_everything_in_its_column(worked: Guru) -> None:
    seen = worked.reads.board(TODAY)
    assert [(one.client, one.visits, one.amount_minor) for one in seen.invoiceable] == [("Fay Botha", 1, 60000)]
    assert seen.invoiceable[0].first.isoformat() == "2026-10-01T09:00:00+02:00"
    assert [(one.client, one.status) for one in seen.drafts] == [("Eve Botha", "draft")]
    assert [(one.number, one.status, one.due_minor) for one in seen.sent] == [
        ("2", "overdue", 15000),
        ("3", "sent", 30000),
    ]
    assert [(one.number, one.paid_on, one.paid_by) for one in seen.paid] == [("4", date(2026, 11, 1), "card")]
    assert (seen.since, seen.currency) == (date(2026, 11, 1), "ZAR")
    sums = (seen.invoiceable_minor, seen.drafts_minor, seen.sent_minor, seen.overdue_minor, seen.paid_minor)
    assert sums == (60000, 50000, 45000, 15000, 40000)
    earlier = worked.reads.board(date(2026, 10, 31))
    assert ([one.number for one in earlier.paid], earlier.paid_minor) == (["1"], 10000)


def test_lists_filter_by_the_status_that_is_shown(worked: Guru) -> None:
    def numbers(status: str | None) -> list[str]:
        rows = worked.reads.invoices(status)
        assert all(row.status == status for row in rows if status)
        return [row.number for row in rows]

    assert numbers(None) == ["", "4", "3", "2", "1"]
    found = {status: numbers(status) for status in ("draft", "sent", "overdue", "paid", "void")}
    assert found == {"draft": [""], "sent": ["3"], "overdue": ["2"], "paid": ["4", "1"], "void": []}
    assert [row.client for row in worked.reads.invoices(client_id=2)] == ["Bea Botha"]
    assert len(worked.reads.invoices(limit=2)) == 2
    with pytest.raises(Invalid, match="no invoice status 'late'; it is one of draft, sent, overdue, paid, void"):
        worked.reads.invoices("late")


def test_list_detail_and_board_agree_to_the_cent(worked: Guru) -> None:
    for row in worked.reads.invoices():
        detail = worked.reads.invoice(row.id)
        assert detail.row == row
        assert sum(line.total_minor for line in detail.lines) == row.total_minor
        assert sum(payment.amount_minor for payment in detail.payments) == row.paid_minor
        assert detail.subtotal_minor + detail.tax_minor == row.total_minor
    seen = worked.reads.board(TODAY)
    assert seen.sent_minor == sum(row.due_minor for row in seen.sent)
    assert worked.reads.totals().overdue_minor == seen.overdue_minor
    assert worked.reads.totals().uninvoiced_minor == seen.invoiceable_minor


def test_invoices_are_found_by_every_name_they_have(worked: Guru) -> None:
    worked.practice.set("invoice_prefix", "INV-")
    number = worked.invoicing.issue("draft-5").row.number
    assert number == "INV-5"
    for key in ("INV-5", "inv-5", "5", "#5", " INV-5 "):
        assert worked.reads.invoice(key).row.number == "INV-5"
    assert worked.reads.invoice(5).row.number == "INV-5"
    for wrong in ("6", "INV-9", "", "draft-99", "draft-x", "' OR 1=1 --", "9" * 40):
        with pytest.raises(NotFound, match=r"see them with|see the numbers with"):
            worked.reads.invoice(wrong)


def test_a_number_wins_over_a_sequence(worked: Guru) -> None:
    with worked.unit_of_work.action("renumber") as work:
        work.connection.execute("UPDATE invoice SET number = 'X' WHERE sequence = 3")
        work.connection.execute("UPDATE invoice SET number = '3' WHERE sequence = 1")
    assert worked.reads.invoice("3").row.id == 1


def _moment(number: int) -> datetime:
    return NOW - timedelta(hours=2 * number + 2)


def fill(connection: sqlite3.Connection, table: str, rows: Iterable[dict[str, object]]) -> None:
    """Insert rows, with an empty text or a nought where a column has to have something."""
    rows = iter(rows)
    row = next(rows)
    known = {name: "" if kind.startswith(("VARCHAR", "TEXT")) else 0
             for _, name, kind, required, _, key in connection.execute(f"PRAGMA table_info({table})")
             if required and not key}  # fmt: skip
    names = list(known | row)
    marks = ", ".join("?" * len(names))
    every = (tuple((known | one)[name] for name in names) for one in chain([row], rows))
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", every)


def _client(number: int) -> dict[str, object]:
    name = f"Name{number:04d}"
    return {"id": number + 1, "first_name": name, "sort_name": name}


def _invoice(number: int) -> dict[str, object]:
    day = _moment(number).date()
    return {
        "id": number + 1,
        "client_id": number % CLIENTS + 1,
        "status": "sent" if number < SENT_FROM else "paid",
        "number": str(MANY - number),
        "sequence": MANY - number,
        "issued_on": day.isoformat(),
        "due_on": (day + timedelta(days=14)).isoformat(),
        "currency": "ZAR",
        "letterhead": "{}",
        "bill_to": "{}",
        "total_minor": 45000,
    }


def _appointment(number: int) -> dict[str, object]:
    start = _moment(number)
    return {
        "id": number + 1,
        "client_id": number % CLIENTS + 1,
        "zone": ZONE,
        "starts_local": wall_text(start),
        "starts_at": utc_text(start),
        "ends_at": utc_text(start + timedelta(hours=1)),
        "minutes": 60,
        "fee_minor": 45000,
        "currency": "ZAR",
        "status": "attended" if number % 3 else "booked",
        "invoice_id": number + 1 if number >= INVOICED_FROM else None,
    }


def _payment(number: int) -> dict[str, object]:
    return {
        "id": number + 1,
        "client_id": number % CLIENTS + 1,
        "amount_minor": 45000,
        "currency": "ZAR",
        "method": "EFT",
        "received_on": _moment(number - 400).date().isoformat(),
        "token": str(number),
    }


MANY, CLIENTS, INVOICED_FROM, SENT_FROM = 50_000, 500, 200, 500


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """50,000 appointments, newest first: 200 open, then 300 on sent invoices, then all on paid ones."""
    path = tmp_path_factory.mktemp("large") / "practice.db"
    schema.create(path)
    connection = connect(path)
    # Only reads are looked at here; the log of 200,000 rows and the checks on them would take most of the time.
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    with transaction(connection):
        fill(connection, "client", map(_client, range(CLIENTS)))
        fill(connection, "invoice", map(_invoice, range(INVOICED_FROM, MANY)))
        fill(connection, "appointment", map(_appointment, range(MANY)))
        fill(connection, "payment", map(_payment, range(SENT_FROM, MANY)))
        settled = (
            {"payment_id": one, "invoice_id": one, "amount_minor": 45000} for one in range(SENT_FROM + 1, MANY + 1)
        )
        fill(connection, "payment_allocation", settled)
    connection.execute("ANALYZE")
    yield connection
    connection.close()


def test_the_sums_are_over_everything_and_the_lists_are_capped(large: sqlite3.Connection) -> None:
    seen = board(large)
    assert seen.invoiceable_minor == 200 * 45000
    assert seen.sent_minor == 300 * 45000
    (in_november,) = large.execute("SELECT count(*) FROM payment WHERE received_on LIKE '2026-11-%'").fetchone()
    assert seen.paid_minor == in_november * 45000
    assert len(seen.paid) > 100
    assert len(seen.sent) == 300
    assert len(queries.invoices(large, today=TODAY)) == queries.MOST


@pytest.mark.parametrize("name", ["board", "list", "paid", "overdue", "uninvoiced", "detail"])
def test_a_large_practice_answers_at_once(large: sqlite3.Connection, name: str) -> None:
    ask = {
        "board": lambda: board(large),
        "list": lambda: queries.invoices(large, today=TODAY),
        "paid": lambda: queries.invoices(large, today=TODAY, status="paid"),
        "overdue": lambda: queries.invoices(large, today=TODAY, status="overdue"),
        "uninvoiced": lambda: queries.uninvoiced(large, 7, now=NOW),
        "detail": lambda: queries.invoice(large, "40000", today=TODAY, zone_name=ZONE),
    }[name]
    ask()
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.06, f"{name}: {min(spent) * 1000:.1f} ms"


def test_what_is_open_is_found_by_the_index(large: sqlite3.Connection) -> None:
    plan = [
        row[3]
        for row in large.execute(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM " + queries._OPEN, {"now": utc_text(NOW), "currency": "ZAR"}
        )
    ]
    assert not [step for step in plan if step.startswith("SCAN appointment")], plan
    assert sum("ix_appointment_billing (status=? AND invoice_id=?" in step for step in plan) == 3, plan
