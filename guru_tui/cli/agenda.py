"""`guru agenda`: the schedule of a day, several, a week or a month."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta

from guru_tui.cli import Context
from guru_tui.cli.output import Output, add_json, number
from guru_tui.domain.local_time import MONTHS, short_date
from guru_tui.domain.money import Money
from guru_tui.domain.policies import owed
from guru_tui.domain.recurrence import after
from guru_tui.domain.views.agenda import OFF, AgendaEntry

_LONGEST = 366
_NAMED = 3  # entries of a day that a month's line names
_PERIODS = {
    "week": ("week", 0), "this week": ("week", 0), "next week": ("week", 1),
    "month": ("month", 0), "this month": ("month", 0), "next month": ("month", 1),
}  # fmt: skip
"""What DAY can be besides a day: the stretch that it stands for, and how many on from this one."""
GLYPHS = {"booked": "○", "confirmed": "●", "attended": "✓", "no-show": "✗", "late-cancelled": "—", "cancelled": "—"}


def configure(name: str, parser: argparse.ArgumentParser) -> None:
    """`agenda [DAY] [--days N | --week | --month]`."""
    parser.description = "The schedule. DAY is natural language: today, tomorrow, fri, 24/12, 2027-03-09."
    parser.epilog = "example: guru agenda tomorrow\n         guru agenda mon --days 5\n         guru agenda next week"
    parser.add_argument(
        "day", nargs="*", metavar="DAY", help="first day, or one of the week or month (default today); week, next month"
    )
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--days", type=number, default=1, metavar="N", help="how many days (default 1)")
    how_long.add_argument("--week", action="store_true", help="the week that DAY lies in, from Monday")
    how_long.add_argument("--month", action="store_true", help="the month that DAY lies in, a line for each day")
    add_json(parser)
    parser.set_defaults(run=run)


def run(context: Context, options: argparse.Namespace) -> int:
    """Print the days."""
    from guru_tui.errors import UsageMistake

    if not 1 <= options.days <= _LONGEST:
        raise UsageMistake(f"--days takes a number from 1 to {_LONGEST}, not {options.days}")
    reads = context.guru.reads
    text = " ".join(options.day).casefold()
    if text in _PERIODS and not (options.week or options.month):
        period, further = _PERIODS[text]
        setattr(options, period, True)
        day = reads.today() + timedelta(days=7 * further) if period == "week" else after(reads.today(), further)
    else:
        day = context.guru.quick_add.read_day(text) if text else reads.today()
    first, number_of_days = _span(day, options)
    days = split_by_day(reads.agenda(first, number_of_days), first, number_of_days)
    if options.json:
        context.output.json(
            {"days": [{"date": day, "entries": [as_json(entry) for entry in entries]} for day, entries in days]}
        )
    elif options.month:
        print_month(context.output, days)
    else:
        for day, entries in days:
            print_day(context.output, day, entries)
    return 0


def _span(day: date, options: argparse.Namespace) -> tuple[date, int]:
    """The first day that is asked for, and how many there are."""
    if options.week:
        return day - timedelta(days=day.weekday()), 7
    if options.month:
        first = day.replace(day=1)
        return first, ((first + timedelta(days=31)).replace(day=1) - first).days
    return day, options.days


def split_by_day(entries: list[AgendaEntry], first: date, days: int) -> list[tuple[date, list[AgendaEntry]]]:
    """The entries under each day they cover: leave of three days stands under all three."""
    result = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        result.append((day, [entry for entry in entries if _covers(entry, day)]))
    return result


def _covers(entry: AgendaEntry, day: date) -> bool:
    begin = datetime.combine(day, time(), tzinfo=entry.starts.tzinfo)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=entry.starts.tzinfo)
    return entry.starts < end and entry.ends > begin


def print_month(output: Output, days: list[tuple[date, list[AgendaEntry]]]) -> None:
    """A line for each day: how many, from when to when, and the first of them; a gap before each Monday."""
    rows: list[tuple[str, ...]] = []
    total = 0
    for day, entries in days:
        if rows and day.weekday() == 0:
            rows.append(("",) * 4)
        live = _booked(entries)
        total += sum(entry.starts.date() == day for entry in live)
        span = f"{live[0].times_on(day)[:5]}-{max(entry.times_on(day)[-5:] for entry in live)}" if live else ""
        rows.append((short_date(day), str(len(live) or "·"), span, _first_entries(day, entries)))
    first = days[0][0]
    output.line(f"{MONTHS[first.month - 1]} {first.year} · {total or 'nothing'} booked")
    output.table(("day", "booked", "hours", ""), rows, right=("booked",))


def _first_entries(day: date, entries: list[AgendaEntry]) -> str:
    live = [entry for entry in entries if entry.kind == "block" or entry in _booked(entries)]
    told = [
        f"{entry.times_on(day).partition('-')[0]} {entry.client or '▒ ' + (entry.title or 'blocked')}"
        for entry in live[:_NAMED]
    ]
    return ", ".join(told) + (f" +{len(live) - _NAMED}" if len(live) > _NAMED else "")


def _booked(entries: list[AgendaEntry]) -> list[AgendaEntry]:
    return [entry for entry in entries if entry.kind == "appointment" and entry.status not in OFF]


def print_day(output: Output, day: date, entries: list[AgendaEntry]) -> None:
    """One day as a table for a person."""
    live = _booked(entries)
    output.line(
        f"{short_date(day)} {day.year} · {len(live)} booked"
        if live
        else f"{short_date(day)} {day.year} · nothing booked"
    )
    if entries:
        output.table(
            ("id", "time", "", "client", "type", "place", "status", "fee", "reminder", "billing"),
            [
                (
                    entry.id if entry.kind == "appointment" else f"b{entry.id}",
                    entry.times_on(day),
                    GLYPHS.get(entry.status, "▒"),
                    entry.client or entry.title or "blocked",
                    entry.title if entry.kind == "appointment" else "",
                    entry.location,
                    entry.status or "blocked",
                    _cost(entry) if entry.kind == "appointment" else "",
                    entry.reminder if entry.kind == "appointment" else "",
                    entry.billing if entry.kind == "appointment" else "",
                )
                for entry in entries
            ],
            right=("id", "fee"),
        )


def _cost(entry: AgendaEntry) -> str:
    return Money(owed(entry.status, entry.fee_minor, entry.charge_minor), entry.currency).short()


def as_json(entry: AgendaEntry) -> dict[str, object]:
    """An entry in the shape of the command line's contract; a blocked time has `kind` block and no client."""
    appointment = entry.kind == "appointment"
    return {
        "id": entry.id,
        "kind": entry.kind,
        "start": entry.starts,
        "end": entry.ends,
        "client": entry.client if appointment else None,
        "client_id": entry.client_id,
        "type": entry.title,
        "location": entry.location or None,
        "status": entry.status if appointment else "blocked",
        "fee": Money(entry.fee_minor, entry.currency).as_json() if appointment else None,
        "charge": Money(entry.charge_minor, entry.currency).as_json() if entry.charge_minor is not None else None,
        "reminder": entry.reminder if appointment else None,
        "billing": entry.billing if appointment else None,
        "invoice": entry.invoice_number or None,
        "note": entry.note,
    }
