"""What needs a person, wherever it shows: beside Today, on its narrow form, and as a list to go from."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from guru_tui.domain.local_time import elapsed, to_local
from guru_tui.screens.base import counted
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets.text import Line

_SILENT = timedelta(days=1)
"""A sender that has not worked for longer is worth a question: cron runs `guru remind` every few minutes."""
_GIVEN_UP = timedelta(days=30)
"""One that has been silent for longer than this was switched off on purpose."""
_STATES: dict[str, str] = {
    "failed": "failed",
    "undelivered": "not delivered",
    "unknown": "of unknown fate",
    "missed": "missed",
    "expired": "came too late",
    "blocked": "cannot be sent",
}
_WAYS = {"sms": ("SMS", "SMS"), "email": ("email", "emails")}
_SENDERS = {"remind": "guru remind", "daemon": "guru daemon", "app": "guru"}


class ToDo(NamedTuple):
    """One thing that waits: how pressing it is, what, where it is dealt with, and the action that goes there."""

    glyph: str
    tone: str
    text: str
    where: str
    action: str

    @property
    def line(self) -> Line:
        """As a list shows it."""
        return ((f"{self.glyph} ", self.tone), (self.text, ""), (f"  {self.where}" if self.where else "", "dim"))


def to_dos(session: Session) -> list[ToDo]:
    """Everything that needs a person, the most pressing first; it stays until it is dealt with."""
    totals = session.totals
    found = [*_sending(session), *_messages(session)]
    if totals.replies:
        read = f"{totals.replies} {'reply' if totals.replies == 1 else 'replies'} to read"
        found.append(ToDo("!", "bad", read, "g r", "replies"))
    if totals.overdue:
        overdue = f"{totals.overdue} overdue  {session.money(totals.overdue_minor)}"
        found.append(ToDo("!", "bad", overdue, "5 Invoices", "go('invoices')"))
    if totals.uninvoiced:
        found.append(
            ToDo("·", "warn", f"{counted(totals.uninvoiced, 'visit')} to invoice", "5 Invoices", "go('invoices')")
        )
    if totals.held_messages:
        held = f"{counted(totals.held_messages, 'message')} held"
        found.append(ToDo("⇅", "warn", held, "6 Outbox", "outbox('waiting')"))
    return [*found, *_calendar_file(session), *_waiting(session)]


def pressing(session: Session) -> list[ToDo]:
    """What must not be overlooked, for where there is one line only."""
    found = [*_sending(session), *_messages(session), *_calendar_file(session)]
    return [todo for todo in found if todo.tone in ("bad", "warn")] + (
        [ToDo("!", "bad", f"{session.totals.replies} to read", "", "replies")] if session.totals.replies else []
    )


def _calendar_file(session: Session) -> list[ToDo]:
    """The file for other programs is behind the calendar."""
    trouble = session.guru.feed.trouble() if session.practice["ics_path"] else ""
    return [ToDo("!", "warn", f"the calendar's file: {trouble}", "", "calendar_file")] if trouble else []


def _sending(session: Session) -> list[ToDo]:
    """Nothing goes out, or nobody sends."""
    found: list[ToDo] = []
    if not session.practice.sending:
        found.append(ToDo("!", "warn", "sending is switched off", "6 P", "outbox('waiting')"))
    if session.sender_trouble:
        found.append(ToDo("!", "bad", f"sending paused: {session.sender_trouble}", "", "outbox('waiting')"))
    senders, now = session.reads.senders(), session.guru.clock.now()
    if not senders:
        return found
    latest = senders[0]
    if latest.paused and not session.sender_trouble and session.practice.sending:
        found.append(ToDo("!", "bad", f"sending paused: {latest.paused}", "", "outbox('waiting')"))
    headless = next((sender for sender in senders if sender.who != "app"), None)
    if headless is not None and _SILENT < elapsed(headless.last_at, now) < _GIVEN_UP:
        since = short_day(to_local(headless.last_at, session.practice.zone).date(), session.today())
        place = f" ({headless.place})" if headless.place else ""
        cause = "is cron running?" if headless.who == "remind" else "is it running?"
        name = _SENDERS.get(headless.who, headless.who)
        found.append(ToDo("!", "warn", f"{name}{place} has not run since {since}: {cause}", "", "outbox('waiting')"))
    return found


def _waiting(session: Session) -> list[ToDo]:
    """A free time of today that somebody waits for."""
    fits = session.guru.waiting.fits_on(session.today()) if session.reads.anyone_waits() else []
    if not fits:
        return []
    more = f" (and {len(fits) - 1} more)" if len(fits) > 1 else ""
    text = f"{fits[0].start:%H:%M} is free and {session.person(fits[0].entry.client)} waits{more}"
    return [ToDo("·", "ok", text, "W", "waitlist")]


def _messages(session: Session) -> list[ToDo]:
    """Messages that ended badly: `1 SMS failed`, `3 reminders missed`."""
    if not session.totals.failed_messages:
        return []
    by_state: dict[str, dict[str, int]] = {}
    for need in session.reads.needs():
        by_state.setdefault(need.state, {})[need.channel] = need.messages
    found = []
    for state, word in _STATES.items():
        channels = by_state.get(state)
        if not channels:
            continue
        number = sum(channels.values())
        one, many = _WAYS.get(next(iter(channels)), ("message", "messages")) if len(channels) == 1 else (
            "message", "messages"
        )  # fmt: skip
        if state == "missed":
            one, many = "reminder", "reminders"
        text = f"{number} {one if number == 1 else many} {word}"
        found.append(ToDo("!", "bad" if state != "blocked" else "warn", text, "6 Outbox", "outbox('needs')"))
    return found
