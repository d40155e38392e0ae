"""Several dates in one sentence: how the message about a series names its appointments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from guru_tui.domain.local_time import AFRIKAANS_MONTHS, AFRIKAANS_WEEKDAYS, MONTHS, WEEKDAYS


def listed(starts: Sequence[datetime], language: str = "en") -> tuple[str, str]:
    """The dates (`Tue 1, 8 and 15 December`) and the time most of them have; `starts` are naive local, in order.

    A date at another time has that behind it: `Tue 1, 8 (11:30) and 15 December`. Weekdays and months are named
    where they change, years where the dates are more than eleven months apart.
    """
    usual = Counter(f"{start:%H:%M}" for start in starts).most_common(1)[0][0]
    years = (starts[-1] - starts[0]).days > 330
    one_weekday = len({start.weekday() for start in starts}) == 1
    names: list[str] = []
    for number, start in enumerate(starts):
        following = starts[number + 1] if number + 1 < len(starts) else None
        weekday = "" if number and one_weekday else f"{_weekday(start, language)} "
        month = "" if following and _month_of(following) == _month_of(start) else f" {_month(start, language)}"
        year = f" {start.year}" if month and years and not (following and following.year == start.year) else ""
        time = f"{start:%H:%M}"
        names.append(f"{weekday}{start.day}{month}{year}" + ("" if time == usual else f" ({time})"))
    if len(names) == 1:
        return names[0], usual
    return f"{', '.join(names[:-1])} {'en' if language == 'af' else 'and'} {names[-1]}", usual


def _month_of(start: datetime) -> tuple[int, int]:
    return start.year, start.month


def _weekday(start: datetime, language: str) -> str:
    return AFRIKAANS_WEEKDAYS[start.weekday()] if language == "af" else WEEKDAYS[start.weekday()][:3]


def _month(start: datetime, language: str) -> str:
    return (AFRIKAANS_MONTHS if language == "af" else MONTHS)[start.month - 1]
