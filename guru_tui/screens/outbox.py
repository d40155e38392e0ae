"""The Outbox: what could not be sent and why, what waits, what is planned, and what has gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input

from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.commands.outbox import OUTBOX
from guru_tui.domain.text import fold
from guru_tui.domain.views.messages import BalanceRow
from guru_tui.domain.views.outbox import FilterWord, OutboxCounts
from guru_tui.screens.filtered import Filtered
from guru_tui.screens.outbox_acts import OutboxActs, why_not
from guru_tui.screens.outbox_rows import (
    KINDS,
    Message,
    columns_for,
    moment_of,
    planned_message,
    with_numbers,
    with_text,
)
from guru_tui.screens.session import Session
from guru_tui.widgets import glyphs
from guru_tui.widgets.bars import Hint, KeyBar
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import Line, Piece, flow, one_line

PAGE = 500
PARTS = {"all": "All", "needs": "Needs you", "waiting": "Waiting", "scheduled": "Scheduled", "sent": "Sent"}
EMPTY = {
    "all": "No message was ever made.",
    "needs": "Nothing needs you: all is sent, waiting, or dealt with.",
    "waiting": "Nothing waits to leave.",
    "scheduled": "No reminder is planned for the next 7 days.",
    "sent": "Nothing has been sent yet.",
}
_MANY = 5_000
"""From how many messages on the filter waits until the typing pauses."""
_PAUSE = 0.15
_WIDE = 120
"""From how many columns on the stylesheet shows `#side`."""


class OutboxScreen(Filtered, OutboxActs):
    """Every message with its state and its reason; it opens on what needs a person."""

    TITLE_IN_HEADER = "Outbox"
    ACTIONS: ClassVar[tuple[Command, ...]] = OUTBOX
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OUTBOX + EVERYWHERE)]
    FILTER_BY = "name, number, kind, state or text"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._part = ""
        self._limit = PAGE
        self._counts = OutboxCounts(0, 0, 0, 0)
        self._balance: BalanceRow | None = None
        self._messages: dict[int, Message] = {}
        self._planned: list[Message] = []
        self._held: frozenset[int] = frozenset()
        self._ticker: Timer | None = None
        self._typing: Timer | None = None

    def body(self) -> ComposeResult:
        """The parts, the filter, the list, the message."""
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield Pane(id="summary")
                yield self.filter_line()
                yield RecordList(id="messages")
                yield Pane(id="details")
            with Vertical(id="side"):
                yield Pane(id="card", classes="panel")

    # ---- reading -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the part on show; at first the one that needs a person, if any does."""
        reads = self.session.reads
        self._counts, self._balance = reads.outbox_counts(), reads.balance()
        self._planned = [planned_message(*pair) for pair in reads.planned_reminders()]
        if not self._part:
            self._part = next((part for part in ("needs", "waiting") if self._number(part)), "all")
        self._show()

    def _number(self, part: str) -> int:
        return len(self._planned) if part == "scheduled" else int(getattr(self._counts, part))

    def _read(self) -> list[Message]:
        """The messages of the part that fit the filter."""
        words = [filter_word(word) for word in self._search.value.lower().split()]
        if self._part == "scheduled":
            return [message for message in self._planned if all(_fits(message, word) for word in words)]
        reads = self.session.reads
        rows = reads.outbox_page(self._part, words, limit=self._limit)
        if self._part != "waiting":
            rows.sort(key=moment_of, reverse=True)  # what is planned for later stands above what has gone
        return with_numbers(rows, reads.invoice_numbers(rows))

    def _show(self) -> None:
        """Read the part on show and draw it."""
        self._messages = {message.row.id: message for message in self._read()}
        self._held = frozenset(key for key, message in self._messages.items() if message.row.state == "held")
        records = self.query_one(RecordList)
        records.empty = "Nothing fits; Esc clears the filter." if self._search.value.strip() else EMPTY[self._part]
        records.show(
            [Row(key, one_line(self.writer.line, each)) for key, each in self._messages.items()], columns=columns_for
        )
        self.query_one("#summary", Pane).show(self._summary)
        self._tick_while_held()

    def _summary(self, width: int) -> Sequence[Line]:
        session = self.session
        parts: list[Piece] = []
        for part, name in PARTS.items():
            number = self._number(part)
            tone = "active" if part == self._part else "bad" if part == "needs" and number else "dim"
            parts.append((f" {name} {number} ", tone))
        if self._search.value.strip():
            more = "+" if len(self._messages) == self._limit else ""
            parts.append((f"  {len(self._messages)}{more} fit", "key"))
        else:
            parts.append(("  / filter", "faint"))
        if self._balance is not None and width > 70:
            parts.append((f"  SMS {'account ' if width > 100 else ''}{self._balance.text}", "dim"))
        if not session.practice.sending:
            parts.append(("  sending is switched off: P", "warn"))
        return flow(parts, width, separator="", indent=1)

    @property
    def message(self) -> Message | None:
        """The message under the cursor."""
        key = self.query_one(RecordList).key
        if not isinstance(key, int) or key not in self._messages:
            return None
        message = self._messages[key]
        if key < 0 and not message.row.body:
            message = self._messages[key] = with_text(self.session, message)
        return message

    # ---- panes ---------------------------------------------------------------------------------------

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        if not self.loaded:
            return
        self._more()
        self._show_message()
        self.query_one(KeyBar).show(self._hints())

    def _show_message(self) -> None:
        message = self.message
        card, details = self.query_one("#card", Pane), self.query_one("#details", Pane)
        if message is None:
            entitle(card, "")
            card.show(lambda _width: ())
            details.show(lambda _width: ())
            return
        if self.app.size.width < _WIDE:
            details.show(lambda width: self.writer.strip(message, width))
            return
        tries, before = self.tries(message), self.thread(message)
        entitle(card, f"{message.what} · {self.session.person(message.row.recipient_name)}")
        card.show(lambda width: self.writer.card(message, tries, before, width))

    def _hints(self) -> list[Hint]:
        """The footer: what does not fit the message under the cursor stands back."""
        message, paused = self.message, not self.session.practice.sending
        return [
            Hint(
                command.key,
                "resume" if paused and command.id == "outbox.pause" else command.label,
                command.action,
                bool(why_not(command.id, message)) or (command.id == "outbox.done_all" and not self._counts.needs),
            )
            for command in self.footer()
        ]

    def on_resize(self) -> None:
        """The card and the strip change places."""
        if self.loaded:
            self._show_message()

    # ---- what changes by itself ----------------------------------------------------------------------

    def _tick_while_held(self) -> None:
        if self._ticker is None:
            self._ticker = self.set_interval(1.0, self._count_down, pause=True)
        if self._held:
            self._ticker.resume()
        else:
            self._ticker.pause()

    def _count_down(self) -> None:
        """Draw the held rows again, and the message where it is one of them; nothing else."""
        if self not in self.app.screen_stack or not self.is_running:
            return
        self.records.redraw(self._held)
        message = self.message
        if message is not None and message.row.id in self._held:
            for name in ("#card", "#details"):
                self.query_one(name, Pane).redraw()

    def _more(self) -> None:
        """At the end of a page the next one is read."""
        records = self.records
        if len(self._messages) >= self._limit and records.cursor == len(records.rows) - 1:
            self._limit += PAGE
            self._show()

    # ---- parts and the filter ------------------------------------------------------------------------

    def show_part(self, part: str) -> None:
        """Another part, from its beginning and without a filter."""
        self._part, self._limit = part, PAGE
        with self.prevent(Input.Changed):
            self._search.value = ""
        self._search.display = False
        self.reload()
        self.records.move("home")

    def action_part(self, by: int) -> None:
        """The part beside this one; the filter stays."""
        parts = list(PARTS)
        self._part = parts[min(max(parts.index(self._part) + by, 0), len(parts) - 1)]
        self._limit = PAGE
        self.reload()
        self.records.move("home")

    @on(Input.Changed, "#search")
    def _typed(self) -> None:
        self._limit = PAGE
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        if self._counts.all < _MANY:
            self._filtered()
        else:
            self._typing = self.set_timer(_PAUSE, self._filtered)

    def _filtered(self) -> None:
        self._show()
        self.records.move("home")

    @on(RecordList.Chosen)
    def _chosen(self) -> None:
        self.action_read()


def filter_word(word: str) -> FilterWord:
    """A word with what a person can mean by it: `fail` the failed ones, `mail` the emails, `rec` the receipts."""
    if len(word) < 3:
        return FilterWord(word)
    kinds = tuple(kind for kind, name in KINDS.items() if _begins(name, word))
    states = tuple(state for state, look in glyphs.MESSAGE.items() if _begins(look.word, word))
    channels = tuple(channel for channel in ("email", "sms") if channel.startswith(word))
    return FilterWord(word, kinds, states, channels or (("email",) if word == "mail" else ()))


def _fits(message: Message, word: FilterWord) -> bool:
    """Whether a planned reminder is what a word means."""
    row = message.row
    if row.kind in word.kinds or row.state in word.states or row.channel in word.channels:
        return True
    digits = "".join(letter for letter in word.text if letter.isdigit())
    if len(digits) >= 3 and digits.removeprefix("0") in row.recipient:
        return True
    return any(part.startswith(fold(word.text)) for part in fold(row.recipient_name).split())


def _begins(name: str, word: str) -> bool:
    return any(part.startswith(word) for part in name.lower().replace(",", " ").split())
