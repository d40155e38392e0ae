"""Use cases on the waiting list: put on it, change, take off, offer a time, book it."""

from __future__ import annotations

from datetime import datetime, timedelta

from guru_tui.domain.booking import BookingRequest, Change, lasting, taken_sentence
from guru_tui.domain.local_time import resolve, short_moment, utc_text
from guru_tui.domain.text import clean
from guru_tui.domain.views.waitlist import WaitingChange
from guru_tui.domain.waitlist import DAY, OPEN, Wish, times_in_words
from guru_tui.errors import Invalid, NotAllowed, NotFound, SlotTaken
from guru_tui.services.booking import BookingService
from guru_tui.services.clients import bookable, client_row, full_name
from guru_tui.services.notifications import NotificationService
from guru_tui.services.versions import wish_unchanged
from guru_tui.store import outbox
from guru_tui.store.models import AppointmentType, Client, WaitlistEntry
from guru_tui.store.queries import agenda, matching
from guru_tui.store.queries.settings import practice as practice_settings
from guru_tui.store.unit_of_work import UnitOfWork, Work

_UNSENDABLE = ("blocked", "failed")


class WaitlistService:
    """Everything that changes the waiting list; each method is one named, undoable action."""

    def __init__(self, unit_of_work: UnitOfWork, notifications: NotificationService, booking: BookingService) -> None:
        self._uow = unit_of_work
        self._notifications = notifications
        self._booking = booking

    def add(self, client_id: int, wish: Wish, note: str = "") -> WaitingChange:
        """Put a client on the waiting list; the `WaitingChange` has the entry's id.

        Raises `NotFound`, `NotAllowed` for an archived client or one who waits for the very same, and `Invalid` for a
        wish that nothing can fulfil.
        """
        _checked(wish)
        with self._uow.action("wait") as work:
            client = bookable(work, client_id)
            row = WaitlistEntry(client_id=client_id, minutes=wish.minutes, created_at=utc_text(work.now))
            _write(work, row, wish)
            row.note = clean(note, multiline=True, field="The note")
            twin = next((other for other in _open_of(work, client_id) if _same(other, row)), None)
            if twin is not None:
                raise NotAllowed(f"{full_name(client)} waits for that already (number {twin.id}).")
            work.session.add(row)
            work.session.flush()
            work.summary = f"Put {full_name(client)} on the waiting list: {times_in_words(wish)}"
            return WaitingChange(row.id or 0, work.summary)

    def change(
        self, entry_id: int, wish: Wish, note: str | None = None, *, version: int | None = None
    ) -> WaitingChange:
        """Give an entry another wish, and another note where one is given; how long it has waited stays.

        `version` is `reads.newest_change()` of when it was looked at. Raises like `add`, `NotAllowed` for an entry that
        is closed or where nothing would change, and `MovedOn` where it was changed elsewhere since `version`.
        """
        _checked(wish)
        with self._uow.action("change wait") as work:
            wish_unchanged(work, entry_id, version)
            row, client = _entry(work, entry_id)
            before = row.model_dump()
            _write(work, row, wish)
            if note is not None:
                row.note = clean(note, multiline=True, field="The note")
            if row.model_dump() == before:
                raise NotAllowed("That is what the entry says already; nothing was changed.")
            work.summary = f"Changed what {full_name(client)} waits for: {times_in_words(wish)}"
            return WaitingChange(entry_id, work.summary)

    def remove(self, entry_id: int) -> WaitingChange:
        """Take an entry off the list and withdraw offers that have not left; raises `NotFound`, `NotAllowed`."""
        with self._uow.action("stop waiting") as work:
            row, client = _entry(work, entry_id, archived=True)
            row.state = "removed"
            work.session.flush()
            work.summary = f"Took {full_name(client)} off the waiting list"
            reason = "the client was taken off the waiting list"
            return WaitingChange(entry_id, work.summary, (), self._withdraw(work, entry_id, reason))

    def offer(self, entry_id: int, start: datetime, *, fold: int | None = None) -> WaitingChange:
        """Offer a time (naive local) to somebody who waits: a message that is held, once per entry and start.

        Raises `SlotTaken` where the time is not free, `NotAllowed` where it is past, was offered already, or the client
        cannot be told, `NotFound`, and `Invalid` or `Ambiguous` for a time that the clocks skip or show twice.
        """
        with self._uow.action("offer") as work:
            row, client = _entry(work, entry_id)
            begin = resolve(start, practice_settings(work.connection).zone, fold=fold)
            starts_at, when = utc_text(begin), short_moment(start)
            if begin <= work.now:
                raise NotAllowed(f"{when} is past; offer a time that is still to come.")
            found = agenda.conflicts(work.connection, begin, begin + timedelta(minutes=row.minutes))
            if found:
                raise SlotTaken(taken_sentence(found).replace(", or book over it with --force", ""), found)
            row.state, row.offered_start, row.offered_at = "offered", starts_at, utc_text(work.now)
            work.session.flush()
            messages = self._notifications.queue_offer(
                work.connection, entry_id, starts_at, now=work.now, action_id=work.action_id
            )
            leaving = [message for message in messages if message.state not in _UNSENDABLE]
            book = f"call, and book with: guru waitlist book {entry_id} WHEN"
            if not messages:
                raise NotAllowed(f"Offers are switched off for {full_name(client)} (guru rules show); {book}")
            if not leaving:
                raise NotAllowed(f"{full_name(client)} cannot be told: {messages[0].reason}; {book}")
            if all(message.action_id != work.action_id for message in leaving):
                raise NotAllowed(
                    f"{full_name(client)} was offered {when} already (message {leaving[0].id}, {leaving[0].state})."
                )
            work.summary = f"Offered {full_name(client)} {when}"
            return WaitingChange(entry_id, work.summary, messages)

    def book(
        self, entry_id: int, start: datetime, *, fold: int | None = None, force: bool = False, notify: bool = True
    ) -> Change:
        """Book what somebody waits for at naive local `start` and close the entry, in one step.

        Type, length and note are the entry's; the fee is that of the last visit of that type, else the type's. Raises
        like `BookingService.book`, and `NotAllowed` for an entry that is closed.
        """
        with self._uow.action("book waiting") as work:
            row, _ = _entry(work, entry_id)
            change = self._booking.book_in(work, _request(work, row, start, fold), force=force, notify=notify)
            row.state = "booked"
            work.session.flush()
            work.summary = f"{change.summary} from the waiting list"
            withdrawn = self._withdraw(work, entry_id, "the client has been booked")
            return Change(change.appointment_id, work.summary, change.messages, withdrawn)

    def _withdraw(self, work: Work, entry_id: int, reason: str) -> int:
        return outbox.withdraw_offers(work.connection, entry_id, utc_text(work.now), reason, work.action_id)


def _entry(work: Work, entry_id: int, *, archived: bool = False) -> tuple[WaitlistEntry, Client]:
    """An entry that is open, and its client."""
    row = work.session.get(WaitlistEntry, entry_id)
    if row is None:
        raise NotFound(f"There is no entry {entry_id} on the waiting list; see them with: guru waitlist list")
    client = client_row(work, row.client_id) if archived else bookable(work, row.client_id)
    if row.state not in OPEN:
        done = "has been booked" if row.state == "booked" else "was taken off the waiting list"
        raise NotAllowed(f"{full_name(client)} {done} already; nothing was changed.")
    return row, client


def _open_of(work: Work, client_id: int) -> list[WaitlistEntry]:
    from sqlmodel import col, select

    wanted = select(WaitlistEntry).where(WaitlistEntry.client_id == client_id, col(WaitlistEntry.state).in_(OPEN))
    return list(work.session.exec(wanted))


def _same(one: WaitlistEntry, other: WaitlistEntry) -> bool:
    fields = ("type_id", "minutes", "weekdays", "opens", "closes", "first_on", "last_on")
    return all(getattr(one, name) == getattr(other, name) for name in fields)


def _checked(wish: Wish) -> None:
    lasting(wish.minutes)
    if not 0 <= wish.opens < wish.closes <= DAY or wish.closes - wish.opens < wish.minutes:
        raise Invalid(f"{wish.minutes} minutes do not fit between the two times of day; change one of them.")
    if wish.first_on and wish.last_on and wish.last_on < wish.first_on:
        raise Invalid("The last day is before the first; swap the two.")
    if not set(wish.weekdays) <= set(range(7)):
        raise Invalid("A weekday is a number from 0 (Monday) to 6.")


def _write(work: Work, row: WaitlistEntry, wish: Wish) -> None:
    if wish.type_id is not None and work.session.get(AppointmentType, wish.type_id) is None:
        raise NotFound(f"There is no appointment type {wish.type_id}; see them with: guru types list")
    row.type_id, row.minutes, row.opens, row.closes = wish.type_id, wish.minutes, wish.opens, wish.closes
    row.weekdays = ",".join(str(day) for day in sorted(set(wish.weekdays)))
    row.first_on = wish.first_on.isoformat() if wish.first_on else ""
    row.last_on = wish.last_on.isoformat() if wish.last_on else ""


def _request(work: Work, row: WaitlistEntry, start: datetime, fold: int | None) -> BookingRequest:
    kind = work.session.get(AppointmentType, row.type_id) if row.type_id is not None else None
    last = next((match.last for match in matching.by_ids(work.connection, [row.client_id])), None)
    fee = kind.fee_minor if kind else 0
    location = kind.location_id if kind else None
    if last is not None and last.type_id == row.type_id and last.minutes == row.minutes:
        fee, location = last.fee_minor, last.location_id
    title = kind.name if kind else ""
    return BookingRequest(
        row.client_id, start, row.minutes, row.type_id, location, title, fee, note=row.note, fold=fold
    )
