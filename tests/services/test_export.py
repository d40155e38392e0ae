"""Everything in files, and back into a fresh practice."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from guru_tui.bootstrap import Guru
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import NotAllowed
from guru_tui.settings import Settings
from guru_tui.store import schema
from tests.conftest import set_up
from tests.outbox_support import book, client


@pytest.fixture
def full(guru: Guru, clock: FixedClock) -> Guru:
    """Three clients, of whom two share a name, what has been and what is to come, leave, and an invoice."""
    sarah = client(guru)
    twin = client(guru, email="other@example.com", mobile="082 555 0102", force=True)  # type: ignore[arg-type]
    odd = client(guru, "Zoë; =1+1", "O’Brien \\n", email="", mobile="072 555 0190")
    past = book(guru, sarah, "2026-11-20T09:00")
    guru.booking.set_status(past, "attended")
    guru.booking.set_note(past, "=cmd\nknee, left; 50%")
    guru.booking.set_status(book(guru, odd, "2026-11-23T09:00"), "no-show")
    book(guru, twin, "2026-11-26T09:00")
    guru.booking.set_status(book(guru, odd, "2026-11-27T23:30"), "confirmed")
    guru.booking.cancel(book(guru, sarah, "2026-11-30T09:00"), notify=False)
    guru.booking.block(datetime(2026, 12, 16), datetime(2026, 12, 19), "Leave; at last")
    guru.booking.block(datetime(2026, 12, 1, 12), datetime(2026, 12, 1, 13))
    return guru


@pytest.fixture
def fresh(tmp_path: Path, clock: FixedClock) -> Iterator[Guru]:
    """Another practice, set up alike, with nobody in it."""
    settings = Settings(tmp_path / "fresh", {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"})
    schema.create(settings.database)
    opened = Guru(settings, clock, origin="test")
    set_up(opened)
    yield opened
    opened.close()


def agenda(guru: Guru) -> list[tuple[object, ...]]:
    found = [
        (entry.kind, entry.starts, entry.ends, entry.client, entry.mobile, entry.title, entry.location, entry.status,
         entry.fee_minor, entry.currency, entry.note)
        for entry in guru.reads.agenda(date(2026, 11, 1), 90)
        if entry.status != "cancelled"
    ]  # fmt: skip
    return sorted(found, key=str)


@pytest.mark.parametrize("name", ["calendar.csv", "calendar.ics"])
def test_what_goes_out_comes_in_again_as_the_same_agenda(full: Guru, fresh: Guru, tmp_path: Path, name: str) -> None:
    full.export.export(tmp_path / "out")
    report = fresh.calendar_import.import_file((tmp_path / "out" / name).read_bytes(), first=date(2026, 1, 1))
    assert report.rejected == ()
    assert agenda(fresh) == agenda(full)
    assert {row.name for row in fresh.reads.clients()} == {row.name for row in full.reads.clients()}
    again = fresh.calendar_import.import_file((tmp_path / "out" / name).read_bytes(), first=date(2026, 1, 1))
    assert (again.would_create, again.would_update) == (0, 0)
    other = {"calendar.csv": "calendar.ics", "calendar.ics": "calendar.csv"}[name]
    crossed = fresh.calendar_import.import_file((tmp_path / "out" / other).read_bytes(), first=date(2026, 1, 1))
    assert (crossed.would_create, crossed.would_update) == (0, 0), "an entry has one name, whichever file it is in"


def test_an_export_brought_in_where_it_came_from_changes_nothing(full: Guru, tmp_path: Path) -> None:
    full.export.export(tmp_path / "out")
    before = agenda(full)
    for name in ("calendar.csv", "calendar.ics"):
        report = full.calendar_import.import_file((tmp_path / "out" / name).read_bytes(), first=date(2026, 1, 1))
        assert (report.would_create, report.would_update, report.rejected) == (0, 0, ())
    assert agenda(full) == before


def test_the_files_are_private_and_hold_everything(full: Guru, tmp_path: Path) -> None:
    invoice = full.invoicing.invoice_client(1)
    name, content = full.invoicing.pdf(invoice.row.number)
    folder = tmp_path / "out"
    written = full.export.export(folder)
    assert {path.name for path in written} >= {
        "calendar.ics", "calendar.csv", "calendar.json", "clients.csv", "invoices.csv",
    }  # fmt: skip
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}
    entries = json.loads((folder / "calendar.json").read_text("utf-8"))["entries"]
    assert len(entries) == 7
    assert {entry["status"] for entry in entries if entry["kind"] == "appointment"} >= {"cancelled", "attended"}
    rows = list(csv.DictReader(io.StringIO((folder / "calendar.csv").read_text("utf-8-sig"))))
    assert len(rows) == 7
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")]
    assert "Zoë" in (folder / "clients.csv").read_text("utf-8-sig")
    assert (folder / "invoices" / name).read_bytes() == content
    [row] = csv.DictReader(io.StringIO((folder / "invoices.csv").read_text("utf-8-sig")))
    assert (row["Number"], row["Client"], row["Total"]) == (invoice.row.number, "Sarah Botha", "450.00")


@pytest.mark.parametrize("there", ["file", "folder"])
def test_nothing_that_is_there_is_touched(guru: Guru, tmp_path: Path, there: str) -> None:
    folder = tmp_path / "out"
    if there == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "mine").write_text("mine")
    with pytest.raises(NotAllowed, match="empty folder"):
        guru.export.export(folder)


def test_what_happens_twice_on_one_clock_comes_back_at_its_instant(
    tmp_path: Path, clock: FixedClock, guru: Guru, fresh: Guru
) -> None:
    for practice in (guru, fresh):
        practice.practice.set("zone", "Europe/London")
    key = client(guru)
    clock.instant = datetime.fromisoformat("2027-10-01T08:00:00+00:00")
    from guru_tui.domain.booking import BookingRequest

    for fold in (0, 1):
        request = BookingRequest(key, datetime(2027, 10, 31, 1, 30), 15, 1, 1, "Follow-up", 45000, fold=fold)
        guru.booking.book(request, force=True, notify=False)
    guru.export.export(tmp_path / "out")
    fresh.calendar_import.import_file((tmp_path / "out" / "calendar.ics").read_bytes())
    first, second = fresh.reads.agenda(date(2027, 10, 31), 1)
    assert second.starts.timestamp() - first.starts.timestamp() == timedelta(hours=1).total_seconds()
