"""When the sample practice is closed: on public holidays, on leave, and for a day's course next week."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from guru_tui.services.demo.samples import Moment, Samples
from guru_tui.store.bulk import Batch

_LEAVE_BEFORE = 120  # days ago
_LEAVE_AT_LEAST = 22  # days ahead: past what today's people have booked
_COURSE_AT_LEAST = 8  # days ahead: past what today's people have booked for next week


@dataclass(slots=True)
class Closures:
    """Says of each day whether the practice works on it. `leave`: the Mondays of weeks off; `course`: a closed day."""

    samples: Samples
    moment: Moment
    leave: tuple[date, ...] = ()
    course: date = date.min
    _easter: dict[int, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fix the leave first, then the next working day for the course."""
        past = self.moment.plus(-_LEAVE_BEFORE)
        self.leave = (past - timedelta(days=past.weekday()), _leave_next_month(self.moment.today))
        day = self.moment.plus(_COURSE_AT_LEAST)
        while not self.works(day):
            day += timedelta(days=1)
        self.course = day

    def works(self, day: date) -> bool:
        """Whether it is a working day of the week on which nothing is the matter."""
        return day.weekday() < 5 and self.opens(day)

    def opens(self, day: date) -> bool:
        """Whether nothing closes it, whatever the weekday."""
        return day != self.course and not self.holiday(day) and not self.on_leave(day)

    def on_leave(self, day: date) -> bool:
        """Whether it lies in a week of leave."""
        return day - timedelta(days=day.weekday()) in self.leave and day.weekday() < 5

    def holiday(self, day: date) -> bool:
        """Whether it is a public holiday in South Africa (Public Holidays Act 36 of 1994)."""
        fixed = self.samples.practice["calendar"]["holidays"]
        if f"{day:%m-%d}" in fixed or (day.weekday() == 0 and f"{day - timedelta(days=1):%m-%d}" in fixed):
            return True
        return day - self._easter_of(day.year) in (timedelta(days=-2), timedelta(days=1))

    def _easter_of(self, year: int) -> date:
        if year not in self._easter:
            from dateutil.easter import easter

            self._easter[year] = easter(year)
        return self._easter[year]

    def worked(self, *days: date) -> str:
        """The setting that says on which of the days the practice is open although they are holidays."""
        return ",".join(day.isoformat() for day in days if self.holiday(day))

    def batch(self) -> Batch:
        """The row of the closed day."""
        day = self.course.isoformat()
        title = self.samples.practice["calendar"]["closed"]
        return Batch("closed_day", ("location_id", "first_on", "last_on", "title"), [(None, day, day, title)])


def _leave_next_month(today: date) -> date:
    """The Monday of next month's second whole week, later where that is too soon for what is booked."""
    month = date(today.year + today.month // 12, today.month % 12 + 1, 8)
    monday = month + timedelta(days=-month.weekday() % 7)
    while (monday - today).days < _LEAVE_AT_LEAST:
        monday += timedelta(days=7)
    return monday
