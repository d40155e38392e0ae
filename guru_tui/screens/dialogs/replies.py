"""What clients have answered and somebody has to read: confirm, cancel, or dealt with, one key each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from guru_tui.domain.local_time import short_moment, to_local
from guru_tui.errors import NotFound
from guru_tui.screens.dialogs.base import Dialog
from guru_tui.screens.dialogs.cancel import Cancel, of_one
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets import glyphs
from guru_tui.widgets.bars import Hint
from guru_tui.widgets.paint import Pane
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import BLANK, Column, Columns, Line, one_line, words

if TYPE_CHECKING:
    from guru_tui.bootstrap import Guru
    from guru_tui.domain.views.agenda import AgendaEntry
    from guru_tui.domain.views.messages import ReplyRow

_READINGS = {
    "yes": ("✓ yes", "ok"),
    "no": ("✗ no", "bad"),
    "unclear": ("? read it", "warn"),
    "bounce": ("! came back", "bad"),
    "auto": ("· automatic", "dim"),
}
_COLUMNS = Columns((Column("", 12), Column("", 11), Column("", 14, grow=1), Column("", 12, grow=3)), indent=0)
_NARROW = Columns((Column("", 11), Column("", 14, grow=1), Column("", 8, grow=2)), indent=0)
_OPEN = ("booked", "confirmed")


def _nothing(session: Session) -> str:
    if session.guru.settings.get("GURU_IMAP_HOST"):
        return "Every reply is dealt with."
    return "No mailbox is read: name it in .env with GURU_IMAP_HOST."


class Replies(Dialog[int]):
    """Answers the client whose record is to be opened."""

    TITLE_TEXT = "Replies to read"
    AUTO_FOCUS = "RecordList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "cursor('down')", "Down", show=False),
        Binding("up,k", "cursor('up')", "Up", show=False),
        Binding("pagedown", "cursor('page_down')", "Down", show=False),
        Binding("pageup", "cursor('page_up')", "Up", show=False),
        Binding("d", "done", "Dealt with", show=False),
        Binding("c", "confirm", "Confirm", show=False),
        Binding("x", "cancel", "Cancel the appointment", show=False),
        Binding("enter,o", "client", "Open the client", show=False),
        Binding("q", "leave", "Close", show=False),
    ]
    KEYS: ClassVar[tuple[Hint, ...]] = (
        Hint("d", "dealt with", "done"),
        Hint("c", "confirm", "confirm"),
        Hint("x", "cancel it", "cancel"),
        Hint("⏎", "client", "client"),
        Hint("Esc", "back", "leave"),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._replies: dict[int, ReplyRow] = {}
        self._seen = 0

    def body(self) -> Iterable[Widget]:
        """The list, and the text of the one under the cursor."""
        yield RecordList(id="replies", empty=_nothing(self.session))
        yield VerticalScroll(Pane(id="what"), id="whole", can_focus=False)

    def on_mount(self) -> None:
        """The newest first."""
        super().on_mount()
        self.query_one("#frame").add_class("tall")
        self._load()

    def on_screen_resume(self) -> None:
        """An appointment may have been cancelled in the dialog above."""
        if self.is_mounted:
            self._load()

    def _load(self) -> None:
        self._seen = self.session.reads.newest_change()
        self._replies = {reply.id: reply for reply in self.session.reads.replies(open_only=True)}
        self.query_one(RecordList).show([Row(key, one_line(self._line, each)) for key, each in self._replies.items()])

    def _line(self, reply: ReplyRow, width: int) -> Line:
        session = self.session
        at = to_local(reply.received, session.practice.zone)
        reading, tone = _READINGS.get(reply.reading, (reply.reading, ""))
        name = session.person(reply.client) or session.address(reply.sender)
        text = "" if session.privacy else " ".join((reply.body or reply.subject).split())
        cells: list[Line] = [((reading, tone),), ((name, "strong"),), ((text, "dim"),)]
        if width < 60:
            return _NARROW.line(cells, width)
        when = f"{short_day(at.date(), session.today()):>6} {at:%H:%M}"
        return _COLUMNS.line([((when, "dim"),), *cells], width)

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        self.problem("")
        reply = self.reply
        self.query_one("#what", Pane).show(lambda width: self._text(reply, width) if reply else ())

    def _text(self, reply: ReplyRow, width: int) -> list[Line]:
        lines: list[Line] = [BLANK]
        entry = self._entry(reply)
        if entry is not None:
            look = glyphs.status(entry.status)
            when = short_moment(entry.starts)
            lines.append(((f"{when} {entry.title} ", ""), (f"{look.glyph} {look.word}", look.tone)))
        if reply.outcome:
            lines += [((line, "dim"),) for line in words(reply.outcome, width)]
        if self.session.privacy:
            return [*lines, (("The text is hidden; * shows it.", "faint"),)]
        lines += [((line, "strong"),) for line in words(reply.subject, width) if line]
        return lines + [((line, ""),) for line in words(reply.body.strip(), width)]

    @property
    def reply(self) -> ReplyRow | None:
        """The reply under the cursor."""
        key = self.query_one(RecordList).key
        return self._replies.get(key) if isinstance(key, int) else None

    def _entry(self, reply: ReplyRow) -> AgendaEntry | None:
        """The appointment that the reply is about; None where there is none (any more)."""
        if reply.appointment_id is None:
            return None
        try:
            return self.session.reads.entry(reply.appointment_id)
        except NotFound:
            return None

    # ---- acts ----------------------------------------------------------------------------------------

    def action_cursor(self, step: str) -> None:
        """Move in the list."""
        self.query_one(RecordList).move(step)

    def _do(self, use_case: Callable[[Guru], object]) -> None:
        self.change(use_case, lambda _result: self._load())

    def action_done(self) -> None:
        """Nothing is left to do about it."""
        reply = self.reply
        if reply is not None:
            key = reply.id
            self._do(lambda guru: guru.replies.done(key))

    def _bookable(self, reply: ReplyRow) -> AgendaEntry | None:
        """The appointment, if it is still expected to happen; says so where it is not."""
        entry = self._entry(reply)
        if entry is None:
            self.problem("That reply is about no appointment; d when it is dealt with.", "warn")
            return None
        if entry.status not in _OPEN:
            self.problem(f"That appointment is {entry.status}; d when the reply is dealt with.", "warn")
            return None
        return entry

    def action_confirm(self) -> None:
        """The client comes: the appointment is confirmed."""
        reply = self.reply
        entry = self._bookable(reply) if reply is not None else None
        if reply is None or entry is None:
            return
        key, appointment_id, seen = reply.id, entry.id, self._seen

        def confirm(guru: Guru) -> None:
            guru.booking.set_status(appointment_id, "confirmed", version=seen)
            guru.replies.done(key)

        self._do(confirm)

    def action_cancel(self) -> None:
        """The client does not come: the appointment is cancelled, with its message shown before."""
        reply = self.reply
        entry = self._bookable(reply) if reply is not None else None
        if reply is None or entry is None:
            return
        key = reply.id

        def cancelled(change: object) -> None:
            if change is not None:
                self._do(lambda guru: guru.replies.done(key))

        what = of_one(self.session, entry, self._seen)
        self.app.push_screen(Cancel(self.session, what), cancelled)

    def action_client(self) -> None:
        """The record of whoever wrote."""
        reply = self.reply
        if reply is None:
            return
        if reply.client_id is None:
            self.problem("Nobody knows who wrote that: no client has that address.", "warn")
            return
        self.dismiss(reply.client_id)
