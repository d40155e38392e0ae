"""What repeats in the sample practice: visits of people who come by a rule, and lunch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from guru_tui.domain.recurrence import Repeat, rule_text
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.samples import Kind, Moment, wall
from guru_tui.store.bulk import Batch

_MADE_BEFORE = 7  # days before the first one


@dataclass(slots=True)
class Series:
    """A rule in the making, of a person's visits or of blocked time; `start` in local minutes of its first `day`."""

    repeat: Repeat
    day: date
    start: int
    minutes: int
    title: str
    person: Person | None = None
    kind: Kind | None = None
    id: int = 0

    @property
    def made(self) -> date:
        """When it was entered."""
        return self.day - timedelta(days=_MADE_BEFORE)


@dataclass(frozen=True, slots=True)
class Part:
    """Which of a series something is: the one that the rule gives on `due`."""

    series: Series
    due: date

    @property
    def row(self) -> tuple[int, str]:
        """The two columns that say so."""
        return self.series.id, wall(self.due, self.series.start)


def of_visits(person: Person, kind: Kind, day: date, start: int, *, times: int, every: int = 1) -> Series:
    """A person's visits every so many weeks from `day` on."""
    repeat = Repeat("week", every, (day.weekday(),), times)
    return Series(repeat, day, start, kind.minutes, kind.name, person, kind)


def series_batch(series: Iterable[Series], moment: Moment, currency: str) -> Batch:
    """The rows of series; the clients and types they name must be there before."""
    columns = ("id", "kind", "client_id", "type_id", "location_id", "title", "starts_local", "zone", "minutes", "rule")
    return Batch(
        "series",
        (*columns, "fee_minor", "currency", "note", "created_at"),
        (_row(each, moment, currency) for each in series),
    )


def _row(series: Series, moment: Moment, currency: str) -> tuple[object, ...]:
    kind, person = series.kind, series.person
    return (
        series.id,
        "appointment" if person else "block",
        person.id if person else None,
        kind.id if kind else None,
        kind.location_id if kind else None,
        series.title,
        wall(series.day, series.start),
        moment.zone,
        series.minutes,
        rule_text(series.repeat),
        kind.fee_minor if kind else 0,
        currency if person else "",
        "",
        moment.utc(min(series.made, moment.plus(-1)), 600),
    )
