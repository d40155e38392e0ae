"""What goes on a draft: which appointments, in which lines, adding up to what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlmodel import select

from guru_tui.domain import billing
from guru_tui.domain.billing import Charge, LineAmounts
from guru_tui.domain.local_time import MONTHS, from_wall_text, utc_text
from guru_tui.domain.policies import CHARGED, line_words
from guru_tui.domain.practice import Practice
from guru_tui.errors import Invalid, NotAllowed, NotFound
from guru_tui.services.clients import client_row, full_name
from guru_tui.store.models import Appointment, Client, Invoice, LineItem
from guru_tui.store.queries import invoices as queries
from guru_tui.store.unit_of_work import Work


def invoice_row(work: Work, key: int | str) -> Invoice:
    """The invoice that `key` names, as `queries.find` reads it; raises `NotFound`."""
    invoice = work.session.get(Invoice, queries.find(work.connection, key))
    if invoice is None:
        raise NotFound(f"There is no invoice {key}; see them with: guru invoices list")
    return invoice


def id_of(invoice: Invoice) -> int:
    """The id of an invoice that has been flushed."""
    if invoice.id is None:
        raise RuntimeError("the invoice was not flushed")
    return invoice.id


def bill_to(client: Client) -> dict[str, str]:
    """Who pays the client's invoices."""
    payer = (client.bill_to_name, client.bill_to_address, client.bill_to_email)
    return billing.bill_to_of(full_name(client), client.address, client.email, payer=payer)


def lines_of(work: Work, invoice: Invoice) -> Sequence[LineItem]:
    """An invoice's lines in their order."""
    return work.session.exec(select(LineItem).where(LineItem.invoice_id == invoice.id).order_by("position")).all()


def unbilled(work: Work, client: Client, date_from: date | None, date_to: date | None) -> list[Appointment]:
    """What took place between two local days (inclusive) and is on no invoice; raises `NotAllowed` for nothing."""
    if date_from and date_to and date_to < date_from:
        raise Invalid(f"The period ends ({date_to}) before it begins ({date_from}); swap the two days.")
    visits = [
        visit
        for visit in queries.uninvoiced(work.connection, client.id or 0, now=work.now)
        if (date_from is None or visit.starts.date() >= date_from)
        and (date_to is None or visit.starts.date() <= date_to)
    ]
    if not visits:
        period = " in that period" if date_from or date_to else ""
        raise NotAllowed(
            f"There is nothing to invoice for {full_name(client)}{period}: all that took place is on an invoice. "
            "A no-show without a charge, or a future one, is invoiced by its id: guru invoice CLIENT --appointment ID"
        )
    return [_appointment(work, visit.id) for visit in visits]


def _appointment(work: Work, appointment_id: int) -> Appointment:
    appointment = work.session.get(Appointment, appointment_id)
    if appointment is None:
        raise NotFound(f"There is no appointment {appointment_id}; see the ids with: guru agenda")
    return appointment


def named(work: Work, client: Client, appointment_ids: Sequence[int]) -> list[Appointment]:
    """The appointments of these ids, oldest first; raises `NotAllowed` for one that cannot go on the invoice."""
    chosen = [_appointment(work, appointment_id) for appointment_id in dict.fromkeys(appointment_ids)]
    for appointment in chosen:
        if appointment.client_id != client.id:
            other = full_name(client_row(work, appointment.client_id))
            raise NotAllowed(
                f"Appointment {appointment.id} is {other}'s, not {full_name(client)}'s; name the client it is for."
            )
        if appointment.status == "cancelled":
            raise NotAllowed(f"Appointment {appointment.id} was cancelled and is not invoiced; leave it out.")
        if appointment.status in CHARGED and appointment.charge_minor == 0:
            raise NotAllowed(
                f"Appointment {appointment.id} is {appointment.status} and costs nothing; to charge for it all the "
                f"same: guru status {appointment.id} {appointment.status} --charge AMOUNT"
            )
        if appointment.invoice_id is not None:
            invoice = invoice_row(work, appointment.invoice_id)
            where = f"invoice {invoice.number}" if invoice.number else f"draft-{invoice.id}"
            raise NotAllowed(f"Appointment {appointment.id} is on {where} already; see it with: guru invoices show")
    return sorted(chosen, key=lambda appointment: (appointment.starts_at, appointment.id or 0))


def make_draft(work: Work, client: Client, chosen: Sequence[Appointment], practice: Practice) -> Invoice:
    """A draft with a line for each appointment, which it takes hold of; raises `NotAllowed` for several currencies."""
    currencies = sorted({appointment.currency for appointment in chosen})
    if len(currencies) > 1:
        raise NotAllowed(
            f"{full_name(client)}'s appointments are in {' and '.join(currencies)}, and an invoice has one currency; "
            "invoice them apart by their ids: guru invoice CLIENT --appointment ID"
        )
    invoice = Invoice(
        client_id=client.id or 0,
        currency=currencies[0],
        letterhead=json.dumps(billing.letterhead_of(practice), ensure_ascii=False),
        bill_to=json.dumps(bill_to(client), ensure_ascii=False),
        created_at=utc_text(work.now),
    )
    work.session.add(invoice)
    work.session.flush()
    for position, appointment in enumerate(chosen, start=1):
        price = _price(appointment)
        work.session.add(
            LineItem(
                invoice_id=id_of(invoice),
                position=position,
                appointment_id=appointment.id,
                service_at=appointment.starts_local,
                description=line_words(appointment.title, appointment.status),
                unit_price_minor=price,
                total_minor=price,
            )
        )
        appointment.invoice_id = invoice.id
        work.session.add(appointment)
    work.session.flush()
    add_up(work, invoice, practice)
    return invoice


def _price(appointment: Appointment) -> int:
    """The fee, or what is charged in its place; a no-show that is named though nobody has decided costs its fee."""
    charge = appointment.charge_minor
    return charge if appointment.status in CHARGED and charge is not None else appointment.fee_minor


def add_up(work: Work, invoice: Invoice, practice: Practice) -> None:
    """Reckon lines and sums by the practice's tax settings of this moment."""
    amounts: list[LineAmounts] = []
    for line in lines_of(work, invoice):
        line.tax_basis_points = practice.tax_basis_points
        charge = Charge(line.unit_price_minor, line.quantity_milli, line.discount_minor, line.tax_basis_points)
        amount = billing.line_amounts(charge, prices_include_tax=practice.prices_include_tax)
        line.total_minor, line.tax_minor = amount.total_minor, amount.tax_minor
        amounts.append(amount)
        work.session.add(line)
    totals = billing.add_up(amounts, prices_include_tax=practice.prices_include_tax)
    invoice.subtotal_minor, invoice.tax_minor = totals.subtotal_minor, totals.tax_minor
    invoice.total_minor = totals.total_minor
    work.session.add(invoice)
    work.session.flush()


def refuse_cancelled(work: Work, invoice: Invoice) -> None:
    row = work.connection.execute(
        """SELECT a.starts_local FROM line_item l JOIN appointment a ON a.id = l.appointment_id
           WHERE l.invoice_id = ? AND a.status = 'cancelled' ORDER BY a.starts_at LIMIT 1""",
        (invoice.id,),
    ).fetchone()
    if row:
        day = from_wall_text(row[0])
        raise NotAllowed(
            f"The appointment of {day.day} {MONTHS[day.month - 1]} on this draft has been cancelled; "
            f"discard it with: guru invoices discard draft-{invoice.id}"
        )
