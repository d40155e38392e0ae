"""Use cases on invoices: draft, issue, send, print, discard.

Drafting puts the appointments on the invoice; issuing gives the number, freezes everything and makes the PDF, all in
one transaction, so that a document that cannot be made uses up no number.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from sqlmodel import select

from guru_tui.documents.fonts import Fonts
from guru_tui.documents.invoice import render
from guru_tui.domain import billing
from guru_tui.domain.local_time import day_bounds, from_utc_text, full_date, to_local, utc_text
from guru_tui.domain.money import short_text
from guru_tui.domain.practice import Practice
from guru_tui.domain.views.invoices import InvoiceDetail
from guru_tui.domain.views.messages import MessageRow
from guru_tui.errors import Invalid, NotAllowed
from guru_tui.services.clients import client_row, full_name
from guru_tui.services.drafting import (
    add_up,
    bill_to,
    id_of,
    invoice_row,
    lines_of,
    make_draft,
    named,
    refuse_cancelled,
    unbilled,
)
from guru_tui.services.notifications import NotificationService
from guru_tui.store.models import Appointment, Client, Document, Invoice
from guru_tui.store.queries import invoices as queries
from guru_tui.store.queries.outbox import messages_for_invoice
from guru_tui.store.queries.practice import practice as read_practice
from guru_tui.store.unit_of_work import UnitOfWork, Work

_WAITING = ("held", "queued", "claimed", "sending")


@dataclass(frozen=True)
class MonthInvoiced:
    """What invoicing everyone came to: the invoices made, and the sentence for each client who got none."""

    invoices: tuple[InvoiceDetail, ...]
    refused: tuple[str, ...]


class InvoicingService:
    """Everything that makes and sends invoices; each method is one named action."""

    def __init__(self, unit_of_work: UnitOfWork, notifications: NotificationService) -> None:
        self._uow = unit_of_work
        self._notifications = notifications
        self._fonts = Fonts()

    def warm_up(self) -> None:
        """Load the fonts and the PDF library ahead of the first invoice: half a second nobody should wait for."""
        self._fonts.load()

    def invoice_client(
        self,
        client_id: int,
        *,
        date_from: date | None = None,
        date_to: date | None = None,
        appointment_ids: Sequence[int] = (),
        draft: bool = False,
        send: str | None = None,
    ) -> InvoiceDetail:
        """Invoice what a client has had and is on no invoice, between two local days (inclusive), oldest first.

        `appointment_ids` names them instead, and then takes no-show, late-cancelled and future ones too. The invoice
        is issued unless `draft`, and with `send` ("email", "sms" or "email,sms") queued to leave as well. Raises
        `NotAllowed` where there is nothing to invoice, where an appointment is cancelled, another client's or on an
        invoice already, or where the currencies differ; `NotFound`; and what `issue` and `send` raise. Nothing is
        changed then.
        """
        rule = billing.channel_rule(send) if send is not None else None
        self._fonts.load()
        with self._uow.action("draft invoice" if draft else "issue invoice") as work:
            practice = read_practice(work.connection)
            client = client_row(work, client_id)
            if appointment_ids:
                chosen = named(work, client, appointment_ids)
            else:
                chosen = unbilled(work, client, date_from, date_to)
            invoice = make_draft(work, client, chosen, practice)
            if draft:
                work.summary = f"Drafted an invoice for {full_name(client)}, {_amount(invoice)}"
            else:
                self._issue(work, invoice, practice)
            if rule is not None and not draft:
                self._send(work, invoice, practice, rule)
            return _detail(work, invoice, practice)

    def invoice_month(self, month: date) -> MonthInvoiced:
        """Invoice every client for a local month; one who cannot be invoiced does not keep back the others."""
        self._fonts.load()
        first = month.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        with self._uow.reading() as (connection, now):
            begin, end = day_bounds(first, read_practice(connection).zone, days=last.day)
            clients = queries.billable_clients(connection, now=now, begin=begin, end=end)
        made, refused = [], []
        for client_id in clients:
            try:
                made.append(self.invoice_client(client_id, date_from=first, date_to=last))
            except (Invalid, NotAllowed) as error:
                refused.append(str(error))
        return MonthInvoiced(tuple(made), tuple(refused))

    def issue(self, invoice_id: int | str) -> InvoiceDetail:
        """Give a draft the next number, freeze it and make its PDF.

        Raises `NotFound`, `NotAllowed` for an invoice that is no draft or holds a cancelled appointment, and `Invalid`
        for a text that cannot be printed or a logo that cannot be read; no number is used up then.
        """
        self._fonts.load()
        with self._uow.action("issue invoice") as work:
            practice = read_practice(work.connection)
            invoice = invoice_row(work, invoice_id)
            self._issue(work, invoice, practice)
            return _detail(work, invoice, practice)

    def send(self, invoice_id_or_number: int | str, channels: str | None = None) -> tuple[MessageRow, ...]:
        """Queue an invoice to who pays it, by `channels` or the practice's rule; a draft is issued first.

        Returns the queued messages, which the practice's hold keeps back for a while; undo takes them back until then,
        unless a draft was issued. Raises `NotAllowed` where no channel reaches the client, and what `issue` raises;
        nothing is changed then.
        """
        rule = billing.channel_rule(channels) if channels is not None else None
        self._load_unless_made(invoice_id_or_number)
        with self._uow.action("send invoice") as work:
            practice = read_practice(work.connection)
            invoice = invoice_row(work, invoice_id_or_number)
            return self._send(work, invoice, practice, rule)

    def pdf(self, invoice_id_or_number: int | str) -> tuple[str, bytes]:
        """File name and bytes of an invoice's document; a draft's is made for looking at only and not kept.

        Raises `NotFound`, and `Invalid` where a document has yet to be made and cannot be.
        """
        self._load_unless_made(invoice_id_or_number)
        with self._uow.action("make document", undoable=False) as work:
            practice = read_practice(work.connection)
            invoice = invoice_row(work, invoice_id_or_number)
            if invoice.status == "draft":
                seen = _detail(work, invoice, practice)
                return f"Draft-{invoice.id}.pdf", render(seen, self._fonts, created=work.now)
            return self._document(work, invoice, practice)

    def discard_draft(self, invoice_id: int | str) -> str:
        """Throw a draft away; its appointments can be invoiced again. Returns what was done.

        Raises `NotFound`, and `NotAllowed` for an issued invoice, whose number is never given again.
        """
        with self._uow.action("discard draft") as work:
            invoice = invoice_row(work, invoice_id)
            if invoice.status != "draft":
                raise NotAllowed(f"Invoice {invoice.number} has been issued and stays; corrections are credit notes.")
            held = work.session.exec(select(Appointment).where(Appointment.invoice_id == invoice.id)).all()
            for appointment in held:
                appointment.invoice_id = None
                work.session.add(appointment)
            work.session.flush()
            for line in lines_of(work, invoice):
                work.session.delete(line)
            work.session.flush()
            client = client_row(work, invoice.client_id)
            work.summary = f"Discarded the draft for {full_name(client)}, {_amount(invoice)}"
            work.session.delete(invoice)
            return work.summary

    def _load_unless_made(self, key: int | str) -> None:
        """Load what making a document takes before the store is locked for it, unless the document exists."""
        with self._uow.reading() as (connection, _):
            made = queries.has_document(connection, queries.find(connection, key))
        if not made:
            self._fonts.load()

    def _issue(self, work: Work, invoice: Invoice, practice: Practice) -> None:
        if invoice.status != "draft":
            raise NotAllowed(f"Invoice {invoice.number} has been issued already; send it with: guru invoices send")
        client = client_row(work, invoice.client_id)
        refuse_cancelled(work, invoice)
        add_up(work, invoice, practice)
        today = to_local(work.now, practice.zone).date()
        highest = work.connection.execute("SELECT max(sequence) FROM invoice").fetchone()[0]
        invoice.sequence = billing.next_sequence(int(practice["invoice_next_number"]), highest)
        invoice.number = billing.format_number(practice["invoice_prefix"], invoice.sequence)
        if work.connection.execute("SELECT 1 FROM invoice WHERE number = ?", (invoice.number,)).fetchone():
            raise NotAllowed(
                f"There is an invoice {invoice.number} under another prefix already; choose a different one with: "
                "guru settings set invoice_prefix PREFIX"
            )
        work.undoable = False  # a number that was given stays given
        # Nothing is ever received for an invoice over nothing: it is settled as it is issued.
        invoice.status = "sent" if invoice.total_minor else "paid"
        invoice.issued_on = today.isoformat()
        invoice.due_on = practice.due_on(today).isoformat()
        invoice.issued_at = utc_text(work.now)
        invoice.letterhead = json.dumps(billing.letterhead_of(practice), ensure_ascii=False)
        invoice.bill_to = json.dumps(bill_to(client), ensure_ascii=False)
        work.session.add(invoice)
        work.session.flush()
        self._document(work, invoice, practice)
        work.summary = f"Issued invoice {invoice.number} to {full_name(client)}, {_amount(invoice)}"

    def _send(self, work: Work, invoice: Invoice, practice: Practice, rule: str | None) -> tuple[MessageRow, ...]:
        if invoice.status == "void":
            raise NotAllowed(f"Invoice {invoice.number} is void and is not sent any more.")
        if invoice.status == "draft":
            self._issue(work, invoice, practice)
        self._document(work, invoice, practice)
        before = messages_for_invoice(work.connection, id_of(invoice))
        queued = self._notifications.queue(
            work.connection,
            "invoice",
            now=work.now,
            action_id=work.action_id,
            invoice_id=id_of(invoice),
            channels=rule,
        )
        client = client_row(work, invoice.client_id)
        reached = _newly_queued(invoice, client, before, queued, practice)
        to = " and ".join(message.recipient for message in reached)
        work.summary = f"Sent invoice {invoice.number} to {full_name(client)} ({to})"
        return queued

    def _document(self, work: Work, invoice: Invoice, practice: Practice) -> tuple[str, bytes]:
        stored = work.session.exec(
            select(Document).where(Document.invoice_id == invoice.id).order_by("revision").limit(1)
        ).first()
        if stored is not None:
            return stored.file_name, stored.content
        detail = _detail(work, invoice, practice)
        created = from_utc_text(invoice.issued_at or invoice.created_at)
        content = render(detail, self._fonts, created=created)
        name = billing.file_name(detail.letterhead.get("title") or "Invoice", detail.row.number)
        document = Document(
            invoice_id=id_of(invoice),
            file_name=name,
            sha256=sha256(content).hexdigest(),
            content=content,
            created_at=utc_text(work.now),
        )
        work.session.add(document)
        work.session.flush()
        return name, content


def _amount(invoice: Invoice) -> str:
    return short_text(invoice.total_minor, invoice.currency)


def _detail(work: Work, invoice: Invoice, practice: Practice) -> InvoiceDetail:
    work.session.flush()
    today = to_local(work.now, practice.zone).date()
    return queries.invoice(work.connection, id_of(invoice), today=today, zone_name=practice.zone)


def _newly_queued(
    invoice: Invoice, client: Client, before: Sequence[MessageRow], queued: Sequence[MessageRow], practice: Practice
) -> list[MessageRow]:
    """What waits to leave now; raises `NotAllowed` where nothing does, with the reason."""
    states = {message.id: message.state for message in before}
    waiting = [message for message in queued if message.state in _WAITING]
    if waiting:
        return waiting
    gone = [message for message in queued if message.id in states and message.state != "blocked"]
    if gone:
        last = gone[-1]
        if last.sent_at:
            when = f"went to {last.recipient} on {full_date(to_local(last.sent_at, practice.zone).date())}"
        else:
            when = f"is {last.state} on its way to {last.recipient}"
        raise NotAllowed(
            f"Invoice {invoice.number} {when} and is not sent twice; see it with: guru outbox show {last.id}"
        )
    if not queued:
        raise NotAllowed(
            f"The practice's rule sends no invoices (invoice_channels is off), so none went to {full_name(client)}; "
            "say how with --email or --sms, or change the rule: guru settings set invoice_channels email"
        )
    reasons = "; ".join(dict.fromkeys(f"{message.channel}: {message.reason.rstrip('.')}" for message in queued))
    raise NotAllowed(
        f"The invoice cannot be sent to {full_name(client)} ({reasons}); nothing was changed. "
        f"See what is on record with: guru clients show {client.id}"
    )
