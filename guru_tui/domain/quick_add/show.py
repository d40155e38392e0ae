"""A reading written out again: as one line that reads the same, and as the chips of the live parse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guru_tui.domain.local_time import WEEKDAYS, short_date
from guru_tui.domain.money import short_text
from guru_tui.domain.quick_add.model import Chip, Reading
from guru_tui.domain.recurrence import Repeat, starts, told


def format_reading(reading: Reading) -> str:
    """The line that says everything the reading says, with nothing left to defaults.

    Reading it again at the same moment gives the same appointment. Fields that are open are left out.
    """
    open_fields = {field for field, _ in reading.ambiguous} | {problem.field for problem in reading.problems}
    parts = []
    if reading.client is not None and "client" not in open_fields:
        parts.append(f"#{reading.client.id}")
    if reading.type is not None and "type" not in open_fields:
        parts.append(reading.type.name)
    if reading.day is not None and "date" not in open_fields:
        parts.append(reading.day.isoformat())
    if reading.start is not None and "time" not in open_fields:
        parts.append(f"{reading.start:%H:%M}")
    if reading.minutes:
        parts.append(f"{reading.minutes}m")
    if reading.repeat is not None and reading.day is not None and not open_fields & {"repeat", "date"}:
        parts.append(repeat_phrase(reading.repeat))
    if reading.location is not None and "place" not in open_fields:
        parts.append(f"@{reading.location.name}")
    if "fee" not in open_fields:
        parts.append(short_text(reading.fee_minor, reading.currency).replace(" ", ""))
    if not reading.notify and not reading.note:
        parts.append("!")
    if reading.note:
        parts.append(f"::{reading.note}" + ("" if reading.notify else " !"))
    return " ".join(parts)


def repeat_phrase(repeat: Repeat) -> str:
    """How a line says the rule, its first day being named beside it: `every 2 weeks on mon and wed x6`."""
    every = f"every {repeat.unit}" if repeat.every == 1 else f"every {repeat.every} {repeat.unit}s"
    if len(repeat.weekdays) > 1:
        every += " on " + " and ".join(WEEKDAYS[day][:3].casefold() for day in repeat.weekdays)
    return f"{every} x{repeat.count}" if repeat.count is not None else f"{every} until {repeat.until}"


def chips(reading: Reading, typed: Sequence[str], named: str) -> tuple[Chip, ...]:
    """The fields in the order they are shown; `typed` are those the line itself gives, `named` the client's words."""
    states = {problem.field: "missing" if problem.missing else "wrong" for problem in reading.problems}
    states.update({field: "open" for field, _ in reading.ambiguous})

    def state(field: str) -> str:
        return states.get(field) or ("typed" if field in typed else "default")

    when = "missing" if "missing" in (state("date"), state("time")) else "typed"
    for worse in ("open", "wrong"):
        if worse in (state("date"), state("time"), state("length"), state("fold")):
            when = worse
    found = [
        Chip("client", reading.client.label if reading.client else named, state("client")),
        Chip("when", _when(reading), when),
    ]
    if reading.repeat is not None and reading.day is not None:
        first = datetime.combine(reading.day, datetime.min.time())
        found.append(Chip("repeat", told(reading.repeat, starts(reading.repeat, first)), state("repeat")))
    if reading.type is not None:
        found.append(Chip("type", reading.type.name, state("type")))
    found.append(Chip("fee", short_text(reading.fee_minor, reading.currency), state("fee")))
    if reading.location is not None or "place" in states:
        found.append(Chip("place", reading.location.name if reading.location else "", state("place")))
    if reading.note:
        found.append(Chip("note", reading.note, "typed"))
    found.append(Chip("notify", "yes" if reading.notify else "no", "default" if reading.notify else "typed"))
    return tuple(found)


def _when(reading: Reading) -> str:
    if reading.day is None:
        return f"{reading.minutes} min" if reading.minutes else ""
    day = short_date(reading.day) + f" {reading.day.year}"
    if reading.start is None or reading.end is None:
        return f"{day} · {reading.distance}"
    return f"{day} {reading.start:%H:%M}–{reading.end:%H:%M} · {reading.distance}"
