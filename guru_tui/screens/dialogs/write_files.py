"""Writing the practice's data into files: everything, or the calendar for other programs."""

from __future__ import annotations

from collections.abc import Iterable

from guru_tui.bootstrap import Guru
from guru_tui.domain.practice import PRIVACY
from guru_tui.screens.base import counted
from guru_tui.screens.dialogs.file_form import FileForm
from guru_tui.services.files import in_folder, shown, typed


class ExportEverything(FileForm[str]):
    """Answers the sentence that says what was written."""

    TITLE_TEXT = "Export everything"
    DOING = "export"

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """The folder."""
        yield "file", "New folder", f"~/guru-{self.session.today():%Y-%m-%d}", "a new or empty folder"

    @property
    def touched(self) -> bool:
        """Nothing would be lost: there is a name to type, no more."""
        return False

    def action_save(self) -> None:
        """Write calendar, clients, invoices and their PDFs."""
        name = self.value("file")
        if not name:
            self.problem("Into which folder?", "warn")
            return

        def export(guru: Guru) -> str:
            folder = typed(name)
            written = [path.relative_to(folder) for path in guru.export.export(folder)]
            invoices = sum(len(path.parts) > 1 for path in written)
            pdfs = f" and {counted(invoices, 'invoice')} as PDF" if invoices else ""
            return f"Exported {counted(len(written) - invoices, 'file')}{pdfs} to {shown(folder)}"

        self.change(export, self.dismiss)


class WriteCalendar(FileForm[str]):
    """Answers the sentence that says what was written."""

    TITLE_TEXT = "Write the calendar file"
    DOING = "write it"

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """The file, and how much of clients it tells."""
        practice = self.session.practice
        yield "file", "File", practice["ics_path"] or "~/calendar.ics", "an .ics file for other programs"
        yield "privacy", "Clients as", practice["ics_privacy"], ", ".join(PRIVACY)

    @property
    def touched(self) -> bool:
        """Nothing would be lost: there is a name to type, no more."""
        return False

    def action_save(self) -> None:
        """Write what `guru ics` writes."""
        name, privacy = self.value("file"), self.value("privacy").lower()
        if not name:
            self.problem("Into which file?", "warn")
            return

        def write(guru: Guru) -> str:
            path = in_folder(typed(name), "calendar.ics")
            number = guru.feed.write(path, privacy, guru.feed.first_day(), None, otherwise="")
            return f"Wrote {number} {'entry' if number == 1 else 'entries'} to {shown(path)} (clients as: {privacy})"

        self.change(write, self.dismiss)
