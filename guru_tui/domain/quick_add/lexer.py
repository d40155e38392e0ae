"""The line cut into words, with its note and its silencing `!` taken off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guru_tui.domain.text import clean, fold

_DASHES = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "“": '"', "”": '"', "´": "'", "`": "'"})
_BETWEEN = re.compile(r"\s+|[,;](?=\s)|(?<=\b[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?=[0-9])")
"""Between words; the T of an ISO 8601 date and time is no letter of either."""
_SILENT = re.compile(r"(?:^|\s)!\s*$")
LONGEST = 40
"""Words; a line with more is no appointment, and reading it would take longer than a key press may."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as typed, and folded without the punctuation around it."""

    text: str
    fold: str

    @property
    def wordy(self) -> bool:
        """Whether it could be part of a name."""
        return self.fold[:1].isalpha() or (self.fold[:1] == "'" and len(self.fold) > 1)


@dataclass(frozen=True, slots=True)
class Line:
    """The words of a line, its note, and whether the client is to be told."""

    tokens: tuple[Token, ...]
    note: str
    notify: bool


def is_block(text: str) -> bool:
    """Whether a line asks to block time: it begins with `b:`."""
    return text.lstrip()[:2].casefold() == "b:"


def split(text: str) -> Line:
    """`text` as words; raises `Invalid` where it is longer than 500 characters."""
    text = clean(text, field="The line")
    body, mark, note = text.partition("::")
    notify = True
    if mark:
        # In a note only a `!` that stands alone silences: "::great progress!" is a sentence of its own.
        while _SILENT.search(note):
            note, notify = _SILENT.sub("", note), False
    body = body.rstrip()
    while body.endswith("!"):
        body, notify = body[:-1].rstrip(), False
    return Line(tuple(_tokens(body)), note.strip(), notify)


def _tokens(body: str) -> list[Token]:
    found = []
    for word in _BETWEEN.split(body.translate(_DASHES)):
        bare = word.strip('"?,;()')
        folded = fold(bare).replace(" ", "").rstrip(".:")
        if folded and (folded == "-" or folded.strip("-./:'")):
            found.append(Token(bare, folded))
    return found
