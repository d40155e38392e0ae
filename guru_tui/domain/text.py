"""Text on its way in and out: what a person may type, without what a terminal or a mail would obey."""

from __future__ import annotations

import unicodedata

from guru_tui.errors import Invalid

# Bidirectional controls reorder what stands around them (Unicode TR36, "Trojan Source"); the others are
# invisible characters that make two equal-looking names differ. Zero-width joiners (U+200C/D) stay:
# several scripts need them.
_HARMFUL = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")
_LONGEST_LINE = 500
_LONGEST_TEXT = 20_000


def clean(text: str, *, multiline: bool = False, field: str = "This text") -> str:
    """`text` in NFC without control and bidirectional characters, runs of blanks made one.

    With `multiline` line breaks stay. Raises `Invalid` past 500 characters (20 000 with `multiline`),
    so nothing is ever cut off silently.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if multiline:
        lines = (" ".join(_harmless(line).split()) for line in text.split("\n"))
        text = "\n".join(lines).strip("\n")
    else:
        text = " ".join(_harmless(text.replace("\n", " ").replace("\t", " ")).split())
    longest = _LONGEST_TEXT if multiline else _LONGEST_LINE
    if len(text) > longest:
        raise Invalid(f"{field} is {len(text)} characters long; shorten it to {longest}.")
    return text


def _harmless(line: str) -> str:
    return "".join(
        " " if character == "\t" else character
        for character in line
        if character not in _HARMFUL and (character == "\t" or unicodedata.category(character) not in ("Cc", "Cs"))
    )


def fold(text: str) -> str:
    """`text` for comparing and searching: lower case, without diacritics (`Zoë` = `zoe`, `Łucja` = `lucja`)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    stripped = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(stripped.translate(_PLAIN).split())


# Letters that Unicode does not decompose but people type without their stroke.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"})
