"""The panes on the right of Today where the screen is wide: the client, what waits for a person, the month."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from rich.cells import cell_len
from textual.containers import Vertical

from guru_tui.domain.local_time import MONTHS
from guru_tui.domain.views.agenda import AgendaEntry
from guru_tui.domain.views.clients import ClientDetail
from guru_tui.screens.client_card import card_lines
from guru_tui.screens.day_plan import Gap
from guru_tui.screens.session import Session
from guru_tui.screens.today_rows import repeat_words
from guru_tui.screens.todo import to_dos
from guru_tui.widgets.paint import Pane, entitle
from guru_tui.widgets.text import Line, Piece, words

_TO_DO_LINES = 9
"""How many lines the stylesheet gives the to-dos."""


class TodaySide(Vertical):
    """Three panes, one below the other."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._card, self._todo, self._month = (Pane(id=name, classes="panel") for name in ("card", "todo", "month"))
        super().__init__(self._card, self._todo, self._month, id="side")
        entitle(self._todo, "To do")

    def show_day(self, day: date) -> None:
        """What waits, and the month with `day` marked."""
        self._todo.show(self._to_do)
        entitle(self._month, f"{MONTHS[day.month - 1]} {day.year}")
        self._month.show(lambda _width: _month(day, self._session.today()))

    def show_item(self, item: AgendaEntry | Gap | None, client: ClientDetail | None) -> None:
        """The client of what is under the cursor, or what can be done with it."""
        card, session = self._card, self._session
        if client is not None:
            repeats = repeat_words(session, item) if isinstance(item, AgendaEntry) else ""
            entitle(card, session.person(client.row.name))
            card.show(lambda width: card_lines(session, client, width, room=card.content_size.height, repeats=repeats))
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

    def _to_do(self, width: int) -> Sequence[Line]:
        session = self._session
        todo: list[Line] = [each.line for each in to_dos(session)]
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
        room = _TO_DO_LINES - 1
        if len(todo) > room:
            todo = [*todo[: room - 1], (("  ", ""), (f"and {len(todo) - room + 1} more: ", "dim"), ("!", "key"))]
        return [line for each in todo for line in _wrapped(each, width)][:_TO_DO_LINES] or (
            (("✓ ", "ok"), ("Nothing waits for you.", "dim")),
        )


def _wrapped(line: Line, width: int) -> list[Line]:
    """A to-do on two lines where one does not hold it."""
    (glyph, tone), (text, _), *rest = line
    told = words(text, width - cell_len(glyph) - sum(cell_len(each) for each, _ in rest))
    return [
        ((glyph, tone), (told[0], ""), *rest),
        *(((" " * cell_len(glyph), ""), (more, "")) for more in told[1:]),
    ]


def _month(day: date, today: date) -> Sequence[Line]:
    lines: list[Line] = [(("Mo Tu We Th Fr Sa Su", "dim"),)]
    for week in calendar.Calendar().monthdatescalendar(day.year, day.month):
        line: list[Piece] = []
        for each in week:
            tone = "active" if each == day else "now" if each == today else "faint" if each.weekday() > 4 else ""
            line += [(f"{each.day:2d}" if each.month == day.month else "  ", tone), (" ", "")]
        lines.append(line)
    return lines
