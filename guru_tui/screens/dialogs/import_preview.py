"""What would become of a file, line by line, before it is imported as one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, NamedTuple, Protocol, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from guru_tui.bootstrap import Guru
from guru_tui.screens.base import counted
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Column, Columns, Line, one_line, words

_WHEN = 19
_COLUMNS = Columns((Column("", 1), Column("", _WHEN), Column("", 14, grow=2), Column("", 16, grow=3)), indent=0)


class Told(NamedTuple):
    """A line of the preview: its sign and tone, when or where it is, what it says, and what becomes of it."""

    glyph: str
    tone: str
    when: str
    what: str
    becomes: str

    @property
    def full(self) -> str:
        """All of it, for where the columns clip it."""
        return "  ".join(part for part in (self.when, self.what, self.becomes) if part)


class Report(Protocol):
    """What an import did or would do."""

    @property
    def applied(self) -> bool: ...

    @property
    def rejected(self) -> Sequence[object]: ...

    @property
    def would_create(self) -> int: ...

    @property
    def would_update(self) -> int: ...

    @property
    def counts(self) -> str: ...


AnyReport = TypeVar("AnyReport", bound=Report)
Import = Callable[..., AnyReport]
"""Imports the file that is looked at: `(guru, dry_run=…, skip_errors=…, **choices)`."""


class Choice(NamedTuple):
    """Something about the reading of the file that a key turns on and off."""

    key: str
    name: str
    label: str


class ImportPreview(Dialog[AnyReport]):
    """Enter imports; s imports the others where rows cannot be taken. Answers what was done."""

    AUTO_FOCUS = "RecordList"
    CHOICES: ClassVar[tuple[Choice, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor('down')", "Down", show=False),
        Binding("up,k", "cursor('up')", "Up", show=False),
        Binding("pagedown", "cursor('page_down')", "Page down", show=False),
        Binding("pageup", "cursor('page_up')", "Page up", show=False),
        Binding("home", "cursor('home')", "First", show=False),
        Binding("end", "cursor('end')", "Last", show=False),
        Binding("enter,ctrl+s", "import_all", "Import", show=False),
        Binding("s", "import_others", "Import the others", show=False),
    ]

    def __init__(self, session: Session, report: AnyReport, bring: Import[AnyReport]) -> None:
        super().__init__(session)
        self._report = report
        self._bring = bring
        self._lines: Sequence[Told] = ()
        self._chosen = {choice.name: False for choice in self.CHOICES}

    def told(self, report: AnyReport) -> tuple[list[str], list[Told]]:
        """What to say of the file as a whole, and its lines, those that need a person first."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        """The counts, the lines, and in full the one under the cursor."""
        yield Pane(id="what")
        yield RecordList(id="found", empty="There is nothing in it to import.")
        yield Pane(id="legend")

    def on_mount(self) -> None:
        """Show what was found."""
        super().on_mount()
        for choice in self.CHOICES:
            self._bindings.bind(choice.key, f"choose('{choice.name}')", choice.label, show=False)
        self._show(self._report)

    def on_resize(self) -> None:
        """As many lines as the screen has room for."""
        self.query_one(RecordList).styles.height = max(min(len(self._lines), self.app.size.height - 13), 3)

    def _show(self, report: AnyReport) -> None:
        self._report = report
        said, lines = self.told(report)
        self._lines = lines
        rejected = len(report.rejected)
        counts = report.counts + (f", {rejected} cannot be taken" if rejected else "")
        self.query_one("#what", Pane).show(
            lambda width: [
                *(((line, "strong"),) for line in words(counts, width)),
                *(((line, "dim"),) for sentence in said for line in words(sentence, width)),
            ]
        )
        self.query_one(RecordList).show([Row(number, one_line(_line, line)) for number, line in enumerate(lines)])
        self.on_resize()
        self._keys()

    def _keys(self) -> None:
        report = self._report
        changes = report.would_create + report.would_update
        others = [Hint("s", "import the others", "import_others")] if report.rejected and changes else []
        self.keys(
            Hint("⏎", f"import {changes}", "import_all", off=bool(report.rejected) or not changes),
            *others,
            *(
                Hint(each.key, f"{each.label} {'✓' if self._chosen[each.name] else '–'}", f"choose('{each.name}')")
                for each in self.CHOICES
            ),
            Hint("Esc", "back", "leave"),
        )

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        key = self.query_one(RecordList).key
        line = self._lines[key] if isinstance(key, int) and key < len(self._lines) else None
        text = line.full if line is not None else ""
        self.query_one("#legend", Pane).show(lambda width: [((each, ""),) for each in words(text, width)[:3]])

    def action_cursor(self, step: str) -> None:
        """Move in the list."""
        self.query_one(RecordList).move(step)

    def action_choose(self, name: str) -> None:
        """Read the file otherwise."""
        wanted = {**self._chosen, name: not self._chosen[name]}

        def show(report: AnyReport) -> None:
            self._chosen = wanted
            self.problem("")
            self._show(report)

        self.change(lambda guru: self._bring(guru, dry_run=True, skip_errors=False, **wanted), show)

    def action_import_all(self) -> None:
        """Import, unless something in it cannot be taken."""
        rejected = len(self._report.rejected)
        if rejected:
            are = "is" if rejected == 1 else "are"
            self.problem(
                f"Nothing was imported: {counted(rejected, 'row')} cannot be taken and {are} listed first. "
                "s imports the others, Esc goes back.",
                "warn",
            )
            return
        self._import(skip_errors=False)

    def action_import_others(self) -> None:
        """Import what can be taken."""
        if self._report.rejected:
            self._import(skip_errors=True)

    def _import(self, *, skip_errors: bool) -> None:
        if not self._report.would_create and not self._report.would_update:
            self.problem("There is nothing new in it: nothing to import.", "warn")
            return
        chosen = dict(self._chosen)

        def bring(guru: Guru) -> AnyReport:
            return self._bring(guru, dry_run=False, skip_errors=skip_errors, **chosen)

        self.change(bring, self._imported)

    def _imported(self, report: AnyReport) -> None:
        if report.applied:
            self.dismiss(report)
            return
        self._show(report)
        self.problem("The practice was changed elsewhere meanwhile, and nothing was imported: look once more.", "warn")


def _line(line: Told, width: int) -> Line:
    if not line.becomes:  # nothing of it is taken, so all the room is for the reason
        return ((f"{line.glyph} ", line.tone), (f"{line.when:<{_WHEN}} ", ""), (line.what, "dim"))
    cells: list[Line] = [((line.glyph, line.tone),), ((line.when, ""),), ((line.what, ""),), ((line.becomes, "dim"),)]
    return _COLUMNS.line(cells, width)
