"""What an invoice adds up to: lines, tax, totals, numbers, statuses and how payments settle it.

Money is in minor units, quantities in thousandths, tax rates in basis points (hundredths of a percent).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from guru_tui.domain.local_time import YEARS
from guru_tui.domain.money import round_half_up
from guru_tui.domain.phone import national
from guru_tui.domain.practice import CHANNELS, Practice
from guru_tui.errors import Invalid

INVOICE_STATUSES = ("draft", "sent", "overdue", "paid", "void")

PAYMENT_METHODS = ("EFT", "cash", "card", "medical aid", "SnapScan", "voucher", "gift", "write-off", "other")

_ONE = 1000
_AHEAD = timedelta(days=45)


@dataclass(frozen=True)
class Charge:
    """What a line asks for, before it is added up. `discount_minor` is for the whole line."""

    unit_price_minor: int
    quantity_milli: int = _ONE
    discount_minor: int = 0
    tax_basis_points: int = 0


@dataclass(frozen=True)
class LineAmounts:
    """A line's shown amount, and the tax that is in it (inclusive prices) or comes on top (exclusive ones)."""

    total_minor: int
    tax_minor: int


@dataclass(frozen=True)
class Totals:
    """An invoice's sums; `subtotal_minor` is without tax, and `subtotal + tax = total` always."""

    subtotal_minor: int
    tax_minor: int
    total_minor: int


@dataclass(frozen=True)
class Settlement:
    """How a payment falls: what settles the invoice, and what is left over as the client's credit."""

    allocated_minor: int
    credit_minor: int


def line_amounts(charge: Charge, *, prices_include_tax: bool) -> LineAmounts:
    """The shown amount of a line: quantity x unit price, rounded, less the discount; and its tax, rounded per line.

    Raises `Invalid` for a negative quantity, price or discount and for a discount above the price.
    """
    if charge.quantity_milli < 0 or charge.unit_price_minor < 0 or charge.discount_minor < 0:
        raise Invalid(
            "A line's quantity, price and discount cannot be negative; corrections are made by a credit note."
        )
    price = round_half_up(Fraction(charge.quantity_milli * charge.unit_price_minor, _ONE))
    if charge.discount_minor > price:
        raise Invalid("A discount cannot be larger than the price of its line; lower the discount.")
    total = price - charge.discount_minor
    return LineAmounts(total, tax_of(total, charge.tax_basis_points, included=prices_include_tax))


def tax_of(amount_minor: int, basis_points: int, *, included: bool) -> int:
    """The tax that is in `amount_minor`, or that comes on top of it where it is not `included`."""
    whole = 10_000 + basis_points if included else 10_000
    return round_half_up(Fraction(amount_minor * basis_points, whole))


def add_up(lines: Sequence[LineAmounts], *, prices_include_tax: bool) -> Totals:
    """The sums of the lines as they are shown: never rounded anew, so list, document and statement agree."""
    shown = sum(line.total_minor for line in lines)
    tax = sum(line.tax_minor for line in lines)
    if prices_include_tax:
        return Totals(shown - tax, tax, shown)
    return Totals(shown, tax, shown + tax)


def status_of(stored: str, due_minor: int, due_on: date | None, today: date) -> str:
    """The status people see: `sent` becomes `overdue` once its day has passed and something is still due."""
    if stored == "sent" and due_minor > 0 and due_on is not None and due_on < today:
        return "overdue"
    return stored


def settle(amount_minor: int, due_minor: int) -> Settlement:
    """Split a payment between an invoice with `due_minor` open and the client's credit.

    Raises `Invalid` for an amount that is not positive.
    """
    if amount_minor <= 0:
        raise Invalid("A payment is more than nothing; write the amount that was received.")
    allocated = min(amount_minor, max(due_minor, 0))
    return Settlement(allocated, amount_minor - allocated)


def payment_method(text: str) -> str:
    """The method that `text` names, in any case, with blank or hyphen; raises `Invalid` with the choices."""
    wanted = re.sub(r"[\s_-]+", "", text.casefold())
    for method in PAYMENT_METHODS:
        if re.sub(r"[\s-]+", "", method.casefold()) == wanted:
            return method
    raise Invalid(f"{text.strip()!r} is no way of paying; it is one of {', '.join(PAYMENT_METHODS)}.")


def channel_rule(text: str) -> str:
    """`email`, `sms` or `sms+email` for what was typed (`email,sms`); raises `Invalid` for anything else."""
    names = {part for part in re.split(r"[\s,+]+", text.casefold()) if part}
    if not names or names - set(CHANNELS):
        raise Invalid(f"{text.strip()!r} is no way of sending; write email, sms or email,sms.")
    return "sms+email" if len(names) == 2 else names.pop()


def next_sequence(configured: int, highest: int | None) -> int:
    """The sequence of the next invoice: one above the highest there is, or the configured one where that is higher."""
    return max(configured, (highest or 0) + 1)


def format_number(prefix: str, sequence: int) -> str:
    """An invoice's number as it is printed and looked up: `INV-` and 12 give `INV-12`."""
    return f"{prefix}{sequence}"


def document_title(*, tax_registered: bool) -> str:
    """What the document calls itself: `Tax Invoice` only where the practice is registered for tax."""
    return "Tax Invoice" if tax_registered else "Invoice"


def letterhead_of(practice: Practice) -> dict[str, str]:
    """What an invoice freezes of the practice at issue; the keys of `InvoiceDetail.letterhead`."""
    registered = practice["tax_registered"] == "yes"
    return {
        "title": document_title(tax_registered=registered),
        "practice_name": practice.name,
        "full_name": practice.full_name,
        "profession": practice["profession"],
        "practice_number": practice["practice_number"],
        "address": practice["address"],
        "phone": national(practice["phone"]),
        "email": practice["email"],
        "bank_details": practice["bank_details"],
        "tax_registered": practice["tax_registered"],
        "tax_number": practice["tax_number"] if registered else "",
        "tax_percent": practice["tax_percent"] if registered else "",
        "prices_include_tax": practice["prices_include_tax"],
        "prefix": practice["invoice_prefix"],
        "logo": practice["logo"],
    }


def bill_to_of(client: str, address: str, email: str, *, payer: tuple[str, str, str] = ("", "", "")) -> dict[str, str]:
    """Who an invoice is made out to; the keys of `InvoiceDetail.bill_to`.

    `payer` is the name, address and email of who pays when that is not the client; what is missing there is not
    filled from the client, whose address the payer may not share.
    """
    name, payer_address, payer_email = payer
    if name:
        return {"name": name, "address": payer_address, "email": payer_email, "client": client}
    return {"name": client, "address": payer_address or address, "email": payer_email or email, "client": client}


def file_name(title: str, number: str) -> str:
    """A file name that every system and mail program takes: `Tax-Invoice-INV-12.pdf`."""
    stem = re.sub(r"[^\w.]+", "-", f"{title} {number}").strip("-.")
    return f"{stem[:100]}.pdf"


def read_day(text: str, today: date) -> date:
    """The day that a bookkeeping date means: ISO, `today`, `yesterday`, `24/12/2026`, or `24/12`.

    Without a year it is the last such day, or the next one where that is at most 45 days off. Raises `Invalid` for
    anything else and for a day that does not exist.
    """
    word = text.strip().casefold()
    if word in ("today", "vandag"):
        return today
    if word in ("yesterday", "gister"):
        return today - timedelta(days=1)
    wrong = Invalid(f"{text.strip()!r} is not a day; write it like 2026-11-25, 25/11, 25/11/2026, today or yesterday.")
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, re.ASCII):
            return _plausible(date.fromisoformat(word))
        match = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?", word, re.ASCII)
        if match is None:
            raise wrong
        day, month = int(match[1]), int(match[2])
        if match[3]:
            return _plausible(date(int(match[3]), month, day))
    except ValueError:
        raise wrong from None
    near = []
    for year in range(today.year - 8, today.year + 2):
        try:
            near.append(date(year, month, day))
        except ValueError:
            continue  # 29 February stands in few years
    if not near:
        raise wrong
    return max((candidate for candidate in near if candidate <= today + _AHEAD), default=near[0])


def _plausible(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(day.year)
    return day


def quantity_text(quantity_milli: int) -> str:
    """`2`, `1.5` or `0.125`: as many digits as there are."""
    whole, part = divmod(quantity_milli, _ONE)
    return f"{whole}.{part:03d}".rstrip("0") if part else str(whole)


def percent_text(basis_points: int) -> str:
    """`15%` or `7.5%`."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0") + "%" if part else f"{whole}%"
