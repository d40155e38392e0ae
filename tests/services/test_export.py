"""Everything in files, and back into a fresh practice."""

from __future__ import annotations

import csv
import io
import json
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from guru_tui.bootstrap import Guru
from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.clock import FixedClock
from guru_tui.errors import GuruError, NotAllowed
from guru_tui.settings import Settings
from guru_tui.store import schema
from tests.conftest import NOW, set_up
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
    with closing(_filled(tmp_path / "fresh", clock, "Africa/Johannesburg")) as opened:
        yield opened


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


@pytest.mark.parametrize("name", ["calendar.csv", "calendar.ics"])
def test_blocked_time_that_is_called_like_a_client_stays_blocked(
    guru: Guru, fresh: Guru, tmp_path: Path, name: str
) -> None:
    book(guru, client(guru), "2026-11-26T09:00")
    guru.booking.block(datetime(2026, 11, 27, 9), datetime(2026, 11, 27, 10), "Sarah Botha")
    guru.export.export(tmp_path / "out")
    fresh.calendar_import.import_file((tmp_path / "out" / name).read_bytes())
    assert agenda(fresh) == agenda(guru)


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
    for fold in (0, 1):
        request = BookingRequest(key, datetime(2027, 10, 31, 1, 30), 15, 1, 1, "Follow-up", 45000, fold=fold)
        guru.booking.book(request, force=True, notify=False)
    guru.export.export(tmp_path / "out")
    fresh.calendar_import.import_file((tmp_path / "out" / "calendar.ics").read_bytes())
    first, second = fresh.reads.agenda(date(2027, 10, 31), 1)
    assert second.starts.timestamp() - first.starts.timestamp() == timedelta(hours=1).total_seconds()


# ---- whatever the calendar holds ---------------------------------------------------------------------------

_ODD = ("Sarah Botha", "=1+1", "Leave; at last, \\n", "busy", "half past", "Zoë 🧘 שלום", "'quoted", "block", "x" * 120)
_TEXT = st.sampled_from(_ODD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_PEOPLE = (
    ("Sarah", "Botha", "082 555 0101", "sarah@example.com"),
    ("Sarah", "Botha", "082 555 0102", "other@example.com"),
    ("Zoë; =1+1", "O’Brien \\n", "", ""),
    ("Madonna", "", "", "m@example.com"),
)
_ZONES = ("Africa/Johannesburg", "Europe/London", "Australia/Lord_Howe")
_STATUSES = ("booked", "confirmed", "attended", "no-show")
_START = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0))
_VISIT = st.tuples(
    *(st.integers(0, 3), _START, st.integers(1, 600), st.sampled_from(_STATUSES), _TEXT, st.integers(0, 99_999_99))
)
_BLOCK = st.tuples(_START, st.integers(1, 3000), _TEXT)
_DAYS_OFF = st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.integers(1, 20), _TEXT)


def _opened(home: Path, clock: FixedClock) -> Guru:
    return Guru(Settings(home, {"GURU_EMAIL_BACKEND": "file", "GURU_SMS_BACKEND": "file"}), clock, origin="test")


def _filled(home: Path, clock: FixedClock, zone: str) -> Guru:
    """A practice in `zone`, set up alike each time."""
    schema.create(home / "practice.db")
    opened = _opened(home, clock)
    set_up(opened)
    opened.practice.set("zone", zone)
    return opened


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice for each zone to make copies of: with its clients, and with nobody in it."""
    root = tmp_path_factory.mktemp("models")
    for zone in _ZONES:
        with closing(_filled(root / zone / "empty", FixedClock(NOW), zone)):
            pass
        shutil.copytree(root / zone / "empty", root / zone / "full")
        with closing(_opened(root / zone / "full", FixedClock(NOW))) as full:
            for person in _PEOPLE:
                full.clients.add(*person, force=True)
    return root


def _written(guru: Guru, folder: Path) -> dict[str, bytes]:
    """The two files; without what tells when and how often an entry was written, which is of the store it is in."""
    guru.export.export(folder)
    kept = [
        line
        for line in (folder / "calendar.ics").read_bytes().splitlines(keepends=True)
        if not line.startswith((b"SEQUENCE:", b"CREATED:", b"DTSTAMP:", b"LAST-MODIFIED:"))
    ]
    return {"calendar.ics": b"".join(kept), "calendar.csv": (folder / "calendar.csv").read_bytes()}


@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink takes minutes
@given(
    zone=st.sampled_from(_ZONES),
    visits=st.lists(_VISIT, max_size=6),
    blocks=st.lists(_BLOCK, max_size=4),
    days_off=st.lists(_DAYS_OFF, max_size=3),
)
def test_whatever_goes_out_comes_in_as_the_same_calendar_and_goes_out_as_the_same_files(
    models: Path,
    zone: str,
    visits: list[tuple[int, datetime, int, str, str, int]],
    blocks: list[tuple[datetime, int, str]],
    days_off: list[tuple[date, int, str]],
) -> None:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        root, clock = Path(name), FixedClock(NOW)
        shutil.copytree(models / zone / "full", root / "source")
        source = stack.enter_context(closing(_opened(root / "source", clock)))
        for who, start, minutes, status, note, fee in visits:
            with suppress(GuruError):  # a time that the clocks skip, a text that cannot be kept
                request = BookingRequest(who + 1, start, minutes, 1, 1, "Follow-up", fee, fold=0)
                key = source.booking.book(request, force=True, notify=False).appointment_id
                source.booking.set_status(key, status)
                source.booking.set_note(key, note)
        for start, minutes, title in blocks:
            with suppress(GuruError):
                source.booking.block(start, start + timedelta(minutes=minutes), title, force=True)
        for day, number, title in days_off:
            begin = datetime.combine(day, time())
            with suppress(GuruError):
                source.booking.block(begin, begin + timedelta(days=number), title, force=True)
        out = _written(source, root / "out")
        for file in out:
            shutil.copytree(models / zone / "empty", root / f"into-{file}")
            target = stack.enter_context(closing(_opened(root / f"into-{file}", clock)))
            data = (root / "out" / file).read_bytes()
            if not visits and not blocks and not days_off:
                continue  # a file without an event is refused as no calendar
            report = target.calendar_import.import_file(data, first=date(2025, 1, 1))
            assert report.rejected == ()
            assert _calendar(target) == _calendar(source)
            assert _written(target, root / f"again-{file}") == out
            again = target.calendar_import.import_file(data, first=date(2025, 1, 1))
            assert (again.would_create, again.would_update, again.rejected) == (0, 0, ())


def _calendar(guru: Guru) -> list[tuple[object, ...]]:
    return [
        (entry.kind, entry.starts, entry.ends, entry.client, entry.mobile, entry.title, entry.location, entry.status,
         entry.fee_minor, entry.note)
        for entry in guru.reads.agenda(date(2025, 12, 1), 800)
    ]  # fmt: skip


def test_the_revision_goes_along_so_that_other_calendars_take_later_changes(
    guru: Guru, fresh: Guru, clock: FixedClock, tmp_path: Path
) -> None:
    key = book(guru, client(guru), "2026-11-26T09:00")
    for hour in (10, 11, 12):
        guru.booking.move(key, datetime(2026, 11, 26, hour), notify=False)
    guru.export.export(tmp_path / "out")
    fresh.calendar_import.import_file((tmp_path / "out" / "calendar.ics").read_bytes())
    lines = [set(each.feed.make("busy").content.splitlines()) for each in (guru, fresh)]
    assert all(b"SEQUENCE:3" in each for each in lines)
    assert len({line for each in lines for line in each if line.startswith(b"UID:")}) == 1
