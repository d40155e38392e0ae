"""Booking from one line of text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from guru_tui.domain.booking import BookingRequest, Change
from guru_tui.domain.quick_add import Checks, Problem, Reading
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.views.clients import ClientRow
from guru_tui.screens.base import counted
from guru_tui.screens.dialogs.live import LiveLine, in_the_way, labelled, taken
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import Line, Piece

_TONES = {"open": "warn", "wrong": "bad", "missing": "faint", "default": "", "typed": "strong"}


class QuickAdd(LiveLine[Change, Reading]):
    """`sarah b tue 1030` Enter. A slot under the cursor gives day and time; a client given stands in the line."""

    TITLE_TEXT = "Book appointment"
    PLACEHOLDER = "who and when: sarah b tue 1030   (x6 45m @place R450 ::note !)"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "new_client", "New client", show=False, priority=True),
        Binding("ctrl+o", "form", "As a form", show=False, priority=True),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "book", "submit"),
        Hint("⇥", "next reading", "next_choice(1)"),
        Hint("^O", "form", "form"),
        Hint("^N", "new client", "new_client"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(
        self,
        session: Session,
        *,
        at: datetime | None = None,
        day: datetime | None = None,
        client: ClientRow | None = None,
        rest: str = "",
    ) -> None:
        super().__init__(session, self._named(session, client) if client else "", f" {rest}" if rest else "")
        self._at = at
        self._day = day if day and day.date() != session.today() else None
        self._checks: Checks | None = None

    @staticmethod
    def _named(session: Session, client: ClientRow) -> str:
        """The client's name where it means nobody else, else the number of the record."""
        read = session.guru.quick_add.read(client.name)
        alone = len(read.client_choices) == 1 and read.client is not None and read.client.id == client.id
        return f"{client.name} " if alone else f"#{client.id} "

    # ---- reading -------------------------------------------------------------------------------------

    def read(self, text: str, picks: dict[str, int]) -> Reading:
        """Read the line; the day on show counts where the line says only a time."""
        service = self.session.guru.quick_add
        reading = service.read(text, at=self._at, picks=picks)
        if self._at is None and self._day is not None and reading.time_given and not reading.date_given:
            reading = service.read(text, at=self._day, picks=picks)
        self._checks = service.checks(reading) if reading.start else None
        return reading

    def wanted(self, reading: Reading) -> tuple[datetime, datetime] | None:
        """The time of the appointment."""
        return (reading.start, reading.end) if reading.start and reading.end else None

    def draw(self, reading: Reading, width: int) -> Sequence[Line]:
        """Client, when, type and fee, place, note, who is told, and what speaks against it."""
        said = {chip.field: chip for chip in reading.chips}
        session = self.session

        def chip(name: str, empty: str) -> Piece:
            found = said.get(name)
            text = found.text if found else ""
            if name == "when" and reading.day is None:
                text = ""
            if name == "client" and reading.client is not None and session.privacy:
                text = session.person(reading.client.name)
            return (text or empty, _TONES.get(found.state if found else "missing", "") if text else "faint")

        lines: list[Line] = []
        lines += labelled("client", chip("client", "who?"), width=width)
        when, tone = chip("when", "which day, what time?")
        lines += labelled(
            "when",
            *((part, tone) for part in when.split(" · ")),
            (("in the past", "warn") if reading.past else ("", "")),
            width=width,
        )
        if reading.repeat is not None:
            lines += labelled("repeat", chip("repeat", ""), ("Enter lists them", "faint"), width=width)
        fee = chip("fee", "")
        usual = (
            f"usual {session.money(reading.usual_fee_minor, reading.currency)}"
            if reading.usual_fee_minor != reading.fee_minor and reading.client
            else ""
        )
        lines += labelled(
            "type",
            chip("type", "–"),
            (f"{reading.minutes} min" if reading.minutes else "", ""),
            fee,
            (usual, "dim"),
            width=width,
        )
        if "place" in said:
            lines += labelled("place", chip("place", "–"), width=width)
        if reading.note:
            lines += labelled("note", (reading.note, ""), width=width)
        lines += labelled("notify", *self._told(reading), width=width)
        lines += labelled("checks", *self._checked(), width=width)
        return lines

    def _told(self, reading: Reading) -> list[Piece]:
        """Whether the client hears of it, and where not, why."""
        client = reading.client
        if not reading.notify:
            return [("the client is not told", "warn")]
        if client is not None and not client.mobile and not client.email:
            return [("nobody: no number or email address on record", "warn")]
        if reading.past:
            return [("nobody: it has begun", "dim")]
        return [("confirmation to the client", ""), ("! at the end: silent", "faint")]

    def _checked(self) -> list[Piece]:
        checks = self._checks
        if checks is None:
            return [("–", "faint")]
        marks: list[Piece] = [("free ✓", "ok")]
        if not checks.free:
            marks = in_the_way(self.session, checks.conflicts, "books")
        if not checks.free and self.reading is not None and self.reading.repeat is not None:
            marks = [(f"‼ {self.session.conflict(checks.conflicts[0])}, the first time", "bad")]
        marks.append(("in hours ✓", "ok") if checks.in_hours else ("outside hours", "warn"))
        marks += [(each.text(self.session.person(each.name)), "warn") for each in checks.against]
        if checks.owes_minor:
            marks.append((f"owes {self.session.money(checks.owes_minor)}", "warn"))
        if self.reading is not None and self.reading.client is not None:
            marks.append((f"{counted(checks.visits, 'visit')} before" if checks.visits else "first visit", "dim"))
        return marks

    # ---- doing ---------------------------------------------------------------------------------------

    def act(self, *, force: bool) -> None:
        """Book it."""
        reading = self.reading
        request = reading.request if reading else None
        if reading is None or request is None:
            return
        notify = reading.notify
        if reading.repeat is not None:
            self._book_series(request, reading.repeat, notify)
            return
        if self._checks and self._checks.conflicts and not force:
            self.problem(taken(self.session, self._checks.conflicts))
            return
        self.change(lambda guru: guru.booking.book(request, force=force, notify=notify), self.dismiss)

    def _book_series(self, request: BookingRequest, repeat: Repeat, notify: bool) -> None:
        """Show every time that the rule gives, with what is in its way, and book what is left of them."""
        from guru_tui.screens.dialogs.series import SeriesStep, ask_series

        who = self.session.person(self.reading.client.name) if self.reading and self.reading.client else ""
        step = SeriesStep(
            f"Book {who}",
            lambda series: series.plan(request, repeat),
            lambda series, decisions, _told: series.book(request, repeat, decisions, notify=notify),
        )
        ask_series(self, step, self.dismiss)

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()

    def action_form(self) -> None:
        """The same as a form; what is typed there comes back as the line, and is booked where nothing is in the way."""
        from guru_tui.screens.dialogs.book_form import BookForm

        self._typed()
        if self.reading is None:
            return

        def filled(line: str | None) -> None:
            if line is not None:
                field = self.query_one("#line", Input)
                field.value = line
                field.cursor_position = len(line)
                self._go(force=False)

        self.app.push_screen(BookForm(self.session, self.reading), filled)

    def action_new_client(self) -> None:
        """Add the client whose name nobody has."""
        self._typed()
        self.add_client()

    def advice(self, problem: Problem) -> str:
        """A name that nobody has may be a new client's."""
        name = self.reading.new_client if self.reading else ""
        if problem.field != "client" or not name:
            return ""
        alone = len(problem.choices) == 1
        return " Enter opens the form." if alone else f" Tab takes a choice, Ctrl+N adds {name} as a new client."

    def add_client(self) -> None:
        """The form of a new client with the name filled in; then the line is read again."""
        from guru_tui.screens.dialogs.client_form import ClientForm

        name = self.reading.new_client if self.reading else ""

        def take(client_id: int | None) -> None:
            if client_id is None:
                return
            line = self.query_one("#line", Input)
            added = self._named(self.session, self.session.reads.client(client_id).row)
            if name and name in line.value:
                line.value = line.value.replace(name, added.strip(), 1)
            else:
                line.value = f"{added}{line.value}"
            line.value = f"{line.value.rstrip()} "
            line.cursor_position = len(line.value)

        self.app.push_screen(ClientForm(self.session, name=name), take)
