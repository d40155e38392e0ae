"""The invoice as a PDF: made from what is frozen at issue and from nothing else, so it can be made again."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from guru_tui.documents.fonts import MEDIUM, Fonts
from guru_tui.documents.line_table import LineTable
from guru_tui.documents.sheet import (
    ACCENT,
    BODY,
    BOTTOM,
    HAIRLINE,
    LABEL,
    LEFT,
    MUTED,
    RIGHT,
    SMALL,
    STRONG,
    TOP,
    WIDTH,
    Line,
    Sheet,
    Type,
    height_of,
)
from guru_tui.domain.billing import percent_text
from guru_tui.domain.local_time import MONTHS, full_date
from guru_tui.domain.money import full_text
from guru_tui.domain.views.invoices import InvoiceDetail
from guru_tui.errors import Invalid

_NAME = Type(16, MEDIUM)
_TITLE = Type(22, MEDIUM)
_NUMBER = Type(22, color=ACCENT)
_PAYER = Type(11, MEDIUM)
_AMOUNT = Type(17, MEDIUM, ACCENT)
_TOTAL = Type(11.5, MEDIUM)
_FOOT = Type(7.5, color=MUTED)

_PANEL = 66.0
_LOGO_SIZE = (54.0, 20.0)
_LOGO_PIXELS = (640, 240)  # 300 to the inch at that size


def render(invoice: InvoiceDetail, fonts: Fonts, *, created: datetime) -> bytes:
    """The PDF of `invoice`; equal input gives equal bytes. `created` (an instant) goes into the file's own data.

    Raises `Invalid` for a character that the font lacks and for a logo that cannot be read.
    """
    fields = tuple(_fields(invoice))
    _check(invoice, fields, fonts)
    page = _Page(invoice, fonts, [field.text for field in fields], created)
    page.letterhead()
    page.heading()
    page.table()
    page.totals()
    page.payment()
    return page.sheet.finish(page.footer)


@dataclass(frozen=True)
class _Field:
    """A text on the invoice, what to call it, and what to do about it."""

    text: str
    name: str
    remedy: str


def _fields(invoice: InvoiceDetail) -> Iterator[_Field]:
    for key, value in invoice.letterhead.items():
        if key != "logo":
            setting = {"full_name": "first_name", "prefix": "invoice_prefix"}.get(key, key)
            yield _Field(value, f"your {key.replace('_', ' ')}", f"change it with: guru settings set {setting} VALUE")
    for key, value in invoice.bill_to.items():
        name = "the client's name" if key == "client" else f"the {key} it is billed to"
        yield _Field(value, name, "write it in Latin, Greek or Cyrillic letters in the client's record")
    for position, line in enumerate(invoice.lines, start=1):
        remedy = "write the appointment's title without it"
        yield _Field(line.description, f"the description of line {position}", remedy)
        yield _Field(line.code, f"the code of line {position}", remedy)
    yield _Field(
        f"{invoice.row.number} {full_text(0, invoice.row.currency)}−()", "the invoice's number", "change the prefix"
    )
    yield _Field("".join(_WORDS), "the form", "")


def _check(invoice: InvoiceDetail, fields: Sequence[_Field], fonts: Fonts) -> None:
    for field in fields:
        character = fonts.missing(field.text)
        if character:
            raise Invalid(
                f"The invoice's font has no {character!r} (U+{ord(character):04X}), which stands in {field.name} "
                f"({_excerpt(field.text)}); {field.remedy}, then try again. No number was used."
            )


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


_WORDS = (
    "Billed to",
    "For services to ",
    "Issued",
    "Due",
    "Total",
    "Date Description Code Qty Price Amount VAT",
    "discount",
    "Subtotal without VAT, VAT included",
    "How to pay",
    "Reference",
    "Practice number",
    "VAT number",
    "Draft invoice: not yet issued",
    "Page of · , " + "".join(MONTHS),
)


class _Page:
    """The parts of an invoice, from top to bottom."""

    def __init__(self, invoice: InvoiceDetail, fonts: Fonts, texts: Sequence[str], created: datetime) -> None:
        self._invoice = invoice
        self._head = {key: invoice.letterhead.get(key, "") for key in _LETTERHEAD} | invoice.letterhead
        self._number = invoice.row.number
        title = self._head["title"] or "Invoice"
        self._title = title if self._number else f"Draft {title.lower()}"
        self._practice = self._head["practice_name"]
        self.sheet = Sheet(fonts, f"{self._title} {self._number}".strip(), self._practice, texts, created)

    def letterhead(self) -> None:
        """Who bills: logo, practice, practitioner, how to reach them."""
        sheet, head = self.sheet, self._head
        if head["logo"]:
            picture = _logo(Path(head["logo"]))
            ratio = min(_LOGO_SIZE[0] / picture.width, _LOGO_SIZE[1] / picture.height)
            width, height = picture.width * ratio, picture.height * ratio
            sheet.image(picture, LEFT, TOP - 2, width, height)
            sheet.y = TOP + height + 2
        left = [(line, _NAME) for line in sheet.wrap(self._practice, 104, _NAME)]
        person = " · ".join(part for part in (head["full_name"], head["profession"]) if part)
        if person != self._practice:
            left += [(line, SMALL) for line in sheet.wrap(person, 104, SMALL)]
        for label, key in (("Practice number", "practice_number"), ("VAT number", "tax_number")):
            if head[key]:
                left += [(line, SMALL) for line in sheet.wrap(f"{label} {head[key]}", 104, SMALL)]
        contact = "\n".join(part for part in (head["address"], head["phone"], head["email"]) if part)
        right = [(line, SMALL) for line in sheet.wrap(contact, 60, SMALL)]
        if head["logo"] and height_of(right) < sheet.y - TOP:
            sheet.y, under = TOP, sheet.y
            sheet.stack(RIGHT, right, right=True)
            sheet.y = under
            sheet.stack(LEFT, left)
        else:
            sheet.side_by_side(left, right)
        sheet.y += 6
        sheet.rule(sheet.y, ACCENT, weight=0.5)
        sheet.y += 11

    def heading(self) -> None:
        """What it is, for whom, how much and until when."""
        sheet, row = self.sheet, self._invoice.row
        title_width = sheet.width_of(f"{self._title} ", _TITLE)
        if title_width + sheet.width_of(self._number, _NUMBER) <= WIDTH:
            sheet.text(LEFT, sheet.y, self._title, _TITLE)
            sheet.text(LEFT + title_width, sheet.y, self._number, _NUMBER)
            sheet.y += _TITLE.leading
        else:
            sheet.stack(
                LEFT, [(self._title, _TITLE), *((line, _NUMBER) for line in sheet.wrap(self._number, WIDTH, _NUMBER))]
            )
        sheet.y += 6
        payer = self._payer()
        dates = [(label, day) for label, day in (("Issued", row.issued_on), ("Due", row.due_on)) if day]
        panel = 10 + len(dates) * 6.2 + _AMOUNT.leading
        if panel > sheet.room:
            sheet.new_page()
        start = sheet.y
        self._panel(RIGHT - _PANEL, start, panel, dates)
        pages = sheet.page_count
        sheet.stack(LEFT, payer)
        if sheet.page_count == pages:
            sheet.y = max(sheet.y, start + panel)
        sheet.y += 11

    def _payer(self) -> list[Line]:
        sheet, to = self.sheet, self._invoice.bill_to
        name = to.get("name", "") or self._invoice.row.client
        client = to.get("client", "")
        lines: list[Line] = [("Billed to", LABEL), ("", Type(3))]
        lines += [(line, _PAYER) for line in sheet.wrap(name, 92, _PAYER)]
        for key in ("address", "email"):
            lines += [(line, BODY) for line in sheet.wrap(to.get(key, ""), 92)]
        if client and client != name:
            lines += [("", Type(4)), *((line, SMALL) for line in sheet.wrap(f"For services to {client}", 92, SMALL))]
        return lines

    def _panel(self, x: float, y: float, height: float, dates: Sequence[tuple[str, date]]) -> None:
        sheet, row = self.sheet, self._invoice.row
        sheet.tint(x, y, _PANEL, height)
        inner, end, y = x + 5, RIGHT - 5, y + 4.5
        for label, day in dates:
            sheet.text(inner, y, label, SMALL)
            sheet.text(end, y - 0.2, full_date(day), STRONG if label == "Due" else BODY, right=True)
            y += 6.2
        if dates:
            sheet.rule(y, start=inner, end=end)
            y += 1
        amount = full_text(row.total_minor, row.currency)
        sheet.text(inner, y + _AMOUNT.leading - SMALL.leading - 0.4, "Total", SMALL)
        sheet.text(end, y + 1, amount, _AMOUNT, right=True)

    def table(self) -> None:
        """The lines; the head is repeated on every page."""
        table = LineTable(self.sheet, self._invoice)
        for position, line in enumerate(self._invoice.lines):
            table.row(line, first=position == 0)

    def totals(self) -> None:
        """What the lines add up to."""
        sheet, invoice = self.sheet, self._invoice
        row = invoice.row
        rows: list[tuple[str, int]] = []
        if invoice.tax_minor or self._head["tax_registered"] == "yes":
            rate = _basis_points(self._head["tax_percent"])
            rows = [
                ("Subtotal without VAT", invoice.subtotal_minor),
                (f"VAT {percent_text(rate)}".strip(), invoice.tax_minor),
            ]
            if not rate:
                rows[1] = ("VAT", invoice.tax_minor)
        height = 4 + len(rows) * 6 + 12
        if height > sheet.room:
            sheet.new_page()
        sheet.y += 4
        start = RIGHT - _PANEL
        for label, amount in rows:
            sheet.text(start + 5, sheet.y, label, SMALL)
            sheet.text(RIGHT, sheet.y - 0.2, full_text(amount, row.currency), BODY, right=True)
            sheet.y += 6
        if rows:
            sheet.rule(sheet.y, start=start + 5)
            sheet.y += 2
        sheet.text(start + 5, sheet.y, "Total", _TOTAL)
        sheet.text(RIGHT, sheet.y, full_text(row.total_minor, row.currency), _TOTAL, right=True)
        sheet.y += _TOTAL.leading + 10

    def payment(self) -> None:
        """Where the money goes, under which reference, until when; kept together on a page."""
        sheet, due = self.sheet, self._invoice.row.due_on
        if not self._head["bank_details"] or not self._number:
            return
        right_x = RIGHT - _PANEL + 5
        left: list[Line] = [("How to pay", LABEL), ("", Type(3))]
        left += [(line, BODY) for line in sheet.wrap(self._head["bank_details"], right_x - LEFT - 14)]
        right: list[Line] = [("Reference", LABEL), ("", Type(3))]
        right += [(line, _PAYER) for line in sheet.wrap(self._number, _PANEL - 10, _PAYER)]
        if due:
            right += [("", Type(5)), ("Due", LABEL), ("", Type(3)), (full_date(due), _PAYER)]
        height = max(height_of(left), height_of(right)) + 9.4
        if height > BOTTOM - TOP:
            sheet.stack(LEFT, [*right, *left])
            return
        if height > sheet.room:
            sheet.new_page()
        start = sheet.y
        sheet.tint(LEFT, start, WIDTH, height)
        for x, lines in ((LEFT + 5, left), (right_x, right)):
            sheet.y = start + 5
            sheet.stack(x, lines)
        sheet.y = start + height

    def footer(self, number: int, of: int) -> None:
        """Which page this is, of what."""
        sheet, y = self.sheet, BOTTOM + 7
        sheet.rule(y - 2.5, HAIRLINE)
        counted = f"Page {number} of {of}"
        room = WIDTH - sheet.width_of(counted, _FOOT) - 8
        name = " · ".join(part for part in (self._practice, f"{self._title} {self._number}".strip()) if part)
        sheet.text(LEFT, y, sheet.fitted(name, room, _FOOT), _FOOT)
        sheet.text(RIGHT, y, counted, _FOOT, right=True)


_LETTERHEAD = (
    *("title", "practice_name", "full_name", "profession", "practice_number", "address", "phone", "email"),
    *("bank_details", "tax_registered", "tax_number", "tax_percent", "prices_include_tax", "prefix", "logo"),
)


def _logo(path: Path) -> Any:
    """The logo as a picture no larger than print needs; raises `Invalid` where it cannot be read."""
    from PIL import Image, ImageOps

    remedy = "set another with: guru settings set logo FILE (or an empty one for none)"
    try:
        with Image.open(io.BytesIO(path.expanduser().read_bytes()), formats=("PNG", "JPEG")) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail(_LOGO_PIXELS)
            has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
            return picture.convert("RGBA" if has_alpha else "RGB")
    except Image.DecompressionBombError:
        raise Invalid(f"The logo {path} is far too large a picture; {remedy}.") from None
    except (OSError, ValueError, SyntaxError) as error:
        reason = getattr(error, "strerror", None) or "it is no PNG or JPEG"
        raise Invalid(f"The logo {path} cannot be read ({reason}); {remedy}.") from None


def _basis_points(percent: str) -> int:
    whole, _, part = percent.partition(".")
    return int(whole or 0) * 100 + int((part + "00")[:2])
