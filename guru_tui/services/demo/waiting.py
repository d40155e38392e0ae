"""The waiting list of the sample practice: people seen lately who would come sooner, one of them with an offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from guru_tui.domain.waitlist import DAY
from guru_tui.services.demo.diary import Diary
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.samples import Kind, Moment
from guru_tui.store.bulk import Batch

_OFFERED_AT = 8 * 60 + 5  # this morning, or yesterday before that time
_SOONEST, _LATEST = 2, 12  # days ahead of what is offered


@dataclass(slots=True)
class Wait:
    """An entry of the list in the making; `offer` is a day and local minutes of it."""

    id: int
    person: Person
    kind: Kind
    said: dict[str, Any]
    offer: tuple[date, int] | None = None


def waiting(diary: Diary) -> list[Wait]:
    """The entries, for as many people as were seen lately and can be reached."""
    kinds = {kind.name: kind for kind in diary.samples.kinds}
    people = _seen(diary)
    found = []
    for number, said in enumerate(diary.samples.practice["waiting"], start=1):
        person = next(people, None)
        if person is not None:
            wait = Wait(number, person, kinds[said["type"]], said)
            wait.offer = _free(diary, wait) if said.get("offered") else None
            found.append(wait)
    return found


def _seen(diary: Diary) -> Iterator[Person]:
    """Those who were here last, the latest first, who have no part on today's page and come by no rule."""
    told: set[int] = set()
    for visit in reversed(diary.visits):
        person = visit.person
        if visit.status != "attended" or visit.day >= diary.moment.today or person.id in told or visit.part:
            continue
        told.add(person.id)
        if person.mobile and person.email and person.sms_allowed and not person.role and not person.archived_on:
            yield person


def _free(diary: Diary, wait: Wait) -> tuple[date, int] | None:
    """The first free time ahead that it could be offered."""
    weekdays = wait.said.get("weekdays") or range(5)
    for ahead in range(_SOONEST, _LATEST):
        day = diary.moment.plus(ahead)
        if day.weekday() in weekdays and diary.closures.works(day):
            for begin, end in diary.free(day):
                if end - begin >= wait.kind.minutes:
                    return day, begin
    return None


def offered_at(moment: Moment) -> str:
    """When the offer was made, as the store writes instants."""
    day = moment.today if moment.past(moment.today, _OFFERED_AT) else moment.plus(-1)
    return moment.utc(day, _OFFERED_AT)


def waiting_batch(waits: Iterable[Wait], moment: Moment) -> Batch:
    """The rows of the waiting list; the clients and types they name must be there before."""
    return Batch("waitlist_entry", _COLUMNS, (_row(wait, moment) for wait in waits))


_COLUMNS = (
    *("id", "client_id", "type_id", "minutes", "weekdays", "opens", "closes", "first_on", "last_on", "note", "state"),
    *("offered_start", "offered_at", "created_at"),
)


def _row(wait: Wait, moment: Moment) -> tuple[object, ...]:
    said = wait.said
    return (
        wait.id,
        wait.person.id,
        wait.kind.id,
        wait.kind.minutes,
        ",".join(map(str, said.get("weekdays", ()))),
        said.get("opens", 0),
        said.get("closes", DAY),
        "",
        (moment.today + timedelta(days=said["days"])).isoformat() if "days" in said else "",
        said.get("note", ""),
        "offered" if wait.offer else "waiting",
        moment.utc(*wait.offer) if wait.offer else "",
        offered_at(moment) if wait.offer else "",
        moment.utc(moment.plus(-said["since"]), 9 * 60 + 20 * wait.id),
    )
