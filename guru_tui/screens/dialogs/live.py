"""One line of text, read on every key: what it means stands under it, what is open is cycled with Tab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from guru_tui.domain.local_time import short_date
from guru_tui.domain.quick_add import NEW_CLIENT, Open, Problem
from guru_tui.domain.views.agenda import Conflict
from guru_tui.errors import GuruError, SlotTaken
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.day_beside import day_lines
from guru_tui.screens.session import Session
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.text import BLANK, Line, Piece, flow, still

Answer = TypeVar("Answer")
_LABEL = 9


class Readable(Protocol):
    """What every reading of a line tells."""

    @property
    def problems(self) -> tuple[Problem, ...]: ...
    @property
    def ambiguous(self) -> tuple[Open, ...]: ...
    @property
    def complete(self) -> bool: ...


Read = TypeVar("Read", bound=Readable)


class LiveLine(Dialog[Answer], Generic[Answer, Read]):
    """Subclasses read the line, draw the reading, and act on it once it is complete."""

    AUTO_FOCUS = "Input"
    PLACEHOLDER: ClassVar[str] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_choice(1)", "Next reading", show=False, priority=True),
        Binding("shift+tab", "next_choice(-1)", "Reading before", show=False, priority=True),
        Binding("ctrl+f", "force", "All the same", show=False, priority=True),
    ]

    def __init__(self, session: Session, text: str = "", rest: str = "") -> None:
        """The line begins as `text`, the cursor, `rest`."""
        super().__init__(session)
        self._first = text + rest
        self._typed_to = len(text)
        self._picks: dict[str, int] = {}
        self._choices: dict[str, tuple[str, ...]] = {}
        self._cycling = ""
        self._read = ""
        self.reading: Read | None = None

    def body(self) -> Iterable[Widget]:
        """The line, and what it means."""
        yield Input(self._first, placeholder=self.PLACEHOLDER, id="line", select_on_focus=False)
        with Horizontal(id="reading"):
            yield Pane(id="parse")
            yield Pane(id="beside", classes="panel")

    def on_mount(self) -> None:
        """Read what is there already."""
        line = self.query_one("#line", Input)
        line.cursor_position = self._typed_to
        self.reread()

    @property
    def line_text(self) -> str:
        """What has been typed."""
        return self.query_one("#line", Input).value.strip()

    # ---- reading -------------------------------------------------------------------------------------

    def read(self, text: str, picks: dict[str, int]) -> Read:
        """What the line means; raises `GuruError` for a line that cannot be read at all."""
        raise NotImplementedError

    def draw(self, reading: Read, width: int) -> Sequence[Line]:
        """The reading in lines."""
        raise NotImplementedError

    def act(self, *, force: bool) -> None:
        """Do what the reading says."""
        raise NotImplementedError

    def reread(self) -> None:
        """Read the line and show what it means."""
        self._read = self.query_one("#line", Input).value
        try:
            reading = self.read(self._read, self._picks)
        except GuruError as error:
            self.reading = None
            self.complain(error)
            return
        self.reading = reading
        for name, choices in reading.ambiguous:
            self._choices[name] = choices
        for problem in reading.problems:
            if problem.choices:
                self._choices[problem.field] = problem.choices
        self.query_one("#parse", Pane).show(lambda width: self._parse(reading, width))
        self._show_day(reading)
        wrong = next((problem for problem in reading.problems if not problem.missing), None)
        self.problem(wrong.message + self.advice(wrong) if wrong else "")

    @on(Input.Changed, "#line")
    def _typed(self) -> None:
        if self.query_one("#line", Input).value != self._read:
            self._picks, self._choices, self._cycling = {}, {}, ""
            self.reread()

    def wanted(self, reading: Read) -> tuple[datetime, datetime] | None:
        """From when to when (naive local) the reading would take, once both are known."""
        raise NotImplementedError

    def _show_day(self, reading: Read) -> None:
        """Where there is room, the day that the line speaks of, with the wanted time in it."""
        beside = self.query_one("#beside", Pane)
        wanted = self.wanted(reading)
        beside.display = wanted is not None and self.app.size.width >= 120
        if wanted is not None and beside.display:
            day = wanted[0].date()
            entitle(beside, f"{short_date(day)} {day.year}")
            beside.show(still(*day_lines(self.session, *wanted)))

    def _parse(self, reading: Read, width: int) -> Sequence[Line]:
        lines = [BLANK, *self.draw(reading, width)]
        name = self._cycling or next((each.field for each in reading.ambiguous), "")
        if not name:
            name = next((problem.field for problem in reading.problems if problem.choices), "")
        if name in self._choices:
            lines += [BLANK, *self._chips(name, width)]
        return lines

    def _chips(self, name: str, width: int) -> Sequence[Line]:
        picked = self._picks.get(name)
        chips: list[Piece] = [("⇥ which?", "key")]
        for number, choice in enumerate(self._choices[name]):
            chips.append(
                (f" {choice} ", "active" if number == picked else "warn" if picked is None and not number else "dim")
            )
        return flow(chips, width, separator=" ")

    # ---- keys ----------------------------------------------------------------------------------------

    def action_next_choice(self, by: int) -> None:
        """Settle what is open with its first choice; once nothing is, go through the choices of the last."""
        self._typed()
        reading = self.reading
        if reading is None:
            return
        names = [each.field for each in reading.ambiguous]
        names += [problem.field for problem in reading.problems if problem.choices and problem.field not in names]
        if names and names[0] != self._cycling:
            self._cycling = names[0]
            self._picks[self._cycling] = 0
        elif self._cycling in self._choices:
            self._picks[self._cycling] = (self._picks.get(self._cycling, -by) + by) % len(self._choices[self._cycling])
        self.reread()

    @on(Input.Submitted, "#line")
    def _entered(self) -> None:
        self._go(force=False)

    def action_force(self) -> None:
        """Do it although something is in the way."""
        self._go(force=True)

    def _go(self, *, force: bool) -> None:
        self._typed()  # a key that follows the last letter closely overtakes the news of that letter
        reading = self.reading
        if reading is None:
            return
        if not reading.complete:
            self.problem(self._reason(reading), "warn")
            return
        self.act(force=force)

    def _reason(self, reading: Read) -> str:
        """Why Enter is refused."""
        for problem in reading.problems:
            if self.picked_new(problem):
                self.add_client()
                return ""
        for problem in sorted(reading.problems, key=lambda each: each.missing):
            return problem.message + self.advice(problem)
        for name, _choices in reading.ambiguous:
            return f"The {name} can be read in more than one way: Tab picks one."
        return "Something is still missing."

    def picked_new(self, problem: Problem) -> bool:
        """Whether a new client was picked for a name that nobody has."""
        choices = problem.choices
        picked = self._picks.get(problem.field)
        only = choices == (NEW_CLIENT,)
        return (
            bool(choices)
            and NEW_CLIENT in choices
            and (only or (picked is not None and choices[picked % len(choices)] == NEW_CLIENT))
        )

    def advice(self, problem: Problem) -> str:
        """A further sentence for what is wrong, with the key that helps."""
        return ""

    def add_client(self) -> None:
        """The form of a new client; only booking has a use for it."""

    def complain(self, error: GuruError) -> None:
        """A slot that was taken meanwhile is named, with the key that books it all the same."""
        if isinstance(error, SlotTaken):
            self.problem(taken(self.session, [each for each in error.conflicts if isinstance(each, Conflict)]))
            return
        super().complain(error)


def taken(session: Session, conflicts: Sequence[Conflict]) -> str:
    """What is in the way, and how to go ahead."""
    listed = ", ".join(session.conflict(conflict) for conflict in conflicts[:3])
    more = f" and {len(conflicts) - 3} more" if len(conflicts) > 3 else ""
    return f"That overlaps {listed}{more}. Ctrl+F does it anyway."


def in_the_way(session: Session, conflicts: Sequence[Conflict], doing: str) -> list[Piece]:
    """The first of what is in the way, how many more, and the key that goes ahead: `doing` is "books"."""
    more = f" +{len(conflicts) - 1}" if len(conflicts) > 1 else ""
    return [(f"‼ {session.conflict(conflicts[0])}{more}", "bad"), (f"^F {doing} anyway", "bad")]


def labelled(label: str, *pieces: Piece, width: int) -> Sequence[Line]:
    """`  client  Sarah Botha`: a label and what it says, wrapped under itself."""
    lines = flow(pieces, width - _LABEL, separator="   ", indent=0)
    drawn: list[Line] = []
    for number, line in enumerate(lines or [()]):
        drawn.append(((f"{label if not number else '':<{_LABEL}}", "dim"), *line))
    return drawn
