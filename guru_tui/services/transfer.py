"""Client lists from and to CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import select

from guru_tui.domain import phone
from guru_tui.domain.client_fields import CLIENT_FIELDS, normalise, with_one_name
from guru_tui.domain.client_headings import ARCHIVED, FULL_NAME, PHONE
from guru_tui.domain.client_matching import Candidate, Known, Step, plan
from guru_tui.domain.client_sheet import SheetRow, guarded, read_sheet
from guru_tui.domain.local_time import from_utc_text, to_local, utc_text
from guru_tui.domain.person_names import split_full_name
from guru_tui.domain.practice import Practice
from guru_tui.domain.text import clean, fold
from guru_tui.errors import Invalid
from guru_tui.services.clients import change, new_client
from guru_tui.store.models import Client
from guru_tui.store.unit_of_work import UnitOfWork, Work

if TYPE_CHECKING:
    from guru_tui.services.reads import Reads

_NOTHING = frozenset({"-", "--", "n/a", "na", "none", "nil", "null", "geen", "nvt", "n.v.t.", ".", "?", "#n/a"})


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be imported. `row` as a spreadsheet numbers it: headings are row 1, blank lines count."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or in a dry run would do.

    Without `applied` nothing was written: after a dry run, or because of rejected rows; then `would_create` and
    `would_update` tell what the other rows would do. `ignored`: headings of columns that were not taken.
    """

    created: int
    updated: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    applied: bool
    dry_run: bool
    would_create: int
    would_update: int
    created_names: tuple[str, ...]
    updated_names: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]

    @property
    def counts(self) -> str:
        """`12 new, 3 updated, 40 unchanged`."""
        return f"{self.would_create} new, {self.would_update} updated, {self.unchanged} unchanged"


class TransferService:
    """Brings client lists in and hands them out."""

    def __init__(self, uow: UnitOfWork, reads: Reads) -> None:
        self._uow = uow
        self._reads = reads

    def import_csv(
        self,
        data: bytes,
        *,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        skip_errors: bool = False,
    ) -> ImportReport:
        """Add the clients of a CSV file and complete those who are there, as one step of undo.

        Importing a file twice changes nothing the second time. With a rejected row nothing at all is written,
        unless `skip_errors`. `mapping` gives columns a field (see `client_sheet.read_sheet`). Raises `Invalid` for a
        file that cannot be read as a client list.
        """
        sheet = read_sheet(data, mapping)
        country, today = self._reads.practice().country, self._reads.today()
        candidates: list[Candidate] = []
        rejected: list[Rejected] = []
        for row in sheet.rows:
            try:
                candidates.append(_candidate(row, country, today))
            except Invalid as error:
                rejected.append(Rejected(row.row, str(error)))
        with self._uow.action("import clients") as work:
            clients = {client.id: client for client in work.session.exec(select(Client))}
            steps = plan([Known(key, _fields(client)) for key, client in clients.items()], candidates)
            rejected += [Rejected(step.row, step.reason) for step in steps if step.reason]
            applied = not dry_run and (skip_errors or not rejected)
            if applied:
                _apply(work, steps, clients)
        created = [_name_of(step) for step in steps if step.created]
        updated = [_name_of(step) for step in steps if step.updated]
        told = applied or dry_run
        return ImportReport(
            created=len(created) if told else 0,
            updated=len(updated) if told else 0,
            unchanged=sum(not step.reason and not step.created and not step.updated for step in steps),
            rejected=tuple(sorted(rejected, key=lambda one: one.row)),
            applied=applied,
            dry_run=dry_run,
            would_create=len(created),
            would_update=len(updated),
            created_names=tuple(created),
            updated_names=tuple(updated),
            columns=sheet.columns,
            ignored=sheet.ignored,
        )

    def export_csv(self, *, archived: bool = False) -> str:
        """Every active client (`archived`: the archived ones too) with every field, as RFC 4180 text with headings.

        A cell that a spreadsheet would take for a formula gets an apostrophe before it (see `client_sheet.guarded`),
        and a number at home is written as at home, so that importing the text changes nothing.
        """
        practice = self._reads.practice()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([field.label for field in CLIENT_FIELDS.values()] + (["Archived"] if archived else []))
        for fields in self._reads.client_sheet(archived=archived):
            cells = [_cell(name, fields[name], practice) for name in CLIENT_FIELDS]
            if archived:
                at = str(fields[ARCHIVED])
                cells.append(to_local(from_utc_text(at), practice.zone).date().isoformat() if at else "")
            writer.writerow(cells)
        return out.getvalue()


def _candidate(row: SheetRow, country: str, today: date) -> Candidate:
    """The row with its values normalised; raises `Invalid` with all that is wrong with it."""
    given: dict[str, str] = dict(row.values)
    whole, number = given.pop(FULL_NAME, ""), given.pop(PHONE, "")
    archived = given.pop(ARCHIVED, "")
    reasons = []
    fields: dict[str, str | bool] = {}
    if whole and not (given.get("first_name") and given.get("last_name")):
        given["first_name"], given["last_name"] = split_full_name(clean(whole[:600]))
    if number and not _present(given.get("mobile", "")):
        given["mobile"] = number
    for name, value in given.items():
        if _present(value) or name in ("first_name", "last_name"):
            try:
                fields |= normalise({name: value}, country=country, today=today)
            except Invalid as error:
                reasons.append(str(error))
    first, last = with_one_name(str(fields.get("first_name", "")), str(fields.get("last_name", "")))
    if not first and not reasons:
        reasons.append("The row has no name.")
    if reasons:
        raise Invalid(" ".join(reasons))
    fields["first_name"], fields["last_name"] = first, last
    if _present(archived) and fold(archived) not in ("no", "nee", "0", "false"):
        fields[ARCHIVED] = True
    return Candidate(row.row, fields)


def _present(text: str) -> bool:
    return bool(text) and text.strip().lower() not in _NOTHING


def _fields(client: Client) -> dict[str, str | bool]:
    return {name: getattr(client, name) for name in CLIENT_FIELDS}


def _apply(work: Work, steps: list[Step], clients: Mapping[int | None, Client]) -> None:
    created = updated = 0
    for step in steps:
        if step.created:
            stored = {name: value for name, value in step.changes.items() if name in CLIENT_FIELDS}
            client = new_client(stored, work)
            client.archived_at = utc_text(work.now) if ARCHIVED in step.changes else ""
            work.session.add(client)
            created += 1
        elif step.updated and step.known is not None:
            change(clients[step.known.id], step.changes)
            updated += 1
    parts = [f"imported {_clients(created)}"] if created else []
    parts += [f"completed {_clients(updated)} from a file"] if updated else []
    summary = " and ".join(parts)
    work.summary = summary[:1].upper() + summary[1:]


def _clients(number: int) -> str:
    return f"{number} client{'' if number == 1 else 's'}"


def _name_of(step: Step) -> str:
    fields = step.known.fields if step.known else {}
    return f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()


def _cell(name: str, value: str | bool, practice: Practice) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "mobile" and practice.country == "ZA" and value.startswith("+27"):
        value = phone.national(value)
    return guarded(value)
