"""What every screen can do with files: move in from another program, hand out everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guru_tui.screens.base import PracticeScreen

if TYPE_CHECKING:
    from guru_tui.screens.dialogs.import_preview import Report


class FileActs(PracticeScreen):
    """Imports and exports, each in a dialog."""

    def action_import_calendar(self) -> None:
        """Appointments and blocked time from another calendar."""
        from guru_tui.screens.dialogs.import_calendar import ImportCalendar

        self.ask(ImportCalendar(self.session), self._imported)

    def action_import_clients(self) -> None:
        """A client list."""
        from guru_tui.screens.dialogs.import_clients import ImportClients

        self.ask(ImportClients(self.session), self._imported)

    def _imported(self, report: Report) -> None:
        self.changed(f"Imported: {report.counts}")

    def action_export(self) -> None:
        """Everything, in files that other programs read."""
        from guru_tui.screens.dialogs.write_files import ExportEverything

        self.ask(ExportEverything(self.session), self.say)

    def action_calendar_file(self) -> None:
        """The calendar for other programs."""
        from guru_tui.screens.dialogs.write_files import WriteCalendar

        self.ask(WriteCalendar(self.session), self.say)
