"""How many SMS a text takes: 7-bit letters while all of them are in the default alphabet, else 16-bit ones.

Alphabet and extension table: 3GPP TS 23.038, 6.2.1. Sizes of a single and of a linked SMS: TS 23.040, 9.2.3.24.1
(a linked one gives 6 of its 140 octets to a header).
"""

from __future__ import annotations

from dataclasses import dataclass

from guru_tui.domain.money import exponent, short_text

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM7 = "GSM-7"
_UCS2 = "UCS-2"
_SIZES = {_GSM7: (160, 153), _UCS2: (70, 67)}


@dataclass(frozen=True)
class SmsMeasure:
    """What a text costs.

    `length` and `per_segment` are in the encoding's units: letters of 7 bits (the extension table's take two) or of
    16 bits (emoji take two). `offending` is the first character that forced 16 bits, empty where none did.
    """

    encoding: str
    length: int
    per_segment: int
    segments: int
    offending: str


def measure(text: str) -> SmsMeasure:
    """Encoding, length and number of SMS for `text`; an empty text takes none."""
    offending = next((character for character in text if character not in _BASIC and character not in _EXTENDED), "")
    encoding = _UCS2 if offending else _GSM7
    single, linked = _SIZES[encoding]
    units = [_units(character, encoding) for character in text]
    length = sum(units)
    if length <= single:
        return SmsMeasure(encoding, length, single, 1 if text else 0, offending)
    return SmsMeasure(encoding, length, linked, _fill(units, linked), offending)


def note(text: str, price: str = "", currency: str = "") -> str:
    """What a text takes as an SMS, in words; empty for an empty text.

    `107/160 · 1 SMS · R0.32`, or `“–” is not in the SMS alphabet: 70 letters per SMS (67/70 · 1 SMS)`. `price` is that
    of one SMS (the setting `sms_price`), empty where it is not known.
    """
    if not text:
        return ""
    size = measure(text)
    if not size.offending:
        return brief(size, price, currency)
    return (
        f"“{shown(size.offending)}” is not in the SMS alphabet: "
        f"{size.per_segment} letters per SMS ({brief(size, price, currency)})"
    )


def brief(size: SmsMeasure, price: str = "", currency: str = "") -> str:
    """Letters used of those there is room for, number of SMS, and their price where it is known."""
    parts = [f"{size.length}/{size.per_segment * max(size.segments, 1)}", f"{size.segments} SMS"]
    cost = price_text(size.segments, price, currency)
    return " · ".join([*parts, cost] if cost else parts)


def price_text(segments: int, price: str, currency: str) -> str:
    """What a message of so many SMS costs, as people write amounts: `R0.32`, with the parts of a cent that it has.

    `price` is that of one SMS, a decimal number in the currency's major unit (the setting `sms_price`); empty gives "".
    """
    if not price:
        return ""
    from decimal import Decimal

    total = Decimal(price) * segments
    symbol = short_text(0, currency).removesuffix("0")
    places = max(exponent(currency), -int(total.normalize().as_tuple().exponent))
    return f"{symbol}{total:.{places}f}"


def shown(character: str) -> str:
    """A character as it can be named on a screen: itself, or its code point where there is nothing to see."""
    from unicodedata import combining

    alone = character.isprintable() and character.strip() and not combining(character)
    return character if alone else f"U+{ord(character):04X}"


def _units(character: str, encoding: str) -> int:
    if encoding == _GSM7:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _fill(units: list[int], room: int) -> int:
    """Linked SMS needed: one letter of two units is never split between two of them."""
    segments, used = 1, 0
    for size in units:
        if used + size > room:
            segments, used = segments + 1, 0
        used += size
    return segments
