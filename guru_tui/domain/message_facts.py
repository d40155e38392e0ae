"""What a message is made from and addressed by, as it stands in the store at one moment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Whom a message goes to: names, addresses and which of them may be used.

    `language`: `en`, `af`, or empty for the practice's.
    """

    client_id: int
    first_name: str
    last_name: str
    mobile: str
    email: str
    sms_allowed: bool
    email_allowed: bool
    language: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class AppointmentFacts:
    """An appointment as its messages see it; instants and wall times in the store's text forms.

    `minutes` is its length, `place` the name of its location, `address` that location's address or video link.
    `told_at`: when the live confirmation or reschedule notice for this very start was made, empty without one.
    `series_id`: the series it is one of, if it is. `previous_local`: the wall time that the client had in mind before
    a move, empty where there was none.
    """

    id: int
    person: Person
    status: str
    starts_at: str
    starts_local: str
    zone: str
    created_at: str
    sequence: int
    title: str
    fee_minor: int
    currency: str
    address: str
    instructions: str
    type_id: int | None
    minutes: int
    place: str
    told_at: str = ""
    series_id: int | None = None
    previous_local: str = ""


@dataclass(frozen=True)
class SeriesFacts:
    """The appointments that one message about a series tells of, by start.

    `previous`: the wall times that the client had in mind before, where they were moved. `gone`: appointments that
    do not take place any more, in whose stead the visits are.
    """

    visits: tuple[AppointmentFacts, ...]
    previous: tuple[str, ...] = ()
    gone: tuple[AppointmentFacts, ...] = ()

    @property
    def person(self) -> Person:
        """Whom they are for."""
        return self.visits[0].person


@dataclass(frozen=True)
class InvoiceFacts:
    """An issued invoice as its messages see it; `document_id` and `revision` are of its newest document."""

    id: int
    person: Person
    status: str
    number: str
    due_on: str
    currency: str
    due_minor: int
    document_id: int | None
    revision: int
    has_codes: bool
    codes_consent: bool


Subject = AppointmentFacts | InvoiceFacts | SeriesFacts
"""What a message can be about."""
