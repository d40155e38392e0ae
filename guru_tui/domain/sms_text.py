"""How many SMS a text takes: 7-bit letters while all of them are in the default alphabet, else 16-bit ones.

Alphabet and extension table: 3GPP TS 23.038, 6.2.1. Sizes of a single and of a linked SMS: TS 23.040, 9.2.3.24.1
(a linked one gives 6 of its 140 octets to a header).
"""

from __future__ import annotations

from dataclasses import dataclass

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
