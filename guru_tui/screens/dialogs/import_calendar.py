"""Moving in from another calendar: which file, how it is read, and what would become of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widgets import Input

from guru_tui.bootstrap import Guru
from guru_tui.domain.local_time import short_date
from guru_tui.errors import Ambiguous, GuruError
from guru_tui.screens.dialogs.file_form import FileForm
from guru_tui.screens.dialogs.import_preview import Choice, ImportPreview, Told
from guru_tui.services.calendar_import import CalendarReport
from guru_tui.services.calendar_import_plan import MOVED, NEW_CLIENT, SKIPPED, STAYS, UNCHANGED, Line, Wishes
from guru_tui.services.files import read_file

_SIGNS = {MOVED: ("→", "warn"), STAYS: ("!", "warn"), SKIPPED: ("·", "dim"), UNCHANGED: ("✓", "dim")}
_ORDER = (UNCHANGED, SKIPPED)


class ImportCalendar(FileForm[CalendarReport]):
    """Answers what was imported."""

    TITLE_TEXT = "Import a calendar"
    DOING = "look at it"

    def fields(self) -> Iterable[tuple[str, str, str, str]]:
        """The file, and what it may leave open."""
        yield "file", "File", "", "calendar.ics or a table (.csv)"
        yield "first", "From", "", "today; with what has been since: 2026-01-01"
        yield "type", "Type", "", "of appointments that name none"
        yield "dates", "Dates", "", "of a table with 01/02/2026: dmy or mdy"
        yield "column", "Client in", "", "of a table: the heading above their names"
        yield "columns", "Columns", "", "of a table that are not known: Datum=start_date"

    def action_save(self) -> None:
        """Read the file and show what would become of it."""
        values = self.values()
        columns = self.named_columns()
        if columns is None:
            return
        if values["dates"] not in ("", "dmy", "mdy"):
            self.problem("Under Dates write dmy where the day comes first, or mdy for the month.")
            return

        def look(guru: Guru) -> tuple[CalendarReport, _Bring]:
            bring = _Bring(guru, values, columns)
            return bring(guru, dry_run=True, skip_errors=False), bring

        self.change(look, lambda found: self.app.push_screen(CalendarPreview(self.session, *found), self._answered))

    def _answered(self, report: CalendarReport | None) -> None:
        if report is not None:
            self.dismiss(report)

    def complain(self, error: GuruError) -> None:
        """The sentence, in the words of this form."""
        if isinstance(error, Ambiguous):
            self.query_one("#field-dates", Input).focus()
            self.problem(f"{str(error).partition(';')[0]}: write dmy or mdy under Dates.", "warn")
            return
        super().complain(error)


class _Bring:
    """The file, read once, so that what is imported is what was looked at."""

    def __init__(self, guru: Guru, values: dict[str, str], columns: dict[str, str]) -> None:
        self._data = read_file(values["file"], "the .ics or .csv file")
        self._first = guru.quick_add.read_day(values["first"]) if values["first"] else None
        self._type = values["type"]
        self._dates = values["dates"]
        self._mapping = columns | ({values["column"]: "client"} if values["column"] else {})

    def __call__(
        self, guru: Guru, *, dry_run: bool, skip_errors: bool, guests: bool = False, free: bool = False
    ) -> CalendarReport:
        return guru.calendar_import.import_file(
            self._data,
            wishes=Wishes(self._type, guests, free),
            mapping=self._mapping,
            dates=self._dates,
            first=self._first,
            dry_run=dry_run,
            skip_errors=skip_errors,
        )


class CalendarPreview(ImportPreview[CalendarReport]):
    """Each event, and whose appointment or which blocked time it becomes."""

    TITLE_TEXT = "What would be imported"
    CHOICES: ClassVar[tuple[Choice, ...]] = (
        Choice("n", "guests", "add guests"),
        Choice("f", "free", "free ones"),
    )

    def told(self, report: CalendarReport) -> tuple[list[str], list[Told]]:
        """Rejected ones first, what is left as it is last."""
        said = ["Nobody is told of it, and u takes it back."]
        if report.over:
            since = f"{short_date(report.first)} {report.first.year}"
            said.append(f"{report.over} over before {since} left out; a day under From brings them too.")
        if report.ignored:
            said.append(f"Not taken: {', '.join(report.ignored)}.")
        lines = [Told("✗", "bad", f"row {one.row}", self._hidden(one.reason), "") for one in report.rejected]
        ordered = sorted(report.lines, key=lambda line: line.becomes in _ORDER)
        return said, [*lines, *map(self._told, ordered)]

    def _told(self, line: Line) -> Told:
        glyph, tone = _SIGNS.get(line.becomes, ("+", "ok"))
        event = line.event
        day = event.starts.date()
        year = "" if day.year == self.session.today().year else f" {day:%y}"
        when = f"{short_date(day)}{year} {'all day' if event.whole_days else f'{event.starts:%H:%M}'}"
        who = self.session.person(line.person.name) if line.person is not None else ""
        becomes = {NEW_CLIENT: f"new client {who}", "appointment": who}.get(line.becomes, line.becomes)
        remark = self._hidden(line.remark)
        return Told(glyph, tone, when, self._hidden(event.title), f"{becomes}, {remark}" if remark else becomes)

    def _hidden(self, text: str) -> str:
        """Text of the file, which may name anybody; dots while privacy is on."""
        return "•••" if self.session.privacy and text else text
