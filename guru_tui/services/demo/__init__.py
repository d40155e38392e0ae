"""The sample practice: a year of a physiotherapist's work, made around the present moment in one transaction.

It is the same for a seed and a moment, and moves with the day. Nobody in it can be reached: numbers are of an
exchange (555) that rings nowhere, addresses of example.com and .example (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from guru_tui.domain.clock import Clock
from guru_tui.domain.local_time import short_date
from guru_tui.domain.practice import Practice, normalise
from guru_tui.errors import Invalid
from guru_tui.services.demo import ledger as books
from guru_tui.services.demo import people as persons
from guru_tui.services.demo.diary import Diary
from guru_tui.services.demo.letters import Letters
from guru_tui.services.demo.repeats import series_batch
from guru_tui.services.demo.samples import Moment, Samples, load, minutes_text
from guru_tui.services.demo.visits import block_batch, visit_batch
from guru_tui.services.demo.waiting import waiting, waiting_batch
from guru_tui.settings import Settings
from guru_tui.store import schema
from guru_tui.store.bulk import Batch, Deed, pour
from guru_tui.store.connection import DATABASE

DAYS_AHEAD = 61
_FEWEST = 20  # clients: the known ones of people.toml and somebody to fill the days with
_SUMMARY = "Made the sample practice"
_A_YEAR = 365
_CLIENTS = 320
_BUSIEST = 14
_WEEKLY = 45  # appointments a week at the least, for how far back so many must reach


def build(
    home: Path,
    clock: Clock,
    *,
    days: int = _A_YEAR,
    clients: int = _CLIENTS,
    seed: int = 7,
    appointments_per_day: int | None = None,
    reminded: bool | None = None,
) -> None:
    """Make the sample practice in `home`: `days` back and two months ahead of `clock`'s local day.

    `reminded` says whether tomorrow's reminders have left; None: once their hour has come. Raises `Invalid` for
    numbers it cannot work with and `NotAllowed` where `home` holds a practice.
    """
    if days < 1 or days > 36_500:
        raise Invalid(f"A sample practice goes back 1 to 36500 days, not {days}.")
    if not _FEWEST <= clients <= persons.MOST:
        raise Invalid(f"A sample practice has {_FEWEST} to {persons.MOST} clients, not {clients}.")
    if appointments_per_day is not None and not 1 <= appointments_per_day <= _BUSIEST:
        raise Invalid(f"A sample practice sees 1 to {_BUSIEST} clients a day, not {appointments_per_day}.")
    _make(home, clock, days=days, clients=clients, seed=seed, per_day=appointments_per_day, reminded=reminded)


def build_scale(home: Path, clock: Clock, *, appointments: int = 50_000, seed: int = 7) -> None:
    """Make a practice with exactly so many `appointments`, for measuring; raises like `build`."""
    if appointments < 1000:
        raise Invalid(f"A practice for measuring has 1000 appointments or more, not {appointments}.")
    days = appointments * 7 // _WEEKLY
    clients = max(120, min(appointments // 10, persons.MOST))
    _make(home, clock, days=days, clients=clients, seed=seed, per_day=None, reminded=None, keep=appointments)


def _make(
    home: Path,
    clock: Clock,
    *,
    days: int,
    clients: int,
    seed: int,
    per_day: int | None,
    reminded: bool | None,
    keep: int | None = None,
) -> None:
    samples = load()
    settings = {key: normalise(key, value) for key, value in samples.settings.items()}
    practice = Practice.of(settings)
    moment = Moment.of(clock, practice.zone)
    rng = Random(seed)  # noqa: S311 (made to be repeatable)
    people = persons.make(samples, clients, rng, moment)
    diary = Diary(samples, people, moment, rng, per_day)
    diary.fill(moment.plus(-days), moment.plus(DAYS_AHEAD))
    diary.settle(keep)
    ledger = books.Ledger(moment, practice, rng)
    ledger.close(diary.visits)
    waits = waiting(diary)
    letters = Letters(moment, practice, samples, Settings(home))
    at = practice.reminder_time
    due = moment.minute >= at.hour * 60 + at.minute if reminded is None else reminded
    letters.write(diary, ledger, waits, tomorrow=due)
    settings["invoice_next_number"] = str(ledger.next_number)
    settings["holidays_worked"] = diary.closures.worked(moment.today, moment.plus(1))

    schema.create(home / DATABASE)
    batches = [
        *_set_up(samples, settings),
        diary.closures.batch(),
        *persons.batches(people, moment),
        series_batch(diary.series, moment, practice.currency),
        waiting_batch(waits, moment),
        *books.invoice_batches(ledger),
        visit_batch([visit for visit in diary.visits if visit is not diary.latest], moment, practice),
        block_batch(diary.blocks, moment),
        *books.line_batches(ledger),
        *letters.batches(),
    ]
    deeds = [Deed("sample practice", _SUMMARY, moment.instant - timedelta(minutes=5), batches)]
    if diary.latest:
        # Something to undo, and so to see a held message taken back.
        booked = visit_batch([diary.latest], moment, practice)
        when = f"{short_date(diary.latest.day)} {minutes_text(diary.latest.start)}"
        summary = f"Booked {diary.latest.person.name} {when}"
        deeds.append(Deed("book", summary, letters.made, [booked], undoable=True))
    pour(home / DATABASE, deeds, origin="app")


def _set_up(samples: Samples, settings: dict[str, str]) -> Iterator[Batch]:
    defaults = Practice.of({})
    changed = [(key, value) for key, value in settings.items() if value != defaults[key]]
    yield Batch("setting", ("key", "value"), changed)
    places = samples.practice["location"]
    yield Batch(
        "location",
        ("id", "name", "address", "phone", "instructions", "video_link", "position", "active"),
        [
            (number, place["name"], place["address"], place["phone"], place["instructions"], "", number, True)
            for number, place in enumerate(places, start=1)
        ],
    )
    yield Batch("travel_time", ("from_id", "to_id", "minutes"), [(1, 2, samples.practice["travel"]["minutes"])])
    yield Batch(
        "message_template",
        ("id", "kind", "channel", "language", "subject", "body"),
        [(number, *key, *text) for number, (key, text) in enumerate(samples.templates.items(), start=1)],
    )
    yield Batch(
        "operating_interval",
        ("location_id", "weekday", "opens", "closes"),
        [(None, day, opens, closes) for day, spans in samples.hours.items() for opens, closes in spans],
    )
    yield Batch(
        "appointment_type",
        ("id", "name", "minutes", "fee_minor", "location_id", "minutes_before", "minutes_after", "position", "active"),
        [
            (kind.id, kind.name, kind.minutes, kind.fee_minor, kind.location_id, 0, 0, kind.id, True)
            for kind in samples.kinds
        ],
    )
