"""A day in lines beside the line that is typed: what stands in it, what is free, and where the new one would go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guru_tui.domain.views.agenda import OFF
from guru_tui.screens.day_plan import Gap, plan
from guru_tui.screens.session import Session
from guru_tui.screens.week_plan import closing
from guru_tui.widgets import glyphs
from guru_tui.widgets.text import Line


def day_lines(session: Session, starts: datetime, ends: datetime) -> Sequence[Line]:
    """The day of `starts` with the wanted time (naive local) among its entries."""
    reads, day = session.reads, starts.date()
    shut, _ = closing(reads.closed_days(day, day) if session.warm else [], day)
    found = plan(reads.agenda(day), () if shut else reads.hours(), day, session.now())
    wanted: Line = ((f"{starts:%H:%M}-{ends:%H:%M} ", "now"), ("◆ NEW", "now"))
    lines: list[tuple[datetime, Line]] = [(starts, wanted)]
    for item in found.items:
        at, until = item.starts.replace(tzinfo=None), item.ends.replace(tzinfo=None)
        if isinstance(item, Gap):
            # What the new one takes of it is free no more.
            for begin, end in ((at, min(until, starts)), (max(at, ends), until)):
                if begin < end:
                    span = f"{begin:%H:%M}-{end:%H:%M} "
                    lines.append((begin, ((span, "faint"), (f"{glyphs.GAP.glyph} free", "faint"))))
        elif item.status not in OFF:
            clash = at < ends and until > starts
            look = glyphs.BLOCK if item.kind == "block" else glyphs.status(item.status)
            name = item.title or "blocked" if item.kind == "block" else session.person(item.client)
            tone = "bad" if clash else "dim" if item.kind == "block" else ""
            span = f"{item.times_on(day):<11} "
            lines.append((at, ((span, "bad" if clash else "dim"), (f"{look.glyph} ", look.tone), (name, tone))))
    return [line for _, line in sorted(lines, key=lambda each: each[0])]
