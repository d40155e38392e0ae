"""A client list from a file: which, and who would be added or completed."""

from __future__ import annotations

from collections.abc import Iterable

from guru_tui.bootstrap import Guru
from guru_tui.screens.dialogs.file_form import FileForm
from guru_tui.screens.dialogs.import_preview import ImportPreview, Told
from guru_tui.services.files import read_file
from guru_tui.services.transfer import ImportReport


class ImportClients(FileForm[ImportReport]):
    """Answers what was imported."""

    TITLE_TEXT = "Import clients"
    DOING = "look at it"

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """The file, and what its headings leave open."""
        yield "file", "File", "", "clients.csv: names, mobile numbers, addresses"
        yield "columns", "Columns", "", "that are not known: Kontak=mobile, Wie=name"

    def action_save(self) -> None:
        """Read the file and show what would become of it."""
        name, columns = self.value("file"), self.named_columns()
        if columns is None:
            return

        def look(guru: Guru) -> tuple[ImportReport, _Bring]:
            bring = _Bring(name, columns)
            return bring(guru, dry_run=True, skip_errors=False), bring

        self.change(look, lambda found: self.app.push_screen(ClientsPreview(self.session, *found), self._answered))

    def _answered(self, report: ImportReport | None) -> None:
        if report is not None:
            self.dismiss(report)


class _Bring:
    """The file, read once, so that what is imported is what was looked at."""

    def __init__(self, name: str, columns: dict[str, str]) -> None:
        self._data = read_file(name, "the CSV file")
        self._mapping = columns

    def __call__(self, guru: Guru, *, dry_run: bool, skip_errors: bool) -> ImportReport:
        return guru.transfer.import_csv(self._data, mapping=self._mapping, dry_run=dry_run, skip_errors=skip_errors)


class ClientsPreview(ImportPreview[ImportReport]):
    """Who is new, who is completed, and which rows cannot be taken."""

    TITLE_TEXT = "What would be imported"

    def told(self, report: ImportReport) -> tuple[list[str], list[Told]]:
        """Rejected rows first; and which column was taken for what."""
        columns = [
            f"{field.replace('_', ' ')} from {', '.join(headings)}" for field, headings in report.columns.items()
        ]
        said = [f"{', '.join(columns)}."]
        if report.ignored:
            said.append(f"Not taken: {', '.join(report.ignored)}.")
        hide = self.session.privacy
        lines = [Told("✗", "bad", f"row {one.row}", "•••" if hide else one.reason, "") for one in report.rejected]
        lines += [Told("+", "ok", "", self.session.person(name), "new") for name in report.created_names]
        lines += [Told("→", "warn", "", self.session.person(name), "completed") for name in report.updated_names]
        return said, lines
