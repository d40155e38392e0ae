"""What the week says in words: of the days on show, of a free cell, of what stands under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from guru_tui.domain.local_time import MONTHS, short_date
from guru_tui.domain.policies import price_words
from guru_tui.screens.today_rows import days_of
from guru_tui.screens.week_plan import DAY, free
from guru_tui.widgets import glyphs
from guru_tui.widgets.text import Line, Piece, joined

if TYPE_CHECKING:
    from guru_tui.domain.views.agenda import AgendaEntry
    from guru_tui.screens.session import Session
    from guru_tui.screens.week_pages import WeekPage
    from guru_tui.widgets.week_sheet import Cell


def summary(page: WeekPage, day: date, today: date, width: int) -> Sequence[Line]:
    """Which days these are, how many are booked, what is left; `day` is the one that they are about."""
    first, count = page.first, len(page.open)
    last = first + timedelta(days=count - 1)
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1][:3]}"
    span = f"{first.day}{month}–{last.day} {MONTHS[last.month - 1][:3]}"
    booked = sum(span.kind != "block" and span.starts.date() >= first for span in page.spans.values())
    left = sum(free(page.parts, index, each) for index, each in enumerate(page.open))
    hours = any(each not in ((), ((0, DAY),)) for each in page.open)  # of one without hours all is free
    clashes = sum(part.lane > 0 for part in page.parts)
    legend = "░ closed  ▒ blocked  ‼ clash  ━ now" if width >= 120 else ""
    parts: list[Piece] = [
        (f"Week {day.isocalendar().week}" if count > 3 else short_date(day), "strong"),
        (f"{span} {last.year}" if last.year != today.year else span, ""),
        (f"{booked} booked", ""),
        (f"{_hours(left)} free" if hours else "", "ok" if left else "dim"),
        (f"‼ {clashes} clash{'es' if clashes > 1 else ''}" if clashes else "", "bad"),
        (legend, "faint"),
    ]
    return _line(parts, width)


def free_cell(page: WeekPage, cell: Cell, width: int) -> Sequence[Line]:
    """A cell in which nothing stands: until when it is free, and what closes the day."""
    until = page.free_until(cell)
    day = page.first + timedelta(days=cell.column)
    parts: list[Piece] = [
        (f"{short_date(day)} {_clock(cell.minute)}", "strong"),
        (f"free until {_clock(until)}", "ok") if until else ("outside the operating hours", "dim"),
        (page.notes[cell.column], "warn"),
        ("a books here, b blocks", "dim"),
    ]
    return _line(parts, width)


def taken_cell(session: Session, entry: AgendaEntry, day: date, width: int) -> Sequence[Line]:
    """An appointment or a blocked time, as it stands on `day`."""
    when = entry.times_on(day)
    if entry.kind == "block":
        return _line(
            [(when, "strong"), (entry.title or "blocked", ""), (days_of(entry), "dim"), ("x removes it", "dim")], width
        )
    rem, look, money = glyphs.reminder(entry.reminder), glyphs.status(entry.status), glyphs.billing(entry.billing)
    parts: list[Piece] = [
        (session.person(entry.client), "strong"),
        (when, ""),
        (entry.title, "dim"),
        (look.word, look.tone),
        (rem.glyph, rem.tone),
        (money.word if entry.billing != "-" else "", money.tone),
        (price_words(entry.status, entry.fee_minor, entry.charge_minor, entry.currency), "dim"),
        (session.phone(entry.mobile), "dim"),
        (entry.location, "dim"),
        (f"note: {note}" if (note := session.note(entry.note)) else "", ""),
    ]
    return _line(parts, width)


def _line(parts: Sequence[Piece], width: int) -> Sequence[Line]:
    return [[(" ", ""), *joined(parts, width - 2)]]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _hours(minutes: int) -> str:
    """`12h`, `3h30`."""
    return f"{minutes // 60}h{minutes % 60:02d}" if minutes % 60 else f"{minutes // 60}h"
