"""Everything the practice holds, in files that other programs read: nobody is kept here against their will."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from guru_tui.domain import phone
from guru_tui.domain.client_sheet import guarded
from guru_tui.domain.local_time import from_utc_text, to_local
from guru_tui.domain.money import Money
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.calendar_feed import FeedRow
from guru_tui.errors import GuruError, NotAllowed
from guru_tui.services.calendar_feed import Names, make_feed
from guru_tui.services.files import replace_private
from guru_tui.services.transfer import TransferService
from guru_tui.store.connection import make_private, translated
from guru_tui.store.queries import calendar_feed as calendar_queries
from guru_tui.store.queries import export as queries
from guru_tui.store.queries.settings import practice as practice_settings

_MARK = "\ufeff"  # Excel knows UTF-8 by the mark only
_CALENDAR = (
    "Kind", "Start", "End", "Title", "Client", "Mobile", "Email", "Type", "Location", "Status", "Fee", "Currency",
    "Note", "UID",
)  # fmt: skip


class ExportService:
    """Writes the practice into a folder."""

    def __init__(self, connection: sqlite3.Connection, transfer: TransferService) -> None:
        self._connection = connection
        self._transfer = transfer

    def export(self, folder: Path) -> list[Path]:
        """Write every file into `folder`, which is made if need be and otherwise empty; returns what was written.

        The folder is for its owner only (0700), as are the files (0600). Raises `NotAllowed` for a folder that holds
        something or is none, and `GuruError` where it cannot be written.
        """
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise NotAllowed(f"{folder} is not an empty folder; name a new one, so that nothing there is replaced.")
            make_private(folder)
            with translated():
                return [self._write(folder / name, content) for name, content in self._files()]
        except OSError as error:
            raise GuruError(
                f"{folder} cannot be written ({error.strerror}); free some space or choose another folder."
            ) from None

    def _write(self, path: Path, content: bytes) -> Path:
        make_private(path.parent)
        replace_private(path, content)
        return path

    def _files(self) -> Iterable[tuple[str, bytes]]:
        practice = practice_settings(self._connection)
        rows = calendar_queries.entries(self._connection)
        names = Names(self._connection)
        yield "calendar.ics", make_feed(self._connection, privacy="full", complete=True).content
        yield "calendar.csv", _table(_CALENDAR, [_cells(row, names, practice) for row in rows])
        told = {"entries": [_entry(row, names) for row in rows]}
        yield "calendar.json", json.dumps(told, ensure_ascii=False, indent=1).encode()
        yield "clients.csv", (_MARK + self._transfer.export_csv(archived=True)).encode()
        issued = queries.issued(self._connection)
        heads = ("Number", "Client", "Date", "Due", "Total", "Paid", "Currency", "Status")
        yield "invoices.csv", _table(
            heads,
            [
                (row.number, row.client, row.issued_on, row.due_on, Money(row.total_minor, row.currency).decimal(),
                 Money(row.paid_minor, row.currency).decimal(), row.currency, row.status)
                for row in issued
            ],
        )  # fmt: skip
        taken: set[str] = set()
        for name, content in queries.documents(self._connection):
            yield f"invoices/{_unused(name, taken)}", content


def _unused(name: str, taken: set[str]) -> str:
    """The file's name, fit for every disk and used once."""
    bare = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "-", name).lstrip(".") or "invoice.pdf"
    number = 1
    found = bare
    while found.casefold() in taken:
        number += 1
        found = f"{number}-{bare}"
    taken.add(found.casefold())
    return found


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return (_MARK + out.getvalue()).encode("utf-8", "ignore")


def _cells(row: FeedRow, names: Names, practice: Practice) -> tuple[str, ...]:
    starts, ends = _moments(row)
    if row.kind == "block":
        return ("block", starts, ends, row.title, *[""] * 9, names.of(row))
    home = practice.country == "ZA" and row.mobile.startswith("+27")
    return (
        "appointment", starts, ends, "", row.client, phone.national(row.mobile) if home else row.mobile, row.email,
        row.title, row.location, row.status, Money(row.fee_minor, row.currency).decimal(), row.currency, row.note,
        names.of(row),
    )  # fmt: skip


def _entry(row: FeedRow, names: Names) -> dict[str, object]:
    starts, ends = _moments(row)
    told: dict[str, object] = {"kind": row.kind, "id": row.id, "uid": names.of(row), "start": starts, "end": ends}
    if row.kind == "block":
        return {**told, "title": row.title}
    return {
        **told,
        "client": row.client,
        "client_id": row.client_id,
        "type": row.title,
        "location": row.location or None,
        "status": row.status,
        "fee": Money(row.fee_minor, row.currency).as_json(),
        "note": row.note,
    }


def _moments(row: FeedRow) -> tuple[str, str]:
    starts, ends = (to_local(from_utc_text(text), row.zone) for text in (row.starts_at, row.ends_at))
    return starts.isoformat(), ends.isoformat()
