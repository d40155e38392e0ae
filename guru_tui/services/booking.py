"""Use cases on the calendar: book, block, move, cancel, mark. Check and write are one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from sqlmodel import select

from guru_tui.domain.booking import BookingRequest, Change, asked_fee, in_a_blocks_way, lasting, taken_sentence
from guru_tui.domain.local_time import (
    from_utc_text,
    from_wall_text,
    resolve,
    short_moment,
    span_text,
    to_local,
    utc_text,
    wall_text,
)
from guru_tui.domain.policies import CHARGED, charge_words
from guru_tui.domain.text import clean
from guru_tui.domain.views.agenda import LIVE, OFF
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Invalid, NotAllowed, NotFound, SlotTaken
from guru_tui.services.charging import charge_for
from guru_tui.services.clients import bookable, client_row, full_name
from guru_tui.services.notifications import NotificationService
from guru_tui.services.versions import NOTE, TIME, WORD, block_unchanged, unchanged
from guru_tui.store.models import APPOINTMENT_STATUSES, Appointment, BlockedTime, Invoice, LineItem
from guru_tui.store.queries import agenda
from guru_tui.store.queries import practice as practice_queries
from guru_tui.store.unit_of_work import UnitOfWork, Work


class BookingService:
    """Everything that changes the calendar; each method is one named, undoable action."""

    def __init__(self, unit_of_work: UnitOfWork, notifications: NotificationService) -> None:
        self._uow = unit_of_work
        self._notifications = notifications

    def book(self, request: BookingRequest, *, force: bool = False, notify: bool = True) -> Change:
        """Book an appointment and queue its confirmation.

        Raises `SlotTaken` where it overlaps something and `force` is off, `Invalid` for a time that does not
        exist, `Ambiguous` for one that happens twice, `NotFound` for an unknown or archived client.
        """
        with self._uow.action("book") as work:
            return self.book_in(work, request, force=force, notify=notify)

    def book_in(self, work: Work, request: BookingRequest, *, force: bool = False, notify: bool = True) -> Change:
        """`book` as a part of an action that is open already; raises like it."""
        client = bookable(work, request.client_id)
        practice = practice_queries.practice(work.connection)
        begin = resolve(request.start, practice.zone, fold=request.fold)
        end = begin + timedelta(minutes=lasting(request.minutes))
        _free(work, begin, end, force=force)
        row = Appointment(
            client_id=request.client_id,
            type_id=request.type_id,
            location_id=request.location_id,
            title=clean(request.title, field="The title"),
            starts_local=wall_text(request.start),
            zone=practice.zone,
            starts_at=utc_text(begin),
            ends_at=utc_text(end),
            minutes=request.minutes,
            fee_minor=asked_fee(request.fee_minor),
            currency=practice.currency,
            note=clean(request.note, multiline=True, field="The note"),
            created_at=utc_text(work.now),
        )
        work.session.add(row)
        work.session.flush()
        work.summary = f"Booked {full_name(client)} {short_moment(request.start)}"
        messages: tuple[MessageRow, ...] = ()
        if notify and begin > work.now:
            messages = self._queue(work, "confirmation", _id(row))
        return Change(_id(row), work.summary, messages)

    def block(self, start: datetime, end: datetime, title: str = "", *, force: bool = False) -> int:
        """Block the time between two naive local times and return the blocked time's id.

        Of a time that the clocks show twice the block begins at the first and ends at the second. Raises `SlotTaken`
        where it overlaps something and `force` is off, `Invalid` for a time that does not exist or an end before the
        start.
        """
        with self._uow.action("block") as work:
            practice = practice_queries.practice(work.connection)
            begin, stop = resolve(start, practice.zone, fold=0), resolve(end, practice.zone, fold=1)
            if stop <= begin:
                raise Invalid("A blocked time ends after it starts; check the two times.")
            found = [] if force else in_a_blocks_way(agenda.conflicts(work.connection, begin, stop), begin, stop)
            if found:
                raise SlotTaken(taken_sentence(found, "block"), found)
            row = BlockedTime(
                title=clean(title, field="The title"),
                starts_local=wall_text(start),
                zone=practice.zone,
                starts_at=utc_text(begin),
                ends_at=utc_text(stop),
                minutes=int((stop - begin).total_seconds()) // 60,
                created_at=utc_text(work.now),
            )
            work.session.add(row)
            work.session.flush()
            whole = start.time() == end.time() == time()
            when = span_text(start, end) if whole else short_moment(start)
            work.summary = f"Blocked {when}{' ' + row.title if row.title else ''}"
            if row.id is None:
                raise RuntimeError("the row was not flushed")
            return row.id

    def unblock(self, blocked_id: int, *, version: int | None = None) -> Change:
        """Remove a blocked time; `version` as in `move`. Raises `NotFound`, and `MovedOn`."""
        with self._uow.action("unblock") as work:
            block_unchanged(work, blocked_id, version)
            row = work.session.get(BlockedTime, blocked_id)
            if row is None:
                raise NotFound(f"There is no blocked time {blocked_id}; it may have been removed already.")
            work.summary = f"Removed {row.title or 'blocked time'} {short_moment(from_wall_text(row.starts_local))}"
            work.session.delete(row)
            return Change(0, work.summary, unblocked=(blocked_id,))

    def move(
        self,
        appointment_id: int,
        start: datetime,
        *,
        minutes: int | None = None,
        fold: int | None = None,
        force: bool = False,
        notify: bool = True,
        version: int | None = None,
    ) -> Change:
        """Move an appointment to naive local `start`; every message for the old time is withdrawn.

        `version` is `reads.newest_change()` of when it was looked at. Raises like `book`, `NotAllowed` for one that is
        over with or cancelled, and `MovedOn` where its time or status was changed elsewhere since `version`.
        """
        with self._uow.action("move") as work:
            unchanged(work, appointment_id, version, TIME)
            row = _appointment(work, appointment_id)
            if row.status not in LIVE:
                raise NotAllowed(f"That appointment is {row.status}; book a new one instead.")
            minutes = minutes or row.minutes
            if fold is None and wall_text(start) == row.starts_local:
                fold = to_local(from_utc_text(row.starts_at), row.zone).fold  # of two equal times the one it has
            begin = resolve(start, row.zone, fold=fold)
            end = begin + timedelta(minutes=lasting(minutes))
            if (utc_text(begin), minutes) == (row.starts_at, row.minutes):
                raise Invalid(f"It is at {short_moment(start)} already; nothing was changed.")
            _free(work, begin, end, force=force, exclude=appointment_id)
            former_start, former_local = row.starts_at, row.starts_local
            row.starts_local, row.starts_at, row.ends_at = wall_text(start), utc_text(begin), utc_text(end)
            row.minutes = minutes
            moved = row.starts_at != former_start
            if moved:
                row.sequence += 1
                _redate_draft(work, row)
            work.session.flush()
            client = client_row(work, row.client_id)
            former = from_wall_text(former_local)
            to = f"{start:%H:%M}" if start.date() == former.date() else short_moment(start)
            work.summary = f"Moved {full_name(client)} from {short_moment(former)} to {to}"
            if not moved:
                work.summary = f"Changed {full_name(client)} {short_moment(start)} to {minutes} min"
                return Change(appointment_id, work.summary)
            withdrawn = self._withdraw(work, appointment_id, "the appointment was moved", former_start)
            messages: tuple[MessageRow, ...] = ()
            if notify and begin > work.now:
                messages = self._queue(work, "reschedule", appointment_id, previous_start_local=former_local)
            return Change(appointment_id, work.summary, messages, withdrawn)

    def cancel(
        self,
        appointment_id: int,
        *,
        reason: str = "",
        notify: bool = True,
        late: bool = False,
        charge_minor: int | None = None,
        version: int | None = None,
    ) -> Change:
        """Cancel an appointment, withdraw what has not been sent about it and tell the client.

        `late` makes it late-cancelled, for `charge_minor` (0 for nothing; None for what the policy says). `version` as
        in `move`. Raises `NotAllowed` for one that is cancelled, attended or on an invoice, and `MovedOn`.
        """
        with self._uow.action("cancel") as work:
            unchanged(work, appointment_id, version, WORD)
            row = _appointment(work, appointment_id)
            if row.status in OFF:
                raise NotAllowed("That appointment is cancelled already.")
            if row.status == "attended":
                raise NotAllowed("That appointment took place; change its status instead: guru status ID no-show")
            if row.invoice_id is not None:
                raise _invoiced(work, row.invoice_id)
            row.status, row.status_at = "late-cancelled" if late else "cancelled", utc_text(work.now)
            row.charge_minor = charge_for(work, row, charge_minor)
            row.reason = clean(reason, field="The reason")
            work.session.flush()
            client = client_row(work, row.client_id)
            how = f", late: {charge_words(row.charge_minor or 0, row.currency)}" if late else ""
            work.summary = f"Cancelled {full_name(client)} {short_moment(from_wall_text(row.starts_local))}{how}"
            upcoming = from_utc_text(row.starts_at) > work.now
            messages: tuple[MessageRow, ...] = ()
            withdrawn = self._withdraw(work, appointment_id, "the appointment was cancelled")
            if notify and upcoming:
                messages = self._queue(work, "cancellation", appointment_id)
            return Change(appointment_id, work.summary, messages, withdrawn)

    def set_status(
        self, appointment_id: int, status: str, *, charge_minor: int | None = None, version: int | None = None
    ) -> Change:
        """Mark an appointment; `status` is a word of `APPOINTMENT_STATUSES` but cancelled, which has `cancel`.

        A no-show or late cancellation costs `charge_minor` (0 for nothing; None for what the policy says), which can be
        changed by marking it so once more. `version` as in `move`. Raises `Invalid` for another word, `NotAllowed`
        where it is marked so already, on an invoice, or to take place again for an archived client, `SlotTaken`, and
        `MovedOn`.
        """
        allowed = [word for word in APPOINTMENT_STATUSES if word != "cancelled"]
        if status not in allowed:
            raise Invalid(f"{status!r} is not a status; use {', '.join(allowed)} (or guru cancel).")
        if charge_minor is not None and status not in CHARGED:
            raise Invalid(f"Only a no-show or a late cancellation is charged for in place of the fee, not {status}.")
        with self._uow.action("status") as work:
            unchanged(work, appointment_id, version, TIME)
            row = _appointment(work, appointment_id)
            client = client_row(work, row.client_id)
            if row.status == status and charge_minor in (None, row.charge_minor):
                raise NotAllowed(f"{full_name(client)} is marked {status} already; nothing was changed.")
            if row.invoice_id is not None and status in ("no-show", "late-cancelled", "booked"):
                raise _invoiced(work, row.invoice_id)
            if row.status in OFF and status in (*LIVE, "attended"):
                _free(
                    work, from_utc_text(row.starts_at), from_utc_text(row.ends_at), force=False, exclude=appointment_id
                )
            again, before = row.status not in (*LIVE, "attended", "no-show") and status in LIVE, row.status
            if again:
                bookable(work, row.client_id)
            row.status, row.status_at = status, utc_text(work.now)
            row.charge_minor = charge_for(work, row, charge_minor)
            work.session.flush()
            work.summary = f"Marked {full_name(client)} {status}"
            if status in CHARGED:
                verb = "Marked" if before != status else "Changed"
                charge = charge_words(row.charge_minor or 0, row.currency)
                work.summary = f"{verb} {full_name(client)} {status}, {charge}"
            withdrawn = 0
            if again:
                withdrawn = self._withdraw(work, appointment_id, f"the appointment is {status} again")
            if status not in LIVE:
                # To charge for a late cancellation takes nothing back of what the client is told about it.
                keep = ("cancellation",) if status == "late-cancelled" else ()
                withdrawn = self._withdraw(work, appointment_id, f"the appointment was marked {status}", keep=keep)
            return Change(appointment_id, work.summary, (), withdrawn)

    def set_note(self, appointment_id: int, text: str, *, version: int | None = None) -> Change:
        """Replace the note of an appointment; empty takes it away.

        `version` as in `move`. Raises `NotAllowed` where nothing would change, and `MovedOn` where the note was changed
        elsewhere since.
        """
        with self._uow.action("note") as work:
            unchanged(work, appointment_id, version, NOTE)
            row = _appointment(work, appointment_id)
            client = client_row(work, row.client_id)
            note = clean(text, multiline=True, field="The note")
            if note == row.note:
                raise NotAllowed("The note reads so already; nothing was changed.")
            done = "Wrote a note on" if note else "Removed the note on"
            work.summary = f"{done} {full_name(client)} {short_moment(from_wall_text(row.starts_local))}"
            row.note = note
            return Change(appointment_id, work.summary)

    def _queue(
        self, work: Work, kind: str, appointment_id: int, *, previous_start_local: str | None = None
    ) -> tuple[MessageRow, ...]:
        return self._notifications.queue(
            work.connection,
            kind,
            now=work.now,
            action_id=work.action_id,
            appointment_id=appointment_id,
            previous_start_local=previous_start_local,
        )

    def _withdraw(
        self, work: Work, appointment_id: int, reason: str, starts_at: str | None = None, *, keep: Collection[str] = ()
    ) -> int:
        return self._notifications.withdraw(
            work.connection, now=work.now, appointment_id=appointment_id, reason=reason, starts_at=starts_at, keep=keep
        )


def _appointment(work: Work, appointment_id: int) -> Appointment:
    row = work.session.get(Appointment, appointment_id)
    if row is None:
        raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
    return row


def _redate_draft(work: Work, row: Appointment) -> None:
    """A draft follows its appointment; what has been issued says for good what was agreed then."""
    invoice = work.session.get(Invoice, row.invoice_id) if row.invoice_id is not None else None
    if invoice is not None and invoice.status == "draft":
        for line in work.session.exec(select(LineItem).where(LineItem.appointment_id == row.id)):
            line.service_at = row.starts_local


def _free(work: Work, begin: datetime, end: datetime, *, force: bool, exclude: int | None = None) -> None:
    if force:
        return
    found = agenda.conflicts(work.connection, begin, end, exclude_appointment=exclude)
    if found:
        raise SlotTaken(taken_sentence(found), found)


def _invoiced(work: Work, invoice_id: int) -> NotAllowed:
    invoice = work.session.get(Invoice, invoice_id)
    if invoice is None or invoice.number is None:
        return NotAllowed(f"It is on a draft invoice; discard that first: guru invoices discard draft-{invoice_id}")
    return NotAllowed(f"It is on invoice {invoice.number}, which is issued and stays as it is.")


def _id(row: Appointment) -> int:
    if row.id is None:
        raise RuntimeError("the row was not flushed")
    return row.id
