"""The Outbox: what could not be sent and why, what waits, and what has gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from guru_tui.commands.command import Command, bindings
from guru_tui.commands.everywhere import EVERYWHERE
from guru_tui.commands.outbox import OUTBOX
from guru_tui.domain.local_time import to_local
from guru_tui.domain.views.messages import MessageRow
from guru_tui.screens.everywhere_acts import EverywhereActs
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets import glyphs
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.record_list import RecordList, Row
from guru_tui.widgets.text import BLANK, Column, Columns, Line, Piece, flow, one_line, words

WAITING = ("held", "queued", "claimed", "sending")
PARTS: dict[str, tuple[str, ...]] = {
    "Needs you": ("failed", "undelivered", "unknown", "missed", "blocked"),
    "Waiting": WAITING,
    "All": (),
}
EMPTY = {
    "Needs you": "Nothing has failed.",
    "Waiting": "Nothing waits to leave.",
    "All": "No message was ever made.",
}
WAYS = {"sms": "SMS", "email": "email"}
_NORMAL = Columns(
    (Column("when", 12), Column("state", 15), Column("via", 5), Column("to", 18, grow=2), Column("message", 13),
     Column("why", 10, grow=3))
)  # fmt: skip
_NARROW = Columns((Column("when", 12), Column("s", 1), Column("to", 14, grow=1), Column("message", 12)))


def columns_for(width: int) -> Columns:
    """The columns that a list of `width` cells has."""
    return _NARROW if width < 70 else _NORMAL


class OutboxScreen(EverywhereActs):
    """Every message with its state and its reason; it opens on what needs a person."""

    TITLE_IN_HEADER = "Outbox"
    ACTIONS: ClassVar[tuple[Command, ...]] = OUTBOX
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OUTBOX + EVERYWHERE)]

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._part = ""
        self._rows: dict[int, MessageRow] = {}

    def body(self) -> ComposeResult:
        """The parts, the list, the message."""
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield Pane(id="summary")
                yield RecordList(id="messages")
                yield Pane(id="details")
            with Vertical(id="side"):
                yield Pane(id="card", classes="panel")

    # ---- reading -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the part on show; at first the one that needs a person, if any does."""
        found = {part: self._read(states) for part, states in PARTS.items()}
        if not self._part:
            self._part = next((part for part, messages in found.items() if messages), "All")
        self._rows = {message.id: message for message in found[self._part]}
        records = self.query_one(RecordList)
        records.empty = EMPTY[self._part]
        records.show([Row(key, one_line(self._line, each)) for key, each in self._rows.items()], columns=columns_for)
        parts: list[Piece] = [
            (f" {part} {len(messages)} ", "active" if part == self._part else "dim") for part, messages in found.items()
        ]
        self.query_one("#summary", Pane).show(lambda width: flow(parts, width, separator="", indent=1))

    def _read(self, states: Sequence[str]) -> list[MessageRow]:
        reads = self.session.reads
        if not states:
            return reads.messages()
        found = [message for state in states for message in reads.messages(state)]
        return sorted(found, key=lambda message: message.id, reverse=True)

    def _when(self, message: MessageRow) -> str:
        moment = to_local((message.sent_at or message.not_before), self.session.practice.zone)
        return f"{short_day(moment.date(), self.session.today()):>6} {moment:%H:%M}"

    def _line(self, message: MessageRow, width: int) -> Line:
        look, kind = glyphs.message(message.state), message.kind.replace("_", " ")
        when: Line = ((self._when(message), "dim"),)
        to: Line = ((self.session.person(message.recipient_name), ""),)
        if columns_for(width) is _NARROW:
            return _NARROW.line([when, ((look.glyph, look.tone),), to, ((kind, "dim"),)], width)
        cells: list[Line] = [
            when,
            ((f"{look.glyph} {look.word}", look.tone),),
            ((WAYS.get(message.channel, message.channel), "dim"),),
            to,
            ((kind, ""),),
            ((message.reason, "dim"),),
        ]
        return _NORMAL.line(cells, width)

    @property
    def message(self) -> MessageRow | None:
        """The message under the cursor."""
        key = self.query_one(RecordList).key
        return self._rows.get(key) if isinstance(key, int) else None

    @on(RecordList.Highlighted)
    def _highlighted(self) -> None:
        message, card = self.message, self.query_one("#card", Pane)
        details = self.query_one("#details", Pane)
        if message is None:
            entitle(card, "")
            card.show(lambda _width: ())
            details.show(lambda _width: ())
            return
        entitle(card, f"{message.kind} · {self.session.person(message.recipient_name)}")
        card.show(lambda width: [*self._head(message, width), BLANK, *self._text(message, width)])
        details.show(lambda width: [*self._head(message, width - 1), *self._text(message, width - 1)[:5]])

    def _head(self, message: MessageRow, width: int) -> list[Line]:
        session, look = self.session, glyphs.message(message.state)
        to = session.phone(message.recipient) if message.channel == "sms" else session.address(message.recipient)
        lines = flow(
            [
                (session.person(message.recipient_name), "strong"),
                (f"{WAYS.get(message.channel, message.channel)} {to}" if to else "", ""),
                (f"{look.glyph} {look.word}", look.tone),
            ],
            width,
            indent=1,
        )
        if message.reason:
            lines += [((" ", ""), (line, look.tone or "warn")) for line in words(message.reason, width - 1)]
        return lines

    def _text(self, message: MessageRow, width: int) -> list[Line]:
        if self.session.privacy:
            return []
        text = "\n".join(filter(None, (message.subject, message.body.strip())))
        return [((" ", ""), (line, "dim")) for line in words(text, width - 1) if line]

    # ---- acts ----------------------------------------------------------------------------------------

    def action_part(self, by: int) -> None:
        """Another part of the outbox."""
        parts = list(PARTS)
        self._part = parts[min(max(parts.index(self._part) + by, 0), len(parts) - 1)]
        self.reload()
        self.records.move("home")

    @on(RecordList.Chosen)
    def action_open(self) -> None:
        """The record of the client."""
        message = self.message
        if message is None:
            return
        if message.client_id is None:
            self.say("That message is about no client.", "warn")
            return
        self.open_client(message.client_id)

    def action_copy(self) -> None:
        """Copy where it goes."""
        message = self.message
        if message is not None:
            sms = message.channel == "sms"
            self.copy(message.recipient if sms else "", "" if sms else message.recipient)

    def action_withdraw(self) -> None:
        """Take it back, after a question: no key brings it back."""
        from guru_tui.screens.dialogs.confirm import Confirm

        message = self.message
        if message is None:
            return
        if message.state not in WAITING:
            word = glyphs.message(message.state).word
            self.say(f"That message is {word}; only one that waits can be withdrawn.", "warn")
            return
        text = f"The {message.kind} to {self.session.person(message.recipient_name)} is never sent then."
        self.ask(Confirm(self.session, "Withdraw the message", text, yes="withdraw it"), self._withdraw)

    def _withdraw(self, _yes: bool) -> None:
        message = self.message
        if message is not None:
            key = message.id
            self.change(lambda guru: guru.outbox.withdraw(key), self._withdrawn)

    def _withdrawn(self, message: MessageRow) -> None:
        self.reload()
        self.say(f"Withdrew the {message.kind} to {self.session.person(message.recipient_name)}")
