"""How messages look: the columns of a list, what became of one, why, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import elapsed, short_date, to_local
from guru_tui.domain.message import ENDED_BADLY
from guru_tui.domain.sms_text import brief, measure
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.messages import AttemptRow, MessageRow, PlannedReminder
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets import glyphs
from guru_tui.widgets.glyphs import Look
from guru_tui.widgets.text import BLANK, Column, Columns, Line, Piece, flow, joined, words

WAITING = ("held", "queued", "claimed", "sending")
WAYS = {"sms": "SMS", "email": "email"}
KINDS = {
    "confirmation": "Confirmation",
    "reminder": "Reminder",
    "reschedule": "Move",
    "cancellation": "Cancellation",
    "offer": "Offer",
    "invoice": "Invoice",
    "payment-reminder": "Payment reminder",
    "payment-receipt": "Receipt",
    "agenda": "Agenda, to you",
    "alert": "Alert, to you",
}
_TRIED = {"sent": "accepted", "queued": "put off", "": "died without a result"}
_NARROW = Columns((Column("time", 6), Column("s", 1), Column("to", 14, grow=1), Column("message", 16)))
_NORMAL = Columns(
    (Column("time", 6), Column("state", 15), Column("via", 5), Column("to", 17, grow=1), Column("message", 16),
     Column("note", 8, grow=4))
)  # fmt: skip
_BROAD = Columns((Column("time", 12), *_NORMAL.columns[1:]))


def columns_for(width: int) -> Columns:
    """The columns that a list of `width` cells has."""
    return _NARROW if width < 70 else _NORMAL if width < 88 else _BROAD


class Message(NamedTuple):
    """A message with what a screen needs to draw it: the number of its invoice, if it is about one."""

    row: MessageRow
    number: str = ""

    @property
    def what(self) -> str:
        """`Cancellation`, `Invoice 1043`."""
        kind = KINDS.get(self.row.kind, self.row.kind.replace("-", " ").capitalize())
        return f"{kind} {self.number}".rstrip()


def waits(row: MessageRow) -> bool:
    """Whether it has not left and may still be stopped."""
    return row.state in WAITING


def ended_badly(row: MessageRow) -> bool:
    """Whether it needs a person: it ended badly and nobody has said that it is dealt with."""
    return row.state in ENDED_BADLY and row.acknowledged_at is None


def countdown(left: timedelta) -> str:
    """`2:41`, `3h`, `2 days`: how long a held message stays within reach."""
    seconds = max(int(left.total_seconds()), 0)
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02d}"
    return f"{seconds // 3600}h" if seconds < 48 * 3600 else f"{seconds // 86400} days"


class Writer:
    """Draws messages as they stand at this moment."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ---- lists ---------------------------------------------------------------------------------------

    def look(self, row: MessageRow) -> Look:
        """The state in glyph, word and tone; a held one counts down, one that is dealt with is quiet."""
        look = glyphs.message(row.state)
        if row.state == "held":
            return look._replace(word=f"held {countdown(elapsed(self._session.now(), row.not_before))}")
        return look._replace(tone="dim") if row.acknowledged_at else look

    def line(self, message: Message, width: int) -> Line:
        """One message in a list."""
        row, look, columns = message.row, self.look(message.row), columns_for(width)
        when = self._long(moment_of(row)) if columns is _BROAD else self._short(moment_of(row))
        name: Piece = (self._session.person(row.recipient_name) or self.address(row), "")
        kind = self._kind(message)
        if columns is _NARROW:
            return columns.line([((when, "dim"),), ((look.glyph, look.tone),), (name,), ((kind, "dim"),)], width)
        cells: list[Line] = [
            ((when, "dim"),),
            ((f"{look.glyph} {look.word}", look.tone),),
            ((WAYS.get(row.channel, row.channel), "dim"),),
            (name,),
            ((kind, ""),),
            joined(self._note(row), columns.widths(width)[-1]),
        ]
        return columns.line(cells, width)

    def _kind(self, message: Message) -> str:
        row = message.row
        if row.kind == "reminder" and row.starts_at:
            return f"Reminder {short_date(self._local(row.starts_at).date())[:3]}"
        return message.what

    def _note(self, row: MessageRow) -> list[Piece]:
        """What is worth knowing beside the state: the reason first."""
        notes: list[Piece] = []
        if row.acknowledged_at:
            notes.append(("dealt with", "dim"))
        if row.reason:
            notes.append((self._session.without_addresses(row.reason), "dim"))
        if row.state == "queued" and row.not_before > self._session.now():
            notes.append((f"from {self._short(row.not_before)}", "dim"))
        if waits(row) and row.attempts:
            notes.append((f"try {row.attempts + 1}", "warn"))
        if row.resend_sequence:
            notes.append(("sent again", "dim"))
        if row.edited:
            notes.append(("edited", "dim"))
        if row.delivered_at:
            notes.append((self._delivered(row.delivered_at, moment_of(row)), "dim"))
        elif row.channel == "sms" and (waits(row) or row.state == "sent"):
            notes.append((f"{measure(row.body).segments} SMS", "faint"))
        return notes

    def _delivered(self, at: datetime, left: datetime) -> str:
        """`at 10:02`, or the day where it is not the one on which it left."""
        moment = self._local(at)
        if moment.date() == self._local(left).date():
            return f"at {moment:%H:%M}"
        return f"on {short_day(moment.date(), self._session.today())}"

    def short(self, message: Message, width: int) -> Line:
        """One message in a thread: `25 Nov 10:00 SMS Reminder ✓ delivered`."""
        row, look = message.row, self.look(message.row)
        line: list[Piece] = [
            (f"{self._long(moment_of(row)):<12} ", "dim"),
            (f"{WAYS.get(row.channel, row.channel)} ", "dim"),
            (f"{message.what} ", ""),
            (f"{look.glyph} {look.word}", look.tone),
        ]
        return line if width > 40 else [line[0], *line[2:]]

    # ---- one message ---------------------------------------------------------------------------------

    def head(self, message: Message, width: int) -> list[Line]:
        """To whom, how, and the state."""
        row, look = message.row, self.look(message.row)
        return flow(
            [
                (self._session.person(row.recipient_name), "strong"),
                (f"{WAYS.get(row.channel, row.channel)} {self.address(row)}".rstrip(), ""),
                (f"{look.glyph} {look.word}", look.tone),
            ],
            width,
        )

    def why(self, message: Message, width: int) -> list[Line]:
        """The reason, and what a person can do about it."""
        row = message.row
        tone = glyphs.message(row.state).tone if not row.acknowledged_at else "dim"
        lines: list[Line] = [
            ((line, tone or "dim"),) for line in words(self._session.without_addresses(row.reason), width) if line
        ]
        remedy = remedy_for(row)
        return lines + [((line, "dim"),) for line in words(remedy, width) if line]

    def text(self, message: Message, width: int) -> list[Line]:
        """Subject and text as they go out; hidden while privacy is on."""
        row = message.row
        if self._session.privacy:
            return [(("The text is hidden; * shows it.", "faint"),)]
        lines: list[Line] = [((line, "strong"),) for line in words(row.subject, width) if line]
        return lines + [((line, ""),) for line in words(row.body.strip(), width)]

    def size(self, row: MessageRow) -> str:
        """`107/160 · 1 SMS · R0.32`; empty for a mail."""
        if row.channel != "sms":
            return ""
        practice = self._session.practice
        return brief(measure(row.body), practice["sms_price"], practice.currency)

    def history(self, row: MessageRow, tries: Sequence[AttemptRow], width: int) -> list[Line]:
        """What became of it, step by step."""
        if row.state == "planned":
            return [((f"{self._long(row.not_before)}  ", "dim"), ("leaves then, if nothing changes", ""))]
        steps: list[tuple[datetime, str, str]] = [(row.created_at, "created", "dim")]
        if waits(row) and row.not_before > row.created_at:
            steps.append((row.not_before, "held until then" if row.state == "held" else "leaves then", ""))
        for one in tries:
            result = _TRIED.get(one.result, one.result)
            reason = (
                f": {self._session.without_addresses(one.reason)}" if one.reason and one.reason != row.reason else ""
            )
            steps.append((one.started_at, f"tried, {result}{reason}", "bad" if one.result in ENDED_BADLY else ""))
        if row.sent_at and not any(one.result == "sent" for one in tries):
            steps.append((row.sent_at, "sent", "ok"))
        if row.delivered_at:
            steps.append((row.delivered_at, "delivered", "ok"))
        if row.state in ("cancelled", "expired", "missed", "undelivered") and row.updated_at:
            look = glyphs.message(row.state)
            steps.append((row.updated_at, look.word, look.tone))
        if row.acknowledged_at:
            steps.append((row.acknowledged_at, "dealt with", "dim"))
        lines: list[Line] = []
        former = ""
        for at, what, tone in sorted(steps, key=lambda step: step[0]):
            moment = self._local(at)
            day = short_day(moment.date(), self._session.today())
            told = words(what, max(width - 14, 10))
            lines.append(((f"{day if day != former else '':>6} {moment:%H:%M}  ", "dim"), (told[0], tone)))
            lines += [((" " * 14, ""), (line, tone)) for line in told[1:]]
            former = day
        if row.provider_id:
            lines += [((line, "faint"),) for line in words(f"provider's id {row.provider_id}", width)]
        return lines

    def source(self, message: Message) -> str:
        """Which template the text came from."""
        row = message.row
        kind = KINDS.get(row.kind, row.kind)
        return f"{kind}, {WAYS.get(row.channel, row.channel)}" + (", changed by you" if row.edited else "")

    def card(self, message: Message, tries: Sequence[AttemptRow], before: Sequence[Message], width: int) -> list[Line]:
        """Everything there is to know about one message, for a pane or a dialog."""
        row = message.row
        lines = [*self.head(message, width), *self.why(message, width), BLANK, *self.text(message, width)]
        if size := self.size(row):
            lines.append(((size, "faint"),))
        lines += [BLANK, *self.history(row, tries, width)]
        lines.append((("template ", "faint"), (self.source(message), "dim")))
        others = [each for each in before if each.row.id != row.id]
        if others:
            name = self._session.person(row.recipient_name)
            lines += [BLANK, ((f"Before, to {name}", "title"),), *(self.short(each, width) for each in others)]
        return lines

    def strip(self, message: Message, width: int) -> list[Line]:
        """The message in the few lines under a list."""
        inner = width - 2
        shown: list[Line] = [line for line in self.text(message, inner) if line and line[0][0]][:4]
        lines = [*self.head(message, inner), *self.why(message, inner), *shown]
        if size := self.size(message.row):
            lines.append(((size, "faint"),))
        return [((" ", ""), *line) for line in lines]

    def address(self, row: MessageRow) -> str:
        """The number or the address as people write it; empty where there is none."""
        session = self._session
        return session.phone(row.recipient) if row.channel == "sms" else session.address(row.recipient)

    # ---- small things --------------------------------------------------------------------------------

    def _local(self, at: datetime) -> datetime:
        return to_local(at, self._session.practice.zone)

    def _short(self, at: datetime) -> str:
        """The time of a moment today, the day of any other."""
        moment, today = self._local(at), self._session.today()
        return f"{moment:%H:%M}" if moment.date() == today else short_day(moment.date(), today)

    def _long(self, at: datetime) -> str:
        moment = self._local(at)
        return f"{short_day(moment.date(), self._session.today()):>6} {moment:%H:%M}"


def planned_message(entry: AgendaEntry, reminder: PlannedReminder) -> Message:
    """A reminder that is not in the outbox yet, drawn like one that is; its id is below zero and stays the same."""
    starts = entry.starts.astimezone(UTC)
    return Message(
        MessageRow(
            id=-(entry.id * 1000 + reminder.rule_id * 2 + (reminder.channel == "sms") + 1),
            kind="reminder",
            channel=reminder.channel,
            client_id=entry.client_id,
            recipient=reminder.recipient,
            recipient_name=entry.client,
            subject=reminder.subject,
            body=reminder.body,
            state="planned",
            reason=reminder.when,
            attempts=0,
            not_before=reminder.leaves,
            expires_at=starts,
            sent_at=None,
            provider_id="",
            appointment_id=entry.id,
            invoice_id=None,
            created_at=reminder.leaves,
            starts_at=starts,
            rule_id=reminder.rule_id,
        )
    )


def with_text(session: Session, message: Message) -> Message:
    """A planned reminder with the text that it would leave with now."""
    row = message.row
    for reminder in session.reads.reminders(row.appointment_id or 0):
        if (reminder.rule_id, reminder.channel) == (row.rule_id, row.channel):
            return message._replace(row=replace(row, subject=reminder.subject, body=reminder.body))
    return message


def moment_of(row: MessageRow) -> datetime:
    """The moment a list shows: when it left, or when it leaves or was to leave."""
    return row.sent_at or row.not_before


def remedy_for(row: MessageRow) -> str:
    """What a person can do about a message as it stands; empty where nothing has to be done."""
    if row.acknowledged_at:
        return ""
    if row.state == "blocked":
        if "no mobile number" in row.reason or "no email address" in row.reason or "not a mobile" in row.reason:
            return "o opens the record to add one; then r sends it."
        if "switched off" in row.reason:
            return "o opens the record, where the client's wish can be changed; d when it is dealt with."
        return "Put right what it names, then r sends it; d when it is dealt with."
    return {
        "failed": "r tries again; d when it is dealt with.",
        "unknown": "It may have arrived, so it is never sent again by itself. R sends it once more, d leaves it.",
        "undelivered": "o opens the record to check the number; R sends it once more.",
        "missed": "Too late for a message: tell the client yourself; d when it is dealt with.",
    }.get(row.state, "")


def with_numbers(rows: Sequence[MessageRow], numbers: Mapping[int, str]) -> list[Message]:
    """Messages with the numbers of their invoices, by the invoices' ids."""
    return [Message(row, numbers.get(row.invoice_id or 0, "")) for row in rows]
