"""How a day's entries look: rows of the list, flags, and the strip of details under it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from guru_tui.domain.local_time import elapsed, span_text
from guru_tui.domain.policies import CHARGED, price_words
from guru_tui.domain.views.agenda import LIVE, OFF, AgendaEntry
from guru_tui.screens.day_plan import Gap, Plan
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets import glyphs
from guru_tui.widgets.record_list import Row
from guru_tui.widgets.text import Column, Columns, Line, Piece, flow, joined, one_line

NARROW = Columns(
    (Column("time", 5), Column("s", 1), Column("client", 18, grow=1), Column("rem", 3), Column("pay", 11)), indent=1
)
NORMAL = Columns(
    (
        Column("time", 11),
        Column("s", 1),
        Column("client", 18, grow=2),
        Column("type", 9, grow=1),
        Column("rem", 3),
        Column("pay", 11),
        Column("flags", 20, grow=4),
    )
)
NOW_LINE = "now"


def columns_for(width: int) -> Columns:
    """The columns that a list of `width` cells has."""
    return NARROW if width < 70 else NORMAL


def key_of(item: AgendaEntry | Gap) -> tuple[str, object]:
    """What identifies a row: the record, or for a gap its start."""
    if isinstance(item, Gap):
        return "gap", item.starts.isoformat()
    return item.kind, item.id


class DayRows:
    """Draws one day's plan."""

    def __init__(self, session: Session, plan: Plan, day: date, now: datetime) -> None:
        self._session = session
        self._plan = plan
        self._day = day
        self._now = now

    def rows(self) -> list[Row]:
        """The rows with the now-line between them."""
        rows = [Row(key_of(item), one_line(self._line, item)) for item in self._plan.items]
        if rows and self._plan.now_after is not None:
            rows.insert(self._plan.now_after + 1, Row(NOW_LINE, self._now_line, selectable=False))
        return rows

    def _now_line(self, width: int) -> Sequence[Line]:
        return (((f" {self._now:%H:%M} ", "now"), ("━" * max(width - 8, 0), "now")),)

    def _line(self, item: AgendaEntry | Gap, width: int) -> Line:
        narrow = width < 70
        time = self._times(item).replace("all day", "all d")[:5] if narrow else self._times(item)
        if isinstance(item, Gap):
            return self._special(
                width, time, glyphs.GAP.glyph, f"— gap {_length(item.minutes)} —", "faint", "a books here"
            )
        if item.kind == "block":
            return self._special(width, time, glyphs.BLOCK.glyph, item.title or "blocked", "dim", "")
        off = item.status in OFF
        look = glyphs.NOW if item is self._plan.ongoing else glyphs.status(item.status)
        rem, pay = glyphs.reminder(item.reminder), self._billing(item)
        name: Piece = (self._session.person(item.client), "faint" if off else "strong" if look is glyphs.NOW else "")
        cells: list[Line] = [
            ((time, look.tone if look is glyphs.NOW else "faint" if off else "dim" if item.ends <= self._now else ""),),
            ((look.glyph, look.tone),),
            (name,),
        ]
        if not narrow:
            cells.append(((item.title, "faint" if off else "dim"),))
        cells += [((rem.glyph, rem.tone),), (pay,)]
        if not narrow:
            cells.append(joined(self.flags(item), columns_for(width).widths(width)[-1]))
        return columns_for(width).line(cells, width)

    def _times(self, item: AgendaEntry | Gap) -> str:
        return f"{item.starts:%H:%M}-{item.ends:%H:%M}" if isinstance(item, Gap) else item.times_on(self._day)

    def _special(self, width: int, time: str, glyph: str, text: str, tone: str, hint: str) -> Line:
        """A line without a client: the text may run over the columns that stay empty."""
        spread = Columns((Column("", 5 if width < 70 else 11), Column("", 1), Column("", 20, grow=1), Column("", 19)))
        return spread.line([((time, tone),), ((glyph, tone),), ((text, tone),), ((hint, "faint"),)], width)

    def _billing(self, entry: AgendaEntry) -> Piece:
        look = glyphs.billing(entry.billing)
        if entry.billing == "overdue" and entry.invoice_due_on:
            return f"OVERDUE {(self._now.date() - entry.invoice_due_on).days}d", look.tone
        if entry.billing == "-":
            return look.glyph, look.tone
        return look.word, look.tone

    def flags(self, entry: AgendaEntry) -> list[Piece]:
        """What is worth knowing about an appointment at a glance, the most pressing first."""
        flags: list[Piece] = []
        if entry.id in self._plan.clashing:
            flags.append((f"{glyphs.CLASH.glyph} {glyphs.CLASH.word}", "bad"))
        if entry is self._plan.ongoing:
            flags.append((f"NOW · {_length(_minutes(elapsed(self._now, entry.ends)))} left", "now"))
        elif entry is self._plan.following:
            flags.append(("NEXT", "now"))
        if entry.status in ("no-show", "late-cancelled", "cancelled"):
            flags.append((entry.status, glyphs.status(entry.status).tone))
        if entry.reminder in ("failed", "missed", "unknown"):
            flags.append(("reminder?" if entry.reminder == "unknown" else "unreminded", "bad"))
        if not entry.mobile and entry.status in LIVE:
            flags.append(("no number", "warn"))
        if entry.visit == 1 and entry.status not in OFF:
            flags.append(("new client", "sure"))
        if entry.owes_minor > 0 and entry.status not in OFF:
            flags.append((f"owes {self._session.money(entry.owes_minor, entry.currency)}", "warn"))
        return flags

    # ---- details -------------------------------------------------------------------------------------

    def details(self, item: AgendaEntry | Gap | None, width: int) -> Sequence[Line]:
        """The strip under the list: three lines about what is under the cursor, more where it is narrow."""
        if item is None:
            return ()
        if isinstance(item, Gap):
            head: Line = ((f" {item.starts:%H:%M}-{item.ends:%H:%M} ", "strong"), ("free", "ok"))
            rest = f" {_length(item.minutes)} free: a books an appointment here, b blocks it."
            return (head, ((rest, "dim"),))
        if item.kind == "block":
            whole = days_of(item) or repeat_words(self._session, item)
            return (
                ((f" {self._times(item)} ", "strong"), (item.title or "blocked", "")),
                ((f" {whole}; x removes it." if whole else " x removes it.", "dim"),),
            )
        session, look = self._session, glyphs.status(item.status)
        if item is self._plan.ongoing:
            look = glyphs.NOW
        phone = session.phone(item.mobile)
        lines: list[Line] = flow(
            [
                (f"{look.glyph} {session.person(item.client)}", "strong"),
                (phone or "no number", "" if phone else "warn"),
                (session.address(item.email), "dim"),
            ],
            width - 1,
            indent=1,
        )
        rem = glyphs.reminder(item.reminder)
        reminder = rem.word + (f": {item.reminder_reason.rstrip('.')}" if item.reminder_reason else "")
        said = {"unreminded", "reminder?", item.status}
        flags = self.flags(item) if width < 70 else self.flags(item)[1:] if width < 110 else []
        lines += flow(
            [
                (f"{self._times(item)} {item.title}", ""),
                (item.status, glyphs.status(item.status).tone),
                (f"visit {item.visit}" if item.visit else "", "dim"),
                (
                    price_words(item.status, item.fee_minor, item.charge_minor, item.currency),
                    "warn" if item.status in CHARGED else "",
                ),
                (item.location, "dim"),
            ],
            width - 1,
            indent=3,
            separator=" · ",
        )
        lines += flow(
            [
                (reminder, rem.tone if item.reminder in ("failed", "missed", "unknown", "no-address") else "dim"),
                (repeat_words(session, item), "dim"),
                (self._invoice_words(item), glyphs.billing(item.billing).tone or "dim"),
                *(flag for flag in flags if flag[0] not in said),
                (f"note: {note}" if (note := session.note(item.note)) else "", ""),
            ],
            width - 1,
            indent=3,
            separator=" · ",
        )
        return lines

    def _invoice_words(self, item: AgendaEntry) -> str:
        if item.billing == "-":
            return ""
        number = f" {item.invoice_number}" if item.invoice_number else ""
        due = f", due {short_day(item.invoice_due_on, self._now.date())}" if item.invoice_due_on else ""
        if item.billing in ("uninvoiced", "draft"):
            return "no invoice yet" if item.billing == "uninvoiced" else "invoice is a draft"
        state = "" if item.billing == "sent" else f" {item.billing}"
        return f"invoice{number}{state}{due if item.billing != 'paid' else ''}"


def days_of(block: AgendaEntry) -> str:
    """`Mon 21 Dec to Fri 25 Dec`, of a blocked time that is more than a part of one day."""
    if (block.ends - timedelta(microseconds=1)).date() == block.starts.date():
        return ""
    return span_text(block.starts.replace(tzinfo=None), block.ends.replace(tzinfo=None))


def repeat_words(session: Session, entry: AgendaEntry) -> str:
    """`every Wed, 7 of 10`, of one that came by a rule; the first paint does without what it takes to say so."""
    place = session.reads.series_place(entry.kind, entry.id) if session.warm else None
    if place is None:
        return ""
    from guru_tui.domain.recurrence import in_words

    return f"{in_words(place.repeat.anchored(place.starts))}, {place.number} of {place.total}"


def _minutes(length: timedelta) -> int:
    return max(-(-int(length.total_seconds()) // 60), 0)


def _length(minutes: int) -> str:
    """`45m`, `3h`, `1h30`."""
    hours, rest = divmod(minutes, 60)
    if not hours or minutes < 100:
        return f"{minutes}m"
    return f"{hours}h{rest:02d}" if rest else f"{hours}h"


def distance(length: timedelta) -> str:
    """`28m`, `3h`, `2 days`: how far off something is."""
    minutes = _minutes(length)
    return _length(minutes) if minutes < 24 * 60 else f"{minutes // 1440} day{'s' if minutes >= 2880 else ''}"
