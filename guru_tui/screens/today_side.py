"""The panes on the right of Today where the screen is wide: the client, what waits for a person, the month."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from textual.containers import Vertical

from guru_tui.domain.local_time import MONTHS
from guru_tui.domain.views.agenda import AgendaEntry, DayTotals
from guru_tui.domain.views.clients import ClientDetail
from guru_tui.screens.base import counted
from guru_tui.screens.client_card import card_lines
from guru_tui.screens.day_plan import Gap
from guru_tui.screens.session import Session
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.text import Line, Piece


class TodaySide(Vertical):
    """Three panes, one below the other."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._card, self._todo, self._month = (Pane(id=name, classes="panel") for name in ("card", "todo", "month"))
        super().__init__(self._card, self._todo, self._month, id="side")
        entitle(self._todo, "To do")

    def show_day(self, day: date, totals: DayTotals) -> None:
        """What waits, and the month with `day` marked."""
        self._todo.show(lambda _width: self._to_do(totals))
        entitle(self._month, f"{MONTHS[day.month - 1]} {day.year}")
        self._month.show(lambda _width: _month(day, self._session.today()))

    def show_item(self, item: AgendaEntry | Gap | None, client: ClientDetail | None) -> None:
        """The client of what is under the cursor, or what can be done with it."""
        card, session = self._card, self._session
        if client is not None:
            entitle(card, session.person(client.row.name))
            card.show(lambda width: card_lines(session, client, width))
        elif isinstance(item, Gap):
            entitle(card, "Free")
            card.show(
                lambda _width: (
                    (("a", "key"), (" books an appointment here", "dim")),
                    (("b", "key"), (" blocks it", "dim")),
                )
            )
        else:
            entitle(card, "Blocked" if item else "Nothing booked")
            card.show(lambda _width: ((("x", "key"), (" removes it", "dim")),) if item else ())

    def _to_do(self, totals: DayTotals) -> Sequence[Line]:
        session = self._session
        todo: list[Line] = []
        if session.sender_trouble:
            todo.append((("! ", "bad"), (f"sending paused: {session.sender_trouble}", "")))
        if totals.failed_messages:
            todo.append(
                (("! ", "bad"), (f"{counted(totals.failed_messages, 'message')} not sent", ""), ("  6 Outbox", "dim"))
            )
        if totals.overdue:
            todo.append(
                (
                    ("! ", "bad"),
                    (f"{totals.overdue} overdue  {session.money(totals.overdue_minor)}", ""),
                    ("  5 Invoices", "dim"),
                )
            )
        if totals.uninvoiced:
            todo.append(
                (("· ", "warn"), (f"{counted(totals.uninvoiced, 'visit')} to invoice", ""), ("  5 Invoices", "dim"))
            )
        if totals.held_messages:
            todo.append(
                (("⇅ ", "warn"), (f"{counted(totals.held_messages, 'message')} held", ""), ("  6 Outbox", "dim"))
            )
        tomorrow = [
            entry
            for entry in session.reads.agenda(session.today() + timedelta(days=1))
            if entry.kind != "block" and entry.status in ("booked", "confirmed")
        ]
        if tomorrow:
            first = tomorrow[0]
            todo.append(
                (
                    ("· ", "dim"),
                    (f"tomorrow {len(tomorrow)}, first {first.starts:%H:%M} {session.person(first.client)}", ""),
                )
            )
        return todo or ((("✓ ", "ok"), ("Nothing waits for you.", "dim")),)


def _month(day: date, today: date) -> Sequence[Line]:
    lines: list[Line] = [(("Mo Tu We Th Fr Sa Su", "dim"),)]
    for week in calendar.Calendar().monthdatescalendar(day.year, day.month):
        line: list[Piece] = []
        for each in week:
            tone = "active" if each == day else "now" if each == today else "faint" if each.weekday() > 4 else ""
            line += [(f"{each.day:2d}" if each.month == day.month else "  ", tone), (" ", "")]
        lines.append(line)
    return lines
