"""The table of an invoice's lines, over as many pages as it needs."""

from __future__ import annotations

from datetime import date

from guru_tui.documents.sheet import BODY, INK, LABEL, LEFT, RIGHT, SMALL, Line, Sheet, height_of
from guru_tui.domain.billing import quantity_text
from guru_tui.domain.local_time import MONTHS
from guru_tui.domain.money import full_text
from guru_tui.domain.views.invoices import InvoiceDetail, InvoiceLine

_HEAD = LABEL.leading + 3.8
_GAP = 2.2  # above and below the text of a row


class LineTable:
    """The table of lines: a column stands there only where some line has something in it."""

    def __init__(self, sheet: Sheet, invoice: InvoiceDetail) -> None:
        self._sheet = sheet
        self._currency = invoice.row.currency
        lines = invoice.lines
        several = any(line.quantity_milli != 1000 for line in lines)
        wanted = [("Amount", True)]
        if any(line.tax_minor for line in lines):
            wanted.append(("VAT", True))
        if several:
            wanted += [("Price", True), ("Qty", True)]
        if any(line.code for line in lines):
            wanted.append(("Code", False))
        self._columns: list[tuple[str, float, float, bool]] = []
        end = RIGHT
        for name, right in wanted:
            cells = [self._cell(name, line) for line in lines]
            width = min(max(max(sheet.width_of(cell, BODY) for cell in cells), sheet.width_of(name, LABEL)), 40)
            self._columns.append((name, end - width, end, right))
            end -= width + 6
        self._dated = any(line.service_at for line in lines)
        self._text_x = LEFT + (25 if self._dated else 0)
        self._text_width = end - self._text_x

    def _cell(self, name: str, line: InvoiceLine) -> str:
        match name:
            case "Amount":
                return full_text(line.total_minor, self._currency)
            case "VAT":
                return full_text(line.tax_minor, self._currency)
            case "Price":
                return full_text(line.unit_price_minor, self._currency)
            case "Qty":
                return quantity_text(line.quantity_milli)
            case _:
                return line.code

    def _head(self) -> None:
        sheet = self._sheet
        if self._dated:
            sheet.text(LEFT, sheet.y, "Date", LABEL)
        sheet.text(self._text_x, sheet.y, "Description", LABEL)
        for name, start, end, right in self._columns:
            sheet.text(end if right else start, sheet.y, name, LABEL, right=right)
        sheet.y += LABEL.leading + 1.6
        sheet.rule(sheet.y, INK, weight=0.35)
        sheet.y += _GAP

    def _stack(self, line: InvoiceLine) -> list[Line]:
        stack: list[Line] = [(part, BODY) for part in self._sheet.wrap(line.description, self._text_width)]
        if line.discount_minor:
            price = full_text(line.total_minor + line.discount_minor, self._currency)
            note = f"{price} less {full_text(line.discount_minor, self._currency)} discount"
            stack += [(part, SMALL) for part in self._sheet.wrap(note, self._text_width, SMALL)]
        return stack

    def row(self, line: InvoiceLine, *, first: bool) -> None:
        """One line; it moves to the next page whole unless it is longer than a page. The first brings the head."""
        sheet, stack = self._sheet, self._stack(line)
        cells = {name: sheet.wrap(self._cell(name, line), end - start) for name, start, end, _ in self._columns}
        height = max(height_of(stack), max(len(cell) for cell in cells.values()) * BODY.leading)
        if height + _GAP + (_HEAD if first else 0) > sheet.room:
            sheet.new_page()
            first = True
        if first:
            self._head()
        start_y, page = sheet.y, sheet.page_count
        if line.service_at:
            sheet.text(LEFT, start_y, _short(line.service_at.date()), BODY)
        for name, start, end, right in self._columns:
            for offset, part in enumerate(cells[name]):
                sheet.text(end if right else start, start_y + offset * BODY.leading, part, BODY, right=right)
        for styled in stack:
            if styled[1].leading > sheet.room:
                sheet.new_page()
                self._head()
            sheet.stack(self._text_x, [styled])
        if sheet.page_count == page:
            sheet.y = start_y + height
        sheet.y += _GAP
        sheet.rule(sheet.y)
        sheet.y += _GAP


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"
