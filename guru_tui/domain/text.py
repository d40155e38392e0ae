"""Text on its way in and out: what a person may type, without what a terminal or a mail would obey."""

from __future__ import annotations

import re
import unicodedata

from guru_tui.errors import Invalid

# Bidirectional controls reorder what stands around them (Unicode TR36, "Trojan Source"); the others are
# invisible characters that make two equal-looking names differ. Zero-width joiners (U+200C/D) stay:
# several scripts need them.
_HARMFUL = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064"
    "\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufeff\ufff9\ufffa\ufffb"
)
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_LONGEST_LINE = 500
_LONGEST_TEXT = 20_000


def clean(text: str, *, multiline: bool = False, field: str = "This text") -> str:
    """`text` in NFC without control and bidirectional characters, runs of blanks made one.

    With `multiline` line breaks stay. Raises `Invalid` past 500 characters (20 000 with `multiline`),
    so nothing is ever cut off silently.
    """
    text = _LINE_BREAKS.sub("\n", text)
    lines = (" ".join(_harmless(line).split()) for line in text.split("\n"))
    text = "\n".join(lines).strip("\n") if multiline else " ".join(line for line in lines if line)
    text = unicodedata.normalize("NFC", text)  # last: what stood between a letter and its accent is gone now
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


def printable(text: str) -> str:
    """`text` for a terminal: harmful characters gone, line breaks and runs of blanks as they are."""
    return "\n".join(_harmless(line) for line in text.split("\n"))


def fold(text: str) -> str:
    """`text` for comparing and searching: lower case, without diacritics (`Zoë` = `zoe`, `Łucja` = `lucja`)."""
    # Twice, because decomposing brings capitals (the sign "TEL") and lower case brings marks (Turkish I with dot).
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.translate(_PLAIN)).casefold())
    stripped = "".join(character for character in decomposed if not _is_accent(character))
    return " ".join(stripped.translate(_PLAIN).split())


def _is_accent(character: str) -> bool:
    """Whether a mark can be left out without making it another letter.

    So accents, Hebrew points and Arabic vowels, but not the nukta, virama and voicing marks of other scripts
    (Unicode's canonical combining classes 7 to 9 and those of single scripts between 84 and 132).
    """
    kind = unicodedata.combining(character)
    return kind == 1 or 10 <= kind <= 36 or kind >= 200 or unicodedata.category(character) == "Cf"


# Letters that Unicode does not decompose but people type without their stroke, and the marks they type alike.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | dict.fromkeys("’‘ʼ´`ʻ", "'")
    | dict.fromkeys("‐‑‒–—−", "-")
)
