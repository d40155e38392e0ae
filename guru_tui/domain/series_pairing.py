"""Which appointment of a series becomes which under another rule, so that it stays itself and is not made anew."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta

from guru_tui.domain.recurrence import Repeat

_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def paired(
    former: Repeat, olds: Sequence[datetime], rule: Repeat, news: Sequence[datetime], since: tuple[datetime, datetime]
) -> dict[int, int]:
    """The index in `olds` by the index in `news` that it becomes; all are naive local starts, in order.

    First what is at the same start, then what is on the same day, then what lies in the same period: that of the rule
    which comes round sooner, each rule's counted from its own start in `since`. So of `every tue` that becomes `every
    wed` each goes to the day after, the one of a fortnight to that of the next, and where every other one falls away
    the rest stay. Within a day or a period they pair in order; what is left over gives way, or is new.
    """
    period = min(former, rule, key=lambda one: one.every * _DAYS[one.unit])
    found: dict[int, int] = {}

    def take(old_key: Callable[[datetime], Hashable], new_key: Callable[[datetime], Hashable]) -> None:
        free = defaultdict[Hashable, deque[int]](deque)
        taken = set(found.values())
        for number, start in enumerate(olds):
            if number not in taken:
                free[old_key(start)].append(number)
        for number, start in enumerate(news):
            if number not in found and free[new_key(start)]:
                found[number] = free[new_key(start)].popleft()

    take(lambda start: start, lambda start: start)
    take(datetime.date, datetime.date)
    take(lambda start: _number(period, since[0], start), lambda start: _number(period, since[1], start))
    return found


def _number(period: Repeat, first: datetime, start: datetime) -> int:
    """In which period, counted from that of `first`, a start lies; weeks begin on Monday, as the rules have it."""
    if period.unit == "year":
        units = start.year - first.year
    elif period.unit == "month":
        units = 12 * (start.year - first.year) + start.month - first.month
    elif period.unit == "week":
        units = (_monday(start) - _monday(first)).days // 7
    else:
        units = (start.date() - first.date()).days
    return units // period.every


def _monday(start: datetime) -> datetime:
    return datetime.combine(start.date() - timedelta(start.weekday()), datetime.min.time())
