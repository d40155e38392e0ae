"""An invoice in lines: what it charges, what was paid, what went out."""

from __future__ import annotations

from collections.abc import Sequence

from guru_tui.domain.views.clients import ClientVisit
from guru_tui.domain.views.invoices import InvoiceDetail
from guru_tui.screens.session import Session, short_day
from guru_tui.widgets import glyphs
from guru_tui.widgets.text import BLANK, Column, Columns, Line, flow, words

_CHARGES = Columns((Column("", 6, right=True), Column("", 12, grow=1), Column("", 9, right=True)), indent=0)


def uninvoiced_lines(session: Session, visits: Sequence[ClientVisit], width: int) -> Sequence[Line]:
    """What could go on an invoice."""
    today = session.today()
    lines: list[Line] = []
    for visit in visits:
        cells = (
            ((short_day(visit.starts.date(), today), "dim"),),
            ((visit.title, ""),),
            ((session.money(visit.fee_minor, visit.currency), ""),),
        )
        lines.append(_CHARGES.line(cells, width))
    if visits:
        total = session.money(sum(visit.fee_minor for visit in visits), visits[0].currency)
        lines += [(("─" * width, "rule"),), _CHARGES.line(((), (("Total", "strong"),), ((total, "strong"),)), width)]
    return [*lines, BLANK, (("i", "key"), (" invoices it", "dim"))]


def detail_lines(session: Session, invoice: InvoiceDetail, width: int) -> Sequence[Line]:
    """The whole invoice: dates, lines, totals, payments, messages."""
    row, today, currency = invoice.row, session.today(), invoice.row.currency
    look = glyphs.billing(row.status)
    status = "OVERDUE" if row.status == "overdue" else row.status
    lines: list[Line] = flow(
        [
            (status, look.tone or "strong"),
            (f"issued {short_day(row.issued_on, today)}" if row.issued_on else "no number yet", "dim"),
            (f"due {short_day(row.due_on, today)}" if row.due_on and row.status != "paid" else "", "dim"),
            (f"{(today - row.due_on).days} days late" if row.status == "overdue" and row.due_on else "", "bad"),
        ],
        width,
        separator=" · ",
    )
    lines.append(BLANK)
    for charge in invoice.lines:
        day = short_day(charge.service_at.date(), today) if charge.service_at else ""
        texts = words(f"{charge.description}{f'  {charge.code}' if charge.code else ''}", max(width - 17, 8))
        amount = session.money(charge.total_minor, currency)
        lines.append(_CHARGES.line((((day, "dim"),), ((texts[0], ""),), ((amount, ""),)), width))
        lines += [_CHARGES.line(((), ((text, ""),), ()), width) for text in texts[1:]]
    lines.append((("─" * width, "rule"),))
    sums = [("Subtotal", invoice.subtotal_minor, "dim"), ("Tax", invoice.tax_minor, "dim")] if invoice.tax_minor else []
    sums.append(("Total", row.total_minor, "strong"))
    if row.paid_minor:
        sums.append(("Paid", -row.paid_minor, "ok"))
    if row.status not in ("paid", "void", "draft"):
        sums.append(("Due", row.due_minor, "bad" if row.status == "overdue" else "strong"))
    for label, amount_minor, tone in sums:
        cells: tuple[Line, Line, Line] = ((), ((label, tone),), ((session.money(amount_minor, currency), tone),))
        lines.append(_CHARGES.line(cells, width))
    if invoice.payments:
        lines += [BLANK, (("Payments", "title"),)]
        for payment in invoice.payments:
            cells = (
                ((short_day(payment.received_on, today), "dim"),),
                ((f"{payment.method} {payment.reference}".rstrip(), ""),),
                ((session.money(payment.amount_minor, payment.currency), "ok"),),
            )
            lines.append(_CHARGES.line(cells, width))
    if invoice.messages:
        lines += [BLANK, (("Messages", "title"),)]
        for message in invoice.messages:
            state = glyphs.message(message.state)
            when = message.sent_at or message.not_before
            lines += flow(
                [
                    (f"{state.glyph} {short_day(when.date(), today)} {message.channel}", state.tone),
                    (state.word, state.tone),
                    (message.reason, "dim"),
                ],
                width,
                separator=" ",
            )
    return lines
