"""Today's page of the sample practice: one of everything that can be on it, whatever the weekday and the hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from guru_tui.services.demo.people import Person
from guru_tui.services.demo.samples import Kind, Moment

# Role on the page (see people.toml), start in minutes after midnight, index of the type.
_MORNING_GAP = (
    ("settled", 480, 0),
    ("owing", 540, 0),
    ("no-show", 600, 3),
    ("uninvoiced", 690, 0),
    ("draft", 810, 3),
    ("weekly", 840, 0),
    ("new", 900, 1),
    ("no number", 960, 3),
    ("owing less", 990, 3),
)
# The gap wanders to the afternoon while the clock stands in the morning's, so that somebody is always being treated.
_AFTERNOON_GAP = (
    ("settled", 480, 0),
    ("owing", 540, 0),
    ("no-show", 600, 3),
    ("uninvoiced", 630, 0),
    ("new", 690, 1),
    ("draft", 810, 3),
    ("weekly", 840, 0),
    ("no number", 960, 3),
    ("owing less", 990, 3),
)
_GAP = (630, 690)

# Visits around today, in days from it. What they come to: `owing` owes two visits since a month, `owing less` one,
# `draft` lies in a draft, `weekly` is a series of which six were and three are to come; 0 counts on a weekend, when
# the series has its day on Friday.
_HISTORY = {
    "settled": (-42, -28, -14, 7, 21),
    "owing": (-40, -36, 7),
    "no-show": (-30, -23, 7),
    "uninvoiced": (-21, -4, 7),
    "draft": (-25, -3, 14),
    "weekly": (-42, -35, -28, -21, -14, -7, 0, 7, 14, 21),
    "new": (7, 14),
    "no number": (-35, -21, -7, 14),
    "owing less": (-24, 14),
}
TIMES = len(_HISTORY["weekly"])


def page(kinds: list[Kind], minute: int) -> Iterator[tuple[str, int, Kind, str]]:
    """Role, start, type and status of each of today's appointments when the clock shows `minute`."""
    layout = _AFTERNOON_GAP if _GAP[0] <= minute < _GAP[1] else _MORNING_GAP
    absent = _absent(kinds, layout, minute)
    upcoming = True
    for role, start, index in layout:
        kind = kinds[index]
        if role == absent:
            status = "no-show"
        elif start + kind.minutes <= minute:
            status = "attended"
        elif start <= minute:
            status = "confirmed"
        else:
            status = "confirmed" if upcoming else "booked"
            upcoming = False
        yield role, start, kind, status


def _absent(kinds: list[Kind], layout: tuple[tuple[str, int, int], ...], minute: int) -> str:
    """Who did not come: once their time is over the one meant for it, before that whoever was first."""
    over = [role for role, start, index in layout if start + kinds[index].minutes <= minute]
    return "no-show" if "no-show" in over else over[0] if over else ""


def around(
    people: list[Person], kinds: list[Kind], moment: Moment, is_open: Callable[[date], bool]
) -> Iterator[tuple[Person, date, int, Kind, date | None]]:
    """The visits of today's people before and after today, on open days at their usual hour.

    Of the one who comes every week also the day that the rule gives.
    """
    usual = {role: (start, kinds[index]) for role, start, index in _MORNING_GAP}
    for person in people:
        if person.role not in usual:
            continue
        start, kind = usual[person.role]
        taken: set[date] = set()
        weekly = person.role == "weekly"
        base = moment.plus(-max(0, moment.today.weekday() - 4)) if weekly else moment.today
        for days in _HISTORY[person.role]:
            due = day = base + timedelta(days=days)
            while not is_open(day) or day in taken:
                day -= timedelta(days=1)
            if day == moment.today or (days > 0) != (day > moment.today):
                continue
            taken.add(day)
            yield person, day, start, kind if kind.share else kinds[0], due if weekly else None
