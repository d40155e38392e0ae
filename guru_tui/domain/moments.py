"""A moment as a person types it on the command line: `14:00`, `tomorrow 10:00`, `fri`, or ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from guru_tui.domain.local_time import WEEKDAYS, YEARS, resolve, to_local
from guru_tui.errors import Invalid

_TIME = re.compile(r"(\d{1,2})[:h](\d{2})?")


def read_moment(text: str, *, now: datetime, zone: str, hour: time) -> datetime:
    """The instant (UTC) that `text` names, seen from `now` in `zone`.

    A time without a day is today's; a day without a time means the local time `hour`; a weekday is the next one
    after today. An ISO time without an offset is local. Raises `Invalid` for anything else and for a local time that
    the clocks skip.
    """
    wanted = " ".join(text.lower().split())
    if wanted == "now":
        return now.astimezone(UTC)
    words = wanted.split()
    today = to_local(now, zone).date()
    at = _time(words[-1]) if words else None
    if words and len(words) - (at is not None) <= 1:
        day = today if at is not None and len(words) == 1 else _day(words[0], today)
        if day is not None:
            return resolve(datetime.combine(day, at if at is not None else hour), zone, fold=0)
    return _iso(text.strip(), zone)


def _iso(text: str, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Invalid(
            f'{text!r} is no time; write it like 14:00, "tomorrow 10:00", "fri 10:00" or 2026-11-27T10:00.'
        ) from None
    if moment.year not in YEARS:
        raise Invalid(f"{text!r} is no time that can be planned for; check the year {moment.year}.")
    if moment.tzinfo is None:
        return resolve(moment, zone, fold=0)
    return moment.astimezone(UTC)


def _time(word: str) -> time | None:
    match = _TIME.fullmatch(word)
    if match is None or int(match.group(1)) > 23 or int(match.group(2) or 0) > 59:
        return None
    return time(int(match.group(1)), int(match.group(2) or 0))


def _day(word: str, today: date) -> date | None:
    relative = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if word in relative:
        return today + timedelta(days=relative[word])
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.lower().startswith(word):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return None
    return day if day.year in YEARS else None
