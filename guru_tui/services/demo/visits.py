"""The appointments and blocked times of the sample practice in the making, and their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from guru_tui.domain.policies import CHARGED, policy_charge
from guru_tui.domain.practice import Practice
from guru_tui.services.demo.people import Person
from guru_tui.services.demo.repeats import Part
from guru_tui.services.demo.samples import Kind, Moment, wall
from guru_tui.store.bulk import Batch


@dataclass(slots=True)
class Visit:
    """One appointment in the making; `start` in local minutes after midnight. `invoice` is its invoice's id.

    `charged`: what the policy says of a no-show or a late cancellation is asked for.
    """

    person: Person
    day: date
    start: int
    kind: Kind
    status: str = "booked"
    note: str = ""
    reason: str = ""
    booked: tuple[date, int] = (date.min, 0)
    id: int = 0
    invoice: int | None = None
    part: Part | None = None
    charged: bool = False

    @property
    def end(self) -> int:
        """Local minutes after midnight."""
        return self.start + self.kind.minutes


@dataclass(frozen=True, slots=True)
class Block:
    """A time with no client, local minutes after midnight; an `end` on a later day is beyond a day's minutes."""

    day: date
    start: int
    end: int
    title: str
    part: Part | None = None


def visit_batch(visits: Iterable[Visit], moment: Moment, practice: Practice) -> Batch:
    """The rows of appointments; the invoices and series they name must be there before."""
    return Batch("appointment", _APPOINTMENT, (_row(visit, moment, practice) for visit in visits))


def block_batch(blocks: Iterable[Block], moment: Moment) -> Batch:
    """The rows of blocked times; the series they name must be there before."""
    columns = ("title", "starts_local", "zone", "starts_at", "ends_at", "minutes", "created_at")
    return Batch(
        "blocked_time",
        (*columns, "series_id", "series_start"),
        (
            (
                block.title,
                wall(block.day, block.start),
                moment.zone,
                moment.utc(block.day, block.start),
                moment.utc(block.day, block.end),
                block.end - block.start,
                moment.utc(min(block.day, moment.today) - timedelta(days=9), 600),
                *(block.part.row if block.part else (None, "")),
            )
            for block in blocks
        ),
    )


_APPOINTMENT = (
    *("id", "client_id", "type_id", "location_id", "title", "starts_local", "zone", "starts_at", "ends_at", "minutes"),
    *("fee_minor", "currency", "status", "status_at", "reason", "note", "sequence", "invoice_id", "created_at"),
    *("charge_minor", "series_id", "series_start"),
)


def _row(visit: Visit, moment: Moment, practice: Practice) -> tuple[object, ...]:
    kind = visit.kind
    return (
        visit.id,
        visit.person.id,
        kind.id,
        kind.location_id,
        kind.name,
        wall(visit.day, visit.start),
        moment.zone,
        moment.utc(visit.day, visit.start),
        moment.utc(visit.day, visit.end),
        kind.minutes,
        kind.fee_minor,
        practice.currency,
        visit.status,
        _status_at(visit, moment),
        visit.reason,
        visit.note,
        0,
        visit.invoice,
        moment.utc(*visit.booked),
        _charge(visit, practice),
        *(visit.part.row if visit.part else (None, "")),
    )


def _charge(visit: Visit, practice: Practice) -> int | None:
    """What a no-show or a late cancellation costs: nothing, where she let it pass."""
    if visit.status not in CHARGED:
        return None
    fee, currency = visit.kind.fee_minor, practice.currency
    return policy_charge(practice, visit.status, fee, currency) if visit.charged else 0


def _status_at(visit: Visit, moment: Moment) -> str:
    if visit.status == "booked":
        return ""
    if visit.status in ("attended", "no-show"):
        return moment.utc(visit.day, visit.end if visit.status == "attended" else visit.start + 15)
    if visit.status == "late-cancelled":
        return moment.utc(visit.day, visit.start - 60)
    asked = visit.day - timedelta(days=1)
    return moment.utc(asked, 15 * 60) if moment.past(asked, 15 * 60) else moment.before(hours=2)
