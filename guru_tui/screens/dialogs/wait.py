"""Putting a client on the waiting list, or changing what is waited for, from one line of text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.widgets import Input

from guru_tui.domain.quick_add import Problem
from guru_tui.domain.quick_add.waiting import WaitingReading, format_waiting
from guru_tui.domain.views.waitlist import WaitingChange, WaitingRow
from guru_tui.domain.waitlist import in_words
from guru_tui.screens.dialogs.live import LiveLine, labelled
from guru_tui.screens.session import Session
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.text import Line, Piece


class Wait(LiveLine[WaitingChange, WaitingReading]):
    """`thandi tue, thu mornings` Enter."""

    TITLE_TEXT = "Put on the waiting list"
    PLACEHOLDER = "who and when: thandi tue, thu mornings 45 min before 12 dec ::note"
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("⏎", "save", "submit"),
        Hint("⇥", "next reading", "next_choice(1)"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session, row: WaitingRow | None = None, version: int | None = None) -> None:
        """An entry that is to be changed comes with `reads.newest_change()` of when it was read."""
        self._row = row
        self._version = version
        super().__init__(session, f"{self._line(session, row)} " if row else "")

    @staticmethod
    def _line(session: Session, row: WaitingRow) -> str:
        """What the entry says, as a line to be changed."""
        service = session.guru.quick_add
        kind = next((each for each in session.reads.types() if each.id == row.wish.type_id), None)
        client = service.read_waiting(f"#{row.client_id}").client
        return format_waiting(WaitingReading("", row.wish, client, type=kind, note=row.note))

    def on_mount(self) -> None:
        """Say that an entry is changed, where one is."""
        super().on_mount()
        if self._row is not None:
            self.entitle(f"Change what {self.session.person(self._row.client)} waits for")

    def read(self, text: str, picks: dict[str, int]) -> WaitingReading:
        """Read the line."""
        return self.session.guru.quick_add.read_waiting(text, picks=picks)

    def wanted(self, reading: WaitingReading) -> tuple[datetime, datetime] | None:
        """No one time is meant."""
        return None

    def draw(self, reading: WaitingReading, width: int) -> Sequence[Line]:
        """Who waits, for what, and the note."""
        client = reading.client
        who: Piece = (self.session.person(client.name) if client else "who?", "strong" if client else "faint")
        phone = (self.session.phone(client.mobile) or "no number", "dim") if client else ("", "")
        wants = in_words(reading.wish, reading.type.name if reading.type else "")
        lines = [*labelled("client", who, phone, width=width), *labelled("waits", (wants, "strong"), width=width)]
        if reading.note:
            lines += labelled("note", (reading.note, ""), width=width)
        return lines

    def act(self, *, force: bool) -> None:
        """Put it on the list."""
        reading, row = self.reading, self._row
        if reading is None or reading.client is None:
            return
        client, wish, note, version = reading.client.id, reading.wish, reading.note, self._version
        if row is None:
            self.change(lambda guru: guru.waitlist.add(client, wish, note), self.dismiss)
        elif client != row.client_id:
            self.problem("The entry is another client's: leave the name, or take it off the list and add a new one.")
        else:
            self.change(lambda guru: guru.waitlist.change(row.id, wish, note, version=version), self.dismiss)

    def advice(self, problem: Problem) -> str:
        """A name that nobody has may be a new client's."""
        name = self.reading.new_client if self.reading else ""
        if problem.field != "client" or not name:
            return ""
        return " Enter opens the form." if len(problem.choices) == 1 else " Tab takes a choice or adds a new client."

    def add_client(self) -> None:
        """The form of a new client with the name filled in; then the line is read again."""
        from guru_tui.screens.dialogs.client_form import ClientForm

        name = self.reading.new_client if self.reading else ""

        def take(client_id: int | None) -> None:
            if client_id is not None:
                line = self.query_one("#line", Input)
                line.value = line.value.replace(name, f"#{client_id}", 1)
                line.cursor_position = len(line.value)

        self.app.push_screen(ClientForm(self.session, name=name), take)

    def action_submit(self) -> None:
        """The Enter key, for the mouse."""
        self._entered()
