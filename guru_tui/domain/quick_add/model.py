"""What a line of quick-add text is read as: frozen, plain, ready for a face to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from guru_tui.domain.booking import BookingRequest
from guru_tui.domain.phone import national
from guru_tui.domain.recurrence import Repeat
from guru_tui.domain.views.agenda import Conflict
from guru_tui.domain.views.availability import Against
from guru_tui.domain.views.practice import AppointmentTypeRow, LocationRow

NEW_CLIENT = "new client"
"""The last choice offered where no client matches."""


@dataclass(frozen=True, slots=True)
class LastVisit:
    """A client's latest appointment that was not cancelled: where the defaults of the next one come from."""

    type_id: int | None
    title: str
    minutes: int
    fee_minor: int
    location_id: int | None
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class ClientMatch:
    """A client whom words of the line can name. `owes_minor`: due on issued invoices; `visits`: not cancelled."""

    id: int
    first_name: str
    last_name: str
    mobile: str = ""
    email: str = ""
    last: LastVisit | None = None
    visits: int = 0
    owes_minor: int = 0

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def label(self) -> str:
        """The name with the number that tells two clients of one name apart."""
        # A foreign number stays in E.164: writing it nationally would load phonenumbers on a key press.
        shown = national(self.mobile) if self.mobile.startswith("+27") and len(self.mobile) == 12 else self.mobile
        return f"{self.name} ({shown or self.email or f'#{self.id}'})"


class ClientFinder(Protocol):
    """Where the parser looks clients up."""

    def known(self, words: Sequence[str]) -> bool:
        """Whether the folded `words` begin the name of some client: asked of many words, so answered quickly."""
        ...

    def find(self, words: Sequence[str]) -> Sequence[ClientMatch]:
        """Clients whose name the folded `words` begin, in order; best first."""
        ...

    def similar(self, words: Sequence[str]) -> Sequence[ClientMatch]:
        """Clients whose name looks like the folded `words`, to be offered, never taken."""
        ...

    def by_id(self, client_id: int) -> ClientMatch | None:
        """The client with that id."""
        ...


class Open(NamedTuple):
    """A field with more than one reading: Tab cycles through `choices`, the first of which is shown."""

    field: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the line cannot be booked yet. `missing`: the field has merely not been typed so far."""

    field: str
    message: str
    choices: tuple[str, ...] = ()
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """One field as the live parse shows it; `state` is `typed`, `default`, `open`, `missing` or `wrong`."""

    field: str
    text: str
    state: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One line read as an appointment.

    `start` and `end` are naive local times, set once date and time are known; `day` is there as soon as the date
    is. `fold` picks the instant where the clocks show `start` twice. While a field is in `ambiguous` its first
    choice is shown but not settled, and `complete` is False. `new_client` is the name that nobody has, as typed.
    `repeat`, where there is one, has an end and counts from `start`.
    """

    text: str
    client: ClientMatch | None = None
    client_choices: tuple[ClientMatch, ...] = ()
    new_client: str = ""
    day: date | None = None
    start: datetime | None = None
    end: datetime | None = None
    minutes: int = 0
    date_given: bool = False
    time_given: bool = False
    type: AppointmentTypeRow | None = None
    location: LocationRow | None = None
    fee_minor: int = 0
    usual_fee_minor: int = 0
    currency: str = ""
    note: str = ""
    notify: bool = True
    fold: int | None = None
    repeat: Repeat | None = None
    problems: tuple[Problem, ...] = ()
    ambiguous: tuple[Open, ...] = ()
    past: bool = False
    distance: str = ""
    chips: tuple[Chip, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it can be booked: client, date and time settled, nothing open, nothing wrong."""
        return self.client is not None and self.start is not None and not self.problems and not self.ambiguous

    @property
    def request(self) -> BookingRequest | None:
        """What to book; None where the client or the start is not known yet."""
        if self.client is None or self.start is None:
            return None
        return BookingRequest(
            self.client.id,
            self.start,
            self.minutes,
            self.type.id if self.type else None,
            self.location.id if self.location else None,
            self.type.name if self.type else "",
            self.fee_minor,
            self.note,
            self.fold,
        )


@dataclass(frozen=True, slots=True)
class BlockReading:
    """One line read as a blocked time; naive local times, the end of a whole day is the next midnight.

    `repeat`, where there is one, has an end and counts from `start`.
    """

    text: str
    start: datetime | None = None
    end: datetime | None = None
    title: str = ""
    repeat: Repeat | None = None
    problems: tuple[Problem, ...] = ()
    ambiguous: tuple[Open, ...] = ()
    past: bool = False
    distance: str = ""

    @property
    def complete(self) -> bool:
        """Whether it can be blocked."""
        return self.start is not None and self.end is not None and not self.problems and not self.ambiguous


@dataclass(frozen=True, slots=True)
class WhenReading:
    """A day, or a day and time, without a client: what moving and looking up days need. Naive local."""

    text: str
    day: date | None = None
    start: datetime | None = None
    minutes: int | None = None
    date_given: bool = False
    time_given: bool = False
    problems: tuple[Problem, ...] = ()
    ambiguous: tuple[Open, ...] = ()
    past: bool = False
    distance: str = ""
    repeat: Repeat | None = None

    @property
    def complete(self) -> bool:
        """Whether day and time are settled."""
        return self.start is not None and not self.problems and not self.ambiguous


@dataclass(frozen=True, slots=True)
class Checks:
    """The line under the live parse: what speaks against the reading. `visits` is how many there were before.

    `against`: closed days, buffers, ways and the daily maximum; a warning each, as closing times are.
    """

    free: bool
    conflicts: tuple[Conflict, ...]
    in_hours: bool
    owes_minor: int
    visits: int
    against: tuple[Against, ...] = ()
