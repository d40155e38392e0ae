"""A series before it is booked, what is done with each occurrence, and what comes of a change to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from guru_tui.domain.booking import Change, Held, held
from guru_tui.domain.local_time import short_date
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.views.agenda import Conflict

SCOPES = ("this", "later", "all")
"""How much of a series a change is about: one occurrence, that one and those after it, or every one."""
DECISIONS = ("keep", "skip", "shift")
"""What can be done with an occurrence that something speaks against; `shift` is to the next free time that day."""

Decisions = Mapping[datetime, str]
"""By the naive local start that the rule gives, a word of `DECISIONS`."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One start that a rule gives, and what speaks against it; naive local times.

    `closed` names the closed day it falls on, `missing` says that the clocks skip its time, which then cannot be
    kept. `twice`: the clocks show the time twice, and the first is meant. `shifted` is the next free time that day,
    looked for where something is in the way. `outside` the operating hours is told, and nothing to decide. `former` is
    where one that exists is now. `stays`: it is as long and at that very time already, so nothing is to be decided;
    `fixed` says why whatever is decided.
    """

    start: datetime
    end: datetime
    conflicts: tuple[Conflict, ...] = ()
    closed: str = ""
    missing: str = ""
    twice: bool = False
    past: bool = False
    shifted: datetime | None = None
    outside: bool = False
    former: datetime | None = None
    stays: bool = False
    fixed: str = ""

    @property
    def troubled(self) -> bool:
        """Whether something has to be decided about it."""
        return bool(self.conflicts or self.closed or self.missing)

    @property
    def trouble(self) -> str:
        """What speaks against it, for a line of a list; empty where nothing does."""
        listed = [str(conflict) for conflict in self.conflicts[:2]]
        if len(self.conflicts) > 2:
            listed.append(f"{len(self.conflicts) - 2} more")
        parts = [f"overlaps {', '.join(listed)}"] if listed else []
        parts += [f"closed: {self.closed}"] if self.closed else []
        parts += ["that time does not exist: the clocks skip it"] if self.missing else []
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """What a rule comes to: every occurrence in order, with what speaks against it.

    `gone` are the naive local starts of the appointments that are cancelled for it.
    """

    repeat: Repeat
    occurrences: tuple[Occurrence, ...]
    gone: tuple[datetime, ...] = ()

    @property
    def troubled(self) -> tuple[Occurrence, ...]:
        """Those about which something has to be decided."""
        return tuple(one for one in self.occurrences if one.troubled)

    @property
    def of_existing(self) -> bool:
        """Whether there are appointments already that become some of them, or give way."""
        return bool(self.gone) or any(one.former for one in self.occurrences)

    @property
    def outcome(self) -> str:
        """`1 stays, 2 move, 1 is new, 2 are cancelled: Tue 22 Dec and Tue 5 Jan`: what comes of those there are."""
        stay = sum(one.stays for one in self.occurrences)
        new = sum(one.former is None for one in self.occurrences)
        change = [one for one in self.occurrences if one.former and not one.stays]
        longer = sum(one.former == one.start for one in change)
        counts = (
            (stay, "stays", "stay"),
            (len(change) - longer, "moves", "move"),
            (longer, "has another length", "have another length"),
            (new, "is new", "are new"),
            (len(self.gone), "is cancelled", "are cancelled"),
        )
        said = ", ".join(f"{number} {one if number == 1 else more}" for number, one, more in counts if number)
        return f"{said}: {_days(self.gone)}" if self.gone else said

    def decided(self, conflict: str, missing: str) -> dict[datetime, str]:
        """One decision for all that are in conflict and one for all at a time that does not exist; empty for none."""
        wanted = ((one.start, missing if one.missing else conflict) for one in self.troubled)
        return {start: decision for start, decision in wanted if decision}


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be another for the appointments of a scope; None leaves it as it is.

    `start` is the naive local time of the one that was chosen: the others move by as much, on the clock.
    """

    start: datetime | None = None
    minutes: int | None = None
    fee_minor: int | None = None
    type_id: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """Where an appointment or a blocked time stands in its series.

    `number` of `total` counts by start; `later` and `all` are how many a change with that scope would take in.
    `starts` (naive local) is where the rule `repeat` counts from.
    """

    series_id: int
    repeat: Repeat
    starts: datetime
    number: int
    total: int
    later: int
    all: int


@dataclass(frozen=True, slots=True)
class SeriesChange(Change):
    """A change to a series that was committed; `ids` are what it made or changed, `left` says what stays and why.

    `freed` are the appointments that it moved or cancelled.
    """

    series_id: int = 0
    ids: tuple[int, ...] = ()
    left: tuple[str, ...] = ()
    freed: tuple[int, ...] = ()

    @property
    def said(self) -> str:
        """What was done, and what stays."""
        return f"{self.summary} · left: {', '.join(self.left)}" if self.left else self.summary

    @property
    def gone(self) -> tuple[Held, ...]:
        """Those that it moved or cancelled, and what it unblocked."""
        return held(self.freed, self.unblocked)


def _days(starts: tuple[datetime, ...]) -> str:
    """The first days of several, and how many more there are."""
    named = [short_date(start.date()) for start in starts]
    if len(named) > 4:
        named[3:] = [f"{len(named) - 3} more"]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def undecided_sentence(open_ones: tuple[Occurrence, ...], total: int) -> str:
    """How many of the occurrences have to be decided about, which, and how to do so."""
    listed = "; ".join(f"{short_date(one.start.date())} {one.start:%H:%M} {one.trouble}" for one in open_ones[:3])
    more = f"; and {len(open_ones) - 3} more" if len(open_ones) > 3 else ""
    verb = "is" if len(open_ones) == 1 else "are"
    return (
        f"{len(open_ones)} of {total} {verb} not free ({listed}{more}); leave those out with --skip, "
        "move them to the next free time that day with --shift, or keep them with --force."
    )
