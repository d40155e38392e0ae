"""How a calendar's text is written (RFC 5545): names, folded lines, and what one line can hold.

Apart from the library that describes whole calendars, which takes a tenth of a second to load and a feed needs not.
"""

from __future__ import annotations

import hashlib

PRODUCT = "-//guru-tui//guru-tui//EN"


def new_uid(appointment_id: int, created_at: str, domain: str) -> str:
    """The name of an appointment in every calendar (RFC 5545, 3.8.4.7): of this practice alone, telling nothing."""
    told = f"{appointment_id}\n{created_at}\n{domain.lower()}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@{domain.lower()}"


def folded(line: str) -> bytes:
    """The line in pieces of at most 75 bytes (RFC 5545, 3.1), none of which splits a character."""
    rest, pieces = line.encode("utf-8", "ignore"), []
    longest = 75
    while len(rest) > longest:
        end = longest
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(rest[:end])
        rest, longest = rest[end:], 74  # the blank that begins a piece counts
    return b"\r\n ".join((*pieces, rest)) + b"\r\n"


def one_line(text: str) -> str:
    """`text` without what cannot be printed, line breaks and runs of blanks made one blank."""
    if text.isprintable() and text.isascii():
        return " ".join(text.split())
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.encode("utf-8", "ignore").decode().split())
