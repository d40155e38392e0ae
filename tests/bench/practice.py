"""Practices for measuring: grown over years, with messages that are due, or with everything ahead of them."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock, SystemClock
from guru_tui.domain.local_time import utc_text, wall_text
from guru_tui.domain.message import NewMessage
from guru_tui.services import demo
from guru_tui.settings import Settings
from guru_tui.store import outbox, schema
from guru_tui.store.bulk import Batch, Deed, pour
from guru_tui.store.connection import transaction

SMALL, LARGE = 1_000, 50_000
"""Appointments of a young practice and of one that has grown over twenty years."""

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
"""The instant at which the reminders for the 26th leave: ten in the morning in Johannesburg."""

TO_FILES = {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}
"""Settings of a practice whose messages stay on this machine."""

_AT = utc_text(NOW - timedelta(days=20))
_ZONE = "Africa/Johannesburg"
_A_YEAR = 365
_OF_EACH = 10  # appointments of one client who comes all year
_CLIENT = (
    *("id", "first_name", "last_name", "sort_name", "search", "mobile", "email", "address", "birth_date", "id_number"),
    *("language", "sms_allowed", "email_allowed", "codes_consent_on", "bill_to_name", "bill_to_email"),
    *("bill_to_address", "archived_at", "created_at"),
)
_APPOINTMENT = (
    *("client_id", "type_id", "location_id", "title", "starts_local", "zone", "starts_at", "ends_at", "minutes"),
    *("fee_minor", "currency", "status", "status_at", "reason", "note", "sequence", "invoice_id", "created_at"),
)
_INVOICE = (
    *("id", "client_id", "status", "number", "sequence", "issued_on", "due_on", "currency", "letterhead", "bill_to"),
    *("subtotal_minor", "tax_minor", "total_minor", "note", "issued_at", "created_at"),
)
_DOCUMENT = ("id", "invoice_id", "revision", "file_name", "sha256", "content", "created_at")


@contextmanager
def scaled(*sizes: int) -> Iterator[list[Path]]:
    """Practices of so many appointments over the years, up to the present, with nothing left to send."""
    with tempfile.TemporaryDirectory(prefix="guru-bench-") as folder:
        yield [_scaled(Path(folder) / str(size), size) for size in sizes]


def _scaled(home: Path, appointments: int) -> Path:
    began = time.perf_counter()
    demo.build_scale(home, SystemClock(), appointments=appointments)
    guru = Guru(Settings(home, TO_FILES), SystemClock(), origin="bench")
    guru.delivery("remind").run_once()
    guru.close()
    print(f"made a practice of {appointments:,} appointments in {time.perf_counter() - began:.1f} s", flush=True)
    return home


def reminders_due(home: Path, count: int) -> None:
    """A practice in `home` whose `count` clients, reached by mail, each have an appointment tomorrow."""
    _practice(home)
    first = NOW + timedelta(hours=23)
    starts = [first + timedelta(seconds=25 * number) for number in range(count)]
    _pour(home, count, Batch("appointment", _APPOINTMENT, _appointments(starts, count)))


def all_ahead(home: Path, count: int) -> None:
    """A practice in `home` with `count` appointments in the coming year, and nothing due.

    Each was confirmed and has had the reminder of a year ahead; the one of the day before is still to come.
    """
    _practice(home)
    guru = open_practice(home, TO_FILES)
    rule = guru.rules.add("reminder", days=_A_YEAR)
    first, clients = NOW + timedelta(days=2), max(1, count // _OF_EACH)
    starts = [first + timedelta(days=number % (_A_YEAR - 5), hours=number % 9) for number in range(count)]
    _pour(home, clients, Batch("appointment", _APPOINTMENT, _appointments(starts, clients)))
    with transaction(guru.connection) as connection:
        for number, start in enumerate(starts):
            for kind, by in (("confirmation", 0), ("reminder", rule)):
                outbox.put(connection, _told(kind, by, number + 1, number % clients + 1, utc_text(start)), _AT, ())
    guru.delivery("remind").run_once()
    guru.close()


def invoices_due(home: Path, count: int, size: int) -> None:
    """A practice in `home` with `count` issued invoices, their documents of `size` bytes each waiting to be mailed."""
    _practice(home)
    invoices = [
        (
            *(number, number, "sent", f"{number:04}", number, "2026-11-25", "2026-12-09", "ZAR", "{}", "{}"),
            *(45000, 0, 45000, "", _AT, _AT),
        )
        for number in range(1, count + 1)
    ]
    _pour(home, count, Batch("invoice", _INVOICE, invoices))
    guru = open_practice(home, {})
    with transaction(guru.connection) as connection:
        for number in range(1, count + 1):
            content = os.urandom(size)
            connection.execute(
                f"INSERT INTO document ({', '.join(_DOCUMENT)}) VALUES (?, ?, 1, ?, ?, ?, ?)",
                (number, number, f"Invoice {number:04}.pdf", hashlib.sha256(content).hexdigest(), content, _AT),
            )
            outbox.put(connection, _invoice_mail(number), utc_text(NOW), ())
    guru.close()


def open_practice(home: Path, variables: dict[str, str]) -> Guru:
    """The practice in `home` at `NOW`, with these settings."""
    return Guru(Settings(home, variables), FixedClock(NOW), origin="bench")


def _practice(home: Path) -> None:
    home.mkdir(mode=0o700, parents=True)
    schema.create(home / "practice.db")
    guru = open_practice(home, TO_FILES)
    guru.practice.set_many(
        {
            "practice_name": "Sea Point Physio",
            "first_name": "Naledi",
            "last_name": "Khumalo",
            "phone": "+27215550100",
            "email": "hello@seapointphysio.example",
            "zone": _ZONE,
        }
    )
    place = guru.practice.add_location("Sea Point", address="15 Flannery Road, Sea Point")
    guru.practice.add_type("Follow-up", 60, 45000, location_id=place)
    guru.close()


def _pour(home: Path, clients: int, batch: Batch) -> None:
    batches = [Batch("client", _CLIENT, _clients(clients)), batch]
    pour(home / "practice.db", [Deed("bench", "made for measuring", NOW, batches)], origin="app")


def _clients(count: int) -> list[tuple[object, ...]]:
    return [
        (
            *(number, f"Thandi{number}", "Nkosi", f"nkosi thandi{number}", "", "", f"thandi{number}@example.com"),
            *("", "", "", "en", True, True, "", "", "", "", "", _AT),
        )
        for number in range(1, count + 1)
    ]


def _appointments(starts: Iterable[datetime], clients: int) -> Iterator[tuple[object, ...]]:
    """Rows without ids for these starts (UTC), given to as many clients in turn."""
    place = ZoneInfo(_ZONE)
    for number, start in enumerate(starts):
        yield (
            *(number % clients + 1, 1, 1, "Follow-up", wall_text(start.astimezone(place)), _ZONE),
            *(utc_text(start), utc_text(start + timedelta(hours=1)), 60),
            *(45000, "ZAR", "booked", _AT, "", "", 0, None, _AT),
        )


def _told(kind: str, rule: int, appointment: int, client: int, start: str) -> NewMessage:
    """A mail of a usual length about an appointment, which has left."""
    return NewMessage(
        kind=kind,
        channel="email",
        client_id=client,
        recipient=f"thandi{client}@example.com",
        recipient_name=f"Thandi{client} Nkosi",
        subject="Your appointment",
        body="See you then. " * 25,
        state="sent",
        not_before=_AT,
        appointment_id=appointment,
        starts_at=start,
        rule_id=rule,
    )


def _invoice_mail(number: int) -> NewMessage:
    return NewMessage(
        kind="invoice",
        channel="email",
        client_id=number,
        recipient=f"thandi{number}@example.com",
        recipient_name=f"Thandi{number} Nkosi",
        subject="",
        body="",
        state="queued",
        not_before=_AT,
        invoice_id=number,
        invoice_revision=1,
        document_id=number,
    )
