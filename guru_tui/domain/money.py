"""Money as integer minor units, read, written and rounded in one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from guru_tui.errors import Invalid

# ISO 4217 minor-unit exponents that are not 2.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_SYMBOLS = {
    "ZAR": "R",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "BWP": "P",
    "NAD": "N$",
    "AUD": "A$",
    "NZD": "NZ$",
    "CAD": "C$",
    "INR": "₹",
    "KES": "KSh",
    "NGN": "₦",
    "JPY": "¥",
}
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (cents) of one currency."""

    minor: int
    currency: str

    def decimal(self) -> str:
        """`450.00`: digits and a point, for JSON, CSV and documents."""
        return decimal_text(self.minor, self.currency)

    def short(self) -> str:
        """`R1 850`, `R450.50`: for screens and messages."""
        return short_text(self.minor, self.currency)

    def as_json(self) -> dict[str, str]:
        """The shape that the command line's contract gives money."""
        return {"amount": self.decimal(), "currency": self.currency}


def exponent(currency: str) -> int:
    """How many digits of `currency` stand after the point (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def check_currency(code: str) -> str:
    """`code` in capitals; raises `Invalid` unless it has the form of an ISO 4217 code."""
    code = code.strip().upper()
    if not _CODE.fullmatch(code):
        raise Invalid(f"{code!r} is not a currency; use an ISO code such as ZAR.")
    return code


def decimal_text(minor: int, currency: str) -> str:
    """`-1850.00`: the amount with every digit its currency has."""
    digits = exponent(currency)
    sign, minor = ("-" if minor < 0 else ""), abs(minor)
    if not digits:
        return f"{sign}{minor}"
    whole, rest = divmod(minor, 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


def short_text(minor: int, currency: str) -> str:
    """`R1 850` or `R450.50`: symbol, thousands set off by a space, cents only where there are any."""
    sign = "-" if minor < 0 else ""
    whole, _, cents = decimal_text(abs(minor), currency).partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{grouped}{'.' + cents if cents.strip('0') else ''}"


def full_text(minor: int, currency: str) -> str:
    """`R1 850.00`: for documents, where every amount shows its cents."""
    sign = "-" if minor < 0 else ""
    whole, _, cents = decimal_text(abs(minor), currency).partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{symbol}{grouped}{'.' + cents if cents else ''}"


def parse_amount(text: str, currency: str) -> int:
    """The minor units of an amount as people write it: `450`, `R450.50`, `1 850,00`, `1,850.00`.

    Raises `Invalid` for anything else, for a negative amount, and for more digits than the currency has.
    """
    symbol = _SYMBOLS.get(currency, currency)
    bare = text.strip().replace("\u00a0", "").replace(" ", "").replace("'", "")
    for prefix in (currency, symbol):
        if bare.upper().startswith(prefix.upper()):
            bare = bare[len(prefix) :]
            break
    wrong = Invalid(f"{text.strip()!r} is not an amount; write it like {symbol}450 or {symbol}450.50.")
    if not re.fullmatch(r"[0-9][0-9.,]*", bare) or len(bare) > 15:
        raise wrong
    digits = exponent(currency)
    whole, cents = _split(bare, digits)
    if whole is None or len(cents) > digits:
        raise wrong
    return int(whole) * 10**digits + int((cents or "0").ljust(digits, "0") if digits else "0")


def _split(bare: str, digits: int) -> tuple[str | None, str]:
    """Whole and fraction: the last separator is the decimal one unless three digits follow it."""
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+|\d+)(?:[.,](\d{1,%d}))?" % max(digits, 1), bare)
    if match is None:
        return None, ""
    whole, cents = match.group(1), match.group(2) or ""
    if len({mark for mark in whole if not mark.isdigit()}) > 1:
        return None, ""
    return re.sub(r"[.,]", "", whole), cents


def round_half_up(value: Fraction) -> int:
    """The one rounding: to the nearest minor unit, halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * int(abs(value) + Fraction(1, 2))
