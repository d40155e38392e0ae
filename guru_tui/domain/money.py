"""Money as integer minor units, read, written and rounded in one place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from guru_tui.errors import Invalid

if TYPE_CHECKING:
    from fractions import Fraction

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


class Money(NamedTuple):
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
    bare = re.sub(r"[\u00a0\u2009\u202f]", " ", text.strip())
    for prefix in (currency, symbol):
        if bare.upper().startswith(prefix.upper()):
            bare = bare[len(prefix) :].strip()
            break
    digits = exponent(currency)
    found = _split(bare, digits)
    if found is None or len(bare) > _LONGEST:
        cents = f" or {symbol}450.{'50'.ljust(digits, '0')}" if digits else ""
        raise Invalid(f"{text.strip()!r} is not an amount; write it like {symbol}450{cents}.")
    whole, cents = found
    return int(whole + cents.ljust(digits, "0"))


_LONGEST = 15
_WHOLE = r"(?:[0-9]+|[1-9][0-9]{0,2}(?P<mark>[ .,'’])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"


def _split(bare: str, digits: int) -> tuple[str, str] | None:
    """Whole and fraction, None where that cannot be told.

    The last mark is the decimal one if no more digits follow it than the currency has; else all marks must group
    thousands, alike: `1.850` is 1850 rand, but 1.850 dinar, and `0.450` and `1 85` are nothing.
    """
    match = re.fullmatch(rf"(?P<whole>{_WHOLE})(?P<point>[.,])(?P<cents>[0-9]{{1,{digits}}})", bare) if digits else None
    if match is None or match["mark"] == match["point"]:
        match = re.fullmatch(rf"(?P<whole>{_WHOLE})(?P<cents>)", bare)
    if match is None:
        return None
    return re.sub(r"[^0-9]", "", match["whole"]), match["cents"]


def round_half_up(value: Fraction) -> int:
    """The one rounding: to the nearest minor unit, halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * ((2 * abs(value.numerator) + value.denominator) // (2 * value.denominator))
