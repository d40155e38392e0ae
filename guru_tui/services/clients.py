"""Adding, changing and archiving clients."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, or_, select

from guru_tui.domain import phone
from guru_tui.domain.client_fields import (
    CLIENT_FIELDS,
    normalise,
    same_name,
    search_text,
    sort_text,
    with_one_name,
)
from guru_tui.domain.local_time import to_local, utc_text
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.store.models import Appointment, Client
from guru_tui.store.queries.practice import practice as read_practice
from guru_tui.store.unit_of_work import UnitOfWork, Work


class ClientService:
    """The use cases about one client; each is one step of undo."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def add(
        self,
        first_name: str,
        last_name: str = "",
        mobile: str = "",
        email: str = "",
        *,
        force: bool = False,
        **fields: object,
    ) -> int:
        """Add a client and return its id; `fields` are those of `CLIENT_FIELDS`.

        Raises `Invalid` for a missing name or a value that does not fit, and `NotAllowed` for one who seems to be
        there already (same name, and the same or no way to be reached) unless `force`.
        """
        with self._uow.action("add client") as work:
            given = {"first_name": first_name, "last_name": last_name, "mobile": mobile, "email": email, **fields}
            client = new_client(check(work, given), work)
            twin = None if force else _twin(work, client)
            if twin is not None:
                raise NotAllowed(
                    f"{full_name(twin)} is a client already (number {twin.id}{_reached(twin)}); "
                    "change that record, or add a second one on purpose with --force."
                )
            work.session.add(client)
            work.session.flush()
            work.summary = f"Added {full_name(client)}"
            return _id(client)

    def update(self, client_id: int, **fields: object) -> None:
        """Change the given `CLIENT_FIELDS` of a client; an empty text clears one.

        Raises `NotFound`, and `Invalid` for a value that does not fit or where no name would be left.
        """
        with self._uow.action("change client") as work:
            client = client_row(work, client_id)
            change(client, check(work, fields))
            work.summary = f"Changed {full_name(client)}"

    def archive(self, client_id: int) -> None:
        """Take a client off the lists, keeping the record.

        Raises `NotFound`, and `NotAllowed` for one who is archived already or still has appointments to come.
        """
        with self._uow.action("archive client") as work:
            client = client_row(work, client_id)
            if client.archived_at:
                raise NotAllowed(f"{full_name(client)} is archived already.")
            to_come = work.session.exec(
                select(func.count()).where(
                    Appointment.client_id == client_id,
                    Appointment.starts_at >= utc_text(work.now),
                    col(Appointment.status).in_(("booked", "confirmed")),
                )
            ).one()
            if to_come:
                plural = "" if to_come == 1 else "s"
                raise NotAllowed(
                    f"{full_name(client)} still has {to_come} appointment{plural} to come; cancel first, then archive."
                )
            client.archived_at = utc_text(work.now)
            work.summary = f"Archived {full_name(client)}"

    def unarchive(self, client_id: int) -> None:
        """Put an archived client back on the lists; raises `NotFound`, and `NotAllowed` for one who is on them."""
        with self._uow.action("unarchive client") as work:
            client = client_row(work, client_id)
            if not client.archived_at:
                raise NotAllowed(f"{full_name(client)} is not archived.")
            client.archived_at = ""
            work.summary = f"Took {full_name(client)} out of the archive"


def check(work: Work, fields: dict[str, object]) -> dict[str, str | bool]:
    """`fields` as they are stored, read by the country and the local date of the practice."""
    practice = read_practice(work.connection)
    today = to_local(work.now, practice.zone).date()
    return normalise(fields, country=practice.country, today=today)


def new_client(stored: dict[str, str | bool], work: Work) -> Client:
    """A client of normalised fields, not yet added to the session; raises `Invalid` where there is no name."""
    client = Client(first_name="", created_at=utc_text(work.now))
    change(client, {**{name: field.default for name, field in CLIENT_FIELDS.items()}, **stored})
    return client


def change(client: Client, stored: dict[str, str | bool]) -> None:
    """Put normalised fields on a client; raises `Invalid` where no name is left."""
    for name, value in stored.items():
        setattr(client, name, value)
    _rename(client)


def client_row(work: Work, client_id: int) -> Client:
    """The client with this id; raises `NotFound`."""
    client = work.session.get(Client, client_id)
    if client is None:
        raise NotFound(f"There is no client with number {client_id}; see them with: guru clients list")
    return client


def bookable(work: Work, client_id: int) -> Client:
    """The client with this id; raises `NotFound`, and `NotAllowed` for an archived one."""
    client = client_row(work, client_id)
    if client.archived_at:
        raise NotAllowed(f"{full_name(client)} is archived; bring the client back first.")
    return client


def full_name(client: Client) -> str:
    """First and last name."""
    return f"{client.first_name} {client.last_name}".strip()


def _rename(client: Client) -> None:
    client.first_name, client.last_name = with_one_name(client.first_name, client.last_name)
    if not client.first_name:
        raise Invalid("A client needs a name; give at least a first name.")
    client.sort_name = sort_text(client.first_name, client.last_name)
    client.search = search_text(client.first_name, client.last_name)


def _twin(work: Work, client: Client) -> Client | None:
    """A client with the same name who is reached the same way, or whom nothing tells from the new one."""
    reached = [col(Client.mobile) == client.mobile] if client.mobile else []
    if client.email:
        reached.append(func.lower(Client.email) == client.email.lower())
    wanted = or_(*reached) if reached else col(Client.sort_name) == client.sort_name
    name = same_name(client.first_name, client.last_name)
    for other in work.session.exec(select(Client).where(wanted).order_by(col(Client.id))):
        if same_name(other.first_name, other.last_name) == name:
            return other
    return None


def _reached(client: Client) -> str:
    address = phone.national(client.mobile) or client.email
    return f"{f', {address}' if address else ''}{', archived' if client.archived_at else ''}"


def _id(client: Client) -> int:
    if client.id is None:
        raise RuntimeError("SQLite gave the client no id")
    return client.id
