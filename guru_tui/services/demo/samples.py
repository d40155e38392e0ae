"""The material of the sample practice (`data/sample`), and the moment it is made for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import resolve, to_local, utc_text
from guru_tui.resources import data_file

DAY = 1440
NOON = 12 * 60


@dataclass(frozen=True)
class Kind:
    """An appointment type: minutes, fee in minor units, and the share of the bookings it makes."""

    id: int
    name: str
    minutes: int
    fee_minor: int
    share: int
    location_id: int


@dataclass(frozen=True)
class Samples:
    """`practice.toml` and `people.toml`, read."""

    practice: dict[str, Any]
    people: dict[str, Any]

    @property
    def settings(self) -> dict[str, str]:
        """The practice's settings by key."""
        return dict(self.practice["settings"])

    @property
    def kinds(self) -> list[Kind]:
        """The appointment types; ids count from 1 in the file's order."""
        places = [place["name"] for place in self.practice["location"]]
        return [
            Kind(
                number,
                kind["name"],
                kind["minutes"],
                kind["fee"],
                kind["share"],
                places.index(kind["location"]) + 1 if "location" in kind else 1,
            )
            for number, kind in enumerate(self.practice["type"], start=1)
        ]

    @property
    def templates(self) -> dict[tuple[str, str, str], tuple[str, str]]:
        """Subject and body of the practice's own texts, by kind, channel and language."""
        return {
            (text["kind"], text["channel"], text["language"]): (text.get("subject", ""), text["body"])
            for text in self.practice["template"]
        }

    @property
    def hours(self) -> dict[int, list[tuple[int, int]]]:
        """Opening spans by weekday (0 is Monday), in minutes after midnight."""
        return {
            day: [(span[0], span[1]) for span in row["spans"]] for row in self.practice["hours"] for day in row["days"]
        }


def load() -> Samples:
    """Read the sample files."""
    return Samples(*(tomllib.loads(shipped("sample", name)) for name in ("practice.toml", "people.toml")))


def shipped(folder: str, name: str) -> str:
    """The text of a file that ships with the program."""
    return data_file(f"{folder}/{name}").read_text("utf-8")


@dataclass(frozen=True)
class Moment:
    """The local day and minute the practice is made for; turns its wall times into the store's texts."""

    instant: datetime
    zone: str
    today: date
    minute: int
    _midnights: dict[date, datetime] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, clock: Clock, zone: str) -> Moment:
        """The present of `clock` in `zone`."""
        instant = clock.now().replace(microsecond=0)
        local = to_local(instant, zone)
        return cls(instant, zone, local.date(), local.hour * 60 + local.minute)

    @property
    def text(self) -> str:
        """The present as the store writes instants."""
        return utc_text(self.instant)

    def utc(self, day: date, minute: int) -> str:
        """The store's text of the instant `minute` minutes after local midnight of `day`."""
        midnight = self._midnights.get(day)
        if midnight is None:
            midnight = resolve(datetime.combine(day, time(12)), self.zone) - timedelta(hours=12)
            self._midnights[day] = midnight
        return (midnight + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def before(self, **delta: float) -> str:
        """The store's text of the instant that lies `delta` (see `timedelta`) before the present."""
        return utc_text(self.instant - timedelta(**delta))

    def past(self, day: date, minute: int) -> bool:
        """Whether that local time is over."""
        return (day, minute) <= (self.today, self.minute)

    def plus(self, days: int) -> date:
        """The local day that lies `days` from today."""
        return self.today + timedelta(days=days)


def wall(day: date, minute: int) -> str:
    """The store's text of a local wall time."""
    return f"{day.isoformat()}T{minutes_text(minute)}"


def minutes_text(minute: int) -> str:
    """`08:30` for 510 minutes after midnight."""
    return f"{minute // 60:02}:{minute % 60:02}"
